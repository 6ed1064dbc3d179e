import os
import socket
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from oneroom.apps.ledger.time import clock
from oneroom.apps.orders.channel import channels
from oneroom.apps.orders.services.courier import Courier
from oneroom.project.beat import Beat
from oneroom.project.database import to_url
from oneroom.project.watching.make import watch

EVERY_S = 0.25


class Command(BaseCommand):
    help = "Run the courier process alone: messages go out by SMS and e-mail."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        courier = Courier(f"{socket.gethostname()}:{os.getpid()}", channels())

        def turn() -> bool:
            return courier.turn(clock().now(), rate=clock().rate()) > 0

        watching = watch("courier", to_url(connection.settings_dict))
        watching.start()
        Beat(EVERY_S, turn, after=watching.tick).run()
        courier.finish(clock().now(), rate=clock().rate())
        watching.stop()
