"""
Whether it is safe to contact a caller (workflow §2.1a): before any message, call, rating or status text.

One rule in one place: who asks gets yes, or the reason why not. What nobody has asked means no where a call could
betray the caller: violence at home, threats, and where a child, an elder or a helpless person is concerned.
"""

from __future__ import annotations

from collections.abc import Iterable

# What in a matter makes "not known" a no. Sub-categories where a force classifies that finely, reasons and
# categories everywhere: a quarrel may be one at home, and a missing person may be a child.
BETRAYED_SUBCATEGORIES = frozenset(
    {
        "domestic_violence", "child_abuse", "stalking", "threat", "sexual_assault", "trafficking", "hostage",
        "family_dispute", "domestic", "missing_child", "minor", "suicide",
    }
)  # fmt: skip
BETRAYED_CATEGORIES = frozenset({"dispute", "missing"})
BETRAYED_REASONS = frozenset({"vulnerable", "weapon", "suspect_present"})


def contact(safe_contact: str, *, categories: Iterable[str], reasons: Iterable[str]) -> str:
    """
    ``yes``, ``not_safe`` (somebody said so), or ``not_known_safe`` (nobody knows, and a call could betray).

    ``categories`` are all that the matter was ever taken for, sub-categories included.
    """
    if safe_contact == "no":
        return "not_safe"
    if safe_contact == "yes":
        return "yes"
    could_betray = not (BETRAYED_CATEGORIES | BETRAYED_SUBCATEGORIES).isdisjoint(categories)
    could_betray = could_betray or not BETRAYED_REASONS.isdisjoint(reasons)
    return "not_known_safe" if could_betray else "yes"
