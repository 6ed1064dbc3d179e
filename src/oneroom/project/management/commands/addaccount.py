"""``oneroom addaccount``: the first accounts of a force, before there is anybody who could make them on a screen."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import Refused
from oneroom.project.console import CONSOLE

_NOT_HELD = {Role.SYSTEM, Role.CITIZEN}


class Command(BaseCommand):
    help = "Make an account with a role. The password is asked for, or taken from ONEROOM_NEW_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="as colleagues and the record's reader see it")
        parser.add_argument("--role", required=True, choices=sorted(set(Role) - _NOT_HELD))
        parser.add_argument("--unit", help="code of the unit where the role belongs to one")
        parser.add_argument("--mobile", default="", help="duty phone, for messages of a ladder")

    def handle(self, *args: Any, username: str, name: str, role: str, **options: Any) -> None:
        unit = find_unit(options["unit"]) if options["unit"] else None
        if options["unit"] and unit is None:
            raise CommandError(f"There is no unit with the code {options['unit']}.")
        password = os.environ.get("ONEROOM_NEW_PASSWORD") or getpass.getpass(f"Password for {username}: ")
        try:
            validate_password(password)
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from weak
        at = now()
        try:
            account = create_account(
                username=username, name=name, password=password, mobile=options["mobile"], by=CONSOLE, at=at
            )
            give_role(account.pk, Role(role), unit_id=unit.pk if unit else None, by=CONSOLE, at=at)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{username} may sign in as {role}.")
