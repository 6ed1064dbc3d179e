"""
Everything at once on one web process: 500 crews that send a fix each five seconds, 50 consoles, ten incidents a minute.

The city is that of `proposals.py` (Shanghai's roads, 500 crews, 30 open incidents), the consoles those of
`consoles.py`. Incidents come in, are proposed for, sent, signed for, driven to, arrived at and reported over HTTP, by a
dispatcher of its own; the clock process runs beside. MINUTES=10 unless said otherwise.

Dispatch is the request that sends a crew; push is from the record's own time of the offer to the moment at which the
crew's phone has read it; the map's lag is from the moment at which a phone sends its fix to that at which a console has
read the crew there. Memory is the web process's resident size: flat is when its second half is no more than 5 % (or 10
MB) above its first, whose first minute is not counted.

Peer, in the same run: `/healthz`, asked for four times a second: what the machine itself lets a request wait.
"""

from __future__ import annotations

import asyncio
import heapq
import http.client
import json
import os
import statistics
import sys
import threading
import time
import uuid
from contextlib import suppress
from multiprocessing.connection import Connection
from random import Random
from typing import Any
from urllib.parse import urlencode

import psutil
from consoles import REOPENED, sit_down, watch_all
from create import free_port
from house import house
from ladders import start_clock
from line import report
from proposals import build_city
from push import SPAWN, percentile, serve, wait_for
from room import crew_ids

MINUTES = float(os.environ.get("MINUTES", "10"))
A_MINUTE, FIX_EVERY_S = 10, 5.0
DISPATCH_MS, PUSH_S, MAP_S, GROWN = 500.0, 1.0, 2.0, 0.05
STEPS = (("acknowledge", 6), ("set_out", 8), ("arrive", 40), ("report", 60))  # seconds after the step before
CLAIM = "500 crews at a fix each 5 s, 50 consoles, 10 incidents a minute on one web process"


def main() -> None:
    with house("together") as url:
        measure(url)


def measure(url: str) -> None:
    """The city, the processes, the minutes, the line."""
    _dispatcher, matters = build_city(Random(36))
    seats, port = sit_down(), free_port()
    crews = crew_ids()
    server = SPAWN.Process(target=serve, args=(port, url), daemon=True)
    server.start()
    wait_for(port)
    clock = start_clock()
    phones_end, theirs = SPAWN.Pipe()
    phones = SPAWN.Process(target=ride_all, args=(theirs, port, crews), daemon=True)
    consoles_end, theirs = SPAWN.Pipe()
    consoles = SPAWN.Process(
        target=watch_all, args=(theirs, port, seats[1:], [pk for pk, _ in matters]), daemon=True
    )  # fmt: skip
    phones.start()
    consoles.start()
    try:
        phones_end.recv(), consoles_end.recv()
        say("everybody is there")
        desk = Desk(port, seats[0][0])
        desk.warm_up()
        watching = Watching(port, server.pid or 0)
        watching.start()
        desk.work()
        watching.stop()
        for end in (phones_end, consoles_end):
            end.send("enough")
        heard: dict[str, Any] = phones_end.recv()
        pages = [status for *_, status in consoles_end.recv()]
        consoles_end.recv()
    finally:
        clock.terminate()
        for process in (phones, consoles, server):
            process.terminate()
            process.join(10)
    tell(desk, heard, pages, watching)


