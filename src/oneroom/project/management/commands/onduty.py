"""``oneroom onduty``: who holds a duty role now. Without commander and chiefs, ladders skip their rungs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oneroom.apps.duty.services import begin_spell
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.people.queries import find_account
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM

_STATION_ROLES = {Role.DUTY_CHIEF}
_DUTY_ROLES = {Role.SHIFT_COMMANDER, *_STATION_ROLES}
LONGEST_H = 24 * 31


class Command(BaseCommand):
    help = "Somebody takes over a duty role from now on; whoever held it is relieved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=sorted(_DUTY_ROLES))
        parser.add_argument("--unit", help="code of the station, for a duty chief")
        parser.add_argument("--hours", type=float, default=12.0, help="for how long (12 unless told)")

    def handle(self, *args: Any, username: str, role: str, hours: float, **options: Any) -> None:
        account = find_account(username)
        if account is None:
            raise CommandError(f"There is no account {username}, or it is closed.")
        unit = find_unit(options["unit"]) if options["unit"] else None
        if role in _STATION_ROLES and unit is None:
            raise CommandError("A duty chief is on duty at a station: name it by --unit CODE.")
        if not 0 < hours <= LONGEST_H:
            raise CommandError(f"--hours is more than 0 and at most {LONGEST_H}.")
        at = now()
        begin_spell(
            role=Role(role), account_id=account.pk, unit_id=unit.pk if unit and role in _STATION_ROLES else None,
            until=at + timedelta(hours=hours), by=SYSTEM, at=at,
        )  # fmt: skip
        self.stdout.write(f"{username} is {role} for {hours:g} hours.")
