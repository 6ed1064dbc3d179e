"""What stands against an order, line by line and all of it (B44, T10, T39, B09; Civil Servants Law 74)."""

from __future__ import annotations

from datetime import date

import pytest

from oneroom.engine.rotation.appointing import Line, objections
from oneroom.engine.rotation.facts import Category, Kin, Passed, Person, Post, Posting, Relation, force
from oneroom.engine.rotation.verdict import BINDING, Binding, Override, Rule, checked
from oneroom.engine.values import BadInput

LONG_AGO, DAY = date(2000, 1, 1), date(2024, 6, 1)
BEAT = Post("beat", "west", front_line=True)
DESK = Post("desk", "branch")
HEAD = Post("head", "east", None, leads=True, exams=frozenset({"law"}), needs=frozenset({"traffic"}))
SAFE = Post("safe", "branch", sensitive_since=LONG_AGO)
AUX = Post("aux", "branch", category=Category.AUXILIARY)
PARENT = {"west": "branch", "east": "branch", "branch": "city"}
SKILLED = {"skills": (Passed("traffic", LONG_AGO),), "exams": (Passed("law", LONG_AGO),)}


def officer(name: str = "li", post: str = "beat", since: date = date(2020, 1, 1), **more) -> Person:
    return Person(name, postings=(Posting(post, since),), **more)


def against(people, *lines: Line, posts=(), **more) -> dict[str, list[str]]:
    facts = force(people, [BEAT, DESK, HEAD, SAFE, AUX, *posts], parent=PARENT)
    return {line.person: [str(v.rule) for v in said] for line, said in objections(facts, lines, DAY, **more)}


@pytest.mark.parametrize(
    ("person", "post", "rules"),
    [
        (officer(**SKILLED), "head", []),
        (officer(since=date(2022, 6, 3), **SKILLED), "head", ["promotion_front_line"]),  # 729 of 730 days
        (officer(since=date(2022, 6, 2), **SKILLED), "head", []),
        (officer(since=date(2023, 7, 1), **SKILLED), "head", ["career_front_line", "promotion_front_line"]),
        (officer(), "head", ["needs", "exam_first"]),
        (Person("li"), "desk", ["newcomer_front_line"]),
        (Person("li"), "beat", []),
        (Person("li", Category.AUXILIARY), "aux", []),  # the musts are about officers
        (Person("li", Category.AUXILIARY), "beat", ["category"]),
        (officer(post="safe", since=date(2015, 1, 1)), "desk", []),  # out of it, whatever the years
        (Person("li", Category.AUXILIARY), "head",
         ["category", "needs", "exam_first"]),
    ],
)  # fmt: skip
def test_all_that_stands_against_a_line_is_said_in_the_rules_order(person, post, rules):
    assert against([person], Line("li", post)).get("li", []) == rules


def test_t39_years_that_are_full_stop_whoever_comes_back_and_two_persons_may_let_him():
    back = Person(
        "li", postings=(Posting("safe", date(2019, 1, 1), date(2024, 3, 1)), Posting("beat", date(2024, 3, 1)))
    )
    aside = Override(Rule.SENSITIVE_YEARS, "li", "safe", "the audit", DAY, date(2024, 7, 1), "a", "b")

    assert against([back], Line("li", "safe")) == {"li": ["sensitive_years"]}
    assert against([back], Line("li", "safe", full=False)) == {"li": ["sensitive_years"]}
    assert against([back], Line("li", "safe"), overrides=(aside,)) == {}


def test_relatives_whom_one_order_brings_together_are_both_named_and_those_it_parts_are_not():
    li = officer("li", "beat", relations=(Relation("wu", Kin.SPOUSE),))
    wu = officer("wu", "desk")
    west = [Post("w1", "west", front_line=True), Post("w2", "west", front_line=True)]

    assert against([li, wu], Line("li", "w1"), Line("wu", "w2"), posts=west) == {"li": ["kinship"], "wu": ["kinship"]}
    assert against([li, wu], Line("wu", "w2"), posts=west) == {"wu": ["kinship"]}
    assert against([li, wu], Line("li", "desk"), Line("wu", "beat")) == {}


@pytest.mark.parametrize("rule", [r for r in Rule if BINDING[r] is not Binding.HOUSE])
def test_no_two_persons_set_aside_what_is_law_or_firm(rule):
    with pytest.raises(BadInput) as refused:
        checked(Override(rule, "li", "beat", "he is good", DAY, date(2024, 7, 1), "a", "b"))
    assert refused.value.field == "rule"
    aside = Override(rule, "li", "head", "he is good", DAY, date(2024, 7, 1), "a", "b")
    person = Person("li", Category.AUXILIARY)
    assert against([person], Line("li", "head"), overrides=(aside,)) == against([person], Line("li", "head"))


def test_which_rules_are_law():
    assert {r for r in Rule if BINDING[r] is Binding.LAW} == {Rule.KINSHIP, Rule.HOME_PLACE, Rule.CATEGORY}
    assert set(BINDING) == set(Rule)
