import asyncio
import contextlib
import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from oneroom.project import parts, stage
from oneroom.project.clock import FASTEST, FileClock
from oneroom.project.demo import outside
from oneroom.project.demo.city import City, bundled
from oneroom.project.demo.shifts import CREWS
from oneroom.project.listening import listen
from oneroom.project.management.commands.runcrews import DAYS
from oneroom.project.supervisor import Supervisor
from oneroom.project.trouble import Trouble

HOST = "127.0.0.1"  # and never another: in the demo anybody may pick any role
STORE_EVERY_S = 1.0


class Command(BaseCommand):
    help = "Run the demo: a simulated city on this machine, for anybody to try."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--city", default=stage.DEFAULT_CITY, help="shanghai (the default) or jinan")
        parser.add_argument("--day", default="usual", help="usual, or surge: a storm evening begins at once")
        parser.add_argument(
            "--crews", type=int, default=CREWS, help=f"on duty by day (default: {CREWS}); fewer for a small machine"
        )
        parser.add_argument("--speed", type=float, help=f"0 (paused) to {FASTEST:g} times; else as it was left")

    def handle(
        self, *args: Any, port: int, city: str, day: str, crews: int, speed: float | None, **options: Any
    ) -> None:
        if speed is not None and not 0 <= speed <= FASTEST:
            raise Trouble(f"--speed is between 0 (paused) and {FASTEST:g}.")
        found = bundled(city, crews)
        if day not in DAYS:
            raise Trouble(f"There is no such day {day!r}: choose one of {', '.join(DAYS)}.")
        listen(HOST, port).close()
        scene = stage.set_stage(city, crews)
        self._say(f"The demo's data is in {scene.server.folder}")
        with scene.server:
            scene.server.database(scene.database)
            clock = FileClock(scene.clock_file)
            self._prepare(clock, found, speed)
            os.environ.update(outside.gateways(HOST, port))
            running = [parts.web(HOST, port), parts.clock(), parts.courier(), parts.auditor(), parts.planner()]
            running.append(parts.crews(port, city, day, crews))
            tell = f"OneRoom (simulated data / 模拟数据) is open at http://{HOST}:{port}/start/   Ctrl-C stops it."
            Supervisor(running, beside=[lambda: self._when_open(port, tell), lambda: _store(clock)]).run()
            clock.checkpoint()
        self._say("The demo is stopped. Its data is kept, and it goes on from here at the next start.")

    def _prepare(self, clock: FileClock, city: City, speed: float | None) -> None:
        from oneroom.project.demo import world  # the largest part of the demo, and wanted nowhere else

        call_command("migrate", interactive=False, verbosity=0)
        call_command("auditrole", verbosity=0)
        empty = world.needed()
        if empty or not clock.exists():
            clock.start(world.begins_at(), speed if speed is not None else 1.0)
        else:
            clock.resume(speed)
        if empty:
            self._say(f"Making the simulated city of {city.code} …")
            world.load(city, at=clock.now())

    async def _when_open(self, port: int, text: str) -> None:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        self._say(text)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


async def _store(clock: FileClock) -> None:
    while True:
        clock.checkpoint()
        await asyncio.sleep(STORE_EVERY_S)
