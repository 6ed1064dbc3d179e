"""
What a roster is made of: shifts, people, how many are needed, rules, wishes; and what can be wrong with one.

Days are counted from the first day of the roster (0); a day before it is negative, so that a rule that looks back
(rest, nights in a row) sees what was worked before. Times are minutes of the house's one clock from midnight of day 0:
it is meant for a place without summer time (Asia/Shanghai).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY_MIN = 1440
_DEEP_NIGHT = (0, 5 * 60)  # who works within these minutes of a day works a night

# person and day -> code of the shift; who is not in it is off
Cells = Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Shift:
    """``begins`` in minutes after midnight, ``minutes`` long, perhaps over midnight; of ``commands`` one commands."""

    code: str
    begins: int
    minutes: int
    commands: bool = False

    def span(self, day: int) -> tuple[int, int]:
        """From and to, in minutes from midnight of day 0."""
        since = day * DAY_MIN + self.begins
        return since, since + self.minutes

    @property
    def night(self) -> bool:
        """Whether any of it lies between midnight and five."""
        since, until = self.begins, self.begins + self.minutes
        return any(since < b and until > a for a, b in (_DEEP_NIGHT, (DAY_MIN, DAY_MIN + _DEEP_NIGHT[1])))


@dataclass(frozen=True, slots=True)
class Person:
    """``lead``: a sworn officer who may lead a crew; an auxiliary is not ``sworn``. ``away``: days he cannot work."""

    id: int
    sworn: bool = True
    lead: bool = False
    skills: frozenset[str] = frozenset()
    away: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """How many a shift of a day needs at least: ``people`` in all, of them ``leads``, and so many with each skill."""

    people: int
    leads: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """
    Limits for rest and hours, each with the house's default (workflow §2.4: at most 12 h of duty; the rest is design,
    within the 40-hour week of the State Council's decree 174 evened out over four weeks, with overtime).

    ``per_lead``: how many auxiliaries one lead answers for; ``free_weekends`` in every four.
    """

    rest_min: int = 11 * 60
    duty_min: int = 12 * 60
    week_min: int = 60 * 60
    month_min: int = 192 * 60
    nights_in_row: int = 3
    days_in_row: int = 6
    free_weekends: int = 1
    per_lead: int = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks for a shift on a day, or with an empty ``shift`` for a day off."""

    person: int
    day: int
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """
    A roster to make. ``worked`` holds what was worked before day 0; ``fixed`` what stays as it is (an empty code: off).

    ``kept`` is a roster that people have read: a new one differs from it in as few cells as the rules let it.
    """

    first: date
    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    needs: Mapping[tuple[int, str], Need]
    rules: Rules = field(default_factory=Rules)
    wishes: tuple[Wish, ...] = ()
    worked: Cells = field(default_factory=dict)
    fixed: Cells = field(default_factory=dict)
    kept: Cells | None = None

    def day(self, number: int) -> date:
        """The date of a day."""
        return self.first + timedelta(days=number)

    def weekends(self) -> list[tuple[int, int]]:
        """Every whole weekend of the roster: its Saturday and its Sunday."""
        return [(d, d + 1) for d in range(self.days - 1) if self.day(d).weekday() == 5]

    def weekends_to_keep(self) -> int:
        """How many of its weekends everybody has free: so many in four, none of the rest."""
        return len(self.weekends()) // 4 * self.rules.free_weekends

    def weeks(self) -> list[range]:
        """Its days by week from Monday; days before it count with the first, the last may not be whole."""
        starts = [d for d in range(-6, self.days) if self.day(d).weekday() == 0]
        return [range(s, min(s + 7, self.days)) for s in starts if s + 7 > 0]


# What breaks the law or a crew's legality stops a roster; what wears people out is warned of (rows T15, T16, B37).
STOPS = frozenset({"double", "unknown", "away", "too_few", "no_lead", "skill", "alone", "per_lead", "gap", "overlap"})


@dataclass(frozen=True, slots=True)
class Fault:
    """
    A rule that a roster breaks: ``code`` which, where (``day``, ``shift``), about whom (``person``), and by how much.

    ``have`` and ``need`` are numbers of people, minutes, days or nights, as the rule counts.
    """

    code: str
    day: int | None = None
    shift: str = ""
    person: int | None = None
    have: int = 0
    need: int = 0
    skill: str = ""

    @property
    def stops(self) -> bool:
        """Whether a roster with it may not be published."""
        return self.code in STOPS
