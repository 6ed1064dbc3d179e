"""A person may hold roles at several units and ride with a crew of another: each right acts only where it was given."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.queries import queue
from oneroom.apps.people.services import end_grant, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web import tickets
from tests.room import Room
from tests.web.api_client import Caller


@pytest.fixture
def chief_in_west_crew(room: Room) -> str:
    """zhang rides with the west station's crew-1 and is duty chief of the east station."""
    _give(room, "zhang", Role.DUTY_CHIEF, "east")
    return "zhang"


def _give(room: Room, who: str, role: Role, unit: str) -> None:
    give_role(room.town.people[who].pk, role, unit_id=room.town.units[unit].pk, by=SYSTEM, at=room.now)


def _opens(who: str, matter: Incident, purpose: str, *, status: int) -> None:
    Caller(who).post(f"incidents/{matter.pk}/open", {"purpose": purpose}, status=status)


def test_a_chief_of_east_who_rides_with_a_west_crew_reviews_east_and_not_west(room: Room, chief_in_west_crew: str):
    east, west = room.report("a fight", at="east"), room.report("a theft", at="west")

    _opens(chief_in_west_crew, east, "review", status=200)
    _opens(chief_in_west_crew, west, "review", status=404)
    assert [row.incident.pk for row in queue(by=room.actor(chief_in_west_crew), at=room.now)] == [east.pk]


def test_the_call_his_west_crew_is_on_is_his_to_answer_and_not_to_judge(room: Room, chief_in_west_crew: str):
    west = room.report("a theft", at="west")
    sent = room.dispatch(west, "crew-1")

    _opens(chief_in_west_crew, west, "respond", status=200)
    _opens(chief_in_west_crew, west, "review", status=403)

    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    room.dispatch(west, "crew-2")  # keeps the matter open, so that only his right is in question
    Caller(chief_in_west_crew).post(f"incidents/{west.pk}/review", status=403)
    Caller(chief_in_west_crew).post(f"incidents/{west.pk}/close", {"outcome": "under_control"}, status=403)


def test_his_stream_carries_his_station_and_his_crew(room: Room, chief_in_west_crew: str):
    by = room.actor(chief_in_west_crew)

    assert by.unit_id == room.town.units["east"].pk
    assert by.crew_id == room.town.crews["crew-1"].pk
    hears = tickets.scopes_of(by)
    assert f"unit:{room.town.units['east'].pk}" in hears
    assert f"unit:{room.town.units['west'].pk}" not in hears


def test_a_chief_of_two_stations_answers_for_both_whatever_was_given_first(room: Room):
    _give(room, "leader-lu", Role.STATION_CHIEF, "west")
    both = {room.town.units["west"].pk, room.town.units["east"].pk}

    by = room.actor("leader-lu")
    assert (by.units, by.unit_id) == (both, min(both))
    for corner in ("west", "east"):
        _opens("leader-lu", room.report("a fight", at=corner), "review", status=200)
    assert {c["unit_id"] for c in Caller("leader-lu").get("crews")["crews"]} == both


def test_who_is_chief_no_longer_answers_for_nothing(room: Room, chief_in_west_crew: str):
    east = room.town.units["east"].pk
    end_grant(room.town.people["zhang"].pk, Role.DUTY_CHIEF, unit_id=east, by=SYSTEM, at=room.now)

    by = room.actor("zhang")
    assert (by.units, by.unit_id) == (frozenset(), room.town.units["west"].pk)
    _opens("zhang", room.report("a fight", at="east"), "review", status=404)
