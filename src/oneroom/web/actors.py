"""Who asks: the actor of a request, with the crew he rides with."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from oneroom.apps.duty.queries import crew_of
from oneroom.apps.people.queries import actor_of
from oneroom.engine.roles import CREW
from oneroom.engine.values import Actor, NotAllowed


class SignInFirst(NotAllowed):
    """Nobody is signed in."""

    status = 401
    code = "sign_in"
    message = "Sign in first."


class ChangePasswordFirst(NotAllowed):
    """The password came from an administrator; nothing else is open before it is changed."""

    code = "change_password"
    message = "Choose a password of your own first."


def actor(request: HttpRequest) -> Actor:
    """
    The actor for this request, read anew each time: a change of rights acts on the next request.

    Raises SignInFirst where nobody is signed in.
    """
    kept = getattr(request, "oneroom_actor", None)
    if kept is None:
        kept = _read(request)
        request.oneroom_actor = kept  # type: ignore[attr-defined]
    return kept


def _read(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        raise SignInFirst
    if request.user.temporary_until is not None:
        raise ChangePasswordFirst
    return with_crew(actor_of(request.user, via="web"))


def with_crew(found: Actor) -> Actor:
    """
    The actor with the crew he rides with now.

    Riding with a crew of another station makes nobody its chief: who is chief somewhere keeps his own unit.
    """
    crew = None if found.roles.isdisjoint(CREW) else crew_of(found.id)
    if crew is None:
        return found
    return replace(found, crew_id=crew.pk, unit_id=found.unit_id if found.units else crew.unit_id, via="device")
