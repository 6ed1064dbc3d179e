"""A reform is data: it is read as it was written, refused where it is broken, and what it wrote can be taken back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.organisation.changes import Abolish, Alter, Create, Delegate, Merge, New, Split, apply
from oneroom.engine.organisation.codec import (
    SCHEMA,
    Document,
    read_changes,
    read_document,
    write_changes,
    write_document,
)
from oneroom.engine.organisation.facts import Duty, Facts, Spell, System, checked
from oneroom.engine.organisation.undo import read_written, taken_back, write_written, written
from oneroom.engine.values import BadInput, Conflict

DAY, LATER, FOUNDED = date(2026, 12, 1), date(2027, 3, 1), date(2020, 1, 1)
CODE = st.text("abcdefgh0123456789.-_", min_size=1, max_size=24).filter(lambda s: s[0] not in ".-_")
WORD = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40).filter(str.strip)
MAYBE = st.one_of(st.none(), CODE)
NEW = st.builds(
    New, CODE, CODE, WORD, st.one_of(st.just(""), WORD), st.one_of(st.just(""), CODE),
    st.one_of(st.none(), st.sampled_from(System)), MAYBE, MAYBE,
)  # fmt: skip
SOME = st.lists(CODE, min_size=1, max_size=4).map(tuple)
TO = st.fixed_dictionaries(
    {"name_zh": WORD}, optional={"parent": MAYBE, "system": st.sampled_from(System), "rank": CODE, "area": MAYBE}
)
CHANGE = st.one_of(
    st.builds(Create, NEW), st.builds(Merge, SOME, CODE, st.one_of(st.none(), NEW)),
    st.builds(Split, CODE, st.lists(NEW, min_size=1, max_size=3).map(tuple), CODE), st.builds(Abolish, CODE, MAYBE),
    st.builds(Alter, CODE, TO), st.builds(Delegate, CODE, CODE, SOME),
)  # fmt: skip


@given(name=WORD, changes=st.lists(CHANGE, max_size=8).map(tuple))
def test_a_plan_is_read_as_it_was_written_to_the_last_field(name, changes):
    plan = Document(name, DAY, changes, {"x": {"type": "Polygon"}})

    assert read_document(json.loads(json.dumps(write_document(plan)))) == plan


LEAF = st.none() | st.integers() | st.text(max_size=6) | st.sampled_from(["merge", "split", "alter", "create"])
NAMES = st.sampled_from(["do", "unit", "into", "to", "units", "code", "system"])
ANYTHING = st.recursive(
    LEAF, lambda s: st.lists(s, max_size=3) | st.dictionaries(NAMES, s, max_size=4), max_leaves=8
)  # fmt: skip


@given(said=ANYTHING)
def test_nothing_that_is_no_plan_breaks_the_reader(said):
    for row in (said, [said]):
        try:
            read_changes(row)
        except BadInput as refused:
            name = refused.field
        else:
            name = "changes"
        assert name.startswith("changes")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"do": "dissolve"}, "do"), ({"do": "merge", "units": "ab", "into": "c"}, "units"),
        ({"do": "merge", "units": ["a"], "into": ""}, "into"), ({"do": "create", "unit": {"code": "A B"}}, "unit.code"),
        ({"do": "create", "unit": {"code": "a", "kind": "station", "name_zh": "甲", "system": "fifth"}}, "unit.system"),
        ({"do": "split", "unit": "a", "into": [{"code": "b", "kind": "x"}], "main": "b"}, "into.0.name_zh"),
        ({"do": "alter", "unit": "a", "to": {"code": "b"}}, "to"), ({"do": "alter", "unit": "a", "to": {}}, "to"),
        ({"do": "abolish", "unit": "a", "quietly": True}, "quietly"),
    ],
)  # fmt: skip
def test_a_broken_change_is_named_by_its_place_and_field(row, field):
    with pytest.raises(BadInput) as refused:
        read_changes([{"do": "abolish", "unit": "z"}, row])
    assert refused.value.field == f"changes.1.{field}"


@pytest.mark.parametrize("schema", ["oneroom.reform/2", None, 1])
def test_a_document_of_another_schema_is_refused_and_not_guessed_at(schema):
    with pytest.raises(BadInput) as refused:
        read_document({"schema": schema, "name": "x", "day": "2026-12-01", "changes": []})
    assert refused.value.params == {"schema": SCHEMA}


# ---- taking back ----

CODES = [f"u{n}" for n in range(6)]
ONE = st.sampled_from(CODES)
SMALL = st.one_of(
    st.builds(Abolish, ONE, ONE), st.builds(lambda u, p: Alter(u, {"parent": p}), ONE, ONE),
    st.builds(lambda a, b: Merge((a, b), "new", New("new", "station", "新", system=System.OPERATIONS)), ONE, ONE),
)  # fmt: skip


def town() -> Facts:
    top = Spell("city", "city_bureau", "市局", FOUNDED, system=System.COMMAND)
    units = [Spell(c, "station", c, FOUNDED, system=System.OPERATIONS, parent="city") for c in CODES]
    return Facts((top, *units), (Duty("patrol", "u0", FOUNDED),))


@given(changes=st.lists(SMALL, max_size=5))
def test_what_a_plan_wrote_is_taken_back_to_the_last_spell(changes):
    before = town()
    made = []
    for change in changes:
        try:
            apply(before, [*made, change], DAY)
        except BadInput:
            continue
        made.append(change)
    after = apply(before, made, DAY).facts
    kept = json.loads(json.dumps(write_written(written(before, after))))

    again = taken_back(after, read_written(kept))

    assert set(again.spells) == set(before.spells)
    assert set(again.duties) == set(before.duties)
    assert [type(c) for c in read_changes(write_changes(made))] == [type(c) for c in made]


@pytest.mark.parametrize(
    "later",
    [
        Alter("u0", {"rank": "higher"}), Create(New("below", "team", "队", system=System.OPERATIONS, parent="new")),
        Delegate("patrol", "u0", ("u5",)), Abolish("new", "city"),
    ],
    ids=["changed", "stands below", "handed on", "ended"],
)  # fmt: skip
def test_a_plan_on_which_a_later_one_stands_is_not_taken_back(later):
    before = town()
    brigade = New("new", "brigade", "新", system=System.OPERATIONS, parent="city")
    first = [Create(brigade), Alter("u0", {"rank": "high"}), Delegate("patrol", "u0", ("u0", "u4"))]
    after = apply(before, first, DAY).facts
    built = apply(after, [later], LATER).facts

    stands = not isinstance(later, Delegate)
    if stands:
        with pytest.raises(Conflict, match="stands on this one"):
            taken_back(built, written(before, after))
    else:  # what it laid down was there before the first one, too
        checked(taken_back(built, written(before, after)))
