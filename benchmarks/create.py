"""
Incidents created over HTTP by 32 dispatchers at once, each by the whole way: session, rights, idempotency key, checked
place, sealed texts, ladder, ledger.

Peer, in the same minutes on the same server: `pgbench -M prepared -c 32` that inserts the same rows (`create.sql`) and
does nothing else: no head of the chain and no day's counter, so that no transaction waits for another.

Three ways take turns: one web process; Django in two processes of its own beside the one that holds the streams, as
a proxy in front sends them by path; one web process on a copy of the database with 1,000,000 more incidents. Only the
processes of the way that has its turn are there (each reads every new entry for its streams), started anew and warm.
Each turn begins with another of them; each ratio is of one turn, against the pgbench before it; the line has medians.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from board import _MATTERS
from consoles import sit_down
from house import house
from line import report
from proposals import build_city
from push import SPAWN, percentile, serve, wait_for

CLAIM = "incidents created over HTTP by 32 dispatchers at once, against pgbench inserting the same rows"
CLIENTS, TURNS, TURN_S, PGBENCH_S = 32, 3, float(os.environ.get("TURN_S", "8")), int(os.environ.get("TURN_S", "8"))
PAST = int(os.environ.get("PAST", "1000000"))
WARM_AFTER_S = 5.0  # as project/server.py has it
ONE_BAR, WORKERS_BAR, P99_MS, SLOWER = 0.025, 0.06, 500.0, 0.10
SQL = Path(__file__).with_suffix(".sql")

_REPORTS = """
INSERT INTO incidents_report (incident_id, source, received_at, code_hash, safe_contact, safe_ways, text_only,
    withdrawn)
