"""The two lifecycles as tables: each illegal move is refused, and the matter follows its crews."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.lifecycle import Lifecycle, Move
from oneroom.engine.lifecycle import assignment as a
from oneroom.engine.lifecycle import incident as i
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, IllegalMove, NotAllowed

CREW = Actor(1, frozenset({Role.PATROL_OFFICER}))
ROOM = Actor(2, frozenset({Role.DISPATCHER}))
AUXILIARY = Actor(3, frozenset({Role.AUXILIARY}))
ANALYST = Actor(4, frozenset({Role.ANALYST}))


def test_a_table_with_two_answers_is_refused():
    row = Move(a.State.OFFERED, "acknowledge", a.State.ACKNOWLEDGED, frozenset())
    with pytest.raises(ValueError, match="two answers"):
        Lifecycle([row, row])


@pytest.mark.parametrize("table", [a.ASSIGNMENT, i.INCIDENT])
def test_every_pair_that_is_not_in_the_table_is_illegal(table):
    states = {m.source for m in table} | {m.target for m in table}
    everybody = Actor(9, frozenset(Role))
    for state in states:
        for verb in table.verbs:
            if table.find(state, verb) is None:
                with pytest.raises(IllegalMove):
                    table.move(state, verb, by=everybody)


def test_crew_and_room_may_do_each_step_of_the_crew():
    for state, verb in [
        ("offered", "acknowledge"),
        ("acknowledged", "set_out"),
        ("en_route", "arrive"),
        ("on_scene", "clear"),
    ]:
        assert a.ASSIGNMENT.move(state, verb, by=CREW) == a.ASSIGNMENT.move(state, verb, by=ROOM)
        with pytest.raises(NotAllowed):
            a.ASSIGNMENT.move(state, verb, by=ANALYST)


def test_who_sends_crews_does_not_review_their_report_but_may_close_what_was_reviewed():
    for role in (Role.DUTY_CHIEF, Role.STATION_CHIEF, Role.SHIFT_COMMANDER):
        chief = Actor(5, frozenset({role}))
        assert i.INCIDENT.move("reported", "review", by=chief).target == "reviewed"
        assert i.INCIDENT.move("reviewed", "close", by=chief).target == "closed"
    with pytest.raises(NotAllowed):
        i.INCIDENT.move("reported", "review", by=ROOM)
    assert i.INCIDENT.move("reviewed", "close", by=ROOM).target == "closed"


def test_an_auxiliary_assists_but_does_not_sign_the_report():
    assert a.ASSIGNMENT.move("offered", "acknowledge", by=AUXILIARY)
    with pytest.raises(NotAllowed):
        a.ASSIGNMENT.move("on_scene", "report", by=AUXILIARY)


@pytest.mark.parametrize(
    ("now", "crews", "lead_reported", "then"),
    [
        ("classified", [], False, "classified"),
        ("classified", ["offered"], False, "dispatched"),
        ("dispatched", ["acknowledged", "offered"], False, "dispatched"),
        ("dispatched", ["en_route", "on_scene"], False, "in_progress"),
        ("in_progress", ["cleared", "en_route"], False, "in_progress"),
        ("in_progress", ["cleared"], True, "reported"),
        ("in_progress", ["cleared"], False, "waiting"),
        ("dispatched", ["withdrawn"], False, "waiting"),
        ("dispatched", ["lapsed", "offered"], False, "dispatched"),
        ("in_progress", ["cleared", "on_scene"], True, "in_progress"),
        ("waiting", ["withdrawn"], False, "waiting"),
        ("reviewed", ["cleared"], True, "reviewed"),
        ("closed", ["cleared"], True, "closed"),
    ],
)
def test_the_matter_follows_its_crews(now, crews, lead_reported, then):
    assert i.following(now, crews, lead_reported=lead_reported) == then


@given(st.sampled_from([str(s) for s in i.State]), st.lists(st.sampled_from([str(s) for s in a.State])), st.booleans())
def test_following_always_lands_where_the_table_allows(now, crews, lead_reported):
    then = i.following(now, crews, lead_reported=lead_reported)
    assert then == now or i.INCIDENT.find(now, f"follow_{then.value}") is not None
    live = any(c in {str(s) for s in a.LIVE} for c in crews)
    if live and now in {"classified", "waiting", "dispatched", "in_progress"}:
        assert then in (i.State.DISPATCHED, i.State.IN_PROGRESS)
