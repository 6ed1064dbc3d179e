"""R6, G14: what is rare while the database is away: midnight, a slow booking, an unreadable line, odd figures."""

from __future__ import annotations

import json
import os
import threading
from datetime import timedelta

import pytest

from oneroom.apps.incidents.lastboard import clashes
from oneroom.apps.incidents.models import Incident, Reserved
from oneroom.apps.ledger.models import Entry
from oneroom.apps.oversight.retention import keep_all, keep_class, keep_terms
from oneroom.apps.oversight.services.holds import ask_release, place_hold
from oneroom.apps.people.services import sign_second
from oneroom.ports import aside
from oneroom.ports.journal import left_aside
from oneroom.project.checks import machine
from oneroom.web.degraded import booking
from oneroom.web.degraded.hand import Mode
from oneroom.web.health.parts import Part, troubles
from tests.away import fickle
from tests.clock import HAND
from tests.flows.test_degraded import call
from tests.pockets import POCKETS
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(database_url, room, tmp_path):
    with fickle(database_url, tmp_path, room.town) as house:
        yield house


def test_a_number_that_is_given_after_midnight_is_given_to_nobody_else(house, room):
    HAND.forward(20 * 3600 + 38 * 60)  # 23:50
    house.see()
    house.lose("carl")
    HAND.forward(20 * 60)
    night = house.post("carl", "/api/incidents", call("in the night")).json()["reference"]
    house.find()
    until(lambda: Reserved.objects.filter(ended_at=None).latest("pk").first == 1)  # the new day's block
    house.lose("carl")
    morning = house.post("carl", "/api/incidents", call("and once more")).json()["reference"]
    house.find()

    assert night.partition("-")[2] == morning.partition("-")[2] == "D001"
    assert night < morning
    assert sorted(Incident.objects.values_list("reference", flat=True)) == [night, morning]
    assert clashes() == []


def test_a_rung_that_is_due_while_it_is_booked_climbs_and_once(house, room, monkeypatch):
    crew = room.town.crews["crew-1"].pk
    house.lose("carl", "dora", "zhang")
    taken = house.post("carl", "/api/incidents", call()).json()
    house.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [crew]})
    plain, go_on, reached = booking.Booker._act, threading.Event(), threading.Event()

    def slow(self, n, said):
        reached.set()
        go_on.wait(30)
        return plain(self, n, said)

    monkeypatch.setattr(booking.Booker, "_act", slow)
    before = len(POCKETS)
    house.live.deaf = False
    until(reached.is_set)
    assert house.hand.mode is Mode.BOOKING
    HAND.forward(16)
    until(lambda: len(POCKETS) > before)
    assert [m.to_account for _, m in POCKETS[before:]] == [room.town.people["zhang"].pk]
    assert house.browser("zhang").get("/api/rings").json()["rings"][0]["rung_code"] == "again"

    go_on.set()
    until(lambda: house.hand.mode is Mode.WELL)
    room.fast_forward(seconds=1)
    assert len(POCKETS) == before + 1


def test_a_line_that_nobody_can_read_any_more_is_put_before_a_person_and_holds_up_no_other(house, room, monkeypatch):
    house.lose("carl")
    one = house.post("carl", "/api/incidents", call("One")).json()["reference"]
    two = house.post("carl", "/api/incidents", call("Two")).json()["reference"]
    plain = booking.shaped

    def of_another_version(path, body, **how):
        if body["words"] == "One":
            raise KeyError("a field that is no more")
        return plain(path, body, **how)

    monkeypatch.setattr(booking, "shaped", of_another_version)
    house.find()

    assert Incident.objects.get().reference == two
    [late] = clashes()
    assert (late.cause, late.about["reference"]) == ("fault", one)
    house.browser("dora")
    said = house.post("dora", f"/api/late/{late.pk}/open", {"purpose": "dispatch"}).json()
    assert said["words"] == "One"


def test_what_cannot_even_be_put_before_a_person_stays_on_the_disk(house, room, tmp_path, monkeypatch):
    house.lose("carl")
    house.post("carl", "/api/incidents", call())

    def never(*_, **__):
        raise RuntimeError("this house is broken")

    for way in ("book_together", "book_late"):
        monkeypatch.setattr(booking.services, way, never)
    house.find()

    [kept] = left_aside(tmp_path)
    assert "Somebody broke the window" in (tmp_path / kept).read_text(encoding="utf-8", errors="ignore")


