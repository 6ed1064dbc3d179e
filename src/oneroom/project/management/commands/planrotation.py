"""``oneroom planrotation``: a round of moves from a file of facts, for planners; reads and writes no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oneroom.engine.rotation.planner import Impossible, plan
from oneroom.engine.values import BadInput
from oneroom.ports.formats.rotation import read_round, write_answer


class Command(BaseCommand):
    help = "Plan a round of moves from a JSON file of people, posts and rules; exit code 1 if there is no plan."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="as src/oneroom/ports/formats/rotation.py describes it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            answer = plan(*read_round(file.read_bytes()))
        except OSError as fault:
            raise CommandError(f"{file} cannot be read: {fault.strerror}") from fault
        except BadInput as bad:
            raise CommandError(f"{bad.field}: {str(bad.message) % bad.params}") from bad
        self.stdout.write(write_answer(answer))
        if isinstance(answer, Impossible):
            sys.exit(1)
