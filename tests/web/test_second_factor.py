"""
Security point 1: two factors at every door, one of them something that somebody has and that no replay can use again.

The rules of lockout are in test_lockout.py, passkeys in a real browser in test_browser_passkey.py.
"""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.factors import Adapter
from oneroom.project import safety
from oneroom.project.checks import machine
from tests.clock import HAND
from tests.town import PASSWORD
from tests.web.authenticator import App

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = True
    cache.clear()


def by_password(who, password=PASSWORD, **more):
    client = Client(**ENGLISH)
    return client, client.post("/sign-in", {"username": who, "password": password, **more})


def enrolled(who="dora"):
    """Somebody with an app, who is not signed in."""
    client, _answer = by_password(who)
    app = App.of(client)
    client.post("/sign-out")
    HAND.forward(60)
    return app


def kinds(who, town):
    return list(
        Entry.objects.filter(subject=f"account:{town.people[who].pk}").order_by("seq").values_list("kind", flat=True)
    )


def test_point_1_a_password_alone_opens_nothing_and_leads_to_setting_up_a_second_factor(town):
    client, answer = by_password("dora")
    assert answer.status_code == 302
    for page in ("/room/", "/office/", "/t/", "/room/intake/"):
        assert client.get(page)["Location"] == "/account/factors"
    for door in ("/api/me", "/api/ticket", "/api/places?q=a"):
        refused = client.get(door)
        assert (refused.status_code, refused.json()["code"]) == (401, "second_factor"), door
    sent = client.post("/api/desk/sound", "{}", content_type="application/json", headers={"Idempotency-Key": "k" * 16})
    assert sent.status_code == 401
    assert client.get("/sign-in")["Location"] == "/account/factors"


def test_point_1_whatever_opened_a_session_without_a_second_factor_it_is_held_to_the_same(town):
    client = Client(**ENGLISH)
    client.force_login(town.people["dora"])
    assert client.get("/api/me").status_code == 401


def test_the_first_sign_in_sets_up_an_app_shows_recovery_codes_once_and_goes_on(town):
    client, _answer = by_password("dora")
    app = App.of(client)
    assert len(set(app.codes)) == 10
    assert app.codes[0] not in client.get("/account/factors").content.decode()
    assert client.get("/room/").status_code == 200
    assert kinds("dora", town)[-3:] == ["session.opened", "factor.added", "factor.added"]


def test_a_first_administrator_gets_in_from_the_temporary_password_on(town):
    town.people["ada"].temporary_until = HAND.now().replace(year=2027)
    town.people["ada"].save()
    client, _answer = by_password("ada")
    assert client.get("/office/accounts")["Location"] == "/account"
    own = "a password of one's own"
    client.post("/account", {"act": "password", "old": PASSWORD, "new": own, "again": own})
    assert client.get("/office/accounts")["Location"] == "/account/factors"
    App.of(client)
    assert client.get("/office/accounts").status_code == 200


def test_point_1_who_has_an_app_is_in_only_after_its_code_and_a_used_code_fails(town):
    app = enrolled()
    client, answer = by_password("dora", next="/room/intake/")
    assert answer["Location"] == "/sign-in/second"
    assert client.get("/api/me").status_code == 401
    assert client.get("/room/")["Location"].startswith("/sign-in")
    code = app.code()
    assert client.post("/sign-in/second", {"code": code})["Location"] == "/room/intake/"
    assert client.get("/api/me").status_code == 200
    assert Entry.objects.filter(kind="session.opened").last().facts["way"] == "password.totp"

    second, _answer = by_password("dora")
    again = second.post("/sign-in/second", {"code": code})
    assert again.status_code == 422
    assert "used already" in again.content.decode()
    assert second.get("/api/me").status_code == 401
    HAND.forward(30)
    assert second.post("/sign-in/second", {"code": app.code()}).status_code == 302


def test_a_code_of_an_earlier_half_minute_fails_once_a_later_one_was_used(town):
    app = enrolled()
    earlier, later = app.code(steps=-1), app.code()
    first, _answer = by_password("dora")
    assert first.post("/sign-in/second", {"code": later}).status_code == 302
    second, _answer = by_password("dora")
    assert second.post("/sign-in/second", {"code": earlier}).status_code == 422


def test_a_code_of_long_ago_or_of_somebody_else_fails(town):
    app, other = enrolled("dora"), enrolled("dan")
    client, _answer = by_password("dora")
    for code in (app.code(steps=-4), app.code(steps=4), other.code(), "", "000000x"):
        assert client.post("/sign-in/second", {"code": code}).status_code == 422, code


def test_a_recovery_code_opens_once(town):
    app = enrolled()
    for status in (302, 422):
        client, _answer = by_password("dora")
        assert client.post("/sign-in/second", {"code": app.codes[3]}).status_code == status
    assert Entry.objects.filter(kind="session.opened").last().facts["way"] == "password.recovery_code"


