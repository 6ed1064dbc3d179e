"""What must be known before a matter is closed (workflow §2.1: outcome, category, and case or why no case)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

CASE, NO_CASE = "case", "no_case"
OPENS_A_CASE = "case_opened"  # the outcome that says itself that there is a case


@dataclass(frozen=True, slots=True)
class Ending:
    """How a matter ended, as far as it is known. ``case`` is empty, ``case`` or ``no_case``."""

    outcome: str = ""
    category: str = ""
    subcategory: str = ""
    case: str = ""
    no_case_reason: str = ""

    @property
    def decision(self) -> str:
        """Case or no case: said outright, or by the outcome."""
        return self.case or (CASE if self.outcome == OPENS_A_CASE else "")


@dataclass(frozen=True, slots=True)
class Codes:
    """What the house knows. ``subcategories`` are those of the ending's category; without any, none is asked for."""

    outcomes: Collection[str]
    categories: Collection[str]
    subcategories: Collection[str]
    law_cases: Collection[str]
    no_case_reasons: Collection[str]


def unmet(ending: Ending, codes: Codes) -> dict[str, str]:
    """
    Every rule that does not hold, field by field: ``missing``, ``unknown`` or ``contrary``. Empty: it may close.

    All at once, so that nobody repairs one field to be told of the next.
    """
    found = {
        "outcome": _choice(ending.outcome, codes.outcomes, needed=True),
        "category": _choice(ending.category, codes.categories, needed=True),
        "subcategory": _choice(ending.subcategory, codes.subcategories, needed=bool(codes.subcategories)),
        "case": _choice(ending.decision, (CASE, NO_CASE), needed=ending.category in codes.law_cases),
        "no_case_reason": _choice(
            ending.no_case_reason, codes.no_case_reasons, needed=ending.decision == NO_CASE
        ),
    }  # fmt: skip
    if ending.outcome == OPENS_A_CASE and ending.case == NO_CASE:
        found["case"] = "contrary"
    if ending.no_case_reason and ending.decision == CASE:
        found["no_case_reason"] = "contrary"
    return {name: why for name, why in found.items() if why}


def _choice(code: str, known: Collection[str], *, needed: bool) -> str:
    if not code:
        return "missing" if needed else ""
    return "" if code in known else "unknown"
