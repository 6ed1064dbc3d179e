"""
R3, R4: of three clocks and three couriers the one at work stands still (SIGSTOP) with what it has in hand, and goes on.

Another takes over in time; what the frozen one still believes to be its own is refused when it goes on. Real processes,
real seconds: a proof (`make prove`).
"""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.models import Delivery, Rung
from oneroom.apps.orders.services.courier import LEASE
from tests.clock import HAND
from tests.faults.gateway import Gateway
from tests.room import Room
from tests.town import found_town
from tests.waiting import until
from tests.watched import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]

PATIENCE_S = 90.0
FROZEN_S = 30.0
PROMISED_S = 15.0  # R3, under any one fault
COPIES = 3


@pytest.fixture
def house(database_url, tmp_path):
    """The town now, by the machine's clock, with three of each; gives (room, the processes by name, the gateway)."""
    HAND.set(_time(database_url))
    room = Room(found_town(HAND.now()))
    running: dict[str, Process] = {}
    with Gateway("frozen", slowest_s=3.0) as gateway:
        environment = {
            "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", "ONEROOM_PLAIN_HTTP": "1",
            "ONEROOM_SMS_URL": gateway.url, "ONEROOM_HOME": str(tmp_path), "ONEROOM_HEADS": str(tmp_path / "heads"),
            "PGOPTIONS": "-c idle_in_transaction_session_timeout=10s",
        }  # fmt: skip
        try:
            for part in ("clock", "courier"):
                for n in range(COPIES):
                    name = f"{part}-{n}"
                    url = re.sub(r"application_name=[^&]*", f"application_name={name}", database_url)
                    running[name] = Process([f"run{part}"], url=url, signs=tmp_path, silent_s=30, **environment)
            seen: set[str] = set()  # a clock that stands by comes and goes
            until(lambda: seen.update(_connected(database_url)) or seen >= running.keys(), PATIENCE_S)
            until(lambda: _at_work(database_url) is not None, PATIENCE_S)
            yield room, running, gateway
        finally:
            for process in running.values():
                process.kill()


def _ask(url, question):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchall()


def _connected(url):
    return {name for (name,) in _ask(url, "SELECT application_name FROM pg_stat_activity WHERE state IS NOT NULL")}


def _at_work(url):
    """The name of the clock that holds the right to climb."""
    rows = _ask(
        url,
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'clock-%'",
    )
    return rows[0][0] if rows else None


def _time(url):
    return _ask(url, "SELECT clock_timestamp()")[0][0]


def _orders(room, url):
    """Three orders that nobody answers, from this minute on."""
    HAND.set(_time(url))
    for crew in room.town.crews:
        room.dispatch(room.report("knife", at="market", grade=1), crew)


def test_a_clock_that_stands_still_holds_up_no_rung_and_lets_none_happen_twice(house, database_url):
    room, running, _gateway = house
    _orders(room, database_url)
    began = HAND.now()
    frozen = _at_work(database_url)
    running[frozen].stand_still()
    time.sleep(FROZEN_S)
    another = _at_work(database_url)
    running[frozen].go_on()
    gone_on = _time(database_url)

    last = began + timedelta(seconds=FROZEN_S)
    fell_due = Rung.objects.filter(due__gt=began, due__lte=last)
    until(lambda: not fell_due.filter(done=None, ladder__stopped=None).exists(), PATIENCE_S)
    late = [(r.done - r.due).total_seconds() for r in fell_due if r.done]
    worst = f"{len(late)} rungs, the worst {max(late):.1f} s late"
    print(f"\n{frozen} stood still for {FROZEN_S:g} s, {another} took over; {worst}")
    assert late
    assert max(late) < PROMISED_S
    assert another not in (None, frozen)

    ahead = Rung.objects.filter(due__gt=gone_on, due__lte=gone_on + timedelta(seconds=40))
    until(lambda: not ahead.filter(done=None, ladder__stopped=None).exists(), PATIENCE_S)
    climbed = Counter((e.facts["ladder"], e.facts["rung"]) for e in Entry.objects.filter(kind="ladder.climbed"))
    assert climbed
    assert set(climbed.values()) == {1}
    assert _at_work(database_url) == another
    assert verify("acts").fault is None


def test_a_courier_that_stands_still_past_its_lease_is_refused_when_it_goes_on(house, database_url):
    """What it had in hand is sent once more, marked as a repeat, and once only."""
    room, running, gateway = house
    _orders(room, database_url)
    hands = {process.process.pid: name for name, process in running.items()}
    until(lambda: Delivery.objects.filter(state="sending", channel="sms").exists(), PATIENCE_S)
    held = Delivery.objects.filter(state="sending", channel="sms").first()
    name = hands[int(held.worker.rpartition(":")[2])]
    running[name].stand_still()
    time.sleep(1)  # what it had already asked of the database is done
    mine = list(Delivery.objects.filter(state="sending", worker=held.worker).values_list("pk", flat=True))
    time.sleep(LEASE.total_seconds() + 2)
    until(lambda: not Delivery.objects.filter(pk__in=mine, state="sending").exists(), PATIENCE_S)
    settled = {d.pk: (d.state, d.worker, d.state_since) for d in Delivery.objects.filter(pk__in=mine)}
    running[name].go_on()
    time.sleep(5)  # it settles what it believes to be its own

    assert mine
    again = {d.pk: (d.state, d.worker, d.state_since) for d in Delivery.objects.filter(pk__in=mine)}
    assert again == settled
    assert all(worker != held.worker for _state, worker, _since in settled.values())
    brought: dict[int, list[bool]] = {}
    for taken in gateway.log:
        brought.setdefault(taken.delivery, []).append(taken.repeat)
    print(f"\n{name} stood still with {len(mine)} messages in hand; {len(gateway.log)} came to the provider: {brought}")
    for repeats in brought.values():
        assert len(repeats) <= 2
        assert repeats.count(False) <= 1
    sent = Counter(e.facts["delivery"] for e in Entry.objects.filter(kind="delivery.sent"))
    assert set(sent.values()) == {1}
