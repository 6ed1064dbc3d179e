"""Accounts: made and changed by an administrator who reads no matter, and one's own account by oneself."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.clock import end_grants
from oneroom.apps.people.models import Account, Grant, Signature
from oneroom.apps.people.queries import actor_of, staff
from oneroom.apps.people.services import give_role, reopen_account
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Conflict
from tests.clock import HAND
from tests.town import PASSWORD
from tests.web.authenticator import App

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


def countersigned(room, answer, by="abe"):
    """What was just asked for is signed by the second administrator."""
    assert answer.status_code == 302, answer.content.decode()
    pk = Signature.objects.get(ended_at=None).pk
    assert sits(room, by).post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 302


def test_only_the_administrator_sees_accounts_and_he_sees_no_matter_and_no_record(room):
    matter = room.report("knife", at="west")
    for who in room.town.people:
        may = who in ("ada", "abe")
        for page in ("/office/accounts", "/office/accounts/new", f"/office/accounts/{room.town.people['zhang'].pk}"):
            assert sits(room, who).get(page).status_code == (200 if may else 404), (who, page)
    ada = sits(room, "ada")
    for page in ("/office/incidents", f"/office/incidents/{matter.pk}", "/office/board", "/office/record", "/room/"):
        assert ada.get(page).status_code == 404, page
    assert ada.get("/office/")["Location"] in ("/office/accounts", "/office/alarms")


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
    given = {"act": "give", "role": "duty_chief", "unit": str(west), "until": "", "why": "She begins today"}
    countersigned(room, ada.post(f"/office/accounts/{nina.pk}", given))
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
    for act in ("sessions", "close"):
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


def test_point_6_a_session_of_before_an_account_was_closed_is_none_when_it_is_opened_again(room):
    """A stolen device stays outside: closing ends its session, and does not only hold it up."""
    zhang = room.town.people["zhang"]
    stolen = sits(room, "zhang")
    assert stolen.get("/t/").status_code == 200
    sits(room, "ada").post(f"/office/accounts/{zhang.pk}", {"act": "close"})
    assert stolen.get("/api/me").status_code == 401

    reopen_account(zhang.pk, by=SYSTEM, at=room.now)

    assert stolen.get("/api/me").status_code == 401
    zhang.refresh_from_db()
    assert sits(room, "zhang").get("/api/me").status_code == 200, "who signs in anew is in"


def test_the_last_sign_in_is_told_in_the_citys_time_like_everything_else(room):
    _client, answer = signs_in("zhang", PASSWORD)
    assert answer.status_code == 302
    assert Account.objects.get(username="zhang").last_login == HAND.now()
    page = sits(room, "ada").get("/office/accounts?name=zhang").content.decode()
    assert "11-22 03:12" in page


def test_who_may_act_in_an_outage_is_found_as_the_pages_find_him_also_when_a_role_has_just_run_out(room):
    """The last known board is drawn from this: a role past its hour is none, whether or not the clock ended it."""
    dora = room.town.people["dora"]
    assert dora.pk in {person.account_id for person in staff()}
    Grant.objects.filter(account=dora).update(until=room.now)
    assert dora.pk not in {person.account_id for person in staff()}
    assert actor_of(dora).roles == frozenset()


def test_a_role_given_until_a_day_ends_with_that_day(room):
    carl = room.town.people["carl"]
    ada = sits(room, "ada")
    page = f"/office/accounts/{carl.pk}"
    give = {"act": "give", "role": "dispatcher", "why": "Two days in the room"}
    assert ada.post(page, {**give, "until": "2026-11-20"}).status_code == 422
    countersigned(room, ada.post(page, {**give, "until": "2026-11-23"}))
    assert ada.post(page, give).status_code == 409
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


def test_a_password_is_reset_by_two_administrators_and_shown_once_to_who_asked(room):
    """One administrator alone could take over any account by giving it a password that he knows."""
    ada, zhang = sits(room, "ada"), room.town.people["zhang"]
    page = f"/office/accounts/{zhang.pk}"
    for act in ("reset", "ask_reset"):
        assert ada.post(page, {"act": act}).status_code in (403, 422)
    zhang.refresh_from_db()
    assert zhang.check_password(PASSWORD)
    countersigned(room, ada.post(page, {"act": "ask_reset", "why": "He forgot it, and stands here"}))
    assert sits(room, "abe").post(page, {"act": "reset"}).status_code == 403, "who signed does not see it"
    client, answer = signs_in("zhang", PASSWORD)
    assert answer.status_code == 302
    secret = secret_in(ada.post(page, {"act": "reset"}))
    assert client.get("/t/")["Location"].startswith("/sign-in"), "his sessions have ended"
    assert ada.post(page, {"act": "reset"}).status_code == 403, "once"
    assert signs_in("zhang", PASSWORD)[1].status_code == 422
    client, _answer = signs_in("zhang", secret)
    assert client.get("/t/")["Location"] == "/account"


def test_the_second_factors_of_a_lost_phone_go_by_two_administrators(room, settings):
    settings.SECOND_FACTOR = True
    zhang = room.town.people["zhang"]
    client, _answer = signs_in("zhang", PASSWORD)
    App.of(client)
    settings.SECOND_FACTOR = False
    page = f"/office/accounts/{zhang.pk}"
    asked = sits(room, "ada").post(page, {"act": "ask_factors", "why": "The phone fell into the river"})
    assert Authenticator.objects.filter(user=zhang).exists()
    countersigned(room, asked)
    settings.SECOND_FACTOR = True
    assert not Authenticator.objects.filter(user=zhang).exists()
    assert client.get("/t/")["Location"].startswith("/sign-in"), "his sessions have ended"
    removed = Entry.objects.filter(kind="factor.removed", subject=f"account:{zhang.pk}")
    assert [entry.facts["factor"] for entry in removed.order_by("seq")] == ["totp", "recovery_code"]
    client, _answer = signs_in("zhang", PASSWORD)
    assert client.get("/t/")["Location"] == "/account/factors"


def test_nobody_resets_his_own_and_nobody_signs_for_his_own(room):
    ada, abe = sits(room, "ada"), room.town.people["abe"]
    answer = ada.post(f"/office/accounts/{abe.pk}", {"act": "ask_factors", "why": "Lost"})
    assert answer.status_code == 302
    pk = Signature.objects.get(ended_at=None).pk
    assert sits(room, "abe").post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 403


def test_point_12_nobody_holds_the_roles_of_who_runs_the_house_and_of_who_checks_it(room):
    ada, ina = sits(room, "ada"), room.town.people["ina"]
    given = {"act": "give", "role": "administrator", "unit": "", "until": "", "why": "She is here anyway"}
    answer = ada.post(f"/office/accounts/{ina.pk}", given)
    assert answer.status_code == 409
    assert "guard himself" in answer.content.decode()
    with pytest.raises(Conflict):
        give_role(room.town.people["abe"].pk, Role.OVERSIGHT_EXTERNAL, by=SYSTEM, at=room.now)


def test_point_12_a_security_officer_signs_who_gets_in_and_makes_no_account_himself(room):
    """Three powers of three persons (三权分立): who enters people, who lets them in, who checks both."""
    made = sits(room, "ada").post("/office/accounts/new", {"username": "nina", "name": "Nina"})
    assert secret_in(made)
    nina = Account.objects.get(username="nina")
    said = {"act": "give", "role": "dispatcher", "unit": "", "until": "", "why": "She begins today"}
    assert sits(room, "ada").post(f"/office/accounts/{nina.pk}", said).status_code == 302
    west = room.town.units["west"].pk
    give_role(room.town.people["carl"].pk, Role.SECURITY_OFFICER, unit_id=west, by=SYSTEM, at=room.now)
    room.town.people["carl"].refresh_from_db()
    carl = sits(room, "carl")

    page = carl.get("/office/signatures").content.decode()
    assert "Nobody has signed in with this account yet" in page, "ada may know its password"
    pk = Signature.objects.get(ended_at=None).pk
    assert carl.post(f"/office/signatures/{pk}", {"act": "sign"}).status_code == 302

    assert actor_of(nina).roles == {Role.DISPATCHER}
    for address in ("/office/accounts", "/office/accounts/new", f"/office/accounts/{nina.pk}"):
        assert carl.get(address).status_code == 404
    for other in (Role.ADMINISTRATOR, Role.INSPECTOR, Role.OVERSIGHT_EXTERNAL):
        with pytest.raises(Conflict, match="guard himself"):
            give_role(room.town.people["carl"].pk, other, by=SYSTEM, at=room.now)
