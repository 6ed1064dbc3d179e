"""
How a session stands: since when, when its person last did something, and whether he showed a second factor.

Kept in the session itself, in project time. ``actors.actor`` asks for each request, so every door of the house is held
to the same, whichever way its session was opened. The limits are in ``engine.signin``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from oneroom.apps.people.queries import is_secured_console
from oneroom.engine.roles import INTAKE, Role
from oneroom.engine.signin import AGAIN, FRESH, IDLE, standing
from oneroom.web.tickets import LIFETIME_S

CONSOLE_COOKIE = "oneroom_console"
VOUCHED = "vouch"
_KEY = "standing"
_NOTED_EACH = timedelta(minutes=1)  # a session is written at most so often because somebody is there


def begin(request: HttpRequest, *, until: datetime | None = None, at: datetime) -> None:
    """A session begins now, with everything that the door asks for; one ``until`` a time ends then."""
    now = at.timestamp()
    kept = {"began": now, "shown": now, "seen": now}
    request.session[_KEY] = kept if until is None else {**kept, "until": until.timestamp()}


def shown_again(request: HttpRequest, *, at: datetime) -> None:
    """Its person has just shown once more who he is."""
    request.session[_KEY] = {**request.session.get(_KEY, {}), "shown": at.timestamp(), "seen": at.timestamp()}


def seen(request: HttpRequest, *, at: datetime) -> None:
    """Its person did something, or moved hand or mouse."""
    last = _time(request, "seen")
    if last is not None and at - last >= _NOTED_EACH:
        request.session[_KEY] = {**request.session[_KEY], "seen": at.timestamp()}


def state(request: HttpRequest, *, roles: frozenset[Role], at: datetime) -> str:
    """What must happen before this session goes on: empty, ``idle``, ``again`` or ``over`` (engine.signin.standing)."""
    if not settings.SESSION_LIMITS:
        return ""
    began, last = _time(request, "began"), _time(request, "seen")
    if began is None or last is None:
        return "again"  # of before there were limits, or not by our door
    now = standing(since=began, seen=last, until=_time(request, "until"), secured=False, at=at)
    return "" if now == "idle" and is_secured(request, roles) else now


def is_secured(request: HttpRequest, roles: frozenset[Role]) -> bool:
    """Whether this is a registered console of a secured room, and its person one who works there."""
    return not roles.isdisjoint(INTAKE) and is_secured_console(request.COOKIES.get(CONSOLE_COOKIE, ""))


def idle_s(request: HttpRequest, roles: frozenset[Role]) -> int:
    """After how many seconds without a hand on it this screen locks itself; 0: never."""
    locks = settings.SESSION_LIMITS and not is_secured(request, roles)
    return int(IDLE.total_seconds()) if locks else 0


def left_s(request: HttpRequest, *, at: datetime, most: float = LIFETIME_S) -> float:
    """How long a ticket (or what lives at ``most`` so long) may live: no longer than its session."""
    ends = [_time(request, "until")]
    began = _time(request, "began")
    if settings.SESSION_LIMITS and began is not None:
        ends.append(began + AGAIN)
    return min([most, *((end - at).total_seconds() for end in ends if end is not None)])


def acts_s(request: HttpRequest, roles: frozenset[Role], *, at: datetime, most: float) -> float:
    """The same for what acts by itself, without this session being looked at: no longer than its screen is unlocked."""
    last = _time(request, "seen")
    if last is not None and idle_s(request, roles):
        most = min(most, (last + IDLE - at).total_seconds())
    return left_s(request, at=at, most=most)


def fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether its person showed lately enough who he is to change how he does."""
    shown = _time(request, "shown")
    return shown is not None and at - shown < FRESH


def shown_by(request: HttpRequest, factor: Authenticator) -> None:
    """This second factor was shown in this session."""
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=factor.type)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened without a second factor where everybody needs one."""
    return settings.SECOND_FACTOR and not (showed_second_factor(request) or vouched(request))


def showed_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session."""
    return any(said["method"] == "mfa" for said in get_authentication_records(request, request.user))


def vouched(request: HttpRequest) -> bool:
    """Whether a commander's word opened this session: it works for its time, and changes nothing of the account."""
    return any(said["method"] == VOUCHED for said in get_authentication_records(request, request.user))


def _time(request: HttpRequest, name: str) -> datetime | None:
    kept = request.session.get(_KEY, {}).get(name)
    return None if kept is None else datetime.fromtimestamp(kept, UTC)
