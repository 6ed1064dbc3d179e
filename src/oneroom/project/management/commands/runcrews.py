import asyncio
import logging
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from oneroom.project.demo.shifts import CREWS
from oneroom.project.trouble import Trouble

DAYS = ("usual", SURGE := "surge")


class Command(BaseCommand):
    help = "Run the demo's simulated crews and room alone, as people who come in over HTTP."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the demo's web process listens")
        parser.add_argument("--city", default="shanghai")
        parser.add_argument("--day", default="usual", choices=DAYS)
        parser.add_argument("--crews", type=int, default=CREWS)

    def handle(self, *args: Any, port: int, city: str, day: str, crews: int, **options: Any) -> None:
        if not settings.DEMO:
            raise Trouble("Simulated crews belong to the demo: start it with `oneroom demo`.")
        from oneroom.project.demo.city import bundled  # brings numba, which every other command would load in vain
        from oneroom.project.demo.simulator import Simulator

        logging.getLogger("httpx").setLevel(logging.WARNING)
        zone, address = ZoneInfo(settings.TIME_ZONE), f"http://127.0.0.1:{port}"
        simulator = Simulator(bundled(city, crews), address, zone, surge=day == SURGE)
        asyncio.run(simulator.run())  # there is nothing to save: a SIGTERM may end it anywhere
