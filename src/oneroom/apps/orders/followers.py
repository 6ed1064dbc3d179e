"""What orders do when something happened in the organisation (named in settings.FOLLOWERS)."""

from __future__ import annotations

from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.orders.models import Ladder, Sos
from oneroom.apps.orders.services import rehome
from oneroom.engine.values import SYSTEM, Actor


def go_to_heir(entry: Noted, *, by: Actor) -> None:
    """
    What the station promised its heir promises, with the time that has gone; an order rings on, and tells those on duty
    at the heir from its next rung. A call for help that is open is theirs to see.
    """
    unit, heir = entry.facts["unit"], entry.facts.get("heir")
    running = Ladder.objects.filter(unit_id=unit, stopped=None)
    for subject in running.filter(crew_id=None).order_by("pk").values_list("subject", flat=True):
        rehome(subject, unit_id=heir, by=SYSTEM, at=entry.at)
    running.update(unit_id=heir)  # of a crew that goes with it: it rings on as it does
    Sos.objects.filter(unit_id=unit, ended_at=None).update(unit_id=heir)
