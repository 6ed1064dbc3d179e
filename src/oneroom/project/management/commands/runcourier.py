import os
import socket
from typing import Any

from django.core.management.base import BaseCommand

from oneroom.apps.ledger.time import clock
from oneroom.apps.orders.channel import channels
from oneroom.apps.orders.services import courier
from oneroom.project.beat import Beat

EVERY_S = 0.25


class Command(BaseCommand):
    help = "Run the courier process alone: messages go out by SMS and e-mail."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker = f"{socket.gethostname()}:{os.getpid()}"
        ways = channels()

        def turn() -> bool:
            return courier.work(clock().now(), worker=worker, channels=ways, rate=clock().rate()) > 0

        Beat(EVERY_S, turn).run()
