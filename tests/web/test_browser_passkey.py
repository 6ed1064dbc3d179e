"""
Security point 1 in a real Chromium with a virtual authenticator (CDP): a passkey made at the first sign-in on a phone
of 360 × 640, and after that the door opened by it alone. One that asks nobody who he is opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from oneroom.apps.ledger.models import Entry
from tests.browsing import browsing
from tests.served import served, walk
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def open_door(browser, room, database_url, monkeypatch, settings):
    """Opens a page as nobody, under a name: a passkey is bound to one, and an address of numbers is none."""
    settings.SECOND_FACTOR = True
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda path, **more: open_as(None, url.replace("127.0.0.1", "localhost") + path, **more)


class Sensor:
    """The fingerprint reader of the device that the page runs on."""

    def __init__(self, page: Any) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    @contextmanager
    def wrong_finger(self) -> Iterator[None]:
        self._verifies(False)
        yield
        self._verifies(True)

    def _verifies(self, right: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": right})


def by_password(page, who):
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


def test_point_1_an_officers_phone_makes_a_passkey_once_and_opens_the_door_with_it_ever_after(open_door, room):
    zhang = room.town.people["zhang"]
    page = open_door("/sign-in", language="zh-hans", **PHONE)
    sensor = Sensor(page)
    by_password(page, "zhang")
    page.wait_for_url("**/account/factors")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("[data-passkey=create] button").click()
    page.locator(".signin-codes li").nth(9).wait_for()
    assert len(sensor.keys()) == 1
    page.locator(".signin-box a.btn--go").click()
    page.wait_for_url("**/t/")

    page.goto(page.url.replace("/t/", "/sign-in"))
    page.locator("form[action='/sign-out'] button").click()
    page.locator("[data-passkey=get] button").click()
    page.wait_for_url("**/t/")
    assert Entry.objects.filter(kind="session.opened", subject=f"account:{zhang.pk}").last().facts["way"] == "passkey"
    assert Authenticator.objects.get(user=zhang, type="webauthn").last_used_at is not None


def test_point_1_a_passkey_is_the_second_step_too_and_a_wrong_finger_opens_neither(open_door, room):
    page = open_door("/sign-in")
    sensor = Sensor(page)
    by_password(page, "dora")
    page.wait_for_url("**/account/factors")
    page.locator("[data-passkey=create] button").click()
    page.locator(".signin-codes li").nth(9).wait_for()
    page.locator("form[action='/sign-out'] button").click()

    with sensor.wrong_finger():
        page.locator("[data-passkey=get] button").click()
        page.locator("[data-failed]:not([hidden])").wait_for()
        by_password(page, "dora")
        page.wait_for_url("**/sign-in/second")
        page.locator("[data-passkey=get] button").click()
        page.locator("[data-failed]:not([hidden])").wait_for()
        assert page.request.get(page.url.replace("/sign-in/second", "/api/me")).status == 401

    page.locator("[data-passkey=get] button").click()
    page.wait_for_url("**/room/")
    assert Entry.objects.filter(kind="session.opened").last().facts["way"] == "password.passkey"


def test_point_1_what_a_passkey_signed_opens_the_door_once(open_door, room):
    """The form is sent a second time, as somebody who listened would."""
    page = open_door("/sign-in")
    Sensor(page)
    by_password(page, "dora")
    page.wait_for_url("**/account/factors")
    page.locator("[data-passkey=create] button").click()
    page.locator(".signin-codes li").nth(9).wait_for()
    page.locator("form[action='/sign-out'] button").click()
    page.locator("[data-passkey=get] button").wait_for()
    with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/sign-in/passkey")) as sent:
        page.locator("[data-passkey=get] button").click()
    page.wait_for_url("**/room/")
    heard = sent.value.post_data

    page.goto(page.url.replace("/room/", "/sign-in"))
    page.locator("form[action='/sign-out'] button").click()
    page.locator("[data-passkey=get] button").wait_for()
    token = page.locator("meta[name=csrf]").get_attribute("content")
    heard = re.sub(r"csrfmiddlewaretoken=[^&]*&?", "", heard)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token, "Origin": page.url.rsplit("/", 1)[0],
    }  # fmt: skip
    again = page.request.post(sent.value.url, data=heard, headers=headers)
    assert again.status == 422
    assert page.request.get(page.url.replace("/sign-in", "/api/me")).status == 401
