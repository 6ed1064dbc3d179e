"""
50 consoles on one web process while ten incidents a minute are taken and worked: how soon does everybody see it?

Each console does what the room's page does (`panel.js`): it holds the event stream and fetches the queue, the head line
and the crews board again for the kinds of entries that each is for, at most once a second for each panel, with up to
250 ms of jitter and `If-None-Match`; one matter is open on each. The city is that of `proposals.py`: 500 crews, 30 open
incidents. Incidents are taken, sent, signed, driven to, arrived at, reported and left by the real services.

A change is visible on a console when an answer for its queue came in that was made after the change's own entry; the
clock is CLOCK_MONOTONIC, one for all processes. Pages are panel answers with a body; unchanged ones (304) are told too.

Peer, in the same run: the same changes as the streams of the same consoles told them.
"""

from __future__ import annotations

import asyncio
import json
import math
import socket
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from house import house, sit_down_as
from line import report
from proposals import build_city
from push import SPAWN, percentile, serve, wait_for

CLAIM = "a change visible on a second console; 50 consoles on one process, 10 incidents a minute taken and worked"
CONSOLES, A_MINUTE, FOR_S, WARM_UP_S = 50, 10, 45.0, 8.0
VISIBLE_S, PAGES_A_SECOND = 1.0, 60.0
REOPENED = -1  # no status: a kept connection that was closed before a byte of the answer came, and opened anew
PACE_S, BOARD_S, JITTER_S = 0.8, 5.0, 0.15  # as panel.js and room.js have it
QUEUE, CREWS = "/room/queue?with=head", "/room/crews"
OF_QUEUE = ("incident.", "assignment.", "ladder.")
KINDS = {
    QUEUE: (*OF_QUEUE, "draft.", "call.", "referral.", "crew.", "sos.", "desk."),
    CREWS: ("crew.", "assignment."),
}  # fmt: skip


def main() -> None:
    with house("consoles") as url:
        measure(url)


def measure(database_url: str) -> None:
    """Start the process and the consoles, work the incidents, print the line."""
    dispatcher, matters = build_city(Random(36))
    people = sit_down()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = SPAWN.Process(target=serve, args=(port, database_url), daemon=True)
    server.start()
    wait_for(port)
    ours, theirs = SPAWN.Pipe()
    consoles = SPAWN.Process(target=watch_all, args=(theirs, port, people, [pk for pk, _ in matters]), daemon=True)
    consoles.start()
    try:
        ours.recv()
        begin, acts = time.monotonic(), work(dispatcher)
        span = time.monotonic() - begin
        time.sleep(3)
        ours.send("enough")
        seen: list[tuple[int, str, int, float, int]] = ours.recv()
        heard: list[tuple[int, int, float]] = ours.recv()
    finally:
        for process in (consoles, server):
            process.terminate()
            process.join(10)
    say(acts, seen, heard, begin, span)


def say(
    acts: list[tuple[int, float]],
    seen: list[tuple[int, str, int, float, int]],
    heard: list[tuple[int, int, float]],
    begin: float,
    span: float,
) -> None:
    """Reduce the times to the line. A change that a console never showed counts as infinitely late."""
    visible = [
        late
        for c in range(CONSOLES)
        for late in lateness(acts, [(n, t) for w, p, n, t, _ in seen if w == c and p == QUEUE])
    ]
    told = [late for c in range(CONSOLES) for late in lateness(acts, [(n, t) for w, n, t in heard if w == c])]
    during = [(panel, status) for _, panel, _, t, status in seen if begin <= t <= begin + span]
    pages = sum(status == 200 for _, status in during) / span
    ours, peer = percentile(visible, 95), percentile(told, 95)
    each = {f"{name}_a_second": round(sum(p == url and s == 200 for p, s in during) / span, 1)
            for name, url in (("queue", QUEUE), ("crews", CREWS), ("matter", "matter"))}  # fmt: skip
    report(
        CLAIM, value=round(ours, 2), unit="s, p95", peer=f"the same changes on the stream {peer:.3f} s, p95",
        ratio=round(ours / max(peer, 0.001), 1), bar=f"p95 <= {VISIBLE_S:g} s, <= {PAGES_A_SECOND:g} pages/s",
        ok=ours <= VISIBLE_S and pages <= PAGES_A_SECOND, p50=round(percentile(visible, 50), 2),
        pages_a_second=round(pages, 1), unchanged_a_second=round(sum(s == 304 for _, s in during) / span, 1),
        failed=sum(s not in (200, 304, REOPENED) for _, s in during),
        reopened=sum(s == REOPENED for _, s in during), acts=len(acts), seconds=round(span), **each,
    )  # fmt: skip


