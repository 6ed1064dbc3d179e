"""
5,000 open streams on one web process, one alert to all of them; then the process is killed and started again.

Each stream is a client of its own account, over its own connection, in one other process that does little more than
look at its watch. An alert is an entry of the record for everybody; the clock starts when its commit returned, and is
CLOCK_MONOTONIC, one for all processes. Memory is what the web process's resident size grew by while the streams opened.

Then `kill -9`, and the process starts again as the supervisor would start it, while alerts go on being written. The
clients come back as a browser's EventSource does: after the pause that the stream told them, with the number of the
last event they have. All are back when each has every alert, once, in order, with no `reset` between.

Peer, in the same run: a process that does nothing but write the same bytes to 5,000 sockets of the same client.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode

import psutil
from house import house
from line import report
from push import SPAWN, percentile, serve, wait_for

STREAMS = int(os.environ.get("STREAMS", "5000"))
ALERTS, EVERY_S, MISSED = 20, 2.0, 10
P99_MS, STRETCH_MS, KB_EACH, BACK_S = 500.0, 120.0, 60.0, 20.0
CLAIM = f"{STREAMS} open streams on one process, one alert to all of them"
AT_ONCE = 100  # connections under way while they open


def main() -> None:
    with house("streams") as url:
        measure(url)


def measure(database_url: str) -> None:
    """Open them, alert them, kill the process, print the line."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    alert = make_alert()
    port = free_port()
    bare_ms = bare_limit(free_port())
    server = start(port, database_url)
    seq = alert()  # what the first one loads is no stream's
    time.sleep(8)  # the process has warmed what it warms
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    ours, ears = client(port, seq)
    say("streams are open")
    time.sleep(3)
    each_kb = (process.memory_info().rss - before) / STREAMS / 1024

    committed, busy = {}, process.cpu_times()
    for _ in range(ALERTS):
        number = alert()
        committed[number] = time.monotonic()
        time.sleep(EVERY_S)
    spent = process.cpu_times()
    cpu_ms = (spent.user + spent.system - busy.user - busy.system) / ALERTS * 1e3

    say("killing the web process")
    killed = time.monotonic()
    server.kill()
    server.join()
    server = start(port, database_url, wait=False)
    missed = []
    for _ in range(MISSED):
        missed.append(alert())
        time.sleep(0.2)
    ours.send(missed[-1])
    found = ours.recv()
    for other in (ears, server):
        other.terminate()
        other.join(10)
    tell(committed, [*committed, *missed], found, killed=killed, each_kb=each_kb, cpu_ms=cpu_ms, bare_ms=bare_ms)


