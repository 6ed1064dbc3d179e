"""``oneroom audit``: the auditor's process, or one look for a monitor outside of the house."""

import socket
import sys
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from oneroom.apps.ledger.time import clock, now
from oneroom.project.auditor.auditor import Auditor
from oneroom.project.auditor.rounds import Finding, Moment, lines, look
from oneroom.project.beat import Beat
from oneroom.project.clock import RealClock
from oneroom.project.trouble import Trouble
from oneroom.project.watching.make import watch
from oneroom.project.watching.watch import Seen, Watch
from oneroom.project.watching.wire import Wire

EVERY_S = 2.0
WELL, FOUND, NO_DATA = 0, 1, 2


class Command(BaseCommand):
    help = "Run the auditor alone; with --once look one time and say by the exit code what was found."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="exit code 0: all is well, 1: something is wrong, 2: no data"
        )
        parser.add_argument("--demo", action="store_true", help="the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if not settings.AUDITOR_URL:
            raise Trouble("ONEROOM_AUDITOR_URL is not set: the auditor reads the database as a role of its own.")
        if once:
            sys.exit(self._once())
        auditor = Auditor(settings.AUDITOR_URL, node=socket.gethostname()[:64], moment=_moment)
        watching = watch("auditor", settings.AUDITOR_URL)
        watching.start()
        # One that stands by gives no sign: it must not make a stopped one look alive.
        Beat(EVERY_S, auditor.turn, after=lambda worked: None if auditor.stands_by else watching.tick(worked)).run()
        auditor.close()
        watching.stop()

    def _once(self) -> int:
        """Looks and judges, and writes nothing: any number of monitors may ask."""
        monitor = Watch(
            "monitor", url=settings.AUDITOR_URL, folder=settings.SIGNS_FOLDER, now=now, silent_s=settings.SILENT_S,
            grace=False,
        )  # fmt: skip
        seen, _heard, rows = monitor.glance(now())
        monitor.close()
        if rows is None:
            self.stdout.write("no data: the database does not answer the auditor's role")
            return NO_DATA
        try:
            with Wire(settings.AUDITOR_URL, name="oneroom audit --once", patience_s=60.0).use() as connection:
                found = look(connection, _moment())
        except psycopg.Error as fault:
            self.stdout.write(f"no data: a check could not be made ({type(fault).__name__})")
            return NO_DATA
        return self._say(seen, found)

    def _say(self, seen: Seen, found: list[Finding]) -> int:
        told = {(f.kind, f.subject) for f in found}
        others = [Finding(*row) for row in seen.wrong if (row[0], row[1]) not in told]
        for line in lines([*found, *others]):
            self.stdout.write(line)
        self.stdout.write(", ".join(f"{part} {state}" for part, state in seen.parts.items()))
        if "unheard" in seen.parts.values():
            return NO_DATA
        return FOUND if found or others else WELL


def _moment() -> Moment:
    at, mine = now(), clock()
    return Moment(at, mine.rate(), isinstance(mine, RealClock), settings.HEADS_FOLDER is not None)
