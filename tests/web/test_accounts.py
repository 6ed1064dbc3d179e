"""Accounts: made and changed by an administrator who reads no matter, and one's own account by oneself."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.clock import end_grants
from oneroom.apps.people.models import Account, Grant
from oneroom.apps.people.queries import actor_of
from oneroom.engine.roles import Role
from tests.clock import HAND
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}
OWN = "a password of one's own"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def sits(room, who):
    client = Client(headers=ENGLISH)
    client.force_login(room.town.people[who])
    return client


def signs_in(username, password):
    client = Client(headers=ENGLISH)
    return client, client.post("/sign-in", {"username": username, "password": password})


def secret_in(answer):
    return re.search(r'class="secret">([^<]+)<', answer.content.decode()).group(1)


def test_only_the_administrator_sees_accounts_and_he_sees_no_matter_and_no_record(room):
    matter = room.report("knife", at="west")
    for who in room.town.people:
        may = who == "ada"
        for page in ("/office/accounts", "/office/accounts/new", f"/office/accounts/{room.town.people['zhang'].pk}"):
            assert sits(room, who).get(page).status_code == (200 if may else 404), (who, page)
    ada = sits(room, "ada")
    for page in ("/office/incidents", f"/office/incidents/{matter.pk}", "/office/board", "/office/record", "/room/"):
        assert ada.get(page).status_code == 404, page
    assert ada.get("/office/")["Location"] == "/office/accounts"


def test_a_list_of_persons_leaves_the_house_in_no_form(room):
    ada = sits(room, "ada")
    page = ada.get("/office/accounts?name=zhang").content.decode()
    assert "Zhang" in page
    assert "Wang" not in page
    assert "CSV" not in page
    for form in ("csv", "print"):
        assert ada.post("/office/accounts", {"as": form}).status_code == 403
    assert not Entry.objects.filter(kind="list.exported").exists()


def test_a_new_account_signs_in_once_with_what_was_shown_once_and_chooses_its_own_password(room):
    ada = sits(room, "ada")
    made = ada.post("/office/accounts/new", {"username": "nina", "name": "Nina", "mobile": "13900000099", "email": ""})
    secret, nina = secret_in(made), Account.objects.get(username="nina")
    assert secret not in ada.get(f"/office/accounts/{nina.pk}").content.decode()
    west = room.town.units["west"].pk
    ada.post(f"/office/accounts/{nina.pk}", {"act": "give", "role": "duty_chief", "unit": str(west), "until": ""})
    assert actor_of(nina).heads(west)

    client, _answer = signs_in("nina", secret)
    assert client.get("/office/board")["Location"] == "/account"
    assert client.get("/api/me").status_code == 403
    for wrong in (
        {"old": secret, "new": "short", "again": "short"},
        {"old": "not it at all", "new": OWN, "again": OWN},
        {"old": secret, "new": OWN, "again": OWN + "!"},
        {"old": secret, "new": secret, "again": secret},
    ):
        assert client.post("/account", {"act": "password", **wrong}).status_code == 422, wrong
    assert client.post("/account", {"act": "password", "old": secret, "new": OWN, "again": OWN}).status_code == 302
    assert client.get("/office/board").status_code == 200
    assert signs_in("nina", secret)[1].status_code == 422
    kinds = list(Entry.objects.filter(subject=f"account:{nina.pk}").order_by("seq").values_list("kind", flat=True))
    assert kinds.count("account.password") == 2
    assert "Nina" not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_a_temporary_password_runs_out_after_a_day(room):
    made = sits(room, "ada").post("/office/accounts/new", {"username": "nina", "name": "Nina"})
    HAND.forward(25 * 3600)
    answer = signs_in("nina", secret_in(made))[1]
    assert "run out" in answer.content.decode()


def test_what_an_administrator_does_to_access_ends_sessions_and_streams_at_once(room):
    zhang = room.town.people["zhang"]
    for act in ("reset", "sessions", "close"):
        Account.objects.filter(pk=zhang.pk).update(is_active=True, temporary_until=None)
        zhang.refresh_from_db()
        client = sits(room, "zhang")
        assert client.get("/t/").status_code == 200
        before = Entry.objects.filter(kind="access.changed", subject=f"account:{zhang.pk}").count()
        sits(room, "ada").post(f"/office/accounts/{zhang.pk}", {"act": act})
        assert client.get("/t/").status_code == 302, act  # to the door
        after = Entry.objects.filter(kind="access.changed", subject=f"account:{zhang.pk}")
        assert after.count() == before + 1
        assert after.last().scopes == [f"account:{zhang.pk}"]


def test_the_last_sign_in_is_told_in_the_citys_time_like_everything_else(room):
    _client, answer = signs_in("zhang", PASSWORD)
    assert answer.status_code == 302
    assert Account.objects.get(username="zhang").last_login == HAND.now()
    page = sits(room, "ada").get("/office/accounts?name=zhang").content.decode()
    assert "11-22 03:12" in page


def test_a_role_given_until_a_day_ends_with_that_day(room):
    carl = room.town.people["carl"]
    ada = sits(room, "ada")
    page = f"/office/accounts/{carl.pk}"
    assert ada.post(page, {"act": "give", "role": "dispatcher", "until": "2026-11-20"}).status_code == 422
    assert ada.post(page, {"act": "give", "role": "dispatcher", "until": "2026-11-23"}).status_code == 302
    assert ada.post(page, {"act": "give", "role": "dispatcher"}).status_code == 409
    HAND.forward(timedelta(days=1).total_seconds())
    assert end_grants(HAND.now()) == 0
    HAND.forward(timedelta(days=1).total_seconds())
    assert end_grants(HAND.now()) == 1
    assert Role.DISPATCHER not in actor_of(carl).roles
    ended = Entry.objects.get(kind="grant.ended", subject=f"account:{carl.pk}")
    assert (ended.actor, ended.facts["role"]) == (0, "dispatcher")


def test_nobody_gives_himself_a_role_closes_himself_or_gives_what_does_not_exist(room):
    ada = sits(room, "ada")
    own, zhang = (f"/office/accounts/{room.town.people[who].pk}" for who in ("ada", "zhang"))
    assert ada.post(own, {"act": "give", "role": "inspector"}).status_code == 403
    assert ada.post(own, {"act": "close"}).status_code == 403
    for wrong in ({"role": "system"}, {"role": "citizen"}, {"role": "king"}, {"role": "dispatcher", "unit": "999999"}):
        assert ada.post(zhang, {"act": "give", **wrong}).status_code == 422, wrong
    assert ada.post(zhang, {"act": "promote"}).status_code == 422
    assert ada.post("/office/accounts/new", {"username": "zhang", "name": "Z"}).status_code == 409
    assert ada.post("/office/accounts/new", {"username": "a b<c", "name": "Z"}).status_code == 422
    assert not Grant.objects.filter(account=room.town.people["ada"], role="inspector").exists()


def test_one_signs_out_everywhere_else_and_keeps_this_one(room):
    here, there = signs_in("dora", PASSWORD)[0], signs_in("dora", PASSWORD)[0]
    assert here.post("/account", {"act": "elsewhere"}).status_code == 302
    assert here.get("/office/board").status_code == 200
    assert there.get("/office/board").status_code == 302
    here.post("/account", {"act": "language", "language": "zh-hans"})
    assert Account.objects.get(username="dora").language == "zh-hans"
    assert here.post("/account", {"act": "language", "language": "xx"}).status_code == 422
