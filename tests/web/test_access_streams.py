"""Points 6 and 17: a role, a station or a crew that changes acts on the next request and ends streams at once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import httpx
from django.test import Client

from oneroom.apps.duty.services import form_crew
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import close_account, create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.clock import HAND
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


def test_a_role_that_was_given_until_an_hour_is_over_then_though_no_clock_ends_it(room):
    """Security point 6: a dead clock keeps nobody in a post."""
    nina = create_account(username="nina", name="Nina", by=SYSTEM, at=room.now)
    room.town.people["nina"] = nina
    give_role(nina.pk, Role.DISPATCHER, until=room.now + timedelta(hours=1), by=SYSTEM, at=room.now)
    client = sits(room, "nina")
    assert client.get("/room/").status_code == 200

    HAND.forward(3600)

    assert client.get("/room/").status_code == 404