def tell(desk: Desk, heard: dict[str, Any], pages: list[int], watching: Watching) -> None:
    """Reduce it to the line. An order that no phone read counts as infinitely late."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (facts ->> 'assignment')::bigint, extract(epoch FROM recorded)::float8 FROM ledger_entry"
            " WHERE kind = 'assignment.offered' AND (facts ->> 'assignment')::bigint = ANY(%s)",
            [desk.sent],
        )
        offered = dict(cursor.fetchall())
    push = [max(0.0, heard["orders"].get(pk, float("inf")) - at) for pk, at in offered.items()]
    dispatch = percentile(desk.took_ms["offer"], 99)
    push_p99, map_p99, bare = percentile(push, 99), percentile(heard["lag_s"], 99), percentile(watching.bare_ms, 99)
    grown_mb, share = watching.grown()
    report(
        CLAIM, value=round(dispatch), unit="ms, p99 of dispatch requests", peer=f"/healthz {bare:.1f} ms, p99",
        ratio=round(dispatch / bare, 1),
        bar=f"dispatch p99 <= {DISPATCH_MS:g} ms, push p99 <= {PUSH_S:g} s, map p99 <= {MAP_S:g} s, memory flat",
        ok=dispatch <= DISPATCH_MS and push_p99 <= PUSH_S and map_p99 <= MAP_S and (share <= GROWN or grown_mb <= 10)
        and not desk.failed,
        dispatch_p50=round(percentile(desk.took_ms["offer"], 50)),
        p99_ms={name: round(percentile(ms, 99)) for name, ms in desk.took_ms.items()}, push_p99_s=round(push_p99, 3),
        map_p99_s=round(map_p99, 2), map_p50_s=round(percentile(heard["lag_s"], 50), 2), fixes=heard["fixes"],
        memory_mb=round(watching.rss[-1][1] / 1e6), grown_mb=round(grown_mb, 1), offers=len(push), failed=desk.failed,
        pages=sum(s == 200 for s in pages), pages_failed=sum(s not in (200, 304, REOPENED) for s in pages),
        reopened=pages.count(REOPENED), minutes=MINUTES,
        load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


class Watching(threading.Thread):
    """The peer, and the web process's memory, over the whole run."""

    def __init__(self, port: int, pid: int) -> None:
        super().__init__(daemon=True)
        self._port, self._process, self._over = port, psutil.Process(pid), threading.Event()
        self.bare_ms: list[float] = []
        self.rss: list[tuple[float, int]] = []

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        while not self._over.wait(0.25):
            began = time.perf_counter()
            line.request("GET", "/healthz")
            line.getresponse().read()
            self.bare_ms.append((time.perf_counter() - began) * 1e3)
            self.rss.append((time.monotonic(), self._process.memory_info().rss))

    def stop(self) -> None:
        self._over.set()
        self.join(40)

    def grown(self) -> tuple[float, float]:
        """How much larger the second half's middle is than the first's: MB, and as a share."""
        begun, over = self.rss[0][0], self.rss[-1][0]
        counted = [(at, size) for at, size in self.rss if at >= begun + min(60.0, (over - begun) / 4)]
        half = (counted[0][0] + over) / 2
        first = statistics.median(size for at, size in counted if at < half)
        second = statistics.median(size for at, size in counted if at >= half)
        return (second - first) / 1e6, (second - first) / first


