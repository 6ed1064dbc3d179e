"""What accounts do when something happened in the organisation (named in settings.FOLLOWERS)."""

from __future__ import annotations

from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.people.services import move_grants
from oneroom.engine.roles import STATION
from oneroom.engine.values import Actor


def leave_unit(entry: Noted, *, by: Actor) -> None:
    """
    No right outlives its unit (row T08): who worked there works at the heir from now on, in the same role. Who headed
    it does not head the heir by that: it has a head, or the reform names one.
    """
    move_grants(entry.facts["unit"], entry.facts.get("heir"), stay=STATION, at=entry.at)
