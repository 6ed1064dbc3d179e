"""Who may act for which crew."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import commander, crew_of
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotAllowed, NotFound


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


def must_command(by: Actor, *, at: datetime) -> None:
    """
    Only the one who commands at this minute (T15): the role alone is not enough, the duty was taken over.

    A minute that nobody commands is an error, and says so: nobody then overrides anything.
    """
    by.must(Right.COMMAND)
    holder = commander(at)
    if holder is None:
        raise NotAllowed("Nobody is entered as shift commander at this minute. Take over the duty first.")
    if holder != by.id:
        raise NotAllowed("Somebody else commands at this minute. Ask the shift commander, or take over first.")