class Desk:
    """A dispatcher who takes and works incidents over HTTP, one request after the other."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._token = port, "a" * 32
        self._cookie = f"{cookie}; csrftoken={self._token}"
        self.took_ms: dict[str, list[float]] = {"take": [], "proposals": [], "offer": [], "step": []}
        self.sent: list[int] = []
        self.failed = 0

    def warm_up(self) -> None:
        """What the first ones load (the roads, the names) is not measured."""
        for node in (1000, 2000, 3000):
            self._take(*self._at(node))
        for each in (*self.took_ms.values(), self.sent):
            each.clear()

    def _at(self, node: int) -> tuple[float, float]:
        from oneroom.apps.places.queries import network

        graph = network().graph
        return float(graph.node_lon[node % graph.nodes]), float(graph.node_lat[node % graph.nodes])

    def work(self) -> None:
        """Until the minutes are over: what is due next, at its time."""
        chance = Random(14)
        begun, every, n = time.monotonic(), 60 / A_MINUTE, 0
        due: list[tuple[float, int, int, int]] = []  # when, which incident, its assignment, which step
        said = 0
        while (gone := time.monotonic() - begun) < MINUTES * 60:
            if gone > said * 60:
                say(f"minute {said} of {MINUTES:g}, load {os.getloadavg()[0]:.1f}")
                said += 1
            next_s = min(n * every, due[0][0] if due else float("inf"))
            time.sleep(max(0.0, min(next_s - gone, 1.0)))
            if next_s > time.monotonic() - begun:
                continue
            if due and due[0][0] <= n * every:
                at, number, sent, step = heapq.heappop(due)
                self._step(sent, STEPS[step][0])
                if step + 1 < len(STEPS):
                    heapq.heappush(due, (at + STEPS[step + 1][1], number, sent, step + 1))
            else:
                assignment = self._take(*self._at(chance.randrange(1 << 30)))
                if assignment is not None:
                    heapq.heappush(due, (n * every + STEPS[0][1], n, assignment, 0))
                n += 1

    def _take(self, lon: float, lat: float) -> int | None:
        said = {
            "source": "phone", "words": "two people shout at each other", "caller_phone": "13800000000",
            "category": "dispute", "grade": 3, "location": {"lon": lon, "lat": lat},
        }  # fmt: skip
        taken = self._ask("take", "POST", "/api/incidents", said)
        if taken is None:
            return None
        found = self._ask("proposals", "GET", f"/api/incidents/{taken['id']}/proposals")
        crews = [row["crew"] for row in (found or {}).get("ranked", [])]
        sent = self._ask("offer", "POST", f"/api/incidents/{taken['id']}/offer", {"crews": crews[:1]})
        if sent is None:
            return None
        self.sent += sent["assignments"]
        return int(sent["assignments"][0])

    def _step(self, sent: int, verb: str) -> None:
        if verb == "report":
            self._ask("step", "POST", f"/api/assignments/{sent}/report", {"outcome": "mediated"})
        else:
            self._ask("step", "POST", f"/api/assignments/{sent}/step", {"verb": verb})

    def _ask(self, name: str, method: str, path: str, said: dict[str, Any] | None = None) -> Any:
        headers = {
            "Cookie": self._cookie, "X-CSRFToken": self._token, "Accept": "application/json",
            "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex,
        }  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        began = time.perf_counter()
        line.request(method, path, json.dumps(said) if said is not None else None, headers)
        answer = line.getresponse()
        body = answer.read()
        self.took_ms[name].append((time.perf_counter() - began) * 1e3)
        line.close()
        if answer.status != 200:
            self.failed += 1
            say(f"{method} {path}: {answer.status} {body[:200]!r}")
            return None
        return json.loads(body)


# ---- the phones, and a map that looks at them --------------------------------------------


def ride_all(pipe: Connection, port: int, crews: list[int]) -> None:
    """All phones in one process: each holds its stream and sends where it is; and one map."""
    import django

    django.setup()
    asyncio.run(_ride_all(pipe, port, crews))


async def _ride_all(pipe: Connection, port: int, crews: list[int]) -> None:
    from oneroom.web import tickets

    def ticket(account: int, scope: str) -> str:
        until = time.time() + MINUTES * 60 + 600
        return tickets.seal(tickets.Ticket(account, frozenset({scope, "all"}), 1000, until))

    orders: dict[int, float] = {}
    where: dict[int, dict[float, float]] = {crew: {} for crew in crews}
    lag_s: list[float] = []
    held = {crew: ticket(1_000_000 + crew, f"crew:{crew}") for crew in crews}
    tasks = [asyncio.create_task(hear(port, text, orders)) for text in held.values()]
    tasks.append(asyncio.create_task(watch_map(port, ticket(999_999, "room"), where, lag_s)))
    tasks += [asyncio.create_task(drive(port, crew, text, where[crew])) for crew, text in held.items()]
    await asyncio.sleep(FIX_EVERY_S * 2)
    lag_s.clear()
    pipe.send("ready")
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    for task in tasks:
        task.cancel()
    pipe.send({"orders": orders, "lag_s": lag_s, "fixes": len(lag_s)})


async def frames(port: int, ticket: str) -> Any:
    """The frames of a stream, (name, data), as they come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    asked = f"GET /live?{urlencode({'ticket': ticket})} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    writer.write(asked.encode())
    name = ""
    while line := await reader.readline():
        field, _, value = line.partition(b": ")
        if field == b"event":
            name = value.strip().decode()
        elif field == b"data":
            yield name, value


async def hear(port: int, ticket: str, orders: dict[int, float]) -> None:
    """A phone: when was each order read?"""
    async for name, data in frames(port, ticket):
        if name == "change" and b'"subject":"assignment:' in data:
            number = int(data.partition(b'"subject":"assignment:')[2].partition(b'"')[0])
            orders.setdefault(number, time.time())


async def watch_map(port: int, ticket: str, where: dict[int, dict[float, float]], lag_s: list[float]) -> None:
    """A console's map: how long after it was sent is each fix seen? A fix is known by its longitude."""
    async for name, data in frames(port, ticket):
        if name == "positions":
            at = time.monotonic()
            for row in json.loads(data)["positions"]:
                begun = where.get(row["crew"], {}).pop(row["lon"], None)
                if begun is not None:
                    lag_s.append(at - begun)


async def drive(port: int, crew: int, ticket: str, where: dict[float, float]) -> None:
    """A phone that sends where it is, each fix on a connection of its own, as `push.py` explains."""
    from datetime import UTC, datetime

    chance = Random(crew)
    await asyncio.sleep(chance.uniform(0, FIX_EVERY_S))
    while True:
        begun, lon = time.monotonic(), round(121.47 + chance.uniform(-0.05, 0.05), 6)
        fix = {"lon": lon, "lat": 31.23, "at": datetime.now(UTC).isoformat(), "speed_kmh": 30, "heading": 90}
        body = json.dumps({"fixes": [fix]})
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            where[lon] = begun
            head = f"POST /positions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {ticket}\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            await reader.readuntil(b"}")
            writer.close()
        await asyncio.sleep(max(0.0, begun + FIX_EVERY_S - time.monotonic()))


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