SELECT id, 'phone', received_at, sha256(int8send(id)), 'no', '{}', false, false FROM incidents_incident
WHERE reference LIKE 'B%'"""


def main() -> None:
    with house("create") as url:
        measure(url)


def measure(url: str) -> None:
    """The town and its copy with a past, the processes, the turns, the line."""
    from oneroom.engine import roads

    build_city(Random(36))
    seats = [cookie for cookie, _ticket in sit_down()[:CLIENTS]]
    places = some_places()
    bare_url, big = copies(url)
    say("the city stands")
    ways = {"one": (url, 1, 0), "workers": (url, 2, 1), "past": (big, 1, 0)}
    roads.warm()  # compiled once for an installation
    ours, theirs = SPAWN.Pipe()
    people = SPAWN.Process(target=create_all, args=(theirs, seats, places), daemon=True)
    people.start()
    turns: list[dict[str, Any]] = []
    order = list(ways)
    try:
        for n in range(TURNS):
            bare = pgbench(bare_url)
            time.sleep(2)  # what the peer left to be tidied up
            found = {}
            for way in order[n % 3 :] + order[: n % 3]:
                with standing(*ways[way]) as ports:
                    turn(ours, ports, 3.0)  # what the first ones load is not measured
                    found[way] = turn(ours, ports, TURN_S)
            turns.append({"pgbench": bare, **found})
            rates = {way: round(one["rate"], 1) for way, one in found.items()}
            say(f"turn {n + 1}: pgbench {bare:.0f}/s, {rates}, load {os.getloadavg()[0]:.1f}")
    finally:
        people.terminate()
        people.join(10)
    tell(turns)


@contextmanager
def standing(url: str, many: int, beside: int) -> Iterator[list[int]]:
    """So many web processes on this database, and some that nobody asks, for the streams; the ports of the former."""
    os.environ["ONEROOM_DATABASE_URL"] = url
    ports = [free_port() for _ in range(many + beside)]
    servers = [SPAWN.Process(target=serve, args=(port, url), daemon=True) for port in ports]
    try:
        for server, port in zip(servers, ports, strict=True):
            server.start()
            wait_for(port)
        time.sleep(WARM_AFTER_S + 2)
        yield ports[:many]
    finally:
        for server in servers:
            server.terminate()
            server.join(10)


def tell(turns: list[dict[str, Any]]) -> None:
    """Reduce the turns to the line."""
    ratio = {w: statistics.median(t[w]["rate"] / t["pgbench"] for t in turns) for w in ("one", "workers")}
    slower = 1 - statistics.median(t["past"]["rate"] / t["one"]["rate"] for t in turns)
    p99 = {way: percentile([ms for t in turns for ms in t[way]["ms"]], 99) for way in ("one", "workers", "past")}
    rates = {way: round(statistics.median(t[way]["rate"] for t in turns), 1) for way in ("one", "workers", "past")}
    failed = sum(t[way]["failed"] for t in turns for way in rates)
    bare = statistics.median(t["pgbench"] for t in turns)
    report(
        CLAIM, value=rates["one"], unit="incidents/s", peer=f"pgbench -M prepared -c {CLIENTS}: {bare:.0f}/s",
        ratio=round(ratio["one"], 4),
        bar=f"ratio >= {ONE_BAR} in one process, >= {WORKERS_BAR} with workers, p99 <= {P99_MS:g} ms, "
        f"<= {SLOWER:.0%} slower with {PAST:,} incidents",
        ok=ratio["one"] >= ONE_BAR and ratio["workers"] >= WORKERS_BAR and max(p99.values()) <= P99_MS
        and slower <= SLOWER and not failed,
        ratio_workers=round(ratio["workers"], 4), slower_with_past=round(slower, 3), rates=rates,
        p99_ms={way: round(ms) for way, ms in p99.items()}, failed=failed, past=PAST, load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def copies(url: str) -> tuple[str, str]:
    """
    Two copies of the database: one for the peer, and one with simulated matters of the last ten months.

    The peer's entries have numbers of their own: in our database each web process would read them all.
    """
    from django.db import connections

    connections.close_all()
    with psycopg.connect(re.sub(r"/create\?", "/postgres?", url), autocommit=True) as server:
        for name in ("bare", "past"):
            server.execute(f'CREATE DATABASE {name} TEMPLATE "create"')
    bare, past = (re.sub(r"/create\?", f"/{name}?", url) for name in ("bare", "past"))
    with psycopg.connect(bare, autocommit=True) as conn:
        conn.execute("CREATE SEQUENCE bench_seq START 1000000000")
    with psycopg.connect(past, autocommit=True) as conn:
        stations = [pk for (pk,) in conn.execute("SELECT id FROM orgs_orgunit WHERE kind = 'station'")]
        at = conn.execute("SELECT now()").fetchone()
        given = {
            "now": at[0] if at else None,
            "many": PAST,
            "days": 310,
            "stations": (stations * 40)[:40],
            "open_from": PAST,
        }
        conn.execute(_MATTERS.encode(), given)
        conn.execute(_REPORTS.encode())
        conn.execute("VACUUM ANALYZE")
    return bare, past


def some_places() -> list[tuple[float, float]]:
    """Junctions of the city."""
    from oneroom.apps.places.queries import network

    graph, chance = network().graph, Random(4)
    nodes = [chance.randrange(graph.nodes) for _ in range(500)]
    return [(float(graph.node_lon[n]), float(graph.node_lat[n])) for n in nodes]


def pgbench(url: str) -> float:
    """Transactions a second of the peer."""
    from oneroom.project.embedded import find_postgres

    program = find_postgres() / "pgbench"
    asked = [
        str(program),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-T",
        str(PGBENCH_S),
        "-f",
        str(SQL),
        url,
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout + done.stderr)
    return float(found[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


# ---- the dispatchers -----------------------------------------------------------------


def turn(pipe: Connection, ports: list[int], seconds: float) -> dict[str, Any]:
    """What the dispatchers did on these ports in this time: rate, milliseconds of each, how many failed."""
    pipe.send((ports, seconds))
    found: dict[str, Any] = pipe.recv()
    return found


def create_all(pipe: Connection, seats: list[str], places: list[tuple[float, float]]) -> None:
    """All dispatchers, in one process, as often as they are asked."""
    while True:
        ports, seconds = pipe.recv()
        pipe.send(asyncio.run(_create_all(ports, seconds, seats, places)))


async def _create_all(
    ports: list[int], seconds: float, seats: list[str], places: list[tuple[float, float]]
) -> dict[str, Any]:
    until = time.perf_counter() + seconds
    desks = [desk(ports[n % len(ports)], n, cookie, places, until) for n, cookie in enumerate(seats)]
    begun = time.perf_counter()
    done = [one for each in await asyncio.gather(*desks) for one in each]
    span = time.perf_counter() - begun
    return {
        "rate": sum(ok for _, ok in done) / span, "ms": [ms for ms, _ in done], "failed": sum(not ok for _, ok in done)
    }  # fmt: skip


async def desk(
    port: int, n: int, cookie: str, places: list[tuple[float, float]], until: float
) -> list[tuple[float, bool]]:
    """One dispatcher: one incident after the other over one connection; (milliseconds, whether it was taken)."""
    chance, token = Random(time.time_ns() + n), "a" * 32
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = []
    while time.perf_counter() < until:
        lon, lat = chance.choice(places)
        body = json.dumps(
            {"source": "phone", "words": "two people shout at each other in front of the shop",
             "caller_name": "Li Ming", "caller_phone": f"138{chance.randrange(10**8):08}",
             "address": "house 12, flat 3", "category": "dispute", "grade": 3, "location": {"lon": lon, "lat": lat}}
        )  # fmt: skip
        began = time.perf_counter()
        writer.write(
            f"POST /api/incidents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}; csrftoken={token}\r\n"
            f"X-CSRFToken: {token}\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {chance.getrandbits(120):x}-bench\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = re.search(r"content-length: (\d+)", head)
        if size:
            await reader.readexactly(int(size[1]))
        else:
            while length := int(await reader.readline(), 16):
                await reader.readexactly(length + 2)
            await reader.readline()
        done.append(((time.perf_counter() - began) * 1e3, head.startswith("http/1.1 200")))
    writer.close()
    return done


if __name__ == "__main__":
    main()
