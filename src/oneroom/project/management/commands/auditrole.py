"""``oneroom auditrole``: make the auditor's database role, or bring it up to date after an upgrade."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from oneroom.project.auditor import role
from oneroom.project.database import to_url
from oneroom.project.trouble import Trouble


class Command(BaseCommand):
    help = "Make the auditor's database role that ONEROOM_AUDITOR_URL names, or bring it up to date after `migrate`."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sql", action="store_true", help="print the statements for an administrator instead")

    def handle(self, *args: Any, **options: Any) -> None:
        named = conninfo_to_dict(settings.AUDITOR_URL)
        name, password = str(named.get("user") or ""), named.get("password")
        if not name or name == connection.settings_dict["USER"]:
            raise Trouble("ONEROOM_AUDITOR_URL names no role of its own: postgresql://auditor:password@host:port/name")
        with psycopg.connect(to_url(connection.settings_dict), autocommit=True) as own:
            if options["sql"]:
                for statement in role.statements(name, None):
                    self.stdout.write(statement.as_string(own) + ";")
                return
            try:
                role.make(own, name, str(password) if password else None)
            except psycopg.errors.InsufficientPrivilege:
                raise Trouble(
                    "This database user may not make roles. Let an administrator of the database run what "
                    "`oneroom auditrole --sql` prints, and set the role's password."
                ) from None
        if options["verbosity"]:
            self.stdout.write(f"The role {name} reads what the auditor needs, and adds to {role.ADDS_TO} alone.")
