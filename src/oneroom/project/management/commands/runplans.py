import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from oneroom.apps.plans.running import turn
from oneroom.project.beat import Beat
from oneroom.project.database import to_url
from oneroom.project.watching.make import watch

EVERY_S = 1.0
LAST = 19  # whoever answers a call comes first


class Command(BaseCommand):
    help = "Run the planner process alone: plans that somebody asked for are run, when nothing else needs the cores."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what waits, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        os.nice(LAST)
        if once:
            while turn():
                pass
            return
        watching = watch("planner", to_url(connection.settings_dict))
        watching.start()

        def alive() -> None:
            watching.tick(True)

        beat = Beat(EVERY_S, lambda: turn(alive=alive, stopping=lambda: beat.stopping), after=watching.tick)
        beat.run()
        watching.stop()
