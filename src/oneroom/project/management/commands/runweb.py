from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from oneroom.project.database import to_url


class Command(BaseCommand):
    help = "Run the web process alone: pages, the event stream, positions."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        from oneroom.project import server  # builds the site, which every other command would do in vain

        server.run(options["host"], options["port"], to_url(connection.settings_dict))
