"""What a person is shown when something is refused or breaks, and where it leads back to."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.town import Town

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}


def opened_by(town: Town, who: str | None, **more: bool) -> Client:
    client = Client(**ENGLISH, **more)
    if who:
        client.force_login(town.people[who])
    return client


def ways(answer) -> list[str]:
    """Where the page leads on to, without the way out of the house."""
    return [a for a in re.findall(r'<a [^>]*href="([^"]+)"', answer.content.decode()) if a.startswith("/")]


@pytest.mark.parametrize(
    ("who", "screens"),
    [("dora", ["/room/", "/room/intake/", "/office/"]), ("carl", ["/room/intake/"]), ("zhang", ["/t/"]),
     ("aux-he", ["/t/"]), ("leader-li", ["/office/", "/t/"]), ("ina", ["/office/"]), ("ada", ["/office/"])],
)  # fmt: skip
def test_staff_are_led_back_to_their_own_screens(town: Town, who: str, screens: list[str]) -> None:
    client = opened_by(town, who)
    for address in ("/nothing-is-here", "/room/nothing-is-here", "/office/nothing-is-here"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert set(ways(answer)) - {"/sign-in"} <= set(screens), address
        assert screens[0] in ways(answer)
        assert "/" not in ways(answer)
        assert "tel:110" not in answer.content.decode()  # the public's page calls for help elsewhere


def test_the_public_is_led_to_its_own_first_page(town: Town) -> None:
    answer = opened_by(town, None).get("/nothing-is-here")
    assert answer.status_code == 404
    assert "/" in ways(answer)


def test_a_form_that_was_open_too_long_leads_staff_back(town: Town) -> None:
    answer = opened_by(town, "ada", enforce_csrf_checks=True).post("/office/accounts/new", {"name": "x"})
    assert answer.status_code == 403
    assert "/office/" in ways(answer)
    assert "This page was open too long" in answer.content.decode()


@pytest.mark.parametrize(("who", "back"), [("dora", "/room/"), ("zhang", "/t/"), (None, "/")])
def test_what_breaks_gets_a_number_that_is_in_the_log_and_a_way_on(
    town: Town, monkeypatch, caplog, who: str | None, back: str
) -> None:
    def breaks(*_asked: object, **_more: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("oneroom.web.pages.room.views._queue", breaks)
    monkeypatch.setattr("oneroom.web.pages.terminal.views.orders_of", breaks)
    monkeypatch.setattr("oneroom.web.pages.citizen.views.secrets.token_urlsafe", breaks)
    answer = opened_by(town, who).get(back)
    page = answer.content.decode()
    assert answer.status_code == 500
    number = re.search(r'class="fault">([0-9a-f]{8})<', page)[1]  # type: ignore[index]
    assert f"fault {number}" in caplog.text
    assert "a secret of the machine" not in page
    assert back in ways(answer)


def test_a_house_that_cannot_tell_who_asks_still_leads_staff_to_their_door(town: Town, monkeypatch) -> None:
    def breaks(*_asked: object) -> None:
        raise RuntimeError("no database")

    client = opened_by(town, "dora")
    monkeypatch.setattr("oneroom.web.actors.actor_of", breaks)
    answer = client.get("/room/")
    assert answer.status_code == 500
    assert ways(answer).count("/sign-in") == 2
    assert "/" not in ways(answer)
