"""Signing in and out are acts like any other."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Account
from oneroom.engine.values import Actor


@service
def session_opened(*, way: str, by: Actor, at: datetime) -> None:
    """Somebody signed in; ``way`` is a code: password, demo."""
    Account.objects.filter(pk=by.id).update(last_login=at)
    note("session.opened", f"account:{by.id}", by=by, at=at, account=by.id, way=way)


@service
def session_closed(*, session: str | None = None, by: Actor, at: datetime) -> None:
    """
    Somebody signed out; ``session`` is the marker that the session's stream tickets carry, never its key.

    Every web process hears of the entry, closes the streams of that session and refuses its tickets; other devices
    of the account go on.
    """
    note("session.closed", f"account:{by.id}", by=by, at=at, account=by.id, session=session)


@service
def session_ended(*, session: str, cause: str, by: Actor, at: datetime) -> None:
    """A session ended by itself: its twelve hours were over (``again``), or a commander's word for it (``over``)."""
    note("session.ended", f"account:{by.id}", by=by, at=at, account=by.id, session=session, cause=cause)


@service
def session_again(*, way: str, by: Actor, at: datetime) -> None:
    """Somebody opened a screen again that had locked itself."""
    note("session.again", f"account:{by.id}", by=by, at=at, account=by.id, way=way)
