"""The door for staff."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Grant
from oneroom.web import tickets
from tests.town import PASSWORD, Town

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits another one's wrong tries."""
    cache.clear()


def sign_in(who: str, password: str = PASSWORD, **more: str):
    return Client(**ENGLISH).post("/sign-in", {"username": who, "password": password, **more})


@pytest.mark.parametrize(
    ("who", "screen"), [("dora", "/room/"), ("zhou", "/room/"), ("carl", "/room/intake/"), ("zhang", "/t/"),
                        ("aux-he", "/t/")],
)  # fmt: skip
def test_everybody_lands_on_the_screen_of_his_work(town: Town, who: str, screen: str) -> None:
    answer = sign_in(who)
    assert answer.status_code == 302
    assert answer["Location"] == screen
    opened = Entry.objects.get(kind="session.opened")
    assert opened.facts == {"account": town.people[who].pk, "way": "password"}


def test_who_has_no_screen_is_told_so(town: Town) -> None:
    client = Client(**ENGLISH)
    Grant.objects.filter(account=town.people["aux-he"]).update(ends=town.at)
    client.force_login(town.people["aux-he"])
    assert "There is no screen for your role yet." in client.get("/sign-in").content.decode()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(town: Town) -> None:
    wrong, unknown = sign_in("dora", "not the password"), sign_in("nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    pages = [a.content.decode().replace(name, "X") for a, name in ((wrong, "dora"), (unknown, "nobody"))]
    plain = [[line for line in page.splitlines() if "csrf" not in line] for page in pages]
    assert plain[0] == plain[1]
    assert "Name or password is wrong." in pages[0]


def test_the_sixth_wrong_try_is_not_even_looked_at_but_another_name_is(town: Town) -> None:
    for _try in range(5):
        assert sign_in("dora", "guess").status_code == 422
    locked = sign_in("dora")
    assert locked.status_code == 429
    assert "this name is locked" in locked.content.decode()
    assert sign_in("dan").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"])
def test_nobody_is_sent_to_another_site(town: Town, elsewhere: str) -> None:
    assert sign_in("dora", next=elsewhere)["Location"] == "/room/"


def test_one_comes_back_to_the_page_one_wanted(town: Town) -> None:
    assert sign_in("dora", next="/room/intake/")["Location"] == "/room/intake/"


def test_signing_out_is_in_the_record_and_ends_the_session(town: Town) -> None:
    client = Client(**ENGLISH)
    client.post("/sign-in", {"username": "dora", "password": PASSWORD})
    ticket = tickets.read(client.get("/api/ticket").json()["ticket"])
    key = client.session.session_key
    client.post("/sign-out")
    closed = Entry.objects.get(kind="session.closed")
    assert closed.facts == {"account": town.people["dora"].pk, "session": ticket.session}
    assert key not in str(closed.facts), "the record marks the session; its key opens it"
    assert client.get("/api/me").status_code == 401


def test_each_session_of_a_person_has_tickets_of_its_own(town: Town) -> None:
    sessions = []
    for _device in range(2):
        client = Client(**ENGLISH)
        client.post("/sign-in", {"username": "dora", "password": PASSWORD})
        sessions.append({tickets.read(client.get("/api/ticket").json()["ticket"]).session for _again in range(2)})
    assert [len(s) for s in sessions] == [1, 1]
    assert sessions[0] != sessions[1]


def test_signing_in_over_somebody_closes_his_session_with_its_tickets(town: Town) -> None:
    client = Client(**ENGLISH)
    client.post("/sign-in", {"username": "dora", "password": PASSWORD})
    ticket = tickets.read(client.get("/api/ticket").json()["ticket"])
    client.post("/sign-in", {"username": "dan", "password": PASSWORD})
    assert Entry.objects.get(kind="session.closed").facts["session"] == ticket.session


def test_a_closed_account_does_not_sign_in(town: Town) -> None:
    town.people["dora"].is_active = False
    town.people["dora"].save()
    assert sign_in("dora").status_code == 422
