"""What duty does when something happened elsewhere."""

from __future__ import annotations

from django.utils.timezone import localtime

from oneroom.apps.duty import services
from oneroom.apps.duty.queries import crew_of
from oneroom.apps.duty.services import sound_again
from oneroom.apps.duty.services.crews import move_to_heir
from oneroom.apps.duty.services.gear import gear_to_heir
from oneroom.apps.duty.services.heirs import move_duties
from oneroom.apps.duty.services.leavers import cancel_duties, end_command
from oneroom.apps.duty.services.mobile import force_to_heir
from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.orgs.queries import heirs_since, is_room
from oneroom.engine.values import SYSTEM, Actor


def sound_after(entry: Noted, *, by: Actor) -> None:
    """Whoever signs out leaves no silent desk behind."""
    sound_again(account_id=entry.facts["account"], by=by, at=entry.at)


def go_to_heir(entry: Noted, *, by: Actor) -> None:
    """
    Crews, gear, mobile force and duties of a unit that ended are its heir's from this second; its duty chief is none
    any more.
    """
    move_to_heir(entry.facts["unit"], entry.facts.get("heir"), by=SYSTEM, at=entry.at)
    gear_to_heir(entry.facts["unit"], entry.facts.get("heir"), by=SYSTEM, at=entry.at)
    force_to_heir(entry.facts["unit"], entry.facts.get("heir"), by=SYSTEM, at=entry.at)
    move_duties(entry.facts["unit"], entry.facts.get("heir"), by=SYSTEM, at=entry.at)


def leave_crew(entry: Noted, *, by: Actor) -> None:
    """Who left the force rides with no crew from this second."""
    if entry.facts.get("account") is not None:
        services.leave_crew(entry.facts["account"], by=by, at=entry.at)


def leave_duties_of_unit(entry: Noted, *, by: Actor) -> None:
    """
    Who moved to another unit rides no more with a crew of the one that he left, commands it no more, and has no later
    duty there; nor at its heirs, where it has ended since.
    """
    account, unit = entry.facts.get("account"), entry.facts["unit"]
    if account is None:
        return
    units, room, crew = heirs_since(unit), is_room(unit), crew_of(account)
    end_command(account, units, room=room, by=by, at=entry.at)
    if crew is not None and crew.unit_id in units:
        services.leave_crew(account, by=by, at=entry.at)
    cancel_duties(account, units, room=room, by=by, at=entry.at)


def renew_skills(entry: Noted, *, by: Actor) -> None:
    """Somebody's certificate began or ended: his crew can more or less from this second."""
    crew = crew_of(entry.facts["account"]) if entry.facts.get("account") is not None else None
    if crew is not None:
        services.renew_skills([crew.pk], day=localtime(entry.at).date(), by=by, at=entry.at)
