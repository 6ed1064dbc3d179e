"""R6: while the database says nothing everybody is told so, at once, in his language; the rest goes on."""

from __future__ import annotations

import json

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from oneroom.web import away
from oneroom.web.stream import tail
from tests.served import served
from tests.waiting import PATIENCE_S
from tests.web.streams import Ear, ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def silent_house(database_url, town, monkeypatch):
    """A running house whose tail has heard nothing for a minute."""
    with served(database_url) as url:
        monkeypatch.setattr(tail.Tail, "silent_s", 60.0)
        monkeypatch.setattr(tail.Tail, "lag_s", 60.0)
        yield url


@pytest.mark.parametrize(
    ("path", "accept", "language", "kind", "words"),
    [
        ("/room/", "text/html", "en", "text/html", "This page tries again by itself"),
        ("/room/", "text/html", "zh-CN", "text/html", "页面会自动重试"),
        ("/api/me", "application/json", "en", "application/json", "This page tries again by itself"),
        ("/", "text/html", "en", "text/html", 'href="tel:110"'),
    ],
)
def test_a_page_is_answered_at_once_and_says_so(silent_house, path, accept, language, kind, words):
    answer = httpx.get(silent_house + path, headers={"Accept": accept, "Accept-Language": language})

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith(kind)
    assert words in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_chosen_language_counts_before_the_browsers(silent_house):
    answer = httpx.get(
        f"{silent_house}/api/me", headers={"Accept-Language": "en"}, cookies={"oneroom_language": "zh-hans"}
    )

    assert "数据库暂时没有应答" in answer.json()["message"]


def test_an_act_is_told_that_sending_it_again_is_safe(silent_house):
    answer = httpx.post(f"{silent_house}/api/incidents", json={}, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert "it will not be done twice" in answer.json()["message"]


def test_dispatch_comes_again_before_the_public(silent_house):
    after = {path: httpx.get(silent_house + path).headers["retry-after"] for path in ("/room/", "/t/", "/", "/api/me")}
    after["report"] = httpx.post(f"{silent_house}/api/reports", json={}).headers["retry-after"]

    assert after == {"/room/": "2", "/t/": "2", "/api/me": "2", "/": "10", "report": "10"}


def test_a_tail_that_is_only_behind_closes_nothing(database_url, town, monkeypatch):
    """In a burst of entries it reads on for seconds, and each of its questions is answered."""
    with served(database_url) as url:
        monkeypatch.setattr(tail.Tail, "lag_s", 60.0)

        assert httpx.get(f"{url}/api/me", timeout=60).status_code == 401


def test_what_needs_no_database_goes_on(silent_house):
    assert httpx.get(f"{silent_house}/static/oneroom/live.js").status_code == 200
    health = httpx.get(f"{silent_house}/healthz")
    assert (health.status_code, health.json()["parts"]["stream"]["state"]) == (503, "failed")


def test_open_screens_are_told_that_what_they_show_is_old(silent_house):
    with (
        httpx.Client(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{silent_house}/live", params={"ticket": ticket("crew:1", account=10**6)}) as stream,
    ):
        ear = Ear(stream)
        assert ear.next()[0] == "hello"
        for _ in range(2):  # not only once
            name, data, _where = ear.next()
            assert (name, data["lag_s"]) == ("beat", 60.0)


def test_a_database_that_is_gone_is_no_fault_of_ours(town, monkeypatch):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.people["dora"])
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    page = client.get("/room/", headers={"Accept": "text/html"})
    question = client.get("/api/me")
    report = client.post("/api/reports", json.dumps({"words": "x"}), content_type="application/json")
    monkeypatch.undo()

    assert [page.status_code, question.status_code, report.status_code] == [503, 503, 503]
    assert question.json()["code"] == "database_away"
    assert "One moment" in page.content.decode()
    assert report.headers["Retry-After"] == str(away.PUBLIC_AGAIN_S)


def test_a_full_disk_is_said_to_be_one(town, monkeypatch):
    """R12: reads go on; a write is told that nothing was kept, and that it may be sent again."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.people["dora"])

    def full(*_args, **_more):
        raise OperationalError("no room") from psycopg.errors.DiskFull("could not extend file")

    monkeypatch.setattr("oneroom.web.pages.signin.relatives.declare_relation", full)
    answer = client.post("/account/relatives", {"kind": "child", "name": "x"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (507, "database_full")
    assert "disk is full" in answer.json()["message"]
    assert answer.headers["Retry-After"]
    assert client.get("/account/relatives").status_code == 200
