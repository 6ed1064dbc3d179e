"""Points 6 and 17: a role, a station or a crew that changes acts on the next request and ends streams at once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import httpx
from django.test import Client

from oneroom.apps.duty.models import DutySpell
from oneroom.apps.duty.services import form_crew
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import close_account, create_account, give_role
from oneroom.apps.personnel.clock import follow_moves
from oneroom.apps.personnel.services import Order, post_people
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.clock import HAND
from tests.force import Force
from tests.waiting import PATIENCE_S
from tests.web.streams import Ear, Serving


@contextmanager
def listening(url: str, ticket: str):
    with (
        httpx.Client(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{url}/live", params={"ticket": ticket}) as answer,
    ):
        yield Ear(answer)


def sits(room, who):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


def test_a_role_taken_back_by_two_ends_the_stream_at_once_and_the_next_request_is_refused(database_url, room):
    li, west = room.town.people["leader-li"], room.town.units["west"].pk
    client, ticket = sits(room, "leader-li"), tickets.issue(room.actor("leader-li"))
    assert client.get("/office/board").status_code == 200
    with Serving(Live(database_url)) as house, listening(house.url, ticket) as ear:
        assert ear.next()[0] == "hello"
        end = {"act": "end", "role": "duty_chief", "unit": str(west), "why": "He moves to another post"}
        sits(room, "ada").post(f"/office/accounts/{li.pk}", end)
        assert client.get("/office/board").status_code == 200, "one signature changes nothing"

        sits(room, "abe").post(f"/office/signatures/{Signature.objects.get().pk}", {"act": "sign"})

        assert ear.rest()[-1] == "access"
        with listening(house.url, ticket) as late:
            assert late.answer.status_code == 401
    assert client.get("/office/board").status_code == 404
    assert f"unit:{west}" not in tickets.scopes_of(room.actor("leader-li"))


def test_a_leaver_loses_his_stream_at_once_and_session_and_phone_at_their_next_contact(database_url, room):
    """T41, issue of the force: what the personnel office enters on its page ends everything that the account opens."""
    force = Force(room)
    force.staff("hanna", Role.HR)
    one = force.person("Zhang", account="zhang")
    screen, phone, hanna = sits(room, "zhang"), sits(room, "zhang"), sits(room, "hanna")
    assert screen.get("/t/").status_code == 200
    assert phone.get("/api/rings").status_code == 200
    with Serving(Live(database_url)) as house:
        ticket = tickets.issue(room.actor("zhang"))
        with listening(house.url, ticket) as ear, listening(house.url, tickets.issue(room.actor("wang"))) as other:
            assert [ear.next()[0], other.next()[0]] == ["hello", "hello"]
            said = {"act": "leave", "left": force.days(1).isoformat(), "cause": "resigned"}
            assert hanna.post(f"/office/people/{one.pk}", said).status_code == 302

            assert ear.rest()[-1] == "access"
            with listening(house.url, ticket) as late:
                assert late.answer.status_code == 401
    assert phone.get("/api/rings").status_code == 401
    assert phone.get("/api/ticket").status_code == 401
    assert screen.get("/t/").status_code == 302, "back to the door"
    assert sits(room, "wang").get("/api/rings").status_code == 200, "nobody else loses anything"


def test_a_post_at_another_station_moves_the_audience_and_a_crew_formed_anew_ends_the_stream(database_url, room):
    nina = create_account(username="nina", name="Nina", by=SYSTEM, at=room.now)
    room.town.people["nina"] = nina
    west, east = room.town.units["west"].pk, room.town.units["east"].pk
    give_role(nina.pk, Role.PATROL_OFFICER, unit_id=west, by=SYSTEM, at=room.now)
    with Serving(Live(database_url)) as house:
        nina.refresh_from_db()
        with listening(house.url, tickets.issue(room.actor("nina"))) as ear:
            assert ear.next()[0] == "hello"
            crew = form_crew(code="crew-9", callsign_zh="九组", callsign_en="Crew-9", unit_id=east,
                             members=[(nina.pk, "lead")], by=SYSTEM, at=room.now)  # fmt: skip
            assert ear.rest()[-1] == "access"
        nina.refresh_from_db()
        by = room.actor("nina")
        assert (by.unit_id, f"crew:{crew.pk}" in tickets.scopes_of(by)) == (east, True)
        with listening(house.url, tickets.issue(by)) as ear:
            assert ear.next()[0] == "hello"
            close_account(nina.pk, by=SYSTEM, at=room.now)
            assert ear.rest()[-1] == "access"


def test_points_6_and_17_whoever_is_posted_to_another_unit_loses_what_he_held_at_his_own_when_he_goes_off_duty(
    database_url, room
):  # fmt: skip
    """A move that the personnel office entered ends roles, place in a crew and streams, though of nobody at work."""
    force = Force(room)
    li, zhang = force.person("Li", account="leader-li"), force.person("Zhang", account="zhang")
    for unit in ("west", "east"):
        force.places(unit, 5)
    for who, code in ((li, "w1"), (zhang, "w2")):
        force.sits(who, force.post(code, "west"))
    tomorrow = force.days(1)
    for who, code in ((li, "e1"), (zhang, "e2")):
        force.sits(who, force.post(code, "east", day=tomorrow), day=tomorrow, basis="transfer")
    give_role(room.town.people["zhang"].pk, Role.COMMUNITY_OFFICER, unit_id=room.town.units["east"].pk, by=SYSTEM,
              at=room.now)  # fmt: skip
    assert follow_moves(room.now) == 0, "its day has not come"
    screen, before = sits(room, "leader-li"), room.actor("leader-li")
    assert screen.get("/office/board").status_code == 200
    with (
        Serving(Live(database_url)) as house, listening(house.url, tickets.issue(before)) as ear,
        listening(house.url, tickets.issue(room.actor("wang"))) as other,
    ):  # fmt: skip
        assert [ear.next()[0], other.next()[0]] == ["hello", "hello"]
        HAND.set(room.now.astimezone().replace(hour=0, minute=1) + timedelta(days=1))
        DutySpell.objects.filter(account__username="leader-li").update(ends=room.now)

        assert follow_moves(room.now) == 1, "the officer rides with a crew on duty: he keeps his until he is done"

        assert ear.rest()[-1] == "access"
    assert screen.get("/office/board").status_code == 404
    assert room.actor("leader-li").units == frozenset()
    riding = room.actor("zhang")
    assert (riding.crew_id, riding.unit_id) == (room.town.crews["crew-1"].pk, room.town.units["west"].pk)

    HAND.forward(12 * 3600)  # and nobody keeps it past the half day

    assert follow_moves(room.now) == 1
    moved = room.actor("zhang")
    assert (moved.crew_id, moved.unit_id) == (None, room.town.units["east"].pk), "what he was given there stays"
    assert moved.roles == {Role.COMMUNITY_OFFICER}
    assert room.actor("wang").crew_id == room.town.crews["crew-1"].pk, "nobody else loses anything"
    assert follow_moves(room.now) == 0
    kinds = Entry.objects.filter(kind="person.moved").values_list("facts__roles", flat=True)
    assert list(kinds) == [1, 1]


def test_point_17_whoever_keeps_a_post_in_the_unit_that_he_left_keeps_his_role_there(room):
    force = Force(room)
    li = force.person("Li", account="leader-li")
    for unit in ("west", "east"):
        force.places(unit, 5)
    force.sits(li, force.post("w1", "west"))
    force.post("w2", "west")
    post_people([Order(li.pk, "w2", full=False)], day=force.today, basis="first", by=SYSTEM, at=room.now)
    force.sits(li, force.post("e1", "east"), day=force.days(1), basis="transfer")
    HAND.forward(2 * 24 * 3600)

    assert follow_moves(room.now) == 0
    assert room.actor("leader-li").units == {room.town.units["west"].pk}


def test_a_role_that_was_given_until_an_hour_is_over_then_though_no_clock_ends_it(room):
    """Security point 6: a dead clock keeps nobody in a post."""
    nina = create_account(username="nina", name="Nina", by=SYSTEM, at=room.now)
    room.town.people["nina"] = nina
    give_role(nina.pk, Role.DISPATCHER, until=room.now + timedelta(hours=1), by=SYSTEM, at=room.now)
    client = sits(room, "nina")
    assert client.get("/room/").status_code == 200

    HAND.forward(3600)

    assert client.get("/room/").status_code == 404
