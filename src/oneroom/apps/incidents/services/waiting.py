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
from oneroom.apps.ledger.services import note, noted_so_far, service
from oneroom.engine.lifecycle.incident import State
from oneroom.engine.lifecycle.limits import LIMITS_S
from oneroom.engine.values import SYSTEM

_MOST = 50  # so many of those that wait longest are looked at for one crew
KIND = "incident.offerable"


def offer_to_waiting(crew_id: int, *, at: datetime) -> None:
    """
    A crew is free: the gravest and then oldest matter that waits and that it can reach is put before the dispatcher.

    One crew for one matter: what has a free crew offered already is passed over. Takes no locks on other matters,
    since it runs within acts that hold one; at worst two crews that are freed at once are offered to the same.
    """
    found = board(crew_ids=[crew_id])
    if not found or found[0].state != Crew.State.AVAILABLE:
        return
    waiting = _waiting(at)
    if not waiting:
        return
    offered = set(offers_for([m.pk for m in waiting])) | {n.facts["incident"] for n in noted_so_far(KIND)}
    held = held_for([m.pk for m in waiting])
    free = [
        m for m in waiting
        if m.pk not in offered and not (_is_held(m, at) and held.get(m.pk) != "no_crew_free")
    ]  # fmt: skip
    for matter, there in zip(free, arrivals(free, found[0], at=at), strict=True):
        if there.rule in ("no_officer", "no_lead", "not_working"):
            return
        # A crew that has just come on duty has no position yet, and a matter may have no place: offered without a time.
        if there.rule == "no_way" and matter.lon is not None:
            continue
        _put_before(matter, "crew_free", crew_id, there.travel_s, at=at)
        return


def _is_held(matter: Incident, at: datetime) -> bool:
    return matter.held_until is not None and matter.held_until > at


def _waiting(at: datetime) -> list[Incident]:
    """Matters that wait, and those that nobody was sent to within the promise: gravest first, then oldest."""
    wanted = Q(state=State.WAITING)
    for grade, seconds in LIMITS_S["dispatch"].items():
        wanted |= Q(state=State.CLASSIFIED, grade=grade, state_since__lte=at - timedelta(seconds=seconds))
    rows = Incident.objects.filter(wanted).select_related("unit").defer("unit__area")
    return list(rows.order_by("grade", "received_at", "pk")[:_MOST])


@service
def bring_back(incident_id: int, *, at: datetime) -> bool:
    """The time is up until which the matter was held: it is before the dispatcher again, with the best crew if any."""
    row = lock(incident_id)
    moved = Incident.objects.filter(pk=row.pk, state=State.WAITING, held_until__lte=at).update(held_until=None)
    if not moved:
        return False
    best = proposals(row, at=at, limit=1, lines=False).ranked[:1]
    crew, travel_s = (best[0].crew.id, best[0].travel_s) if best else (None, None)
    _put_before(row, "time_up", crew, travel_s, at=at)
    return True


def _put_before(row: Incident, cause: str, crew: int | None, travel_s: int | None, *, at: datetime) -> None:
    note(
        KIND, subject(row.pk), by=SYSTEM, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        cause=cause, crew=crew, travel_s=travel_s,
    )  # fmt: skip
