"""R6, G14: several web processes of one machine: one holds the journal, all answer, and when it dies another has it."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import httpx
import pytest

from oneroom.apps.incidents.lastboard import clashes
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.queries import head_seq
from oneroom.apps.ledger.verify import verify
from oneroom.web.degraded.hand import Mode
from oneroom.web.stream.tail import Tail
from tests.away import Fickle, fickle
from tests.flows.test_degraded import call
from tests.waiting import until
from tests.web.streams import Ear, ticket

pytestmark = pytest.mark.django_db(transaction=True)


def health(house) -> tuple[int, dict]:
    answer = httpx.get(f"{house.url}/healthz", trust_env=False)
    return answer.status_code, answer.json()


def test_each_of_two_processes_answers_and_rings_while_one_holds_the_journal(database_url, room, tmp_path):
    crew = room.town.crews["crew-1"].pk
    with fickle(database_url, tmp_path, room.town) as holder, fickle(database_url, tmp_path, room.town) as other:
        assert holder.hand is not None
        assert other.hand is None
        until(lambda: other.live.keeper._elsewhere is not None)
        assert health(other)[1]["parts"]["journal"]["state"] == "ok"
        other.browser("dora")
        other.browser("zhang")
        ticket = other.browser("zhang").get("/api/ticket").json()["ticket"]
        with other.browser("zhang").stream("GET", "/live", params={"ticket": ticket}) as answer:
            ear = Ear(answer)
            other.live.deaf = True
            holder.lose("carl")
            assert next(d["mode"] for n, d, _ in iter(ear.next, None) if n == "degraded") == "away"

            taken = holder.post("carl", "/api/incidents", call()).json()
            sent = other.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [crew]})
            assert sent.status_code == 200, sent.text
            [order] = sent.json()["assignments"]
            heard = [d["kind"] for n, d, _ in (ear.next() for _ in range(12)) if n == "change"]
            assert "assignment.offered" in heard  # a phone at this process rings for what the other one wrote
        rings = other.browser("zhang").get("/api/rings").json()["rings"]
        assert [r["subject"] for r in rings] == [f"assignment:{order}"]
        waits = other.post("dora", f"/api/incidents/{taken['id']}/hold", {"reason": "no_crew"})
        assert (waits.status_code, waits.json()["code"]) == (503, "database_away")
        for house in (holder, other):
            status, said = health(house)
            assert (status, said["ok"], said["parts"]["journal"]["mode"]) == (200, False, "away")

        other.live.deaf = holder.live.deaf = False
        until(lambda: holder.hand.mode is Mode.WELL and not other.live.keeper.on)
        assert Incident.objects.get().reference == taken["reference"]
        assert Assignment.objects.get().pk == order
        assert clashes() == []
        assert verify("acts").fault is None


def test_when_the_holder_dies_the_other_goes_on_with_its_journal(database_url, room, tmp_path):
    with ExitStack() as dying:
        holder = dying.enter_context(fickle(database_url, tmp_path, room.town))
        with fickle(database_url, tmp_path, room.town) as other:
            for house in (holder, other):
                house.browser("carl")
            until(lambda: other.live.keeper._elsewhere is not None)
            other.live.deaf = True
            holder.lose("carl")
            one = holder.post("carl", "/api/incidents", call("One"), key="said-twice").json()
            dying.close()

            until(lambda: other.hand is not None and other.hand.mode is Mode.AWAY)
            assert other.post("carl", "/api/incidents", call("One"), key="said-twice").json() == one
            two = other.post("carl", "/api/incidents", call("Two")).json()
            other.find()
            assert set(Incident.objects.values_list("reference", flat=True)) == {one["reference"], two["reference"]}
            assert one["reference"] != two["reference"]
            assert clashes() == []


def test_a_journal_whose_disk_failed_is_no_health(database_url, room, tmp_path):
    with fickle(database_url, tmp_path, room.town) as house:
        until(lambda: health(house)[1]["parts"]["journal"]["state"] == "ok")
        house.hand._journal.broken = True
        status, said = health(house)
        assert (status, said["ok"], said["parts"]["journal"]["state"]) == (200, False, "degraded")
        house.hand._journal.broken = False
        (tmp_path / "journal.altered-1").write_bytes(b"")
        assert health(house)[1]["parts"]["journal"]["put_aside"] == ["journal.altered-1"]
        assert not health(house)[1]["ok"]


def test_r15_a_stream_keeps_its_place_at_a_process_that_began_without_its_database(
    database_url, room, tmp_path, monkeypatch
):
    with fickle(database_url, tmp_path, room.town) as house:
        house.see()  # its board stays on the disk
    before = head_seq()
    room.report("burglary", at="market")
    there, plain = threading.Event(), Tail._begin

    def begin(self, connection):
        there.wait(30)
        plain(self, connection)

    monkeypatch.setattr(Tail, "_begin", begin)
    monkeypatch.setattr(Fickle, "deaf", True)
    try:
        with fickle(database_url, tmp_path, room.town) as again, httpx.Client(timeout=20, trust_env=False) as client:
            until(lambda: again.live.keeper.on and again.live.hub.ready)
            where = {"ticket": ticket("room", account=99_999), "last": str(before)}
            with client.stream("GET", f"{again.url}/live", params=where) as answer:
                ear = Ear(answer)
                name, _, place = ear.next()
                assert (name, int(place)) == ("hello", before)
                assert next(d["mode"] for n, d, _ in iter(ear.next, None) if n == "degraded") == "away"
                there.set()
                again.live.deaf = False
                heard = []
                while not heard or heard[-1][0] != "change":
                    heard.append(ear.next())
                assert "reset" not in [name for name, _, _ in heard]
                assert int(heard[-1][2]) > before
            until(lambda: not again.live.keeper.on)
    finally:
        there.set()
