"""
What a rule says of a case, so that a person can check it: which rule, by what source, because of what, until when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from oneroom.engine.values import BadInput


class Rule(StrEnum):
    """The code of each rule; a screen words it, a test compares it."""

    SENSITIVE_YEARS = "sensitive_years"
    POST_YEARS = "post_years"
    NEWCOMER_FRONT_LINE = "newcomer_front_line"
    CAREER_FRONT_LINE = "career_front_line"
    SELECTION_FRONT_LINE = "selection_front_line"
    PROMOTION_FRONT_LINE = "promotion_front_line"
    EXAM_FIRST = "exam_first"
    KINSHIP = "kinship"
    HOME_PLACE = "home_place"
    CATEGORY = "category"
    RANK = "rank"
    NEEDS = "needs"
    ANOTHER_UNIT = "another_unit"
    UNIT_LOSES = "unit_loses"
    SKILLS_KEPT = "skills_kept"


class Binding(StrEnum):
    """
    Whether a rule can be set aside.

    ``law``: nobody in the force can, by however many signatures. ``firm``: the force's own, but without it the act
    makes no sense, or the founding texts say that it is refused. ``house``: the force's own; two persons may, with a
    reason.
    """

    LAW = "law"
    FIRM = "firm"
    HOUSE = "house"


# Where each comes from: a row of the founding texts, or a law. 「特殊敏感岗位满5年、同一岗位任职满10年必须交流」 (T39).
SOURCES: dict[Rule, str] = {
    Rule.SENSITIVE_YEARS: "T39",
    Rule.POST_YEARS: "T39",
    Rule.NEWCOMER_FRONT_LINE: "T10",  # 新警必须充实基层
    Rule.CAREER_FRONT_LINE: "T10",  # 经历必须涵盖基层
    Rule.SELECTION_FRONT_LINE: "T10",  # 遴选必须面向基层
    Rule.PROMOTION_FRONT_LINE: "T10",  # 提拔必须注重基层
    Rule.EXAM_FIRST: "B44",  # 任前考法
    Rule.KINSHIP: "Civil Servants Law 74",
    Rule.HOME_PLACE: "Civil Servants Law 75",
    Rule.CATEGORY: "Police Law 26, T41",  # who becomes an officer; an auxiliary is none
    Rule.RANK: "T39",
    Rule.NEEDS: "T39",
    Rule.ANOTHER_UNIT: "T39",
    Rule.UNIT_LOSES: "T40",
    Rule.SKILLS_KEPT: "T40",
}
BINDING: dict[Rule, Binding] = {
    Rule.KINSHIP: Binding.LAW,
    Rule.HOME_PLACE: Binding.LAW,
    Rule.CATEGORY: Binding.LAW,
    # B44: an appointment without a pass is refused; for who leads, Police Law 28 asks for an exam, too.
    Rule.EXAM_FIRST: Binding.FIRM,
    Rule.NEEDS: Binding.FIRM,  # a certificate that is not there is there for nobody by a signature
    Rule.RANK: Binding.FIRM,  # step by step (Civil Servants Law 45, 46); exceptions are made by who gives the rank
    Rule.ANOTHER_UNIT: Binding.FIRM,
    Rule.UNIT_LOSES: Binding.FIRM,
    Rule.SKILLS_KEPT: Binding.FIRM,
    Rule.NEWCOMER_FRONT_LINE: Binding.HOUSE,
    Rule.CAREER_FRONT_LINE: Binding.HOUSE,
    Rule.SELECTION_FRONT_LINE: Binding.HOUSE,
    Rule.PROMOTION_FRONT_LINE: Binding.HOUSE,
    Rule.SENSITIVE_YEARS: Binding.HOUSE,
    Rule.POST_YEARS: Binding.HOUSE,
}
# What the force gave itself, two of its persons may set aside with a reason (row T10).
TWO_MAY = frozenset(rule for rule, binding in BINDING.items() if binding is Binding.HOUSE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    One rule about one case.

    ``facts`` are what it was decided by, the breaking ones where it does not hold. ``holds_from``: the day from which
    it would hold if everything stays as it is; None where no day is to be seen.
    """

    rule: Rule
    holds: bool
    facts: Mapping[str, Any]
    holds_from: date | None = None

    @property
    def source(self) -> str:
        """The law or the row."""
        return SOURCES[self.rule]

    @property
    def binding(self) -> Binding:
        """Law, the force's own, or the force's own that two persons may set aside."""
        return BINDING[self.rule]

    @property
    def two_may(self) -> bool:
        """May it be set aside with a reason by two persons?"""
        return self.rule in TWO_MAY


@dataclass(frozen=True, slots=True)
class Override:
    """Two persons set a rule aside for one person and, where it has one, one post, with a reason, until a day."""

    rule: Rule
    person: str
    post: str
    reason: str
    since: date
    until: date
    by: str
    second: str

    def holds(self, day: date) -> bool:
        """Is the rule set aside on that day?"""
        return self.since <= day < self.until


# An exemption that never ends is the end of the rule: two years, and then two persons say it again.
LONGEST_DAYS = 731


def checked(override: Override) -> Override:
    """
    The same, where it may be.

    Raises ``BadInput`` naming the field: a rule that is law, no reason, one person, an end that is none or too far.
    """
    if BINDING[override.rule] is Binding.LAW:
        raise BadInput("rule", "This rule is law: nobody can set it aside.")
    if override.rule not in TWO_MAY:
        raise BadInput("rule", "This rule is not one that two persons set aside.")
    if not override.reason.strip():
        raise BadInput("reason", "Give the reason.")
    if not override.by or not override.second or override.by == override.second:
        raise BadInput("second", "This takes two persons.")
    if override.person in (override.by, override.second):
        raise BadInput("second", "Nobody sets a rule aside for himself.")
    if override.until <= override.since:
        raise BadInput("until", "It ends before it begins.")
    if (override.until - override.since).days > LONGEST_DAYS:
        raise BadInput("until", "It ends at most two years after it begins.")
    return override


def set_aside(verdict: Verdict, person: str, post: str, day: date, overrides: tuple[Override, ...]) -> bool:
    """Have two persons set this rule aside for this case on that day?"""
    return verdict.two_may and any(
        o.rule is verdict.rule and o.person == person and o.post == post and o.holds(day) for o in overrides
    )