def test_g5_a_journal_that_was_put_aside_goes_at_its_term_unless_a_matter_is_held_and_is_said_until_then(
    room, tmp_path, settings
):
    """It holds what callers said, and no table knows of it: nobody's forgetting it keeps it for ever."""
    settings.JOURNAL_FOLDER = tmp_path
    kept = tmp_path / "journal.unbooked-1"
    kept.write_text("1 mark Somebody broke the window\n")
    other = os.open(kept, os.O_RDONLY)  # whoever holds it open finds no words either
    for at in (room.now, room.now + timedelta(days=29)):
        os.utime(kept, (room.now.timestamp(), room.now.timestamp()))
        keep_all(at)
    assert kept.exists()
    assert kept.name in " ".join(finding.sentence for finding in machine.journal())
    told = Part("journal", 0.0, 10.0, wrong=True, figures={"put_aside": left_aside(tmp_path)})
    assert troubles([told]) == ["journal_aside"]
    late = room.now + timedelta(days=31)
    matter = room.report("burglary", at="market")
    held = {"reason": "case", "basis": "File 7", "review_on": (room.now + timedelta(days=90)).date()}
    hold = place_hold(matter.reference, **held, by=room.actor("ina"), at=room.now)
    keep_all(late)
    assert kept.exists(), "it may be the only place where a held matter stands"

    sign_second(ask_release(hold, words="Done", by=room.actor("ina"), at=late), by=room.actor("leader-li"), at=late)
    keep_all(late)

    assert left_aside(tmp_path) == []
    assert set(os.read(other, 4096)) == {0}
    os.close(other)
    said = Entry.objects.get(kind="retention.applied", facts__kept="journal")
    assert (said.facts["count"], said.facts["term_h"]) == (1, 30 * 24)
    assert list(machine.journal()) == []


def test_g5_who_holds_the_journal_keeps_its_term_alone_and_reads_the_board_meanwhile(
    database_url, room, tmp_path, settings, monkeypatch
):
    settings.JOURNAL_FOLDER = tmp_path
    kept = tmp_path / "journal.unbooked-1"
    kept.write_text("1 mark Somebody broke the window\n")
    long_ago = (room.now - timedelta(days=31)).timestamp()
    os.utime(kept, (long_ago, long_ago))
    assert keep_terms(room.now) == 0
    assert kept.exists(), "the clock leaves it to the machine where it lies"

    goes_on = threading.Event()

    def slow(folder):
        assert goes_on.wait(PATIENCE_S)
        return left_aside(folder)

    monkeypatch.setattr(aside, "left_aside", slow)
    with fickle(database_url, tmp_path, room.town) as house:
        house.see()
        room.report("burglary", at="market")
        house.see()
        assert kept.exists()
        goes_on.set()
        until(lambda: not kept.exists())
        until(lambda: Entry.objects.filter(kind="retention.applied", facts__kept="journal").count() == 1)


def test_g5_a_journal_that_somebody_takes_away_in_that_moment_is_no_fault(room, tmp_path, settings, monkeypatch):
    settings.JOURNAL_FOLDER = tmp_path
    there = tmp_path / "journal.unbooked-1"
    there.write_text("1 mark Somebody broke the window\n")
    os.utime(there, (0, 0))
    gone = ["journal.altered-1", "journal.altered-2", *left_aside(tmp_path)]
    monkeypatch.setattr(aside, "left_aside", lambda _folder: gone if there.exists() else [])

    assert keep_class("journal", room.now) == 1
    assert not there.exists()
    aside.journals.forget(["journal.altered-1"], None, room.now)


@pytest.mark.parametrize(
    ("place", "grade", "field"),
    [
        ({"lon": float("nan"), "lat": 31.2}, 1, "location"),
        ({"lon": 500.0, "lat": 900.0}, 1, "location"),
        ({"lon": 0.0, "lat": 0.0}, 1, "location"),
        ({"lon": 121.5, "lat": 31.2, "datum": "MARS"}, 1, "datum"),
        (None, 99, "grade"),
        (None, 10**30, "grade"),
    ],
)
def test_odd_figures_are_refused_here_as_they_are_by_the_database(house, room, place, grade, field):
    house.lose("carl")
    body = call(grade=grade) | ({"location": place} if place else {})
    answer = house.browser("carl").post(
        "/api/incidents", content=json.dumps(body),
        headers={"Idempotency-Key": "odd-figures", "Content-Type": "application/json"},
    )  # fmt: skip
    assert (answer.status_code, field in (answer.json()["field"] or "")) == (422, True), answer.text
    assert [line.said["kind"] for line in house.hand.lines()] == ["begun"]
