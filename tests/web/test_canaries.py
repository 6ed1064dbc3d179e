"""
Security points 15, 31, 39 and 49: names, numbers and addresses leave by no other way than the one that shows them.

The pages and the API are asked in ``test_access_matrix.py``, which also proves that the right role sees each canary.
Here are the ways out that are no answer to a request for a thing: streams, messages, searches, files, logs, faults,
and the tables themselves.
"""

from __future__ import annotations

import io
import logging
import re

import httpx
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from oneroom.apps.incidents.access import personal_fields
from oneroom.apps.ledger.queries import head_seq
from oneroom.project.logs import WithoutWords
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.cast import ROLES, Cast, cast
from tests.pockets import POCKETS
from tests.waiting import PATIENCE_S
from tests.web.streams import Ear, Serving, say

pytestmark = pytest.mark.django_db
# Where they may stand: sealed texts and staff's own numbers, each with its line in fields.toml.
KEPT_IN = {"ledger_sealed", "people_account"}
HEAR_OF_MATTERS = {"call_taker", "dispatcher", "shift_commander", "duty_chief", "patrol_officer", "community_officer",
                   "case_officer", "auxiliary", "station_chief"}  # fmt: skip


@pytest.fixture
def made(room) -> Cast:
    return cast(room)


def all_of(made: Cast) -> list[str]:
    return [text for side in made.planted.values() for text in side.values()]


def in_it(made: Cast, text: str) -> list[str]:
    return [canary for canary in all_of(made) if canary in text]


def sits(made: Cast, role: str) -> Client:
    client = Client(headers={"Accept-Language": "en", "Accept": "text/html"})
    client.force_login(made.room.town.people[made.who[role]])
    return client


def test_they_stand_in_no_table_but_the_two_that_are_for_them(made):
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        assert tables > KEPT_IN
        held = {}
        for table in sorted(tables):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            held[table] = in_it(made, " ".join(row for (row,) in cursor.fetchall()))
    assert {table for table, some in held.items() if some} == KEPT_IN
    assert set(held["ledger_sealed"] + held["people_account"]) == set(all_of(made)), "each was planted"


def test_they_are_in_no_file_of_the_exported_record(made, tmp_path):
    call_command("export", str(tmp_path / "out"), stdout=io.StringIO())
    for file in (tmp_path / "out").iterdir():
        assert in_it(made, file.read_text()) == [], file.name


def test_they_are_in_no_message_to_the_outside(made):
    before = len(POCKETS)
    made.room.fast_forward(minutes=30)  # every rung of every ladder
    told = [f"{message.title} {message.text}" for _channel, message in POCKETS[before:]]
    assert len(told) > 5
    assert in_it(made, " ".join(told)) == []


def test_a_search_for_one_is_answered_like_a_search_for_nonsense(made):
    """Whoever searches: no list, no count and no hint says that there is such a person, number or address."""
    doors = {
        "/office/find?q=%s": ROLES, "/office/incidents?day=&ref=%s": ROLES, "/room/queue?q=%s": ROLES,
        "/api/places?q=%s": ROLES, "/places?q=%s": ROLES, "/office/record?matter=%s": ROLES,
        "/office/accounts?name=%s": [r for r in ROLES if r != "administrator"],
    }  # fmt: skip
    planted = [made.planted["own"][kind] for kind in ("words", "caller", "phone", "address", "exchange", "draft")]
    for door, roles in doors.items():
        for role in roles:
            client = sits(made, role)
            answers = {}
            for text in ("Zxqnonsense0", *planted):
                heard = client.get(door % text[:16])
                said = re.sub(r"\b[A-Za-z0-9]{64}\b", "", heard.content.decode()).replace(text[:16], "?")
                answers[text] = (heard.status_code, re.sub(r'"now": "[^"]+"', "", said))
            assert len(set(answers.values())) == 1, (door, role)


def test_they_are_in_no_frame_of_a_stream(database_url, room):
    """Everybody is told all that he may hear of, from the first call to the scene."""
    begins = head_seq()
    made = cast(room)
    say("all")  # the last thing that everybody hears of
    with Serving(Live(database_url)) as house:
        for role in ROLES:
            ticket = tickets.issue(room.actor(made.who[role]))
            frames = _frames(house.url, ticket, since=begins, until_seq=head_seq())
            assert in_it(made, str(frames)) == [], role
            assert ("incident." in str(frames)) == (role in HEAR_OF_MATTERS), role


def _frames(url: str, ticket: str, *, since: int, until_seq: int) -> list[tuple]:
    """All that a listener gets from a number of the record to another."""
    with (
        httpx.Client(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{url}/live", params={"ticket": ticket, "last": str(since)}) as answer,
    ):
        ear = Ear(answer)
        frames = [ear.next()]
        while int(frames[-1][2] or 0) < until_seq or frames[-1][0] == "hello":
            frames.append(ear.next())
    assert "reset" not in {name for name, _data, _where in frames}
    return frames


def test_they_are_in_no_log_and_on_no_page_when_something_breaks(made, monkeypatch):
    """A fault that quotes a canary: the person gets a number, the log where it was raised, neither gets the words."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutWords(settings.LOGGING["formatters"]["plain"]["fmt"]))
    root = logging.getLogger()
    root.addHandler(handler)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    secret = made.planted["own"]["caller"]

    def breaks(*_args, **_more):
        raise ValueError(f'duplicate key value: ("{secret}")')

    try:
        monkeypatch.setattr("oneroom.apps.incidents.access.personal_fields", breaks)
        monkeypatch.setattr("oneroom.web.pages.office.incidents.matters_for", breaks)
        client = sits(made, "dispatcher")
        client.raise_request_exception = False
        broken = [
            client.post(f"/api/incidents/{made.own['incident']}/open", {"purpose": "dispatch"},
                        content_type="application/json"),
            client.get("/office/incidents"),
        ]  # fmt: skip
        monkeypatch.undo()
        typed = {"words": secret * 600, "caller_phone": made.planted["own"]["phone"], "grade": secret}
        refused = client.post("/api/incidents", typed, content_type="application/json")
    finally:
        root.removeHandler(handler)
    assert [answer.status_code for answer in broken] == [500, 500]
    assert refused.status_code == 422
    for answer in (*broken, refused):
        assert in_it(made, answer.content.decode()) == []
    assert "ValueError" in stream.getvalue(), "the fault itself is in the log"
    assert in_it(made, stream.getvalue()) == []
    by = made.room.actor("dora")
    assert secret in str(personal_fields(made.own["incident"], purpose="dispatch", by=by, at=made.room.now))
