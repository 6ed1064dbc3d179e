"""Crews go to whoever called for help: to the matter he is on, or to a new one at his last place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.dispatch import Advice, offer
from oneroom.apps.incidents.services.intake import Said, Where, take_report
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.incidents.services.standing import regrade
from oneroom.apps.ledger.services import service
from oneroom.apps.orders.models import Sos
from oneroom.apps.orders.services import bind_sos
from oneroom.engine.lifecycle.incident import TO_SEND, WITH_CREWS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput


@service
def send_help(
    sos_id: int, crew_ids: Sequence[int], *, words: str, where: Where | None, advice: Advice | None = None, by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """
    Send crews; gives the matter. ``words`` and ``where`` are for a new one, where the caller was on none.

    Everything or nothing: the matter becomes P1, the crews ring, and the call for help is answered.
    """
    by.must(Right.DISPATCH)
    row = Sos.objects.get(pk=sos_id)
    matter = _matter_of(row)
    if matter is None:
        if where is None:
            raise BadInput(
                "location", "Nobody knows where the officer is. Ask by radio, then take a call with the place."
            )
        taken = take_report(
            Said(words), source="self", where=where, category="help", grade=1, reasons=["life_at_risk"], by=by, at=at
        )
        matter = Incident.objects.get(pk=taken.incident_id)
    elif matter.grade != 1:
        regrade(matter.pk, grade=1, reasons=["life_at_risk"], by=by, at=at)
    offer(matter.pk, crew_ids, advice=advice, by=by, at=at)
    bind_sos(sos_id, matter=subject(matter.pk), incident=matter.pk, by=by, at=at)
    return matter.pk


def _matter_of(row: Sos) -> Incident | None:
    kind, _, pk = row.matter.partition(":")
    if kind != "incident":
        return None
    # From a drill the call is real all the same: sent within it, every order would say that it is none.
    return Incident.objects.filter(pk=int(pk), state__in=(*TO_SEND, *WITH_CREWS), drill=False).first()
