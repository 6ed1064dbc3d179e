"""``oneroom bundle``: everything for a site that has no network."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oneroom.project import bundle

# The oldest systems that every wheel we need is made for, newest first: pip takes the best that fits.
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
MACHINES = ("x86_64", "aarch64")


class Command(BaseCommand):
    help = "Make a folder from which OneRoom is installed where there is no network: wheels, checksums, a script."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder")
        parser.add_argument("--machine", choices=MACHINES, help="for another kind of machine than this one")
        parser.add_argument(
            "--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}", help="its Python, as 3.12"
        )

    def handle(self, *args: Any, folder: Path, machine: str | None, python: str, **options: Any) -> None:
        other = machine is not None and machine != platform.machine()
        platforms = [f"{each}_{machine}" for each in PLATFORMS] if other else []
        count, size = bundle.make(folder.absolute(), platforms=platforms, python=python)
        self.stdout.write(f"{folder}: {count} wheels, {size / 1e6:,.0f} MB. There: ./install.sh /opt/oneroom/VERSION")
