"""What incidents must do when something happens lower down (named in settings.FOLLOWERS)."""

from __future__ import annotations

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.matter import scopes
from oneroom.apps.incidents.services.standby import end_standby_of
from oneroom.apps.incidents.services.waiting import offer_to_waiting
from oneroom.apps.ledger.services import afterwards, note
from oneroom.apps.ledger.services.record import Noted
from oneroom.engine.lifecycle.incident import ENDED, OPEN
from oneroom.engine.values import SYSTEM, Actor, Conflict

# From these rungs on, somebody above the crew had to be told: the matter carries the flag until it is closed.
_ESCALATES = {"duty_chief", "shift_commander", "oversight", "alarm"}


def mark_escalated(entry: Noted, *, by: Actor) -> None:
    """A ladder climbed above the crew: mark its matter, once."""
    code = entry.facts["rung_code"]
    kind, _, pk = entry.matter.partition(":")
    if kind != "incident" or code not in _ESCALATES:
        return
    if Incident.objects.filter(pk=int(pk), escalated=False).update(escalated=True):
        note(
            "incident.escalated", entry.matter, by=SYSTEM, at=entry.at, to=("room",), matter=entry.matter,
            incident=int(pk), rung_code=code, stage=entry.facts["stage"],
        )  # fmt: skip


def offer_again(entry: Noted, *, by: Actor) -> None:
    """A crew is on duty, says that it is free, or has left a matter: what waits is put before the dispatcher, then."""
    afterwards(offer_to_waiting, crew_id=entry.facts["crew"], skip=entry.facts.get("incident"), at=entry.at)


def call_ends_standby(entry: Noted, *, by: Actor) -> None:
    """A crew that stands by is sent to a matter: it stands by no more, and whoever sent it need not think of it."""
    end_standby_of(entry.facts["crew"], cause="call", by=SYSTEM, at=entry.at)


def duty_ends_standby(entry: Noted, *, by: Actor) -> None:
    """A crew goes off duty."""
    end_standby_of(entry.facts["crew"], cause="off_duty", by=SYSTEM, at=entry.at)


def go_to_heir(entry: Noted, *, by: Actor) -> None:
    """What a station that ended had open, or may still be asked about, is its heir's: no matter without a station."""
    unit, heir = entry.facts["unit"], entry.facts.get("heir")
    open_ = [str(state) for state in (*OPEN, *ENDED)]
    locked = Incident.objects.select_for_update(of=("self",), no_key=True)
    rows = locked.filter(unit_id=unit, state__in=open_).order_by("pk")
    if heir is None:
        if rows.exists():
            raise Conflict("Open matters would belong to nobody: name an heir of their station.")
        return
    for row in rows:
        before = scopes(row)
        row.unit_id = heir
        row.save(update_fields=["unit"])
        subject = f"incident:{row.pk}"
        note(
            "incident.inherited", subject, by=SYSTEM, at=entry.at, to=before | scopes(row), matter=subject,
            incident=row.pk, unit=heir, before=unit,
        )  # fmt: skip
