"""
Stream tickets: a signed, short-lived statement of who listens and to what.

The raw ASGI half (stream, positions) must never wait for the database, so all
that it needs travels in the ticket: the account, its scopes, and the version of
its access. Revoking works by the version: an ``access.changed`` entry reaches
every process through the tail, and older tickets are refused from then on. Signing
out ends one session only: its tickets carry a marker of it, and ``session.closed``
names the same marker.

Django's own signer is used (HMAC-SHA256, a key derived from SECRET_KEY and a
salt of our own, comparison in constant time, SECRET_KEY_FALLBACKS on rotation).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from oneroom.engine.roles import Right
from oneroom.engine.values import Actor

LIFETIME_S = 900
# A badge says who acts while the database is away. An open page renews it with each ticket; it ends at the latest when
# the screen would lock, except on a registered console, where it holds for half an hour of such a time at least.
BADGE_COOKIE = "oneroom_badge"
BADGE_LIFETIME_S = 45 * 60
_SALT = "oneroom.web.tickets"
_SALT_OF_BADGE = "oneroom.web.tickets.badge"
_SALT_OF_MARKER = "oneroom.web.tickets.session"


class BadTicket(Exception):
    """The ticket is forged, damaged or too old; the bearer must fetch a new one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """
    What a bearer may hear. ``expires`` is real Unix time: the demo's clock cannot stretch it.
    ``session`` marks the session that asked for it; empty for a bearer without one.
    """

    account: int
    scopes: frozenset[str]
    version: int
    expires: float
    session: str = ""

    @property
    def left_s(self) -> float:
        """Real seconds until it is over."""
        return self.expires - time.time()


def scopes_of(actor: Actor) -> frozenset[str]:
    """
    The audiences an actor belongs to: what concerns the room, a station, a crew, or only him.

    Deny by default: without the right to see the room, a station or a crew's orders one
    hears only what is for everybody signed in, and for oneself.
    """
    scopes = {"all", f"account:{actor.id}"}
    if actor.may(Right.SEE_ROOM):
        scopes.add("room")
    scopes.update(f"unit:{unit_id}" for unit_id in actor.units if actor.heads(unit_id))
    if actor.crew_id is not None and actor.may(Right.CREW_ACT):
        scopes.add(f"crew:{actor.crew_id}")
    return frozenset(scopes)


def session_marker(request: HttpRequest) -> str:
    """
    The session of this request, as tickets and the record may name it: from the marker nobody finds the key.
    """
    key = request.session.session_key
    return salted_hmac(_SALT_OF_MARKER, key, algorithm="sha256").hexdigest() if key else ""


def issue(actor: Actor, *, session: str = "", lifetime_s: float = LIFETIME_S) -> str:
    """A ticket for this actor as his rights stand now, which ends with his session."""
    return seal(Ticket(actor.id, scopes_of(actor), actor.version, time.time() + lifetime_s, session))


def seal(ticket: Ticket) -> str:
    """The ticket as text, safe in a URL."""
    return _signer().sign_object(
        {
            "a": ticket.account, "s": sorted(ticket.scopes), "v": ticket.version,
            "e": math.floor(ticket.expires * 1000) / 1000,
            "m": ticket.session,
        }
    )  # fmt: skip


def read(text: str) -> Ticket:
    """Check a ticket without the database. Raises BadTicket if it is forged or over."""
    try:
        payload = _signer().unsign_object(text)
        ticket = Ticket(
            int(payload["a"]), frozenset(payload["s"]), int(payload["v"]), float(payload["e"]), str(payload["m"])
        )
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise BadTicket("forged or damaged") from error
    if ticket.left_s <= 0:
        raise BadTicket("over")
    return ticket


@dataclass(frozen=True, slots=True)
class Badge:
    """
    Who somebody is, for the time in which no session can be looked up: a cookie that no script reads.

    What he may do is not in it: the last known board says that, and refuses one whose ``version`` is not its own.
    """

    account: int
    version: int
    expires: float
    session: str
    via: str

    @property
    def left_s(self) -> float:
        """Real seconds until it is over."""
        return self.expires - time.time()


def give_badge(response: HttpResponse, actor: Actor, *, session: str, lifetime_s: float = BADGE_LIFETIME_S) -> None:
    """Put the badge of this person, as his rights stand now, into an answer to his browser."""
    said = {
        "a": actor.id, "v": actor.version, "e": math.floor(time.time() + lifetime_s), "m": session,
        "w": actor.via,
    }  # fmt: skip
    response.set_cookie(
        BADGE_COOKIE, _signer(_SALT_OF_BADGE).sign_object(said), max_age=int(lifetime_s), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
    )  # fmt: skip


def read_badge(text: str) -> Badge:
    """Check a badge without the database. Raises BadTicket if it is forged or over."""
    try:
        said = _signer(_SALT_OF_BADGE).unsign_object(text)
        badge = Badge(int(said["a"]), int(said["v"]), float(said["e"]), str(said["m"]), str(said["w"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise BadTicket("forged or damaged") from error
    if badge.expires <= time.time():
        raise BadTicket("over")
    return badge


def _signer(salt: str = _SALT) -> signing.Signer:
    # Made anew each time (2 µs): the settings may change under a test, and keys rotate.
    return signing.Signer(salt=salt)
