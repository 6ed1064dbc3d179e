"""
Runs the processes of one OneRoom: starts them, passes on what they print, restarts the dead and the hung, stops all
in order.

Nothing outlives it. A stop (Ctrl-C, SIGTERM, a closed terminal) asks the parts one by one, the last started first, and
kills those that have not ended when the time of all is over: on a busy machine each has most of it. If the supervisor
itself is killed, the kernel kills its children (`lifeline.py`).
Why not honcho or circus: docs/adr/0004-supervisor.md.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from oneroom.project.lifeline import tied_to_me

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_S = 30.0  # a part that ran this long begins again with the short pause
LOOK_S = 1.0  # how often is looked for what hangs
TURN_S = 1.5  # one part is asked to stop so long before the next; a quick one at once
STOP_S = 8.0  # for all of them: below the ten after which a container's engine kills, above the web's own patience
LONGEST_LINE = 1 << 20
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Part:
    """
    A process to keep running: `name` stands before each of its lines; `environment` is added to ours.

    `silent_for(pid)` says for how many seconds this very process has given no sign of life, None if it never gave one.
    After `hung_s` it is killed, and so comes back: our processes are safe to kill, because every act is a transaction.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    silent_for: Callable[[int], float | None] | None = None
    hung_s: float = 90.0


class Supervisor:
    """`run()` returns when it was told to stop and everything it started has ended."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        beside: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
        out: TextIO | None = None,
    ):
        self.parts = parts
        self._beside = beside
        self._out = out or sys.stderr
        self._width = max(len(part.name) for part in parts)
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()

    def run(self) -> None:
        """For the main thread: it takes the signals, and children are tied to the thread that starts them."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOPPERS:
            loop.add_signal_handler(number, self._stopping.set)
        keepers = [asyncio.create_task(self._keep(part)) for part in self.parts]
        beside = [asyncio.create_task(work()) for work in (self._end_the_hung, *self._beside)]
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await _until(stop, keepers + beside)
        finally:
            self._stopping.set()
            for task in beside:
                task.cancel()
            deadline = time.monotonic() + STOP_S
            asked = [await self._ask(part, min(TURN_S, deadline - time.monotonic())) for part in reversed(self.parts)]
            for part, process in filter(None, asked):
                await self._end(part, process, deadline - time.monotonic())
            await asyncio.gather(*keepers, *beside, return_exceptions=True)

    async def _keep(self, part: Part) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began_s = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **(part.environment or {})},
                limit=LONGEST_LINE,
                process_group=0,  # Ctrl-C reaches us alone, and we decide who stops when
                preexec_fn=tied_to_me(signal.SIGKILL),
            )
            self._running[part.name] = process
            if self._stopping.is_set():  # told to stop while it was being started: nobody else will end it
                process.kill()
            await self._pass_on(part, process)
            code = await process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - began_s > HEALTHY_S:
                pause_s = FIRST_PAUSE_S
            self._say(part.name, f"ended with {code}; it is started again in {pause_s:g} s")
            await _within(pause_s, self._stopping.wait())
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _end_the_hung(self) -> None:
        """What stands still is not dead, so nobody would start it again."""
        while True:
            await asyncio.sleep(LOOK_S)
            for part in self.parts:
                process = self._running.get(part.name)
                if part.silent_for is None or process is None or process.returncode is not None:
                    continue
                silent_s = part.silent_for(process.pid)
                if silent_s is not None and silent_s > part.hung_s:
                    self._say(part.name, f"gave no sign of life for {silent_s:.0f} s, so it is killed")
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)

    async def _pass_on(self, part: Part, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # a line over LONGEST_LINE: its rest follows as lines of its own
                continue
            if not line:
                return
            self._say(part.name, line.decode(errors="replace").rstrip())

    async def _ask(self, part: Part, patience_s: float) -> tuple[Part, asyncio.subprocess.Process] | None:
        process = self._running.get(part.name)
        if process is None or process.returncode is not None:
            return None
        process.terminate()
        await _within(patience_s, process.wait())
        return part, process

    async def _end(self, part: Part, process: asyncio.subprocess.Process, patience_s: float) -> None:
        if process.returncode is None and not await _within(patience_s, process.wait()):
            self._say(part.name, "does not stop, so it is killed")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # also whatever it may have started and left

    def _say(self, name: str, line: str) -> None:
        with contextlib.suppress(OSError):  # whoever read this is gone; the work goes on
            print(f"{name:{self._width}} | {line}", file=self._out, flush=True)


async def _until(stop: asyncio.Task[Any], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Return when `stop` is done; raise what one of the `tasks` raises before."""
    pending: set[asyncio.Task[Any]] = {stop, *tasks}
    while not stop.done():
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _within(seconds: float, work: Awaitable[Any]) -> bool:
    try:
        await asyncio.wait_for(work, max(seconds, 0.0))
    except TimeoutError:
        return False
    return True
