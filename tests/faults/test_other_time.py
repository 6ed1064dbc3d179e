"""
R11: whole parts on machines whose clock is wrong, runs ten times too fast, is set by an hour, or comes to winter time.

Real processes under `faketime`, real seconds: a proof (`make prove`).
"""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.models import Rung
from oneroom.apps.oversight.queries import open_alarms
from oneroom.project.clock import CLOCK_BEGAN, RealClock
from tests.clock import HAND
from tests.faults.force import session_of
from tests.faults.gateway import Gateway
from tests.faults.other_time import FAKETIME, other_time
from tests.room import Room
from tests.town import found_town
from tests.waiting import until
from tests.watched import Process, auditor_url

pytestmark = [
    pytest.mark.prove, pytest.mark.alone, pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(FAKETIME is None, reason="faketime sets the parts' clocks"),
]  # fmt: skip

PATIENCE_S = 90.0
LATE_S = 2.0  # R3
STARTS_S = 15.0  # and R3 under a fault: a part that is killed comes back
OFF_S = 300


@contextmanager
def running(database_url, folder, parts, *, sms_url="", **house):
    """
    ``parts`` is each part's own surroundings by its name, {"clock": other_time("+300s")}; the processes by name.

    ``house`` is what all of them have: where their supervisor handed a beginning on, its ``CLOCK_BEGAN``.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    commands = {"web": ["runweb", "--port", str(port)], "auditor": ["audit"]}
    usual = {
        "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", "ONEROOM_PLAIN_HTTP": "1", "ONEROOM_SMS_URL": sms_url,
        "ONEROOM_SECOND_FACTOR": "off", "ONEROOM_HOME": str(folder), "ONEROOM_HEADS": str(folder / "heads"),
        "ONEROOM_AUDITOR_URL": auditor_url(),
    }  # fmt: skip
    with ExitStack() as started:
        processes = {}
        for part, own in parts.items():
            command, given = commands.get(part, [f"run{part}"]), usual | house | own
            url = re.sub(r"application_name=[^&]*", f"application_name={part}", database_url)
            processes[part] = Process(command, url=url, signs=folder, silent_s=30, **given)
            started.callback(processes[part].kill)
        if "clock" in parts:
            until(lambda: _at_work(database_url), PATIENCE_S)
        if "web" in parts:
            until(lambda: _answers(port), PATIENCE_S)
        yield processes, f"http://127.0.0.1:{port}"


def _at_work(url):
    """Some clock holds the right to climb."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(
            "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND application_name = 'clock'"
        ).fetchone()


