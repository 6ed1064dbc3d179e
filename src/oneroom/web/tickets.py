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

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from oneroom.engine.roles import Right
from oneroom.engine.values import Actor

LIFETIME_S = 900
_SALT = "oneroom.web.tickets"
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


def _signer() -> signing.Signer:
    # Made anew each time (2 µs): the settings may change under a test, and keys rotate.
    return signing.Signer(salt=_SALT)
