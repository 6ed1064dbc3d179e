"""``oneroom report``: the transparency report of a month, which anybody with an export computes again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.transparency import Computed, exported, here, the_month
from oneroom.engine.measures.transparency import last_whole, month
from oneroom.engine.values import BadInput
from oneroom.project.management.commands.export import ABOUT
from oneroom.web.pages.transparency.views import as_page, as_text


class Command(BaseCommand):
    help = "Compute the transparency report of a month from the record; exit code 1 if another one was published."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", default="", help="2026-10; the last whole month unless said")
        parser.add_argument("--export", type=Path, help="what `oneroom export` wrote; needs no database")
        parser.add_argument("--into", type=Path, help="a folder for the report as JSON, and in each language as HTML "
                            "and text")  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print the bytes whose digest is published")
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = self._computed(options["month"], options["export"])
        except BadInput as bad:
            raise CommandError(str(bad)) from bad
        if options["into"]:
            self._write(options["into"], made)
        elif options["json"]:
            self.stdout.write(made.content.decode(), ending="")
        else:
            for language, _name in settings.LANGUAGES:
                with override(language):
                    self.stdout.write(as_text(made.content))
        if not made.agrees:
            self.stderr.write(f"{made.month}: another report was published, with the digest {made.published}.")
            sys.exit(1)

    def _computed(self, name: str, folder: Path | None) -> Computed:
        if folder is None:
            return here(the_month(name, now()))
        try:
            about = json.loads((folder / ABOUT).read_text())
            zone, simulated = str(about["zone"]), bool(about["simulated"])
            of = month(name, zone) if name else last_whole(now(), zone)
            return exported(of, lambda: _lines(folder / "acts.jsonl"), lambda: _lines(folder / "looks.jsonl"),
                            simulated=simulated)  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise CommandError(f"{folder} is no export that can be read, or {name!r} no month: {fault}") from fault

    def _write(self, folder: Path, made: Computed) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{made.month}.json").write_bytes(made.content)
        for language, _name in settings.LANGUAGES:
            with override(language):
                (folder / f"{made.month}.{language}.html").write_text(as_page(made.content), encoding="utf-8")
                (folder / f"{made.month}.{language}.txt").write_text(as_text(made.content), encoding="utf-8")
        self.stdout.write(f"{made.month}: at entry {made.acts} of acts and {made.looks} of looks")


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as lines:
        yield from lines
