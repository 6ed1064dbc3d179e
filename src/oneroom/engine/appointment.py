"""
What must be so before somebody takes a post (rows B44, T10, B09; kinship: workflow §2.10), each with its rule.

It objects, and decides nothing: whoever appoints is told why, and goes on by two persons with a reason, or not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Must(StrEnum):
    """The rule that is not met; the code in the record."""

    KIND = "kind"  # an auxiliary's post is no officer's, and the other way round
    EXAM = "exam"  # 任前考法: passed before the appointment
    SKILL = "skill"
    KIN = "kin"  # Civil Servants Law 74
    FIRST_POST = "first_post"  # 新警必须充实基层
    PROMOTION = "promotion"  # 提拔必须注重基层


# No second signature helps against these: the law has no exception.
STRICT = frozenset({Must.KIND})
FRONT_LINE_MONTHS = 24  # before somebody heads a unit (design; the texts give no number)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is to be posted: what he has shown and where he has been."""

    kind: str
    passed: Collection[str] = ()  # exams that count on the day
    skills: Collection[str] = ()  # certified on the day
    served: bool = False  # has held a post before
    front_line_days: int = 0
    kin_in_line: bool = False  # a declared relative stands in the line of command of the post


@dataclass(frozen=True, slots=True)
class Seat:
    """The post: what it asks for."""

    kind: str
    exam: str = ""
    skills: Collection[str] = ()
    front_line: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Objection:
    """One rule that is not met, and what is missing (an exam, a skill, months)."""

    must: Must
    missing: str = ""
    months: int = 0  # that he has


def objections(who: Candidate, seat: Seat) -> list[Objection]:
    """Everything that stands against it, in the order of the rules."""
    found = []
    if who.kind != seat.kind:
        found.append(Objection(Must.KIND, seat.kind))
    if seat.exam and seat.exam not in who.passed:
        found.append(Objection(Must.EXAM, seat.exam))
    found += [Objection(Must.SKILL, skill) for skill in sorted(set(seat.skills) - set(who.skills))]
    if who.kin_in_line:
        found.append(Objection(Must.KIN))
    if who.kind == "sworn" and not who.served and not seat.front_line:
        found.append(Objection(Must.FIRST_POST))
    months = who.front_line_days * 12 // 365
    if who.kind == "sworn" and seat.leads and months < FRONT_LINE_MONTHS:
        found.append(Objection(Must.PROMOTION, str(FRONT_LINE_MONTHS), months))
    return found


def taken_over(who: Candidate, seat: Seat) -> list[Objection]:
    """
    What stands against a posting that earlier records have: it is kept as it was, and is a deviation until it is
    settled. ``who.served`` says whether he came to the force before he took this post: then it is not his first.
    """
    return [o for o in objections(who, seat) if o.must not in STRICT]


# Deviations that time and new facts can mend; what was wrong on one day in the past is settled by two persons alone.
MENDED_BY_FACTS = frozenset({Must.EXAM, Must.SKILL, Must.KIN, Must.PROMOTION})


def in_line(a: list[str], b: list[str], *, a_leads: bool, b_leads: bool) -> bool:
    """
    Whether one leads the other: ``a`` and ``b`` are the paths of their units upwards, their own first. Two who lead
    nothing may serve side by side.
    """
    return (a_leads and a[0] in b) or (b_leads and b[0] in a)


def days_in(stays: Collection[tuple[date, date | None]], day: date) -> int:
    """Days of these stays before ``day``; overlapping ones count once."""
    total, reached = 0, date.min
    for since, until in sorted(stays, key=lambda stay: stay[0]):
        begin, end = max(since, reached), min(until or day, day)
        if end > begin:
            total += (end - begin).days
            reached = end
    return total
