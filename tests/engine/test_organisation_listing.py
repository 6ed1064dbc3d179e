"""A list of units against the facts of a day: the fate of each line, and the changes that do it (T04, T06)."""

from __future__ import annotations

from datetime import date

import pytest

from oneroom.engine.organisation.changes import Alter, Create, Delegate, Entrust, apply
from oneroom.engine.organisation.facts import Duty, Facts, Spell, System
from oneroom.engine.organisation.lines import Words
from oneroom.engine.organisation.listing import listed, rows_of

EVE, DAY, LATER = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
WORDS = Words(
    {"station": "station", "派出所": "station", "bureau": "bureau"}, {s: s for s in System},
    {"station": System.OPERATIONS},
)  # fmt: skip
TOP = Spell("top", "bureau", "局", EVE, system=System.COMMAND)
WEST = Spell("west", "station", "西所", EVE, system=System.OPERATIONS, parent="top")
EAST = Spell("east", "station", "东所", EVE, system=System.OPERATIONS, parent="top")
GONE = Spell("gone", "station", "旧所", EVE, DAY, parent="top")
FACTS = Facts((TOP, WEST, EAST, GONE), (Duty("traffic", "west", EVE), Duty("exit_entry", "west", EVE)))
NEW = {"name_zh": "新所", "kind": "派出所", "parent": "top"}


def looked(*rows: dict[str, str], facts: Facts = FACTS):
    return listed(list(enumerate(rows, start=2)), facts, DAY, WORDS)


def fates(*rows: dict[str, str], facts: Facts = FACTS) -> list[tuple[str, list[tuple[str | None, str]]]]:
    found = looked(*rows, facts=facts)
    return [(str(a.fate), [(r.field, str(r.message) % r.params) for r in a.wrong]) for a in found.answers]


def test_t04_a_list_of_what_is_there_changes_nothing():
    rows = rows_of(FACTS.on(DAY), {"west": ["traffic", "exit_entry"]})

    assert [fate for fate, _wrong in fates(*rows)] == ["unchanged"] * 3
    assert looked(*rows).changes == ()


def test_t04_new_units_begin_from_the_top_down_and_changed_ones_say_what_changes():
    found = looked({"code": "below", **NEW, "parent": "above"}, {"code": "above", **NEW},
                   {"code": "West", "name_zh": "西站所"})  # fmt: skip

    assert [(a.code, str(a.fate), a.changed) for a in found.answers] == [
        ("below", "new", ()), ("above", "new", ()), ("west", "changed", ("name_zh",)),
    ]  # fmt: skip
    begun = [change.unit.code for change in found.changes if isinstance(change, Create)]
    assert begun == ["above", "below"]
    assert found.changes[-1] == Alter("west", {"name_zh": "西站所"})
    after = apply(FACTS, found.changes, DAY).facts
    assert after.at("below", DAY).system is System.OPERATIONS


def test_t06_functions_are_taken_up_before_they_are_laid_down():
    found = looked({"code": "west", "functions": "exit_entry"}, {"code": "east", "functions": "traffic；patrol"})

    assert found.changes == (
        Entrust("patrol", ("east",)), Entrust("traffic", ("east",)), Delegate("traffic", "west", ("east",)),
    )  # fmt: skip
    after = apply(FACTS, found.changes, DAY).facts
    assert {(d.function, d.unit) for d in after.duties_on(DAY)} == {
        ("exit_entry", "west"), ("traffic", "east"), ("patrol", "east"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"code": ""}, "code", "This is needed"),
        ({"code": "Big One"}, "code", "small letters"),
        ({"code": "gone", **NEW}, "code", "never given twice"),
        ({"code": "n", **NEW, "parent": "nowhere"}, "parent", "no unit nowhere"),
        ({"code": "n", **NEW, "parent": ""}, "parent", "answer to nobody"),
        ({"code": "west", "parent": ""}, "parent", "answer to nobody"),
        ({"code": "n", **NEW, "kind": "castle"}, "kind", "no such choice"),
        ({"code": "n", **NEW, "kind": "bureau"}, "system", "This is needed"),
        ({"code": "n", **NEW, "name_zh": ""}, "name_zh", "This is needed"),
        ({"code": "n", **NEW, "name_zh": "x" * 61}, "name_zh", "At most 60"),
        ({"code": "n", **NEW, "name_en": "<b>"}, "name_en", "Plain words only"),
        ({"code": "west", "system": "magic"}, "system", "no such choice"),
        ({"code": "west", "since": "2026-02-30"}, "since", "A day is written like"),
        ({"code": "west", "since": "2026-12-02"}, "since", "begins later"),
        ({"code": "west", "until": "2027-01-01"}, "until", "No unit ends by a list"),
        ({"code": "west", "since": "2026-12-01", "until": "2026-11-30"}, "until", "ends before it begins"),
        ({"code": "west", "functions": "traffic"}, "functions", "Nobody would answer for exit_entry"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_of_a_line_is_said_with_its_field(row, field, words):
    ((fate, wrong),) = fates(row)

    assert fate == "refused"
    assert wrong[0][0] == field
    assert words in wrong[0][1]


def test_two_lines_of_one_code_are_both_refused_and_name_each_other():
    said = fates({"code": "n", **NEW}, {"code": "west"}, {"code": "N", **NEW})

    assert [fate for fate, _wrong in said] == ["refused", "unchanged", "refused"]
    assert said[0][1] == [("code", "Line 4 has this code, too.")]
    assert said[2][1] == [("code", "Line 2 has this code, too.")]


def test_every_line_of_a_circle_of_parents_is_refused_and_no_other():
    said = fates({"code": "a", **NEW, "parent": "b"}, {"code": "b", **NEW, "parent": "a"},
                 {"code": "west", "parent": "east"}, {"code": "n", **NEW})  # fmt: skip

    assert [fate for fate, _wrong in said] == ["refused", "refused", "changed", "new"]
    assert said[0][1] == said[1][1] == [("parent", "In the end it answers to itself.")]
    turned = fates({"code": "top", "parent": "west"})
    assert turned == [("refused", [("parent", "In the end it answers to itself.")])]


def test_what_a_signed_reform_changes_later_is_refused_only_where_the_list_changes_it_too():
    facts = Facts((TOP, Spell("west", "station", "西所", EVE, LATER, parent="top", system=System.OPERATIONS),
                   Spell("west", "station", "新西所", LATER, parent="top", system=System.OPERATIONS)))  # fmt: skip

    assert [f for f, _w in fates(*rows_of(facts.on(DAY), {}), facts=facts)] == ["unchanged", "unchanged"]
    ((fate, wrong),) = fates({"code": "west", "rank": "town"}, facts=facts)
    assert fate == "refused"
    assert "2027-01-01" in wrong[0][1]


def test_the_first_list_of_an_empty_house_has_one_top():
    rows = [{"code": "top", "name_zh": "局", "kind": "bureau", "system": "command", "parent": ""},
            {"code": "west", **NEW}, {"code": "two", **NEW, "parent": ""}]  # fmt: skip

    assert [fate for fate, _wrong in fates(*rows, facts=Facts())] == ["new", "new", "refused"]
