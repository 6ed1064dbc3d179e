"""The stream: everybody hears what concerns him, once, in order, whatever breaks in between."""

import asyncio
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from oneroom.web.live import Live
from oneroom.web.stream import app as stream_app
from oneroom.web.stream import hub as stream_hub
from tests.waiting import until
from tests.web.streams import Serving, say, ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(database_url):
    with Serving(Live(database_url)) as serving:
        yield serving


def test_a_listener_hears_what_happens(site):
    with site.ear("room") as ear:
        assert ear.next() == ("hello", {"seq": 0}, "0")

        say("room", crew=5)

        name, data, where = skip_positions(ear)
        assert (name, where) == ("change", "1")
        assert data == {"seq": 1, "kind": "crew.state", "subject": "crew:5", "matter": ""}


def test_nobody_hears_what_is_not_for_him(site):
    with site.ear("crew:1", account=1) as one, site.ear("crew:2", account=2) as two:
        one.next(), two.next()

        say("crew:1")
        say("crew:2")
        say("account:2")
        say("room")
        say("unit:1")
        say("all")

        assert one.changes(2) == [1, 6]
        assert two.changes(3) == [2, 3, 6]


def test_an_event_for_several_of_ones_scopes_is_heard_once(site):
    with site.ear("crew:1") as ear:
        ear.next()

        say("crew:1", "account:9", "all")
        say("crew:1")

        assert ear.changes(2) == [1, 2]


@pytest.mark.parametrize("way", ["header", "last"])
def test_who_comes_back_hears_what_he_missed_without_a_gap(site, way):
    with site.ear("crew:1") as ear:
        ear.next()
        say("crew:1", times=3)
        assert ear.changes(3) == [1, 2, 3]
    say("crew:1", times=4)
    say("room")

    with site.ear("crew:1", **{way: 3}) as ear:
        assert ear.next() == ("hello", {"seq": 3}, "3")
        assert ear.changes(4) == [4, 5, 6, 7]
        say("crew:1")
        assert ear.changes(1) == [9]


def test_the_browsers_own_header_counts_before_the_address(site):
    say("crew:1", times=5)
    with site.ear("crew:1", last=1, header=4) as ear:
        assert ear.next()[1] == {"seq": 4}
        assert ear.changes(1) == [5]


def test_a_long_absence_comes_in_pieces_and_whole(site):
    say("crew:1", times=1234)
    until(lambda: site.live.hub.ring.head == 1234)
    with site.ear("crew:1", last=0) as ear:
        ear.next()
        assert ear.changes(1234) == list(range(1, 1235))


@pytest.mark.parametrize("cursor", [3, 999, -1, "x", "9" * 40, "٣"])
def test_a_cursor_that_cannot_be_served_gives_one_reset_and_then_goes_on(database_url, cursor):
    say("crew:1", times=20)
    with Serving(Live(database_url, ring_size=10)) as site, site.ear("crew:1", last=cursor) as ear:
        ear.next()
        assert ear.next() == ("reset", {"seq": 20}, "20")
        say("crew:1")
        assert ear.changes(1) == [21]


def test_a_restarted_process_serves_the_cursors_of_the_one_before(database_url):
    say("crew:1", times=5)
    with Serving(Live(database_url)) as site, site.ear("crew:1", last=2) as ear:
        ear.next()
        assert ear.changes(3) == [3, 4, 5]


def test_two_web_processes_tell_the_same(database_url):
    with (
        Serving(Live(database_url)) as one,
        Serving(Live(database_url)) as two,
        one.ear("crew:1") as here,
        two.ear("crew:1") as there,
    ):
        here.next(), there.next()
        say("crew:1", times=3)
        assert here.changes(3) == there.changes(3) == [1, 2, 3]


# ---- tickets ---------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "nonsense", None])
def test_without_a_good_ticket_there_is_no_stream(site, text):
    answer = httpx.get(f"{site.url}/live", params={} if text is None else {"ticket": text})

    assert answer.status_code == 401
    assert answer.json()["code"] == "ticket"


def test_a_ticket_that_is_over_opens_nothing(site):
    with site.ear("room", life_s=-1) as ear:
        assert ear.answer.status_code == 401


def test_a_stream_ends_with_its_ticket_and_says_so(site):
    with site.ear("crew:1", life_s=0.5) as ear:
        assert ear.rest() == ["hello", "renew"]


