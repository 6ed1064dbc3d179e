"""Who asks: the actor of a request, with the crew he rides with."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth import logout
from django.http import HttpRequest

from oneroom.apps.duty.queries import crew_of
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import session_ended
from oneroom.engine.roles import CREW
from oneroom.engine.values import Actor, NotAllowed
from oneroom.web import standing
from oneroom.web.tickets import session_marker


class SignInFirst(NotAllowed):
    """Nobody is signed in."""

    status = 401
    code = "sign_in"
    message = "Sign in first."


class ChangePasswordFirst(NotAllowed):
    """The password came from an administrator; nothing else is open before it is changed."""

    code = "change_password"
    message = "Choose a password of your own first."


class SecondFactorFirst(SignInFirst):
    """A password alone opened this session, and nothing is open to it before a second factor was shown."""

    code = "second_factor"
    message = "Set up a second factor first: your account page shows how."


class Idle(SignInFirst):
    """Nobody touched this screen for half an hour."""

    code = "idle"
    message = "This screen has locked itself: nobody touched it for half an hour. Unlock it first."


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
    found = actor_of(request.user, via="web")
    must_stand(request, found)
    if request.user.temporary_until is not None:
        raise ChangePasswordFirst
    if standing.lacks_second_factor(request):
        raise SecondFactorFirst
    return with_crew(found)


def must_stand(request: HttpRequest, by: Actor) -> None:
    """Raise where this session is over, or its screen is locked; else note that somebody is there, where one is."""
    at = now()
    match standing.state(request, roles=by.roles, at=at):
        case "again" | "over" as cause:
            session_ended(session=session_marker(request), cause=cause, by=by, at=at)
            logout(request)
            raise SignInFirst
        case "idle" if not _goes_on_locked(request):
            raise Idle
        case "" if _is_touch(request):
            standing.seen(request, at=at)


def _goes_on_locked(request: HttpRequest) -> bool:
    """
    What a locked screen still does: a phone in a pocket rings, lists its orders without a personal field, says that
    they arrived, and calls for help.
    """
    path = request.path
    if request.method == "POST":
        return path == "/api/sos" or (path.startswith("/api/deliveries/") and path.endswith("/receipt"))
    return path in ("/api/ticket", "/api/rings") or (path.startswith("/t/") and not is_page(request))


def _is_touch(request: HttpRequest) -> bool:
    """Whether a person did this: an act or a page he went to, not what a script fetches by itself."""
    return is_page(request) or (request.method == "POST" and not _goes_on_locked(request))


def is_page(request: HttpRequest) -> bool:
    """Whether a browser goes to a page with this or sends its form; our own fetches take anything."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def with_crew(found: Actor) -> Actor:
    """
    The actor with the crew he rides with now.

    Riding with a crew of another station makes nobody its chief: who is chief somewhere keeps his own unit.
    """
    crew = None if found.roles.isdisjoint(CREW) else crew_of(found.id)
    if crew is None:
        return found
    return replace(found, crew_id=crew.pk, unit_id=found.unit_id if found.units else crew.unit_id, via="device")