def tell(
    committed: dict[int, float], every: list[int], found: dict[str, Any], *, killed: float, each_kb: float,
    cpu_ms: float, bare_ms: float,
) -> None:  # fmt: skip
    """Reduce what the streams heard to the line. An alert that a stream never heard counts as infinitely late."""
    late = [
        max(0.0, (heard.get(seq, float("inf")) - at) * 1e3) for heard in found["first"] for seq, at in committed.items()
    ]
    whole = sum(numbers == every for numbers in found["numbers"])
    back = max(found["back"], default=float("inf")) - killed
    p99 = percentile(late, 99)
    report(
        CLAIM, value=round(p99, 1), unit="ms, p99", peer=f"the same bytes to bare sockets {bare_ms:.1f} ms, p99",
        ratio=round(p99 / bare_ms, 2),
        bar=f"p99 <= {P99_MS:g} ms (stretch {STRETCH_MS:g}), <= {KB_EACH:g} KB each, back with no gap <= {BACK_S:g} s",
        ok=p99 <= P99_MS and each_kb <= KB_EACH and back <= BACK_S and whole == STREAMS and not found["resets"],
        p50=round(percentile(late, 50), 1), slowest=round(max(late), 1), kb_each=round(each_kb, 1),
        back_s=round(back, 1), without_gap=whole, resets=found["resets"], alerts=ALERTS,
        cpu_ms_an_alert=round(cpu_ms), client_cpu_ms_an_alert=round(found["cpu_ms"]), load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def make_alert() -> Callable[[], int]:
    """A function that writes an entry for everybody and gives its number."""
    from oneroom.apps.ledger.queries import head_seq
    from oneroom.apps.ledger.services import note, service
    from oneroom.apps.ledger.time import now
    from oneroom.engine.values import SYSTEM

    @service
    def act() -> None:
        note("incident.reviewed", "incident:1", by=SYSTEM, at=now(), to=("all",), matter="incident:1", incident=1)

    def alert() -> int:
        act()
        return head_seq()

    return alert


def start(port: int, database_url: str, *, wait: bool = True) -> Any:
    server = SPAWN.Process(target=serve, args=(port, database_url), daemon=True)
    server.start()
    if wait:
        wait_for(port)
    return server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def client(port: int, seq: int) -> tuple[Connection, Any]:
    """The process with all streams, once they are open."""
    ours, theirs = SPAWN.Pipe()
    ears = SPAWN.Process(target=listen_all, args=(theirs, port, seq), daemon=True)
    ears.start()
    ours.recv()
    return ours, ears


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


# ---- the bare limit ------------------------------------------------------------------

FRAME = b'id: 12345\nevent: change\ndata: {"seq":12345,"kind":"incident.reviewed","subject":"incident:1"}\n\n'


def bare_limit(port: int) -> float:
    """Milliseconds (p99) until the same client has the same bytes from a process that only writes to its sockets."""
    ours, theirs = SPAWN.Pipe()
    server = SPAWN.Process(target=write_bare, args=(theirs, port), daemon=True)
    server.start()
    ours.recv()
    client_end, ears = client(port, 0)
    began = {}
    for number in range(1, ALERTS + 1):
        ours.send(number)
        began[number] = ours.recv()
        time.sleep(EVERY_S / 2)
    client_end.send(ALERTS)
    found = client_end.recv()
    for process in (ears, server):
        process.terminate()
        process.join(10)
    return percentile([(heard[n] - began[n]) * 1e3 for heard in found["first"] for n in began], 99)


def write_bare(pipe: Connection, port: int) -> None:
    raise_limit()
    import uvloop

    writers: list[Any] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()

        class Hello(asyncio.Protocol):
            def __init__(self) -> None:
                self.transport: Any = None

            def connection_made(self, transport: Any) -> None:
                self.transport = transport
                writers.append(transport)

            def data_received(self, data: bytes) -> None:
                self.transport.write(b"HTTP/1.1 200 OK\r\n\r\nevent: hello\ndata: {}\n\n")

        server = await loop.create_server(Hello, "127.0.0.1", port, backlog=2048)
        pipe.send("ready")
        async with server:
            while True:
                number = await loop.run_in_executor(None, pipe.recv)
                frame = FRAME.replace(b"12345", str(number).encode())
                pipe.send(time.monotonic())
                for writer in writers:
                    writer.write(frame)

    uvloop.run(run())


# ---- the streams -----------------------------------------------------------------------


def raise_limit() -> None:
    """As many open files as this process may have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen_all(pipe: Connection, port: int, seq: int) -> None:
    """All streams, in one process."""
    import django
    import uvloop

    django.setup()
    raise_limit()
    uvloop.run(_listen_all(pipe, port, seq))


class Stream(asyncio.Protocol):
    """One client: what it heard, and how it comes back."""

    def __init__(self, port: int, ticket: str, last: int) -> None:
        self.port, self.ticket, self.last = port, ticket, last
        self.greeted, self.caught_up = asyncio.Event(), asyncio.Event()
        self.goal = sys.maxsize  # the number that the benchmark waits for
        self.first: dict[int, float] = {}
        self.numbers: list[int] = []
        self.resets, self.retry_s, self.rest = 0, 3.0, b""

    async def open(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.port)

    def connection_made(self, transport: Any) -> None:
        self.rest = b""
        after = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        head = f"GET /live?{urlencode({'ticket': self.ticket})} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{after}\r\n"
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        *frames, self.rest = (self.rest + data).split(b"\n\n")
        for frame in frames:
            if b"event: change" in frame:
                number = int(frame.partition(b"id: ")[2].partition(b"\n")[0])
                self.first[number] = at
                self.numbers.append(number)
                self.last = number
                if number >= self.goal:
                    self.caught_up.set()
            elif b"event: hello" in frame:
                self.greeted.set()
            elif b"event: reset" in frame:
                self.resets += 1
            elif b"retry: " in frame:
                self.retry_s = int(frame.partition(b"retry: ")[2]) / 1e3

    def connection_lost(self, _error: Exception | None) -> None:
        asyncio.get_running_loop().call_later(self.retry_s, self.again)

    def again(self) -> None:
        self.coming = asyncio.ensure_future(self._again())

    async def _again(self) -> None:
        try:
            await self.open()
        except OSError:
            asyncio.get_running_loop().call_later(self.retry_s, self.again)


async def _listen_all(pipe: Connection, port: int, seq: int) -> None:
    from oneroom.web import tickets

    streams = []
    for n in range(STREAMS):
        scopes = frozenset({"all", f"account:{n}", f"crew:{n}"})
        streams.append(Stream(port, tickets.seal(tickets.Ticket(n, scopes, 1000, time.time() + 3600)), seq))
    for first in range(0, STREAMS, AT_ONCE):
        some = streams[first : first + AT_ONCE]
        await asyncio.gather(*(stream.open() for stream in some))
        await asyncio.wait_for(asyncio.gather(*(stream.greeted.wait() for stream in some)), 60)
    pipe.send("open")
    used = time.process_time()
    last = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)  # the number to wait for
    cpu_ms = (time.process_time() - used) / ALERTS * 1e3
    for stream in streams:
        stream.goal = last
    waiting = [asyncio.create_task(stream.caught_up.wait()) for stream in streams if stream.last < last]
    if waiting:
        await asyncio.wait(waiting, timeout=90)
    pipe.send(
        {
            "first": [stream.first for stream in streams],
            "numbers": [stream.numbers for stream in streams],
            "back": [stream.first.get(last, float("inf")) for stream in streams],
            "resets": sum(stream.resets for stream in streams),
            "cpu_ms": cpu_ms,
        }
    )


if __name__ == "__main__":
    main()
