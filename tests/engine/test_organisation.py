"""The organisation as dated facts, and what reforms make of it. Figures are those of the founding texts (rows.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from oneroom.engine.organisation.changes import Abolish, Alter, Create, Delegate, Merge, New, Split, apply
from oneroom.engine.organisation.facts import Duty, Facts, Spell, System, checked
from oneroom.engine.organisation.faults import area_faults, faults, over_limit
from oneroom.engine.organisation.figures import (
    Share,
    bases_of,
    coverage,
    front_line,
    layers,
    overlaps,
    spans,
    system_shares,
)
from oneroom.engine.organisation.tree import tree_on
from oneroom.engine.values import BadInput

FOUNDED, DAY, EVE, AFTER = date(2015, 1, 1), date(2021, 6, 1), date(2021, 5, 31), date(2022, 1, 1)
S = System


def unit(code: str, kind: str, parent: str | None = "city", **more) -> Spell:
    more.setdefault("system", S.OPERATIONS)
    return Spell(code, kind, code, FOUNDED, parent=parent, **more)


CITY = unit("city", "city_bureau", None, system=S.COMMAND)


def town(*more: Spell, duties=()) -> Facts:
    return checked(Facts((CITY, *more), tuple(Duty(f, u, FOUNDED) for f, u in duties)))


def after(facts: Facts, *changes, day: date = DAY):
    return apply(facts, changes, day)


def as_it_was(facts: Facts, day: date) -> dict[str, Spell]:
    """What there was, whatever has been said since of how long."""
    return {code: replace(spell, until=None) for code, spell in tree_on(facts, day).units.items()}


def said(found) -> list[tuple[str, str]]:
    return [(fault.code, fault.subject) for fault in found]


# ---- any day, past or to come ----


def test_t04_a_unit_is_on_each_day_what_it_was_said_to_be():
    renamed = after(town(unit("elm", "station")), Alter("elm", {"name_zh": "榆树路所"})).facts

    assert [renamed.at("elm", day).name_zh for day in (EVE, DAY, AFTER)] == ["elm", "榆树路所", "榆树路所"]
    assert renamed.at("elm", date(2014, 12, 31)) is None
    assert [(s.since, s.until) for s in renamed.of("elm")] == [(FOUNDED, DAY), (DAY, None)]


@pytest.mark.parametrize(
    ("spells", "message"),
    [
        ([Spell("elm", "station", "", DAY, DAY)], "It ends before it begins."),
        ([Spell("elm", "station", "", FOUNDED), Spell("elm", "station", "", DAY)], "Two descriptions"),
        ([Spell("elm", "station", "", FOUNDED, AFTER), Spell("elm", "station", "", DAY)], "Two descriptions"),
    ],
)
def test_descriptions_that_cross_are_refused_with_the_unit_named(spells, message):
    with pytest.raises(BadInput, match=message) as refused:
        checked(Facts(tuple(spells)))
    assert refused.value.field == "elm"


# ---- reforms ----


def test_t05_287_sections_become_92_and_each_of_them_landed_somewhere():
    facts = town(*(unit(f"s{n}", "section_office") for n in range(287)))
    new = [New(f"d{n}", "deputy_division", f"d{n}", system=S.OPERATIONS, parent="city") for n in range(92)]
    merged = after(facts, *(Merge(tuple(f"s{i}" for i in range(n, 287, 92)), f"d{n}", new[n]) for n in range(92)))

    was, now = tree_on(facts, EVE), tree_on(merged.facts, DAY)
    kinds = [sum(u.kind == kind for u in tree.units.values()) for tree, kind in
             ((was, "section_office"), (now, "section_office"), (now, "deputy_division"))]  # fmt: skip
    assert kinds == [287, 0, 92]
    assert round(100 * (92 - 287) / 287, 1) == -67.9
    assert {merged.heir_of(f"s{n}") for n in range(287)} == {f"d{n}" for n in range(92)}
    assert faults(facts, merged, DAY) == []
    assert as_it_was(merged.facts, EVE) == as_it_was(facts, EVE)


def test_t08_eleven_sub_bureaus_end_and_three_levels_become_two():
    sub = [unit(f"b{n}", "sub_bureau", "binhai") for n in range(11)]
    stations = [unit(f"p{n}", "station", f"b{n % 11}") for n in range(40)]
    facts = town(unit("binhai", "branch_bureau"), *sub, *stations)
    flat = after(facts, *(Abolish(f"b{n}", heir="binhai") for n in range(11)))

    was, now = tree_on(facts, EVE), tree_on(flat.facts, DAY)
    assert set(layers(was, {"station"}, top="binhai").values()) == {3}
    assert set(layers(now, {"station"}, top="binhai").values()) == {2}
    assert len(flat.fates) == 11
    assert (was.hops("city", to="p0"), now.hops("city", to="p0")) == (3, 2)
    assert now.span("binhai") == 40
    assert faults(facts, flat, DAY) == []


def test_t08_a_unit_that_ends_without_an_heir_leaves_orphans_that_are_named():
    facts = town(unit("sub", "sub_bureau"), unit("elm", "station", "sub"), duties=[("exit_entry", "sub")])

    found = faults(facts, after(facts, Abolish("sub")), DAY)

    assert said(found) == [("no_parent", "elm"), ("no_heir", "sub"), ("no_owner", "exit_entry")]


def test_t06_b08_a_function_is_delegated_on_its_day_and_not_before():
    facts = town(unit("east", "branch_bureau"), unit("west", "branch_bureau"), duties=[("exit_entry", "city")])
    given = after(facts, Delegate("exit_entry", "city", ("east", "west"))).facts

    owners = [{d.unit for d in given.duties_on(day) if d.function == "exit_entry"} for day in (EVE, DAY)]
    assert owners == [{"city"}, {"east", "west"}]
    with pytest.raises(BadInput, match="does not answer") as refused:
        after(facts, Delegate("traffic", "city", ("east",)))
    assert refused.value.field == "0.function"


def test_t17_a_brigade_becomes_districts_and_its_main_heir_has_the_rest():
    facts = town(unit("traffic", "traffic_brigade"), unit("desk", "team", "traffic"), duties=[("traffic", "traffic")])
    new = tuple(New(f"t{n}", "traffic_district", f"t{n}", system=S.OPERATIONS, parent="city") for n in range(3))
    parted = after(facts, Split("traffic", new, main="t1"))

    assert parted.fates["traffic"].heirs == ("t1", "t0", "t2")
    assert parted.facts.at("desk", DAY).parent == "t1"
    assert [d.unit for d in parted.facts.duties_on(DAY)] == ["t1"]
    assert faults(facts, parted, DAY) == []


def test_b13_a_branch_that_is_lifted_to_the_city_is_one_level_nearer():
    facts = town(unit("county", "county_bureau"), unit("baiyun", "branch_bureau", "county"))
    lifted = after(facts, Alter("baiyun", {"parent": "city"})).facts

    paths = [len(tree_on(f, day).path("baiyun")) for f, day in ((facts, DAY), (lifted, EVE), (lifted, DAY))]
    assert paths == [3, 3, 2]


def test_a_child_that_inherits_its_parent_answers_to_whom_the_parent_did():
    facts = town(unit("old", "sub_bureau"), unit("elm", "station", "old"), unit("oak", "station", "old"))
    done = after(facts, Merge(("old",), "elm"))

    assert [done.facts.at(code, DAY).parent for code in ("elm", "oak")] == ["city", "elm"]


def test_an_heir_that_ends_later_passes_it_on():
    facts = town(*(unit(code, "station") for code in ("a", "b", "c")))
    first = after(facts, Abolish("a", heir="b"))
    both = after(facts, Abolish("a", heir="b"), Abolish("b", heir="c"))

    assert (first.heir_of("a"), both.heir_of("a"), both.heir_of("c")) == ("b", "c", "c")


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (Alter("nobody", {}), "0.unit", "no unit nobody"),
        (Alter("elm", {"code": "x"}), "0.code", "cannot be changed"),
        (Alter("elm", {"parent": "nobody"}), "0.parent", "no unit nobody"),
        (Create(New("elm", "station", "elm")), "0.code", "is taken"),
        (Create(New("", "station", "elm")), "0.code", "needs a code"),
        (Merge(("elm",), "elm"), "0.units", "at least two"),
        (Merge(("elm", "oak"), "ash", New("x", "station", "x")), "0.into", "another than"),
        (Split("elm", (New("x", "station", "x"),), main="x"), "0.into", "at least two"),
        (Split("elm", (New("x", "station", "x"), New("y", "station", "y")), main="z"), "0.main", "one of the units"),
        (Abolish("elm", heir="elm"), "0.unit", "its own heir"),
    ],
)
def test_a_change_that_cannot_be_made_names_its_place_in_the_list_and_its_field(change, field, message):
    facts = town(unit("elm", "station"), unit("oak", "station"))

    with pytest.raises(BadInput) as refused:
        after(facts, change)

    assert refused.value.field == field
    assert message in refused.value.message % refused.value.params


def test_a_unit_for_which_a_later_reform_is_signed_is_left_to_it():
    facts = after(town(unit("elm", "station")), Alter("elm", {"rank": "division"}), day=AFTER).facts

    with pytest.raises(BadInput, match="Another reform"):
        after(facts, Alter("elm", {"rank": "section"}))


def test_units_that_answer_to_each_other_are_a_loop_and_those_below_are_not_hidden():
    facts = town(unit("a", "branch_bureau"), unit("b", "branch_bureau", "a"), unit("elm", "station", "b"))
    round_ = after(facts, Alter("a", {"parent": "b"}))

    assert said(faults(facts, round_, DAY)) == [("loop", "a"), ("loop", "b")]
    assert tree_on(round_.facts, DAY).path("elm") == ["elm", "b", "a"]


def test_a_unit_that_answered_to_itself_ends_once():
    facts = town(unit("a", "branch_bureau"), unit("b", "branch_bureau"))

    ended = after(facts, Alter("a", {"parent": "a"}), Abolish("a", heir="b")).facts

    assert [(s.since, s.until) for s in checked(ended).of("a")] == [(FOUNDED, DAY)]


# ---- figures ----


def test_t09_each_unit_is_in_one_of_four_systems_and_who_is_in_none_is_named():
    facts = town(
        unit("a", "division", system=S.OVERSIGHT), unit("b", "division", system=S.SUPPORT), unit("c", "division"),
        unit("d", "division", system=None),
    )  # fmt: skip
    shares = system_shares(tree_on(facts, DAY))

    assert {system: share.part for system, share in shares.items()} == {
        S.COMMAND: 1, S.OVERSIGHT: 1, S.OPERATIONS: 1, S.SUPPORT: 1, None: 1,
    }  # fmt: skip
    assert system_shares(tree_on(facts, DAY), {"a": 30, "c": 70})[S.OPERATIONS] == Share(70, 100)
    assert said(faults(facts, after(facts), DAY)) == [("no_system", "d")]


def test_b02_a_scenario_with_too_much_management_is_refused_with_the_numbers():
    tree = tree_on(town(unit("a", "division", system=S.SUPPORT), unit("b", "division")), DAY)

    assert over_limit(tree, 34) == []
    (fault,) = over_limit(tree, 33)
    assert fault.facts == {"part": 1, "whole": 3, "percent": 33}


def test_t12_b18_stations_hold_536_of_1000():
    facts = town(
        unit("branch", "branch_bureau"), unit("elm", "station", "branch"), unit("team", "team", "elm"),
        unit("hq", "division", "branch"), unit("other", "branch_bureau"),
    )  # fmt: skip
    strength = {"elm": 500, "team": 36, "hq": 400, "branch": 64, "other": 5000}

    share = front_line(tree_on(facts, DAY), strength, under="branch")
    assert (share, share.percent) == (Share(536, 1000), 53.6)


def test_b38_legal_units_in_four_of_five_are_80_per_cent_and_the_gap_is_named():
    stations = [unit(f"p{n}", "branch_bureau") for n in range(5)]
    facts = town(*stations, *(unit(f"l{n}", "legal_unit", f"p{n}", system=S.SUPPORT) for n in range(4)))

    share, gaps = coverage(tree_on(facts, DAY), (s.code for s in stations), {"legal_unit"})
    assert (share.percent, gaps) == (80.0, ["p4"])


def test_t47_two_units_side_by_side_with_one_function_are_found_and_guidance_is_not():
    facts = town(
        unit("crime", "division"), unit("cyber", "division"), unit("east", "branch_bureau"),
        duties=[("fraud", "crime"), ("fraud", "cyber"), ("patrol", "city"), ("patrol", "east")],
    )  # fmt: skip
    assert overlaps(tree_on(facts, DAY), facts.duties_on(DAY)) == {"fraud": ["crime", "cyber"]}


def test_b06_26_units_at_31_per_cent_were_26_of_83_84_or_85():
    assert list(bases_of(26, 31)) == [83, 84, 85]


@given(whole=st.integers(1, 3000), part=st.integers(1, 3000))
def test_b06_the_range_holds_every_whole_that_rounds_to_it_and_no_other(whole, part):
    percent = int(100 * part / whole + 0.5)
    if part <= whole and percent:
        assert whole in bases_of(part, percent)
        assert all(int(100 * part / w + 0.5) == percent for w in bases_of(part, percent))


def test_spans_are_of_those_who_have_anybody_below_them():
    tree = tree_on(town(unit("east", "branch_bureau"), unit("elm", "station", "east")), DAY)
    assert spans(tree) == {"city": 1, "east": 1}


# ---- ground ----


def test_ground_nobody_answers_for_and_ground_two_answer_for_are_named():
    before = {"elm": box(0, 0, 2, 2), "oak": box(2, 0, 4, 2)}

    assert area_faults(before, {"both": box(0, 0, 4, 2)}) == []
    assert said(area_faults(before, {"both": box(0, 0, 3, 2)})) == [("uncovered", "oak")]
    (twice,) = area_faults(before, {"elm": box(0, 0, 3, 2), "oak": box(2, 0, 4, 2)})
    assert (twice.code, twice.subject, twice.facts) == ("covered_twice", "elm", {"other": "oak"})


# ---- properties ----

CODES = [f"u{n}" for n in range(8)]
ONE = st.sampled_from(CODES)
CHANGES = st.one_of(
    st.builds(Abolish, ONE, ONE), st.builds(lambda u, p: Alter(u, {"parent": p}), ONE, ONE),
    st.builds(lambda a, b: Merge((a, b), a), ONE, ONE),
)  # fmt: skip


@given(changes=st.lists(CHANGES, max_size=8), later=st.lists(CHANGES, max_size=3))
def test_whatever_is_changed_the_past_stays_no_day_has_two_descriptions_and_every_heir_is_there(changes, later):
    facts = town(*(unit(code, "station") for code in CODES), duties=[("patrol", "u0")])
    outcome = _made(facts, changes, DAY)
    again = _made(outcome.facts, later, AFTER)

    checked(again.facts)
    assert as_it_was(again.facts, EVE) == as_it_was(facts, EVE)
    assert as_it_was(again.facts, DAY) == as_it_was(outcome.facts, DAY)
    found = said(faults(facts, outcome, DAY))
    assert not [f for f in found if f[0] in {"no_parent", "no_heir", "no_owner", "second_root"}]


def _made(facts, changes, day):
    """As many of them as can be made."""
    made = []
    for change in changes:
        try:
            apply(facts, [*made, change], day)
        except BadInput:
            continue
        made.append(change)
    return apply(facts, made, day)
