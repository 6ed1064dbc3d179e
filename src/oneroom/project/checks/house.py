"""The force itself: its roads, its stations, and whether every rung of a ladder finds somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from oneroom.apps.duty.models import Crew, CrewMember, DutySpell
from oneroom.apps.duty.queries import board, command_gaps, posts
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import units
from oneroom.apps.people.models import Account
from oneroom.apps.people.queries import holders
from oneroom.apps.places.loaded import find_network
from oneroom.engine.roles import Role
from oneroom.project.checks import Finding

AHEAD = timedelta(hours=12)


def roads() -> Iterator[Finding]:
    if find_network() is None:
        yield Finding("No roads are loaded: no place is found and no crew proposed. Run `oneroom importroads`.")


def stations() -> Iterator[Finding]:
    found = units("station")
    if not found:
        yield Finding("There is no station: crews and duty chiefs belong to one.")
    if bare := [unit.code for unit in found if unit.area is None]:
        yield Finding(f"No area is drawn for {_listed(bare)}: calls from there belong to no station.", grave=False)


def people() -> Iterator[Finding]:
    """Whoever a ladder would look for at this minute."""
    at = now()
    for role, what in (
        (Role.DISPATCHER, "dispatcher: nobody can send a crew"),
        (Role.INSPECTOR, "inspector: the last rung of what is overdue tells nobody"),
        (Role.ADMINISTRATOR, "administrator: nobody can free an account or enter a new one"),
    ):
        if not holders(role):
            yield Finding(f"There is no {what}. Run `oneroom addaccount … --role {role.value}`.")
    held = posts(at)
    gaps = command_gaps(at, at + AHEAD)
    if gaps and gaps[0][0] == at:
        yield Finding(
            "Nobody commands the room now: that rung is skipped. Run `oneroom onduty … --role shift_commander`."
        )
    elif gaps:
        yield Finding(f"From {gaps[0][0]:%H:%M} UTC nobody is entered as shift commander.", grave=False)
    chiefs = {post.unit_id for post in held if post.role == Role.DUTY_CHIEF}
    crews = board()
    codes = {unit.pk: unit.code for unit in units()}
    without = sorted({codes[crew.unit_id] for crew in crews if crew.unit_id not in chiefs and crew.unit_id in codes})
    if without:
        yield Finding(f"Crews are on duty and no duty chief is at {_listed(without)}: that rung is skipped.")
    if not crews:
        yield Finding("No crew is on duty.", grave=False)
    if unled := [crew.code for crew in crews if not crew.led]:
        yield Finding(f"No sworn officer leads {_listed(unled)}: such a crew is not sent.", grave=False)


def telephones() -> Iterator[Finding]:
    """Who cannot be reached outside of the app although there is a gateway."""
    if not settings.SMS_URL and not settings.VOICE_URL:
        return
    at = now()
    riding = CrewMember.objects.exclude(crew__state=Crew.State.OFF_DUTY).values("account")
    on_post = DutySpell.objects.filter(begins__lte=at, ends__gt=at).values("account")
    mute = Account.objects.filter(Q(pk__in=riding) | Q(pk__in=on_post), is_active=True, mobile="").count()
    if mute:
        yield Finding(f"Of those on duty {mute} have no duty phone entered: text messages and calls skip them.")


def _listed(words: list[str]) -> str:
    shown = ", ".join(words[:5])
    return shown if len(words) <= 5 else f"{shown} and {len(words) - 5} more"
