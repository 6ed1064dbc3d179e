"""
What waits is put before the dispatcher again: when a crew is free, or when the time is up until which it was held.

Nothing is sent by itself. The entry is all that is kept: a screen shows it as long as it is true
(``oneroom.apps.incidents.waiting``), so that no act on a crew or a matter has to tidy up after it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import board
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.proposals import arrivals, proposals
from oneroom.apps.incidents.services.matter import lock, scopes, subject
from oneroom.apps.incidents.waiting import held_for, offers_for
from oneroom.apps.ledger.services import note, service
from oneroom.engine.lifecycle.incident import TO_SEND, State
from oneroom.engine.lifecycle.limits import LIMITS_S
from oneroom.engine.values import SYSTEM

_MOST = 50  # so many of those that wait longest are looked at for one crew
KIND = "incident.offerable"


def offer_to_waiting(crew_id: int, *, skip: int | None = None, at: datetime) -> bool:
    """
    A crew is free: the gravest and then oldest matter that waits and that it can reach is put before the dispatcher.

    Runs after the act that freed the crew and holds nothing while it looks for the way (up to fifty matters); what it
    found is written only if matter and crew are still as they were. One crew for one matter: what has a free crew
    offered already is passed over, and so is ``skip``, which the crew has just left.
    """
    found = board(crew_ids=[crew_id])
    if not found or found[0].state != Crew.State.AVAILABLE:
        return False
    waiting = [m for m in _waiting(at) if m.pk != skip]
    if not waiting:
        return False
    offered = offers_for([m.pk for m in waiting])
    held = held_for([m.pk for m in waiting])
    free = [
        m for m in waiting
        if m.pk not in offered and not (_is_held(m, at) and held.get(m.pk) != "no_crew_free")
    ]  # fmt: skip
    for matter, there in zip(free, arrivals(free, found[0], at=at), strict=True):
        if there.rule in ("no_officer", "no_lead", "not_working"):
            return False
        # A crew that has just come on duty has no position yet, and a matter may have no place: offered without a time.
        if there.rule == "no_way" and matter.lon is not None:
            continue
        if _offer(matter.pk, crew_id, there.travel_s, free_since=found[0].state_since, at=at):
            return True
    return False


@service
def _offer(matter_id: int, crew_id: int, travel_s: int | None, *, free_since: datetime, at: datetime) -> bool:
    """Put it before the dispatcher, if the matter still waits, has nobody offered, and the crew was free throughout."""
    row = lock(matter_id)
    crew = Crew.objects.select_for_update(no_key=True).get(pk=crew_id)
    free = crew.state == Crew.State.AVAILABLE and crew.state_since == free_since
    if not free or row.state not in TO_SEND or offers_for([row.pk]):
        return False
    _put_before(row, "crew_free", crew_id, travel_s, at=at)
    return True


def _is_held(matter: Incident, at: datetime) -> bool:
    return matter.held_until is not None and matter.held_until > at


def _waiting(at: datetime) -> list[Incident]:
    """Matters that wait, and those that nobody was sent to within the promise: gravest first, then oldest."""
    wanted = Q(state=State.WAITING)
    for grade, seconds in LIMITS_S["dispatch"].items():
        wanted |= Q(state=State.CLASSIFIED, grade=grade, state_since__lte=at - timedelta(seconds=seconds))
    rows = Incident.objects.filter(wanted).select_related("unit").defer("unit__area")
    return list(rows.order_by("grade", "received_at", "pk")[:_MOST])


def bring_back(incident_id: int, *, at: datetime) -> bool:
    """The time is up until which the matter was held: it is before the dispatcher again, with the best crew if any."""
    row = Incident.objects.filter(pk=incident_id, state=State.WAITING, held_until__lte=at).first()
    if row is None:
        return False
    best = proposals(row, at=at, limit=1, lines=False).ranked[:1]  # looked for before anything is locked
    crew, travel_s = (best[0].crew.id, best[0].travel_s) if best else (None, None)
    return _bring_back(row.pk, crew, travel_s, at=at)


@service
def _bring_back(incident_id: int, crew: int | None, travel_s: int | None, *, at: datetime) -> bool:
    row = lock(incident_id)
    if not Incident.objects.filter(pk=row.pk, state=State.WAITING, held_until__lte=at).update(held_until=None):
        return False
    _put_before(row, "time_up", crew, travel_s, at=at)
    return True


def _put_before(row: Incident, cause: str, crew: int | None, travel_s: int | None, *, at: datetime) -> None:
    note(
        KIND, subject(row.pk), by=SYSTEM, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        cause=cause, crew=crew, travel_s=travel_s,
    )  # fmt: skip
