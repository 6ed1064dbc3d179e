"""
Questions to a caller, and what the answers make of the call: its grade with the reasons, its plan, what is said.

A protocol belongs to one sub-category. The emergency test of the 110 rules stands behind the questions (workflow §2.1):
danger to life, safety or major property; in progress; evidence or suspect about to be lost. The machine only adds up
what was answered and says which answer did it; a person may always raise the grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oneroom.engine.dispatch.plan import Plan
from oneroom.engine.grading import RAISES, propose

YES_NO = ("yes", "no", "unknown")
KINDS = ("yes_no", "choice", "text")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What one answer does. ``reason`` is a code of the grading table; ``grade`` makes the call at least so grave.

    ``crews`` is a least number; ``card`` replaces the plan's; ``agency`` proposes to bring another service in.
    """

    reason: str = ""
    grade: int | None = None
    crews: int = 0
    skills: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    card: str = ""
    agency: str = ""
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``answers`` are those that may be given, with their effects; a text has none."""

    code: str
    text: Text
    kind: str
    answers: Mapping[str, Effect]
    labels: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protocol:
    """The questions of one sub-category in their order. ``crews`` is by grade, P1 first."""

    category: str
    subcategory: str
    version: int
    name: Text
    usual: int
    crews: tuple[int, int, int, int]
    skills: tuple[str, ...]
    kit: tuple[str, ...]
    card: str
    questions: tuple[Question, ...]
    words: tuple[str, ...] = ()
    say: Text | None = None
    ask_safe_contact: bool = False

    @property
    def code(self) -> str:
        """As it stands in the record."""
        return f"{self.category}.{self.subcategory}"

    def plan(self, grade: int) -> Plan:
        """The plan before any question was answered."""
        return Plan(self.crews[grade - 1], self.skills, self.kit, self.card)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the answers make of the call. ``effects`` names, for each answer that did something, what it did."""

    grade: int
    usual: int
    because: tuple[str, ...]
    reasons: tuple[str, ...]
    plan: Plan
    say: Text | None
    agencies: tuple[str, ...]
    effects: tuple[tuple[str, Effect], ...]


def assess(protocol: Protocol, answers: Mapping[str, str]) -> Assessment:
    """
    Grade, plan and words for these answers (question code to answer code).

    The usual grade is moved by the reasons as ``grading`` has it; an answer that demands a grade is obeyed. What is
    said to the caller is what the last answered question says. Raises KeyError for an answer that does not exist.
    """
    effects = tuple(
        (q.code, q.answers[answers[q.code]]) for q in protocol.questions if q.kind != "text" and q.code in answers
    )
    reasons = tuple(dict.fromkeys(e.reason for _, e in effects if e.reason))
    graded = propose(protocol.category, reasons, usual=protocol.usual)
    demanded = [e for _, e in effects if e.grade is not None and e.grade < graded.grade]
    grade = min((e.grade for e in demanded if e.grade is not None), default=graded.grade)
    because = tuple(dict.fromkeys(e.reason for e in demanded if e.grade == grade)) if demanded else graded.because
    if not because:  # the kind of matter alone is as grave; what was said still speaks for it
        because = tuple(reason for reason in reasons if reason in RAISES)
    base = protocol.plan(grade)
    plan = Plan(
        max(base.crews, *(e.crews for _, e in effects), 0),
        _joined(base.skills, *(e.skills for _, e in effects)),
        _joined(base.kit, *(e.kit for _, e in effects)),
        next((e.card for _, e in reversed(effects) if e.card), base.card),
    )
    said = next((e.say for _, e in reversed(effects) if e.say is not None), protocol.say)
    agencies = tuple(dict.fromkeys(e.agency for _, e in effects if e.agency))
    return Assessment(grade, graded.usual, because, reasons, plan, said, agencies, effects)


def _joined(*parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for part in parts for code in part))
