"""
Whose password is this? One count of wrong ones, whichever page asks: signing in, signing for a shift, a new one.

Counted per name and source: whoever guesses is stopped, the officer on another machine is not locked out with him.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest

from oneroom.apps.ledger.time import now
from oneroom.engine.values import BadInput
from oneroom.web.limits import TooMany, count, forget, so_far, source_of

TRIES = 5
TRIES_OF_SOURCE = 50  # many names from one address
LOCKED_S = 15 * 60


class RunOut(BadInput):
    """The temporary password is too old."""

    code = "password_run_out"
    message = "This temporary password has run out. Ask your administrator for another."


class Locked(TooMany):
    """Too many wrong passwords for this name from this source."""

    message = "Too many wrong tries. Sign in again in 15 minutes, or ask your administrator."


def find_account(request: HttpRequest, username: str, password: str) -> Any:
    """The account of this name if this is its password, else None. Raises Locked after too many wrong ones."""
    source = source_of(request)
    who = f"{source}|{username.casefold()}"
    # Only wrong ones: behind a proxy, a whole city signs in from one address at the change of shifts.
    if so_far("sign-in-source", source) >= TRIES_OF_SOURCE:
        raise Locked
    if count("sign-in", who, seconds=LOCKED_S) > TRIES:
        raise Locked
    # Django hashes a password for an unknown name too, so the answer takes as long.
    account = authenticate(request, username=username, password=password[:1024])
    if account is None:
        count("sign-in-source", source, seconds=LOCKED_S)
        return None
    forget("sign-in", who)
    return account


def must_be_fresh(account: Any) -> None:
    """Raise RunOut where this was a temporary password and its time is over."""
    if account.temporary_until is not None and account.temporary_until < now():
        raise RunOut("password")