def lateness(acts: list[tuple[int, float]], got: list[tuple[int, float]]) -> list[float]:
    """How long after each act the first thing came that was made after it."""
    return [max(0.0, min((t for n, t in got if n >= seq), default=math.inf) - done) for seq, done in acts]


# ---- what happens ----------------------------------------------------------------


def sit_down() -> list[tuple[str, str]]:
    """Everybody at a console, signed in: (cookie, ticket for the stream)."""
    from django.conf import settings
    from django.test import Client

    from oneroom.apps.ledger.services import service
    from oneroom.apps.ledger.time import now
    from oneroom.apps.people.services import create_account, give_role
    from oneroom.engine.roles import Role
    from oneroom.engine.values import SYSTEM

    @service
    def hire() -> list[Any]:
        at = now()
        people = [create_account(username=f"room{n}", name="Room", by=SYSTEM, at=at) for n in range(CONSOLES)]
        for person in people:
            give_role(person.pk, Role.DISPATCHER, by=SYSTEM, at=at)
        return people

    seats = []
    for person in hire():
        client = Client(SERVER_NAME="127.0.0.1")
        sit_down_as(client, person)
        ticket = client.get("/api/ticket", headers={"Accept": "application/json"}).json()["ticket"]
        name = settings.SESSION_COOKIE_NAME
        seats.append((f"{name}={client.cookies[name].value}", ticket))
    return seats


def work(dispatcher: Any) -> list[tuple[int, float]]:
    """
    Take and work incidents at a steady pace, six acts for each, begun before the measure so that all six go on.

    Gives (number of the act's last entry for the room, moment after the commit).
    """
    from oneroom.apps.duty.queries import board
    from oneroom.apps.incidents import services
    from oneroom.apps.ledger.queries import last_seq
    from oneroom.apps.ledger.time import now
    from oneroom.apps.people.queries import actor_of

    chance, by = Random(50), actor_of(dispatcher)
    crews = iter(chance.sample([c for c in board() if c.state == "available" and c.lon], 60))
    acts: list[tuple[int, float]] = []
    under_way: list[list[Any]] = []  # [assignment, what comes next]
    every = 60 / A_MINUTE / 6  # ten incidents a minute and six acts for each
    begin = time.monotonic()

    def take() -> None:
        crew = next(crews)
        place = services.Where(crew.lon or 0.0, crew.lat or 0.0, zh="路口", en="Crossing")
        taken = services.take_report(
            services.Said("of this benchmark"),
            source="phone",
            where=place,
            category="dispute",
            grade=3,
            by=by,
            at=now(),
        )
        under_way.append([taken.incident_id, crew.id, 0])

    def advance(matter: list[Any]) -> None:
        matter[2] += 1
        if matter[2] == 1:
            [matter[0]] = services.offer(matter[0], [matter[1]], by=by, at=now())
        elif matter[2] <= 4:
            services.step(matter[0], ("acknowledge", "set_out", "arrive")[matter[2] - 2], by=by, at=now())
        else:
            services.report_and_clear(matter[0], outcome="mediated", by=by, at=now())
            under_way.remove(matter)

    n = 0
    while (gone := time.monotonic() - begin) < WARM_UP_S + FOR_S:
        time.sleep(max(0.0, n * every - gone))
        if n % 6 == 0 or not under_way:
            take()
        else:
            advance(under_way[chance.randrange(len(under_way))])
        if n * every >= WARM_UP_S:
            done = time.monotonic()
            acts.append((last_seq(["room"]), done))
        n += 1
    return acts


# ---- the consoles ------------------------------------------------------------------


def watch_all(pipe: Connection, port: int, people: list[tuple[str, str]], matters: list[int]) -> None:
    """All consoles, in one process."""
    asyncio.run(_watch_all(pipe, port, people, matters))


async def _watch_all(pipe: Connection, port: int, people: list[tuple[str, str]], matters: list[int]) -> None:
    consoles = [Console(n, port, cookie, matters[n % len(matters)]) for n, (cookie, _) in enumerate(people)]
    listening = [asyncio.create_task(c.listen(ticket)) for c, (_, ticket) in zip(consoles, people, strict=True)]
    await asyncio.wait_for(asyncio.gather(*(c.greeted.wait() for c in consoles)), 30)
    pipe.send("ready")
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)  # until enough was seen
    for task in listening:
        task.cancel()
    pipe.send([(c.n, *one) for c in consoles for one in c.seen])
    pipe.send([(c.n, *one) for c in consoles for one in c.heard])