def _answers(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code < 500
    except httpx.TransportError:
        return False


def _skewed():
    """The parts of which an alarm says that their time is not the others'."""
    return {
        subject.partition("@")[0]
        for subject in open_alarms().filter(kind="clock_skew").values_list("subject", flat=True)
    }


def _room(clock):
    HAND.set(clock.now())
    return Room(found_town(HAND.now()))


def _orders(room, clock, *crews):
    """Orders that nobody answers, from this moment on."""
    HAND.set(clock.now())
    return [room.dispatch(room.report("knife", at="market", grade=1), crew) for crew in crews or room.town.crews]


def _late():
    """Of each rung that happened: how many seconds after it was due, by the time of the part that let it happen."""
    return [(rung.done - rung.due).total_seconds() for rung in Rung.objects.exclude(done=None)]


def _each_rung_once():
    climbed = Counter((e.facts["ladder"], e.facts["rung"]) for e in Entry.objects.filter(kind="ladder.climbed"))
    assert climbed
    assert set(climbed.values()) == {1}


def _record_is_whole():
    """Its order is that of its numbers, which have no gap, whatever the times say."""
    numbers = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert verify("acts").fault is None


def test_r11_a_clock_five_minutes_ahead_and_a_courier_of_a_racing_machine_are_named_and_do_nothing_twice(
    database_url, tmp_path
):
    """The courier's machine runs ten times too fast: when the courier takes its time, it is ahead already."""
    right = RealClock()
    room = _room(right)
    with Gateway("other time") as gateway:
        wrong = {"clock": other_time(f"+{OFF_S}s"), "courier": other_time("+0 x10")}
        with running(database_url, tmp_path, wrong | {"web": {}, "auditor": {}}, sms_url=gateway.url):
            _orders(room, right)
            until(lambda: len(gateway.log) > 3, PATIENCE_S)
            until(lambda: _skewed() >= {"clock", "courier"}, PATIENCE_S)
            named = _skewed()
        brought = Counter(taken.delivery for taken in gateway.log)
    at = list(Entry.objects.order_by("seq").values_list("at", flat=True))
    print(f"\nnamed: {sorted(named)}; {len(_late())} rungs, {len(brought)} messages, {len(at)} entries")

    assert named == {"clock", "courier"}
    assert at != sorted(at), "the times of the record go back"
    assert min(_late()) >= 0.0, "by the time of the part that let it happen none was early"
    assert set(brought.values()) == {1}
    _each_rung_once()
    _record_is_whole()


def test_r11_what_a_web_five_minutes_ahead_writes_stands_where_it_came_and_it_says_that_it_is_off(
    database_url, tmp_path
):
    right = RealClock()
    room = _room(right)
    matter = room.report("fight", at="market").pk
    cookies = session_of(room.town.people["dora"])
    head = {"X-CSRFToken": cookies["csrftoken"]}
    parts = {"web": other_time(f"+{OFF_S}s"), "clock": {}, "courier": {}, "auditor": {}}
    with running(database_url, tmp_path, parts) as (_processes, url):
        with httpx.Client(base_url=url, cookies=cookies, headers=head, timeout=30) as desk:
            for n in range(3):
                said = desk.post(
                    f"/api/incidents/{matter}/words", json={"words": f"line {n}"},
                    headers={"Idempotency-Key": f"other-time-{n}"},
                )  # fmt: skip
                assert said.status_code == 200, said.text
                _orders(room, right, list(room.town.crews)[n])
            health = desk.get("/healthz").json()
        until(lambda: _skewed() == {"web"}, PATIENCE_S)
    added = list(Entry.objects.filter(kind="incident.words_added").order_by("seq"))
    offered = list(Entry.objects.filter(kind="assignment.offered").order_by("seq"))
    print(f"\n/healthz: {health['parts']['clock_skew']}")

    assert health["parts"]["clock_skew"]["state"] == "degraded"
    assert abs(health["parts"]["clock_skew"]["skew_s"] + OFF_S) < LATE_S + 1
    assert [a.seq < o.seq for a, o in zip(added, offered, strict=True)] == [True] * 3
    assert [a.at > o.at for a, o in zip(added, offered, strict=True)] == [True] * 3
    assert max(_late()) < LATE_S
    _record_is_whole()


WINTER = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 03:00 in Berlin becomes 02:00


@pytest.mark.parametrize(
    ("begins", "zone", "step_s"),
    [(None, "UTC", -3600), (WINTER - timedelta(seconds=15), "Europe/Berlin", 3600)],
    ids=["an hour back", "winter time, and then an hour on"],
)
def test_r11_an_hours_step_and_winter_time_move_no_deadline_not_even_of_a_clock_that_is_started_again(
    database_url, tmp_path, begins, zone, step_s
):
    """The house began at ``begins``; the step comes while its clock works, and then the clock is killed."""
    machine = tmp_path / "machine"
    today = RealClock().now()
    began = begins or today
    ahead_s = (began - today).total_seconds()
    machine.write_text(f"{ahead_s:+.3f}")
    house = RealClock(f"{began.isoformat()} {time.monotonic()!r}")
    surroundings = {"clock": other_time(file=machine) | {"TZ": zone, "ONEROOM_TIME_ZONE": zone}}
    given = {CLOCK_BEGAN: house.handed_on()}
    room = _room(house)

    with running(database_url, tmp_path, surroundings, **given) as (processes, _url):
        _orders(room, house)
        machine.write_text(f"{ahead_s + step_s:+.3f}")
        _climbed_by(house, 16.0)
        killed = house.now()
        processes["clock"].kill()
    with running(database_url, tmp_path, surroundings, **given):
        again = house.now()
        _climbed_by(house, 20.0)
    late = [(rung.due, (rung.done - rung.due).total_seconds()) for rung in Rung.objects.exclude(done=None)]
    usual = [s for due, s in late if not killed - timedelta(seconds=LATE_S) < due < again]
    away_s = (again - killed).total_seconds()
    print(f"\n{len(late)} rungs, the worst {max(usual):.2f} s late; {away_s:.1f} s without a clock")

    assert len(late) >= 9, "three rungs of each of three orders"
    assert min(s for _due, s in late) >= 0.0
    assert max(usual) < LATE_S
    assert max(s for _due, s in late) < STARTS_S
    assert begins is None or began < WINTER < killed
    _each_rung_once()
    _record_is_whole()


def _climbed_by(house, seconds):
    """Wait until every rung that falls due within so many seconds has happened, and not longer than R3 has it."""
    until_then = house.now() + timedelta(seconds=seconds)
    due = Rung.objects.filter(done=None, ladder__stopped=None, due__lte=until_then)
    assert due.exists()
    until(lambda: not due.exists(), seconds + STARTS_S)
