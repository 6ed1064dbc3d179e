"""
Stream tickets: a signed, short-lived statement of who listens and to what.

The raw ASGI half (stream, positions) must never wait for the database, so all
that it needs travels in the ticket: the account, its scopes, and the version of
its access. Revoking works by the version: an ``access.changed`` entry reaches
every process through the tail, and older tickets are refused from then on.

Django's own signer is used (HMAC-SHA256, a key derived from SECRET_KEY and a
salt of our own, comparison in constant time, SECRET_KEY_FALLBACKS on rotation).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core import signing

from oneroom.engine.roles import Right
from oneroom.engine.values import Actor

LIFETIME_S = 900
_SALT = "oneroom.web.tickets"


class BadTicket(Exception):
    """The ticket is forged, damaged or too old; the bearer must fetch a new one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a bearer may hear. ``expires`` is real Unix time: the demo's clock cannot stretch it."""

    account: int
    scopes: frozenset[str]
    version: int
    expires: float

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
    if actor.unit_id is not None and actor.may(Right.SEE_STATION):
        scopes.add(f"unit:{actor.unit_id}")
    if actor.crew_id is not None and actor.may(Right.CREW_ACT):
        scopes.add(f"crew:{actor.crew_id}")
    return frozenset(scopes)


def issue(actor: Actor, *, lifetime_s: float = LIFETIME_S) -> str:
    """A ticket for this actor as his rights stand now."""
    return seal(Ticket(actor.id, scopes_of(actor), actor.version, time.time() + lifetime_s))


def seal(ticket: Ticket) -> str:
    """The ticket as text, safe in a URL."""
    return _signer().sign_object(
        {"a": ticket.account, "s": sorted(ticket.scopes), "v": ticket.version, "e": round(ticket.expires, 3)}
    )


def read(text: str) -> Ticket:
    """Check a ticket without the database. Raises BadTicket if it is forged or over."""
    try:
        payload = _signer().unsign_object(text)
        ticket = Ticket(int(payload["a"]), frozenset(payload["s"]), int(payload["v"]), float(payload["e"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise BadTicket("forged or damaged") from error
    if ticket.left_s <= 0:
        raise BadTicket("over")
    return ticket


def _signer() -> signing.Signer:
    # Made anew each time (2 µs): the settings may change under a test, and keys rotate.
    return signing.Signer(salt=_SALT)
