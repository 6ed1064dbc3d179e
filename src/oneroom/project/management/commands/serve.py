from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from oneroom.project import safety
from oneroom.project.parts import archive, auditor, clock, courier, planner, web
from oneroom.project.supervisor import Supervisor
from oneroom.project.trouble import Trouble


class Command(BaseCommand):
    help = "Run OneRoom for real, on the database of ONEROOM_DATABASE_URL."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where a proxy with TLS reaches it (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--only",
            choices=["web", "clock", "courier", "auditor", "archive", "planner"],
            help="run one part, as on several machines",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        if found := safety.objections(auditor=only in (None, "auditor")):
            raise Trouble("OneRoom does not start:\n" + "\n".join(f"  - {sentence}" for sentence in found))
        parts = [web(options["host"], options["port"]), clock(), courier(), auditor(), planner()]
        if settings.ARCHIVED:
            parts.append(archive())
        elif only == "archive":
            raise Trouble("ONEROOM_BACKUPS is not set: it names the folder that the archive writes to.")
        Supervisor([part for part in parts if only in (None, part.name)]).run()
