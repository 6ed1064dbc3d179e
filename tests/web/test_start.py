"""The demo's first page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.town import Town

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
    [("dispatcher", "/room/"), ("commander", "/room/"), ("calltaker", "/room/intake/"), ("citizen", "/")],
)
def test_a_role_is_taken_without_a_password(visitor: Client, role: str, screen: str) -> None:
    answer = visitor.post("/start/", {"role": role})
    assert answer.status_code == 302
    assert answer["Location"] == screen


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
    assert visitor.get("/start/held").json() == {"crews": [], "roles": ["dispatcher"]}
    visitor.post("/sign-out")
    assert Client().get("/start/held").json() == {"crews": [], "roles": []}


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
