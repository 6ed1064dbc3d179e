"""Signing in at a real OpenID Connect provider (oidc-provider-mock, with authlib), run by the tests on loopback."""

from __future__ import annotations

import copy
import json
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.core.cache import cache
from django.test import Client
from oidc_provider_mock import User, run_server_in_thread

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Account
from tests.clock import HAND
from tests.web.authenticator import App

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}
PEOPLE = [
    User(sub="p-1", claims={"preferred_username": "dora"}),
    User(sub="p-2", claims={"preferred_username": "stranger"}),
    User(sub="p-3", claims={"preferred_username": "dora"}),  # the name was given to somebody else
]


@pytest.fixture(scope="module")
def provider():
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(provider, settings, town):
    cache.clear()
    settings.OIDC_URL, settings.OIDC_NAME = provider, "City Police"
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    app = providers["openid_connect"]["APPS"][0]
    app.update(client_id="oneroom", secret="of this test only", name="City Police")
    app["settings"]["server_url"] = provider
    settings.SOCIALACCOUNT_PROVIDERS = providers


def path_of(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def back_from(client, sub, **form):
    """Off to the provider as a browser goes, and what it sends him back with."""
    off = client.post("/sign-in/oidc/force", form)
    assert off.status_code == 302, off.content.decode()
    assert "code_challenge=" in off["Location"]
    said = httpx.post(off["Location"], data={"sub": sub} if sub else {"action": "deny"})
    assert said.status_code in (302, 303), said.text
    return path_of(said.headers["Location"])


def test_who_the_provider_knows_and_the_house_too_comes_in_and_lands_where_he_wanted(town):
    client = Client(**ENGLISH)
    assert "Sign in with City Police" in client.get("/sign-in").content.decode()
    answer = client.get(back_from(client, "p-1", next="/room/intake/"))
    assert answer["Location"] == "/room/intake/"
    assert client.get("/api/me").json()["name"] == "Dora"
    assert Entry.objects.get(kind="session.opened").facts["way"] == "oidc"
    tied = Entry.objects.get(kind="account.tied")
    assert (tied.facts, tied.actor) == ({"account": town.people["dora"].pk, "way": "oidc"}, 0)
    client.get(back_from(Client(**ENGLISH), "p-1"))
    assert Entry.objects.filter(kind="account.tied").count() == 1, "the first time only"
    assert SocialAccount.objects.get().extra_data == {}, "nothing is kept of what the provider says of a person"


def test_point_1_the_second_factor_is_asked_for_here_all_the_same(town, settings):
    settings.SECOND_FACTOR = True
    client = Client(**ENGLISH)
    client.get(back_from(client, "p-1"))
    assert client.get("/api/me").status_code == 401
    app = App.of(client)
    client.post("/sign-out")
    HAND.forward(60)
    again = Client(**ENGLISH)
    assert again.get(back_from(again, "p-1"))["Location"] == "/sign-in/second"
    assert again.get("/api/me").status_code == 401
    assert again.post("/sign-in/second", {"code": app.code()}).status_code == 302
    assert Entry.objects.filter(kind="session.opened").last().facts["way"] == "oidc.totp"


def test_who_has_no_account_here_is_told_so_and_none_is_made(town):
    before = Account.objects.count()
    client = Client(**ENGLISH)
    answer = client.get(back_from(client, "p-2"))
    assert answer.status_code == 403
    assert "no account for you here" in answer.content.decode()
    assert (Account.objects.count(), SocialAccount.objects.count()) == (before, 0)
    assert Entry.objects.get(kind="session.refused").facts == {"way": "oidc", "cause": "unknown"}


def test_a_name_that_was_given_to_somebody_else_opens_nothing(town):
    for sub, status in (("p-1", 302), ("p-3", 403), ("p-1", 302)):
        client = Client(**ENGLISH)
        assert client.get(back_from(client, sub)).status_code == status, sub


def test_a_closed_account_does_not_come_in_by_the_provider(town):
    client = Client(**ENGLISH)
    client.get(back_from(client, "p-1"))
    Account.objects.filter(username="dora").update(is_active=False)
    again = Client(**ENGLISH)
    assert again.get(back_from(again, "p-1")).status_code == 403


def test_no_code_of_another_browser_and_none_twice_and_a_refusal_is_told(town):
    client, thief = Client(**ENGLISH), Client(**ENGLISH)
    path = back_from(client, "p-1")
    assert thief.get(path).status_code == 403, "the state is of another session"
    assert client.get(path).status_code == 302
    assert client.get(path).status_code in (302, 403)
    denied = Client(**ENGLISH)
    assert denied.get(back_from(denied, None)).status_code == 403
    assert thief.get("/api/me").status_code == 401


def _unsigned(claims):
    return jwt.encode(claims, key=None, algorithm="none", headers={"kid": "x"})


def _wrong_key(claims):
    return jwt.encode(claims, key="k" * 40, algorithm="HS256", headers={"kid": "x"})


@pytest.mark.parametrize("forge", [_unsigned, _wrong_key, lambda claims: "nonsense", lambda claims: ""])
def test_point_11_a_token_that_the_provider_did_not_sign_for_us_opens_nothing(town, provider, monkeypatch, forge):
    fetch = allauth_views.OpenIDConnectOAuth2Adapter.get_access_token_data

    def altered(self, *args, **kwargs):
        data = fetch(self, *args, **kwargs)
        claims = jwt.decode(data["id_token"], options={"verify_signature": False})
        return data | {"id_token": forge(claims)}

    monkeypatch.setattr(allauth_views.OpenIDConnectOAuth2Adapter, "get_access_token_data", altered)
    client = Client(**ENGLISH)
    assert client.get(back_from(client, "p-1")).status_code == 403
    assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize("wrong", [{"audience": "another"}, {"issuer": "https://elsewhere.example"}])
def test_point_11_a_token_for_another_or_of_another_opens_nothing(town, monkeypatch, wrong):
    check = jwt.decode
    monkeypatch.setattr(jwt, "decode", lambda *token, **asked: check(*token, **(asked | wrong)))
    client = Client(**ENGLISH)
    assert client.get(back_from(client, "p-1")).status_code == 403
    assert client.get("/api/me").status_code == 401


def test_a_provider_that_does_not_answer_is_told_in_words(town, settings):
    providers = json.loads(json.dumps(settings.SOCIALACCOUNT_PROVIDERS))
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    settings.SOCIALACCOUNT_PROVIDERS = providers
    answer = Client(**ENGLISH).post("/sign-in/oidc/force")
    assert answer.status_code == 403
    assert "did not work" in answer.content.decode()


def test_without_a_provider_there_is_no_such_door(town, settings):
    settings.OIDC_URL = ""
    client = Client(**ENGLISH)
    assert client.post("/sign-in/oidc/force").status_code == 404
    assert "City Police" not in client.get("/sign-in").content.decode()
