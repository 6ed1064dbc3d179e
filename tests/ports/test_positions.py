"""Positions come in whole and true, or not at all with the field named; a crew speaks only for itself."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.values import BadInput, Refused
from oneroom.ports.feeds import positions
from oneroom.ports.feeds.positions import PositionFeed, parse
from oneroom.web.live import Live
from tests.waiting import until
from tests.web.streams import Serving, ticket

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = {"lon": 121.47, "lat": 31.23, "at": "2026-03-01T12:00:00Z"}


def batch(**changes):
    return json.dumps({"fixes": [GOOD, GOOD | changes]}).encode()


def test_a_batch_is_read_with_times_and_units():
    first, second = parse(batch(at="2026-03-01T20:00:05+08:00", speed_kmh=36, heading=360), crew_id=7, now=NOON)

    assert (first.crew_id, first.lon, first.lat, first.at) == (7, 121.47, 31.23, NOON)
    assert (first.accuracy_m, first.speed_kmh, first.heading) == (None, None, None)
    assert (second.at, second.speed_kmh, second.heading) == (NOON + timedelta(seconds=5), 36.0, 360.0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"\xff\xfe", "body"),
        (b"{", "body"),
        (b"[" * 5000, "body"),
        (b'{"fixes": [{"lon": NaN}]}', "body"),
        (b'{"fixes": [{"lon": Infinity}]}', "body"),
        (b"[]", "fixes"),
        (b"{}", "fixes"),
        (b'{"fixes": {}}', "fixes"),
        (b'{"fixes": [], "crew": 3}', "crew"),
        (b'{"fixes": [1]}', "fixes.0"),
        (batch(lon=180.1), "fixes.1.lon"),
        (batch(lon="121.47"), "fixes.1.lon"),
        (batch(lon=True), "fixes.1.lon"),
        (batch(lon=None), "fixes.1.lon"),
        (batch(lon=10**400), "fixes.1.lon"),
        (batch(lat=-90.5), "fixes.1.lat"),
        (batch(lat=200), "fixes.1.lat"),
        (batch(at=None), "fixes.1.at"),
        (batch(at=1772366400), "fixes.1.at"),
        (batch(at="noon"), "fixes.1.at"),
        (batch(at="2026-03-01T12:00:00"), "fixes.1.at"),
        (batch(at="2026-03-01T12:01:01Z"), "fixes.1.at"),
        (batch(at="2026-02-28T11:59:59Z"), "fixes.1.at"),
        (batch(at="0001-01-01T00:00:00+14:00"), "fixes.1.at"),
        (batch(accuracy_m=-1), "fixes.1.accuracy_m"),
        (batch(speed_kmh=501), "fixes.1.speed_kmh"),
        (batch(heading=361), "fixes.1.heading"),
        (batch(crew_id=8), "fixes.1.crew_id"),
        (batch(**{"<script>": 1}), "fixes.1.?script?"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(body, field):
    with pytest.raises(BadInput) as refused:
        parse(body, crew_id=7, now=NOON)

    assert refused.value.field == field
    assert 400 <= refused.value.status < 500


def test_swapped_axes_are_recognised():
    with pytest.raises(BadInput, match="swapped"):
        parse(batch(lon=31.23, lat=121.47), crew_id=7, now=NOON)


@pytest.mark.parametrize(
    "body", [json.dumps({"fixes": [{}] * 501}).encode(), b'{"fixes": [' + b" " * positions.MAX_BYTES + b"]}"]
)
def test_too_much_at_once_is_refused(body):
    with pytest.raises(Refused) as refused:
        parse(body, crew_id=7, now=NOON)

    assert refused.value.status == 413
    assert refused.value.message % refused.value.params


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fixes = st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(positions._FIELDS), json_values))


@given(st.binary() | st.builds(lambda f: json.dumps({"fixes": f}).encode(), st.lists(fixes | json_values, max_size=3)))
def test_whatever_comes_is_taken_or_refused_and_nothing_breaks(body):
    status, fixes = 202, []
    try:
        fixes = parse(body, crew_id=7, now=NOON)
    except Refused as refused:
        status = refused.status

    assert status in (202, 413, 422)
    for fix in fixes:
        assert -180 <= fix.lon <= 180
        assert -90 <= fix.lat <= 90
        assert fix.at <= NOON + positions.MAX_AHEAD


class Phone:
    """One request, as the raw app hands it over."""

    def __init__(self, *scopes):
        self.scopes = frozenset(scopes)

    async def receive(self):
        return {"type": "http.request", "body": batch(), "more_body": False}


def feed(record=lambda fixes: None, **options):
    return PositionFeed(lambda request: request.scopes, record, lambda: NOON, **options)


def take(feed, phone):
    return asyncio.run(feed.take(phone, phone.receive))


@pytest.mark.parametrize("scopes", [("room",), ("all", "account:3"), ("crew:1", "crew:2")])
def test_only_the_device_of_one_crew_may_send(scopes):
    with pytest.raises(Refused) as refused:
        take(feed(), Phone(*scopes))

    assert refused.value.status == 403


def test_a_full_buffer_says_come_again():
    full = feed(buffer=5)
    take(full, Phone("crew:1"))
    take(full, Phone("crew:1"))

    with pytest.raises(Refused) as refused:
        take(full, Phone("crew:1"))

    assert refused.value.status == 503
    assert full.waiting == 4


@pytest.mark.parametrize("error", ["OperationalError", "InterfaceError", "InternalError", "DatabaseError"])
def test_r1_whatever_a_database_says_that_is_not_at_work_no_fix_is_lost(monkeypatch, error):
    """InternalError is what psycopg makes of a session that the database ended because its process stood still."""
    import django.db

    monkeypatch.setattr(positions, "RETRY_S", 0.01)
    calls = []

    async def run():
        stored, loop = asyncio.Event(), asyncio.get_running_loop()

        def record(fixes):
            calls.append(len(fixes))
            if len(calls) < 3:
                raise getattr(django.db, error)("away")
            loop.call_soon_threadsafe(stored.set)

        waiting = feed(record)
        waiting.start()
        phone = Phone("crew:1")
        await waiting.take(phone, phone.receive)
        await asyncio.wait_for(stored.wait(), 5)
        await waiting.stop()
        return waiting.waiting

    assert asyncio.run(run()) == 0
    assert calls == [2, 2, 2]


def test_what_is_wrong_with_one_crews_fixes_takes_none_from_another():
    from django.db import IntegrityError

    stored = []

    def record(fixes):
        if any(fix.crew_id == 2 for fix in fixes):
            raise IntegrityError("this crew was removed meanwhile")
        stored.extend(fixes)

    async def run():
        waiting = feed(record)
        waiting.start()
        for crew in (1, 2, 3):
            phone = Phone(f"crew:{crew}")
            await waiting.take(phone, phone.receive)
        await waiting.stop()
        return waiting.waiting

    assert asyncio.run(run()) == 0
    assert sorted(fix.crew_id for fix in stored) == [1, 1, 3, 3]


def test_r1_no_more_than_two_seconds_of_trail_wait_for_a_writing_that_does_not_come(monkeypatch):
    """What waits goes with an abrupt end: beyond that the phones keep their fixes, until the house can write again."""
    from django.db import OperationalError

    clock_s, away, stored = [100.0], [True], []
    monkeypatch.setattr(positions, "FLUSH_S", 0.01)
    monkeypatch.setattr(positions, "RETRY_S", 0.01)
    monkeypatch.setattr(positions, "monotonic", lambda: clock_s[0])

    async def run():
        written, loop = asyncio.Event(), asyncio.get_running_loop()

        def record(fixes):
            if away[0]:
                raise OperationalError("away")
            stored.extend(fixes)
            loop.call_soon_threadsafe(written.set)

        waiting, phone = feed(record), Phone("crew:1")
        await waiting.take(phone, phone.receive)
        clock_s[0] += 1.9
        await waiting.take(phone, phone.receive)
        waiting.start()
        clock_s[0] += 0.2
        with pytest.raises(Refused) as refused:
            await waiting.take(phone, phone.receive)
        away[0] = False
        await asyncio.wait_for(written.wait(), 5)
        await waiting.stop()
        assert waiting.held_s == 0
        return refused.value.status

    assert asyncio.run(run()) == 503
    assert len(stored) == 4


def test_what_was_accepted_is_stored_before_the_end():
    stored = []

    async def run():
        waiting = feed(stored.extend)
        waiting.start()
        phone = Phone("crew:1")
        await waiting.take(phone, phone.receive)
        await waiting.stop()

    asyncio.run(run())
    assert len(stored) == 2


# ---- through the real server into the real tables ------------------------------


@pytest.fixture
def crews(transactional_db):
    from oneroom.apps.duty.models import Crew
    from oneroom.apps.orgs.models import OrgUnit

    station = OrgUnit.objects.create(kind="station", code="s", name_zh="站", name_en="S", valid_from=NOON.date())
    return [
        Crew.objects.create(
            code=f"c{n}", callsign_zh="组", callsign_en="C", unit=station, state=state, state_since=NOON
        )
        for n, state in enumerate(["available", "en_route", "off_duty"])
    ]


@pytest.fixture
def site(database_url, crews):
    with Serving(Live(database_url)) as serving:
        yield serving


def post(site, crew, *fixes, **headers):
    return httpx.post(
        f"{site.url}/positions",
        json={"fixes": list(fixes)},
        headers={"Authorization": f"Bearer {ticket(f'crew:{crew.pk}', account=crew.pk)}"} | headers,
    )


def fix_at(seconds_ago, **changes):
    from oneroom.apps.ledger.time import now

    return GOOD | {"at": (now() - timedelta(seconds=seconds_ago)).isoformat()} | changes


@pytest.mark.django_db(transaction=True)
def test_the_trail_keeps_all_and_the_map_the_latest(site, crews):
    from oneroom.apps.duty.models import Fix, Position

    answer = post(site, crews[0], fix_at(20, lon=121.1), fix_at(5, lon=121.3), fix_at(10, lon=121.2))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 3})
    until(lambda: Fix.objects.count() == 3)
    post(site, crews[0], fix_at(15, lon=121.15))  # late from an offline phone
    until(lambda: Fix.objects.count() == 4)

    latest = Position.objects.get()
    assert (latest.crew_id, latest.lon, latest.accuracy_m) == (crews[0].pk, 121.3, 100.0)
    assert [f.lon for f in Fix.objects.order_by("at")] == [121.1, 121.15, 121.2, 121.3]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_dies_in_the_middle_of_writing_is_known_as_gone_and_no_fix_is_given_up(crews, database_url):
    """R1: found by `make faults`; the feed keeps what failed so, and sends it again."""
    import psycopg
    from django.db import OperationalError, connection

    from oneroom.apps.duty.models import Fix as Kept
    from oneroom.apps.duty.services.positions import Fix, record_positions

    fixes = [Fix(crews[0].pk, 121.1, 31.1, NOON)]

    def killed_after_this(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SET LOCAL"):
            with psycopg.connect(database_url, autocommit=True) as other:
                pid = connection.connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return answer

    with connection.execute_wrapper(killed_after_this), pytest.raises(OperationalError):
        record_positions(fixes, NOON)
    connection.close()

    assert record_positions(fixes, NOON) == 1
    assert Kept.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_r1_a_session_that_the_database_ended_while_its_process_stood_still_is_its_absence(crews, database_url):
    """The database ends an act that stands still (project/parts.py); that is no reason to give its fixes up."""
    import psycopg
    from django.db import DatabaseError, connection

    from oneroom.apps.duty.services.positions import Fix, record_positions

    fixes = [Fix(crews[0].pk, 121.1, 31.1, NOON)]

    def stands_still_after_this(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SET LOCAL"):
            execute("SET LOCAL idle_in_transaction_session_timeout = 1", None, False, context)
            with psycopg.connect(database_url, autocommit=True) as other:
                pid = connection.connection.info.backend_pid
                until(lambda: not other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone())
        return answer

    with connection.execute_wrapper(stands_still_after_this), pytest.raises(DatabaseError) as ended:
        record_positions(fixes, NOON)
    connection.close()

    assert not isinstance(ended.value, positions.OURS)
    assert record_positions(fixes, NOON) == 1


@pytest.mark.django_db(transaction=True)
def test_r1_what_is_sent_twice_because_the_answer_was_lost_is_kept_once(crews):
    """The phone that heard nothing, and the feed whose database died after its commit, send the same again."""
    from oneroom.apps.duty.models import Fix as Kept
    from oneroom.apps.duty.services.positions import Fix, record_positions

    first, second = (Fix(crews[0].pk, 121.1, 31.1, NOON + timedelta(seconds=n)) for n in range(2))

    assert record_positions([first], NOON) == 1
    assert record_positions([first, second, second], NOON) == 1
    assert Kept.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_crew_off_duty_leaves_no_trace(site, crews):
    from oneroom.apps.duty.models import Fix, Position

    assert post(site, crews[2], fix_at(1)).status_code == 202
    post(site, crews[1], fix_at(1))
    until(Fix.objects.exists)

    assert set(Fix.objects.values_list("crew_id", flat=True)) == {crews[1].pk}
    assert set(Position.objects.values_list("crew_id", flat=True)) == {crews[1].pk}


@pytest.mark.django_db(transaction=True)
def test_the_room_sees_crews_move_and_go_and_nobody_else_does(site, crews):
    from oneroom.apps.duty.models import Position

    with site.ear("room", account=1) as room, site.ear(f"crew:{crews[1].pk}", account=2) as other:
        room.next(), other.next()
        assert room.next() == ("positions", {"positions": [], "gone": [], "whole": True}, None)

        post(site, crews[0], fix_at(1, speed_kmh=30))

        name, data, where = room.next()
        assert (name, where) == ("positions", None)
        assert [row["crew"] for row in data["positions"]] == [crews[0].pk]
        with site.ear("room", account=3) as late:
            late.next()
            assert [row["crew"] for row in late.next()[1]["positions"]] == [crews[0].pk]

        Position.objects.all().delete()

        assert room.next()[1]["gone"] == [crews[0].pk]
        asyncio.run_coroutine_threadsafe(site.live.stop(), site.loop).result(5)
        assert other.rest() == []


@pytest.mark.django_db(transaction=True)
def test_a_bad_request_is_answered_in_words_and_nothing_is_half_written(site, crews):
    from oneroom.apps.duty.models import Fix

    answer = post(site, crews[0], fix_at(1), fix_at(1, lat=91), **{"Accept-Language": "en"})

    assert answer.status_code == 422
    assert answer.json() == {
        "code": "bad_input",
        "field": "fixes.1.lat",
        "message": "A latitude is between -90 and 90. Are longitude and latitude swapped?",
    }
    site.on_loop(lambda: site.live.feed.waiting)
    assert not Fix.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic eDp5", "Bearer"])
def test_without_a_ticket_nothing_is_taken(site, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}

    assert httpx.post(f"{site.url}/positions", json={"fixes": []}, headers=headers).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_an_oversized_body_is_refused_while_it_comes(site, crews):
    def endless():
        for _ in range(64):
            yield b" " * 16384

    answer = httpx.post(
        f"{site.url}/positions",
        content=endless(),
        headers={"Authorization": f"Bearer {ticket(f'crew:{crews[0].pk}')}"},
    )

    assert answer.status_code == 413
