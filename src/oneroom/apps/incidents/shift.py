"""What is open at this minute, as a shift is handed over; and the handovers there were. No personal field."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents.desk import calls_to_return, drafts, referrals_open
from oneroom.apps.incidents.duties import call_backs_due
from oneroom.apps.incidents.models import Handover
from oneroom.apps.incidents.queries import live, queue
from oneroom.apps.ledger.services import Looking, open_sealed, service
from oneroom.apps.orders.queries import open_sos
from oneroom.apps.places.queries import new_warnings
from oneroom.engine.events import stamp
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound

_SHIFT, _LONGEST = timedelta(hours=12), timedelta(hours=24)
_OUT = (Crew.State.ASSIGNED, Crew.State.EN_ROUTE, Crew.State.ON_SCENE, Crew.State.BUSY)


def open_board(*, by: Actor, at: datetime) -> dict[str, Any]:
    """
    Everything that whoever takes over must know of, as plain data: ids, codes, times and counts.

    Incidents by grade and age with the promise that runs; calls held, with until when; crews that are out; callers to
    call back; how many calls are being taken, are to be returned, or wait for another agency; calls for help; and how
    many warnings of places were raised in this shift, by reason: where they are, a live matter near it shows.
    """
    rows = queue(by=by, at=at)
    return {
        "at": stamp(at),
        "incidents": [
            {
                "id": r.incident.pk, "reference": r.incident.reference, "grade": r.incident.grade,
                "state": r.incident.state, "category": r.incident.category, "subcategory": r.incident.subcategory,
                "stage": r.clock.stage if r.clock else "", "deadline": stamp(r.clock.deadline) if r.clock else "",
                "late": r.needs_room(at), "alarm": r.alarm, "drill": r.incident.drill,
                "supervised": r.incident.supervised, "crews": [a.crew_id for a in live(r)],
                "held_until": stamp(r.incident.held_until) if r.incident.held_until else "",
            }
            for r in rows
        ],
        "crews": [
            {"id": pk, "state": state}
            for pk, state in Crew.objects.filter(state__in=_OUT).order_by("code").values_list("pk", "state")
        ],
        "call_backs": [
            {"incident": c.incident_id, "reference": c.reference, "grade": c.grade, "late": c.late}
            for c in call_backs_due(by=by, at=at)
        ],
        "drafts": len(drafts()), "returns": len(calls_to_return()),
        "warnings": new_warnings(since=_since(at), at=at), "sos": len(open_sos()),
        "referrals": [{"incident": r.incident_id, "agency": r.agency} for r in referrals_open()],
    }  # fmt: skip


def _since(at: datetime) -> datetime:
    """When this shift began: at the last signature, or, where nobody handed over lately, a shift's length ago."""
    last = Handover.objects.filter(signed_at__lte=at).aggregate(last=Max("signed_at"))["last"]
    return max(last or at - _SHIFT, at - _LONGEST)


def handovers(*, by: Actor, limit: int = 20) -> list[Handover]:
    """Newest first, for those who see the room."""
    by.must(Right.SEE_ROOM)
    return list(Handover.objects.select_related("outgoing", "incoming").order_by("-at", "-pk")[:limit])


def handover_waiting() -> Handover | None:
    """The handover that one has signed and the other has not."""
    return Handover.objects.select_related("outgoing", "incoming").filter(signed_at=None, dropped_at=None).first()


def handover_for(pk: int, *, by: Actor) -> Handover:
    """A handover, for those who see the room."""
    row = Handover.objects.select_related("outgoing", "incoming", "note").filter(pk=pk).first()
    if row is None or not by.may(Right.SEE_ROOM):
        raise NotFound
    return row


@service
def handover_note(row: Handover, *, by: Actor, at: datetime) -> str:
    """What the outgoing wrote, for the two who sign; leaves a Look."""
    if row.note is None or by.id not in (row.outgoing_id, row.incoming_id):
        return ""
    basis = f"handover:{row.pk}"
    said = open_sealed([row.note], record=basis, looking=Looking("handover", basis), by=by, at=at)
    return said[row.note.pk] or ""
