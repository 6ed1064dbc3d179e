"""
Whose password is this? One count of wrong tries, whichever page asks: signing in, a second factor, signing for a shift.

Counted per name in the database (apps/people/services/tries.py): five wrong ones lock the name, not the address, so
other people behind the same proxy go on. An address that tries many names is stopped by a count of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest

from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import begin_try, forget_tries, try_failed, try_given_back
from oneroom.engine.values import BadInput, Refused
from oneroom.web.limits import TooMany, count, so_far, source_of

TRIES_OF_SOURCE = 50  # many names from one address
SOURCE_S = 15 * 60


class RunOut(BadInput):
    """The temporary password is too old."""

    code = "password_run_out"
    message = "This temporary password has run out. Ask your administrator for another."


class Locked(TooMany):
    """Too many wrong tries for this name."""

    code = "locked"
    message = (
        "Too many wrong tries: this name is locked. Ask an administrator; on duty, the shift commander lets you in."
    )


def find_account(request: HttpRequest, username: str, password: str, *, whole: bool = True) -> Any:
    """
    The account of this name if this is its password, else None. Raises Locked after too many wrong tries.

    ``whole``: the password is all that is asked for; else earlier wrong tries still count until the session is open.
    """
    with tried(request, username, way="password") as right:
        # Django hashes a password for an unknown name too, so the answer takes as long.
        account = authenticate(request, username=username, password=password[:1024])
        right(account is not None)
    if account is not None and whole:
        forget_tries(username, at=now())
    return account


@contextmanager
def tried(request: HttpRequest, username: str, *, way: str) -> Iterator[Callable[[bool], None]]:
    """One try for this name: inside, say by the function that is given whether it was right. Raises Locked."""
    source = source_of(request)
    # Only wrong ones: behind a proxy, a whole city signs in from one address at the change of shifts.
    if so_far("sign-in-source", source) >= TRIES_OF_SOURCE:
        raise TooMany
    if not begin_try(username, at=now()):
        raise Locked
    found: list[bool] = []
    try:
        yield found.append
    except Refused:  # nobody could tell whether it was right
        try_given_back(username, at=now())
        raise
    if found == [True]:
        try_given_back(username, at=now())
    else:
        count("sign-in-source", source, seconds=SOURCE_S)
        try_failed(username, way=way, at=now())


def must_be_fresh(account: Any) -> None:
    """Raise RunOut where this was a temporary password and its time is over."""
    if account.temporary_until is not None and account.temporary_until < now():
        raise RunOut("password")