class Console:
    """One screen: its stream, and its panels as `panel.js` keeps them."""

    def __init__(self, n: int, port: int, cookie: str, matter: int) -> None:
        self.n, self.port, self.cookie = n, port, cookie
        self.chance = Random(n)
        self.greeted = asyncio.Event()
        self.seen: list[tuple[str, int, float, int]] = []  # panel, number it was made at, when it came, status
        self.heard: list[tuple[int, float]] = []
        self.matter = f"incident:{matter}"
        self.panels = [Panel(self, url, url) for url in KINDS]
        self.panels.append(Panel(self, "matter", f"/room/incidents/{matter}"))

    async def listen(self, ticket: str) -> None:
        """Hold the stream, and wake the panels that a change is for."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /live?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        name = ""
        while line := await reader.readline():
            field, _, value = line.decode().strip().partition(": ")
            if field == "event":
                name = value
                if name == "hello":
                    self.greeted.set()
            elif field == "data" and name == "change":
                change = json.loads(value)
                self.heard.append((change["seq"], time.monotonic()))
                for panel in self.panels:
                    mine = change.get("matter") == self.matter if panel.name == "matter" else False
                    if mine or change["kind"].startswith(KINDS.get(panel.name, ("-",))):
                        panel.soon()


class Panel:
    """One panel: at most one fetch a second, and one more if something came meanwhile."""

    def __init__(self, console: Console, name: str, url: str) -> None:
        self.console, self.name, self.url = console, name, url
        self.pace_s = BOARD_S if url == CREWS else PACE_S
        self.etag, self.started = "", -self.pace_s
        self.task: asyncio.Task[None] | None = None
        self.fetching = self.again = False
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def soon(self) -> None:
        """Something changed."""
        if self.fetching:
            self.again = True
        elif self.task is None or self.task.done():
            self.task = asyncio.create_task(self.load())

    async def load(self) -> None:
        """Wait for the pace, fetch, and once more if something changed meanwhile."""
        while True:
            pace = max(0.0, self.started + self.pace_s - time.monotonic())
            await asyncio.sleep(pace + self.console.chance.uniform(0, JITTER_S))
            self.fetching, self.again, self.started = True, False, time.monotonic()
            try:
                await asyncio.wait_for(self.fetch(), 10)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):  # as a page does: another line, once more
                self.line, self.again = None, True
                self.console.seen.append((self.name, 0, time.monotonic(), 0))
            finally:
                self.fetching = False
            if not self.again:
                return

    async def fetch(self) -> None:
        """One GET over a kept connection, as a browser's: where that was closed meanwhile, once more over a new one."""
        kept = self.line is not None
        try:
            reader, head = await self._ask()
        except (ConnectionError, asyncio.IncompleteReadError) as gone:
            if not kept or getattr(gone, "partial", b""):
                raise
            self.line = None
            self.console.seen.append((self.name, 0, time.monotonic(), REOPENED))
            reader, head = await self._ask()
        status = int(head.split(" ", 2)[1])
        fields = {k.lower(): v for k, _, v in (row.partition(": ") for row in head.split("\r\n")[1:])}
        if status != 304:
            if "content-length" in fields:
                await reader.readexactly(int(fields["content-length"]))
            else:
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
        self.etag = fields.get("etag", self.etag)
        made_at = 0
        with suppress(ValueError):  # W/"<number of the last entry for the room>-<digest>"
            made_at = int(self.etag.split('"')[1].rsplit("-", 1)[0])
        self.console.seen.append((self.name, made_at, time.monotonic(), status))

    async def _ask(self) -> tuple[asyncio.StreamReader, str]:
        """Send the question; the head of the answer, and where the rest comes."""
        if self.line is None:
            self.line = await asyncio.open_connection("127.0.0.1", self.console.port)
        reader, writer = self.line
        known = f"If-None-Match: {self.etag}\r\n" if self.etag else ""
        writer.write(
            f"GET {self.url} HTTP/1.1\r\nHost: 127.0.0.1:{self.console.port}\r\nCookie: {self.console.cookie}\r\n"
            f"Accept: text/html\r\nAccept-Language: zh-hans\r\nX-Panel: 1\r\n{known}\r\n".encode()
        )
        return reader, (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


if __name__ == "__main__":
    main()
