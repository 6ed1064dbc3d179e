"""The demo's first page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web.api import demo
from oneroom.web.pages.start.held import HELD, surge_since
from oneroom.web.pages.start.views import SEATS, TOUR
from tests.town import Town


class Turned:
    """A clock whose speed can be set, as the demo's; it keeps what was asked of it."""

    def __init__(self, at: Any):
        self.at, self.asked = at, list[float]()

    def now(self) -> Any:
        return self.at

    def rate(self) -> float:
        return self.asked[-1] if self.asked else 1.0

    def set_rate(self, rate: float) -> None:
        self.asked.append(rate)


ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}


@pytest.fixture
def visitor(town: Town, settings: Any) -> Client:
    """A browser before the demo's first page."""
    cache.clear()
    settings.DEMO = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "oneroom.web.pages.start.held.KeepHeld"]
    for username, role in [
        ("demo-dispatcher", Role.DISPATCHER),
        ("demo-commander", Role.SHIFT_COMMANDER),
        ("demo-calltaker", Role.CALL_TAKER),
        ("demo-chief", Role.STATION_CHIEF),
        ("demo-inspector", Role.INSPECTOR),
        ("demo-personnel", Role.HR),
        ("demo-administrator", Role.ADMINISTRATOR),
        ("demo-administrator-2", Role.ADMINISTRATOR),
        ("demo-planner", Role.ORG_PLANNER),
        ("demo-welfare", Role.WELFARE_OFFICER),
    ]:
        made = create_account(username=username, name=username, by=SYSTEM, at=town.at)
        give_role(made.pk, role, by=SYSTEM, at=town.at)
    return Client(**ENGLISH)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/start/", "/start/held"])
def test_outside_the_demo_there_is_no_such_page(path: str) -> None:
    assert Client(**ENGLISH).get(path).status_code == 404
    assert Client(**ENGLISH).post("/start/", {"role": "dispatcher"}).status_code == 404


def test_the_page_says_how_the_city_is_and_that_it_is_simulated(visitor: Client) -> None:
    page = visitor.get("/start/").content.decode()
    assert "3 crews available, 0 incidents open, 0 late" in page
    assert "City time 03:12" in page
    assert "simulated" in page


@pytest.mark.parametrize(
    ("role", "screen"),
    [
        ("dispatcher", "/room/"),
        ("commander", "/room/"),
        ("calltaker", "/room/intake/"),
        ("citizen", "/"),
        ("inspector", "/office/"),
        ("planner", "/office/"),
        ("personnel", "/office/"),
        ("welfare", "/office/"),
    ],
)
def test_a_role_is_taken_without_a_password(visitor: Client, role: str, screen: str) -> None:
    answer = visitor.post("/start/", {"role": role})
    assert answer.status_code == 302
    assert answer["Location"] == screen


def test_each_seat_says_what_to_try_first_and_there_is_a_way_of_five_minutes(visitor: Client) -> None:
    page = visitor.get("/start/").content.decode()
    assert page.count('class="role"') == len(SEATS) == 12
    for seat in SEATS:
        assert str(seat.about).endswith(".")
        assert escape(str(seat.about)) in page
    assert all(escape(str(step)) in page for step in TOUR)


def test_a_visitor_lets_a_storm_come_once(visitor: Client, town: Town) -> None:
    assert visitor.post("/start/surge").status_code == 302
    since = visitor.get("/start/held").json()["surge"]
    visitor.post("/start/surge")

    assert datetime.fromisoformat(since) == town.at
    assert visitor.get("/start/held").json()["surge"] == since
    assert "A storm is over the city since 03:12" in visitor.get("/start/").content.decode()
    assert surge_since(town.at + timedelta(hours=2)) is None


def test_who_takes_a_crew_holds_it_until_he_signs_out(visitor: Client, town: Town) -> None:
    crew = town.crews["crew-2"]
    assert visitor.post("/start/", {"role": "officer", "crew": crew.pk})["Location"] == "/t/"
    assert visitor.get("/api/me").json()["crew_id"] == crew.pk
    assert visitor.get("/start/held").json()["crews"] == [crew.pk]
    visitor.post("/sign-out")
    assert Client().get("/start/held").json()["crews"] == []


def test_who_changes_seats_gives_his_crew_back(visitor: Client, town: Town) -> None:
    visitor.post("/start/", {"role": "officer", "crew": town.crews["crew-1"].pk})
    visitor.post("/start/", {"role": "dispatcher"})
    assert visitor.get("/start/held").json() == {"crews": [], "roles": ["dispatcher"], "surge": None}
    visitor.post("/sign-out")
    assert Client().get("/start/held").json() == {"crews": [], "roles": [], "surge": None}


def test_while_a_crew_is_held_the_city_runs_no_faster_than_real(
    visitor: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Turned(town.at)
    monkeypatch.setattr(demo, "clock", lambda: clock)
    room = Client(**ENGLISH)
    room.post("/start/", {"role": "dispatcher"})

    def ask(rate: float) -> Any:
        key = {"Idempotency-Key": f"rate-{rate}-{len(clock.asked)}-key"}
        return room.post("/api/demo/time", {"rate": rate}, content_type="application/json", headers=key)

    assert ask(60).status_code == 200
    assert room.get("/room/time").json()["held"] is False
    visitor.post("/start/", {"role": "officer", "crew": town.crews["crew-1"].pk})
    refused = ask(6)
    assert (refused.status_code, refused.json()["message"]) == (409, HELD)
    assert room.get("/room/time").json()["held"] is True
    assert ask(1).status_code == 200
    assert clock.asked == [60, 1]


def test_a_seat_that_is_not_there_is_refused_with_a_sentence(visitor: Client) -> None:
    unknown = visitor.post("/start/", {"role": "mayor"})
    assert unknown.status_code == 422
    assert "There is no such role here." in unknown.content.decode()
    crew = visitor.post("/start/", {"role": "officer", "crew": "999"})
    assert crew.status_code == 422
    assert "This crew is not on duty." in crew.content.decode()


def test_a_seat_is_taken_only_from_our_own_page(visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True, **ENGLISH)
    strict.cookies = visitor.cookies
    assert strict.post("/start/", {"role": "dispatcher"}).status_code == 403