def test_a_session_from_before_the_second_factor_may_not_add_one_of_its_own(town):
    """Who guessed the password before its owner set up an app is not let in by adding his own phone."""
    guest, _answer = by_password("dora")
    enrolled("dora")
    guest_page = guest.get("/account/factors")
    assert guest_page["Location"] == "/sign-in"
    assert guest.get("/account/passkey").status_code in (302, 401)
    assert Authenticator.objects.filter(user=town.people["dora"]).count() == 2


def test_the_only_second_factor_cannot_be_taken_away(town):
    client, _answer = by_password("dora")
    App.of(client)
    row = Authenticator.objects.get(user=town.people["dora"], type="totp")
    answer = client.post("/account/factors", {"act": "remove", "factor": row.pk})
    assert answer.status_code == 409
    assert "only second factor" in answer.content.decode()
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_nobody_takes_away_a_second_factor_of_another(town):
    enrolled("dora")
    client, _answer = by_password("dan")
    App.of(client)
    row = Authenticator.objects.get(user=town.people["dora"], type="totp")
    assert client.post("/account/factors", {"act": "remove", "factor": row.pk}).status_code == 404
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_new_recovery_codes_end_the_old_ones(town):
    client, _answer = by_password("dora")
    app = App.of(client)
    page = client.post("/account/factors", {"act": "codes"}).content.decode()
    assert app.codes[0] not in page
    client.post("/sign-out")
    HAND.forward(60)
    again, _answer = by_password("dora")
    assert again.post("/sign-in/second", {"code": app.codes[0]}).status_code == 422


def test_a_session_of_long_ago_does_not_change_second_factors(town):
    client, _answer = by_password("dora")
    App.of(client)
    HAND.forward(16 * 60)
    answer = client.post("/account/factors", {"act": "codes"})
    assert answer.status_code == 403
    assert "still you" in answer.content.decode()


def test_secrets_lie_encrypted_and_open_with_the_key_before(town, settings):
    app = enrolled()
    kept = Authenticator.objects.get(user=town.people["dora"], type="totp").data["secret"]
    assert app.secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 4, [settings.SECRET_KEY]
    assert Adapter().decrypt(kept) == app.secret


def test_a_made_up_passkey_is_refused_in_words(town):
    for said in ("", "nonsense", "[]", "{}", '{"response": {"userHandle": "MQ"}}', '{"id": 1, "response": 7}'):
        client = Client(**ENGLISH)
        client.get("/sign-in/passkey")
        answer = client.post("/sign-in/passkey", {"credential": said})
        assert answer.status_code == 422, said
        assert "passkey opens nothing" in answer.content.decode()
    client, _answer = by_password("dora")
    client.get("/account/passkey")
    for said in ("", "nonsense", "[]", "{}", '{"id": "x", "response": {}}'):
        assert client.post("/account/factors", {"act": "passkey", "credential": said}).status_code == 422, said
    assert not Authenticator.objects.exists()


def test_serving_without_a_second_factor_must_be_said_and_is_an_objection(monkeypatch, settings):
    monkeypatch.setenv("ONEROOM_DATABASE_URL", "postgresql://x@127.0.0.1:1/x")
    monkeypatch.setenv("ONEROOM_SECRET_KEY", "k" * 40)
    settings.SECOND_FACTOR_SAID = "no"
    assert any("ONEROOM_SECOND_FACTOR" in said for said in safety.of_environment())
    settings.SECOND_FACTOR_SAID, settings.SECOND_FACTOR = "off", False
    assert not any("ONEROOM_SECOND_FACTOR" in said for said in safety.of_environment())
    assert any(f.grave and "ONEROOM_SECOND_FACTOR is off" in f.sentence for f in machine.door())


def test_point_10_no_door_opens_before_the_notice_of_use_was_accepted(town, settings):
    settings.NOTICE_WANTED, settings.SECOND_FACTOR = True, False
    page = Client(**ENGLISH).get("/sign-in").content.decode()
    assert "For police work only" in page
    assert "Accept and sign in" in page
    for door, form in (
        ("/sign-in", {"username": "dora", "password": PASSWORD}),
        ("/sign-in/passkey", {"credential": "{}"}),
        ("/sign-in/by-word", {"username": "dora", "password": PASSWORD, "code": "x"}),
    ):
        client = Client(**ENGLISH)
        answer = client.post(door, form)
        assert answer.status_code == 422, door
        assert "accept it" in answer.content.decode(), door
        assert client.get("/api/me").status_code == 401
    client, answer = by_password("dora", notice="accepted")
    assert (answer.status_code, client.get("/api/me").status_code) == (302, 200)
    client.post("/sign-in", {"username": "dan", "password": PASSWORD, "notice": "accepted"})
    assert client.get("/api/me").json()["name"] == "Dan"
    settings.NOTICE = "The force's own words."
    assert "The force&#x27;s own words." in Client(**ENGLISH).get("/sign-in").content.decode()
