"""Who may act for which crew."""

from __future__ import annotations

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import crew_of
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def crew_to_act_for(pk: int, *, by: Actor) -> Crew:
    """A crew: its own members, or the room for any."""
    crew = Crew.objects.filter(pk=pk).first()
    own = by.may(Right.CREW_ACT) and by.crew_id == pk
    if crew is None or not (own or by.may(Right.DISPATCH)):
        raise NotFound
    return crew


def own_crew(*, by: Actor) -> Crew:
    """The crew of this person."""
    crew = crew_of(by.id) if by.may(Right.CREW_ACT) else None
    if crew is None:
        raise NotFound("You do not ride with a crew today.")
    return crew