def test_a_page_of_another_site_is_refused(site):
    query = {"ticket": ticket("room")}
    for origin in ("https://elsewhere.example", "null"):
        answer = httpx.get(f"{site.url}/live", params=query, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_page_of_our_own_is_served(site):
    host = urlsplit(site.url).netloc
    with httpx.stream(
        "GET", f"{site.url}/live", params={"ticket": ticket("room")}, headers={"Origin": f"https://{host}"}
    ) as answer:
        assert answer.status_code == 200


def test_a_refusal_is_worded_in_the_language_asked_for(site):
    english = httpx.get(f"{site.url}/live", headers={"Accept-Language": "en-GB,zh;q=0.5"}).json()

    assert "sign in again" in english["message"]


def change_access(account, version):
    from datetime import UTC, datetime

    from oneroom.apps.ledger.services import note, service
    from oneroom.engine.values import SYSTEM

    @service
    def change():
        note(
            "access.changed",
            f"account:{account}",
            by=SYSTEM,
            at=datetime(2026, 3, 1, 12, tzinfo=UTC),
            to=(f"account:{account}",),
            version=version,
            cause="grant_ended",
        )

    change()


def test_changed_access_ends_the_streams_of_this_account_and_refuses_its_tickets(site):
    with site.ear("room", account=1, version=4) as mine, site.ear("crew:2", account=2) as others:
        mine.next(), others.next()

        change_access(1, version=5)

        assert mine.rest()[-1] == "access"
        with site.ear("room", account=1, version=4) as again:
            assert again.answer.status_code == 401
        with site.ear("room", account=1, version=5) as fresh:
            assert fresh.answer.status_code == 200
        say("crew:2")
        assert others.changes(1) == [2]


def test_a_process_that_starts_later_refuses_the_old_tickets_too(database_url):
    change_access(1, version=5)
    say("room", times=30)
    with Serving(Live(database_url, ring_size=10)) as site, site.ear("room", account=1, version=4) as ear:
        assert ear.answer.status_code == 401


HERE, THERE = "a" * 64, "b" * 64


def sign_out(account, session):
    from datetime import UTC, datetime

    from oneroom.apps.people.services import session_closed
    from oneroom.engine.values import Actor

    session_closed(session=session, by=Actor(account), at=datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_signing_out_ends_the_streams_of_this_session_and_no_other(site):
    with (
        site.ear("room", account=1, session=HERE) as here,
        site.ear("room", account=1, session=THERE) as there,
        site.ear("crew:2", account=2) as others,
    ):
        here.next(), there.next(), others.next()

        sign_out(1, HERE)

        assert here.rest()[-1] == "access"
        with site.ear("room", account=1, session=HERE) as again:
            assert again.answer.status_code == 401
        sent = httpx.post(
            f"{site.url}/positions",
            json={"fixes": []},
            headers={"Authorization": f"Bearer {ticket('crew:1', account=1, session=HERE)}"},
        )
        assert sent.status_code == 401
        say("room", "crew:2")
        assert skip_positions(there)[1]["seq"] == others.changes(1)[0] == 2
        with site.ear("room", account=1, session=THERE) as more:
            assert more.answer.status_code == 200


def test_a_process_that_starts_later_refuses_the_tickets_of_closed_sessions_too(database_url):
    sign_out(1, HERE)
    say("room", times=30)
    with Serving(Live(database_url, ring_size=10)) as site:
        with site.ear("room", account=1, session=HERE) as ear:
            assert ear.answer.status_code == 401
        with site.ear("room", account=1, session=THERE) as ear:
            assert ear.answer.status_code == 200


def test_closed_sessions_are_remembered_no_longer_than_their_tickets_live(monkeypatch):
    hub = stream_hub.Hub()
    hub.restart(0, [], {}, [HERE])
    late = time.monotonic() + stream_hub.REMEMBERED_S + 1
    monkeypatch.setattr(stream_hub.time, "monotonic", lambda: late)
    hub.restart(0, [], {}, [THERE])

    assert list(hub._closed) == [THERE]


# ---- dead, slow and too many ---------------------------------------------------


def abort(connection):
    """Vanish like a phone whose battery is pulled: a reset, no good-bye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def raw_stream(site, account):
    parts = urlsplit(site.url)
    connection = socket.create_connection((parts.hostname, parts.port))
    request = f"GET /live?ticket={ticket('crew:1', account=account)} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
    connection.sendall(request.encode())
    heard = b""
    while b"hello" not in heard:
        heard += connection.recv(4096)
    return connection


def test_fifty_aborted_clients_leave_no_handler_behind(site):
    tasks_before = site.on_loop(lambda: len(asyncio.all_tasks()))
    connections = [raw_stream(site, account) for account in range(50)]
    assert site.on_loop(lambda: site.live.hub.streams) == 50

    for connection in connections:
        abort(connection)

    until(lambda: site.on_loop(lambda: site.live.hub.streams) == 0)
    until(lambda: site.on_loop(lambda: len(asyncio.all_tasks())) <= tasks_before)
    assert not site.live.hub._by_scope
    assert not site.live.hub._by_account


def test_one_stream_too_many_closes_the_oldest_of_the_account(site, monkeypatch):
    monkeypatch.setattr(stream_hub, "STREAMS_PER_ACCOUNT", 2)
    with site.ear("crew:1") as first, site.ear("crew:1") as second:
        first.next(), second.next()
        with site.ear("crew:1") as third:
            third.next()
            assert first.rest() == ["crowded"]
            say("crew:1")
            assert second.changes(1) == third.changes(1) == [1]


def test_a_slow_listener_is_reset_and_costs_no_memory(database_url):
    with Serving(Live(database_url, ring_size=100)) as site:
        connection = raw_stream(site, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(8):
            say("crew:1", times=500)  # about 400 KB that nobody reads
        until(lambda: site.live.hub.ring.head == 4_000)
        heard = b""
        connection.settimeout(5)
        while b"event: reset" not in heard:
            heard += connection.recv(65536)
        connection.close()
        assert len(site.live.hub.ring) == 100


def test_who_takes_nothing_for_too_long_is_given_up(database_url, monkeypatch):
    monkeypatch.setattr(stream_app, "STALL_S", 0.3)
    with Serving(Live(database_url)) as site, site.ear("crew:2", account=2) as awake:
        awake.next()
        connection = raw_stream(site, 1)
        until(lambda: site.live.hub.streams == 2)
        site.on_loop(lambda: flood(site, account=1))
        say("crew:1")

        until(lambda: site.live.hub.streams == 1)

        say("crew:2")
        assert awake.changes(1) == [2], "the others are told as before"
        connection.close()


def flood(site, account):
    """Tell somebody more than the kernel keeps for him."""
    for listener in site.live.hub._by_account[account]:
        listener.positions = b":" + bytes(30_000_000) + b"\n\n"
        listener.wake.set()


def test_a_quiet_stream_shows_a_sign_of_life_and_where_it_is(site, monkeypatch):
    monkeypatch.setattr(stream_app, "BEAT_S", 0.2)
    with site.ear("crew:1") as ear:
        ear.next()
        say("room", times=7)  # not for this one
        until(lambda: site.live.hub.ring.head == 7)

        frames = [ear.next() for _ in range(3)]

        assert {name for name, _, _ in frames} == {"beat"}
        assert frames[-1][2] == "7"
        assert frames[-1][1]["lag_s"] < 2


def test_the_end_of_the_process_ends_the_streams(database_url):
    site = Serving(Live(database_url))
    with site, site.ear("crew:1") as ear:
        ear.next()
        asyncio.run_coroutine_threadsafe(site.live.stop(), site.loop).result(5)
        assert ear.rest() == []


# ---- the database goes away ------------------------------------------------------


def test_a_database_that_is_not_there_refuses_streams_and_says_so(monkeypatch):
    monkeypatch.setattr(stream_app, "READY_S", 0.1)
    with Serving(Live("postgresql:///nowhere?host=/nonexistent")) as site:
        began = time.monotonic()
        answer = httpx.get(f"{site.url}/healthz")
        assert (answer.status_code, answer.json()["state"]) == (503, "failed")
        with site.ear("room") as ear:
            assert (ear.answer.status_code, ear.answer.headers["retry-after"]) == (503, "2")
        assert time.monotonic() - began < 1


def test_a_lost_connection_loses_nothing(site):
    from django.db import connection

    with site.ear("crew:1") as ear:
        ear.next()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'oneroom tail' AND datname = current_database()"
            )
        say("crew:1", times=3)
        assert ear.changes(3) == [1, 2, 3]


def test_a_database_that_was_put_back_resets_everybody(site):
    from django.db import connection

    with site.ear("crew:1") as ear:
        ear.next()
        say("crew:1", times=5)
        assert ear.changes(5) == [1, 2, 3, 4, 5]

        with connection.cursor() as cursor:  # as restoring an older backup does
            cursor.execute("TRUNCATE ledger_entry; DELETE FROM ledger_chainhead")
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'oneroom tail' AND datname = current_database()"
            )

        assert ear.next() == ("reset", {"seq": 0}, "0")
        say("crew:1")
        assert ear.changes(1) == [1]


def test_a_hung_connection_is_cut_and_made_anew(database_url, monkeypatch):
    from django.db import connection, transaction

    from oneroom.web.stream import tail

    monkeypatch.setattr(tail, "HUNG_S", 0.5)
    with Serving(Live(database_url)) as site, site.ear("crew:1") as ear:
        ear.next()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE")  # the tail's query gets no answer
            until(lambda: httpx.get(f"{site.url}/healthz").json()["parts"]["stream"]["state"] == "failed")
        say("crew:1")
        frame = ear.next()
        while frame[0] == "beat":  # each second of the hang says how old the screen is
            frame = ear.next()
        assert (frame[0], frame[1]["seq"]) == ("change", 1)


def skip_positions(ear):
    frame = ear.next()
    while frame[0] == "positions":
        frame = ear.next()
    return frame
