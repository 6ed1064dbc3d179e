"""A real server of the live half, and ears that listen to it over real sockets."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from oneroom.engine.values import SYSTEM
from oneroom.project.server import configured
from oneroom.web import tickets
from oneroom.web.live import Live
from tests.waiting import PATIENCE_S


class Serving:
    """
    One web process' live half: uvicorn in a loop of its own thread, as in production. ``app`` may stand before it.
    """

    def __init__(self, live: Live, app=None) -> None:
        self.live = live
        self.loop = asyncio.new_event_loop()
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._server = uvicorn.Server(configured(app or live))
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening,))

    def __enter__(self):
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self.live.stop(), self.loop).result(PATIENCE_S)
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self, listening):
        async def serve():
            await self.live.start()
            self._up.set()
            await self._server.serve(sockets=[listening])

        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(serve())

    def on_loop(self, ask):
        """The answer of a function that must run in the server's loop."""

        async def run():
            return ask()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(PATIENCE_S)

    @contextmanager
    def ear(self, *scopes: str, account: int = 9, version: int = 1, last=None, header=None, life_s=60.0, session=""):
        query = {"ticket": ticket(*scopes, account=account, version=version, life_s=life_s, session=session)}
        if last is not None:
            query["last"] = str(last)
        headers = {} if header is None else {"Last-Event-ID": str(header)}
        with (
            httpx.Client(timeout=PATIENCE_S) as client,
            client.stream("GET", f"{self.url}/live", params=query, headers=headers) as answer,
        ):
            yield Ear(answer)


class Ear:
    """An open stream; each frame is (event, data, id)."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._frames = self._read() if answer.status_code == 200 else iter(())

    def _read(self) -> Iterator[tuple[str, dict, str | None]]:
        fields: dict[str, str] = {}
        for line in self.answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                yield fields["event"], json.loads(fields["data"]), fields.get("id")
                fields = {}

    def next(self) -> tuple[str, dict, str | None]:
        """The next frame that tells of the city; how the machinery is has a question of its own."""
        return next(f for f in self._frames if f[0] != "machinery")

    def frames(self) -> Iterator[tuple[str, dict, str | None]]:
        """Every frame, as it comes."""
        return self._frames

    def machinery(self) -> dict:
        """What is said next of the machinery."""
        return next(data for name, data, _ in self._frames if name == "machinery")

    def rest(self) -> list[str]:
        """The names of all frames until the server ends the stream, but for the machinery's."""
        return [name for name, _, _ in self._frames if name != "machinery"]

    def changes(self, count: int) -> list[int]:
        """The numbers of the next ``count`` changes; any other frame is a failure."""
        found = []
        for _ in range(count):
            name, data, where = self.next()
            assert name == "change", (name, data)
            assert where == str(data["seq"])
            found.append(data["seq"])
        return found


def ticket(*scopes: str, account: int = 9, version: int = 1, life_s: float = 60.0, session: str = "") -> str:
    import time

    mine = frozenset({*scopes, "all", f"account:{account}"})
    return tickets.seal(tickets.Ticket(account, mine, version, time.time() + life_s, session))


def say(*scopes: str, crew: int = 1, times: int = 1) -> None:
    """Let something happen that these scopes hear of."""
    from datetime import UTC, datetime

    from oneroom.apps.ledger.services import note, service

    @service
    def happen():
        for _ in range(times):
            note(
                "crew.state",
                f"crew:{crew}",
                by=SYSTEM,
                at=datetime(2026, 3, 1, 12, tzinfo=UTC),
                to=scopes,
                crew=crew,
                unit=1,
                state="available",
            )

    happen()
