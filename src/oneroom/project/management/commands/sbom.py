"""``oneroom sbom``: what is built in, for whoever watches over known weaknesses."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from oneroom.project.integrity import bill_of_materials


class Command(BaseCommand):
    help = "Print what is installed here as a bill of materials (CycloneDX 1.6, JSON)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(bill_of_materials(), indent=1))
