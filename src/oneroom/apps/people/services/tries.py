"""
Wrong tries at the door, counted for each name in the database: all processes and addresses together.

A try is counted before it is looked at, so a hundred at once are a hundred. An unknown name is counted and locked like
a known one: nobody learns from the door which names exist.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.crypto import salted_hmac

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Account, Tries
from oneroom.engine.signin import TRIES, WINDOW
from oneroom.engine.values import SYSTEM, Actor, Conflict


def mark_of(username: str) -> str:
    """A name as the counts know it: what was typed in its place (a password, for one) is kept nowhere."""
    return salted_hmac("oneroom.people.tries", username.casefold().strip(), algorithm="sha256").hexdigest()


@service
def begin_try(username: str, *, at: datetime) -> bool:
    """Count one more try for this name; False where the name is locked, and this one must not be looked at."""
    row = _row(username, at)
    if row.locked_at is None and row.since <= at - WINDOW:
        row.count, row.since = 0, at
    row.count += 1
    row.save(update_fields=["count", "since"])
    if row.locked_at is not None:
        _refused(row, way="password", cause="locked", at=at)
        return False
    if row.count > TRIES:  # several at the same moment
        _lock(row, at)
        return False
    return True


@service
def try_failed(username: str, *, way: str, at: datetime) -> None:
    """It was wrong: in the record, and with the fifth the name is locked."""
    row = _row(username, at)
    _refused(row, way=way, cause="wrong", at=at)
    if row.count >= TRIES and row.locked_at is None:
        _lock(row, at)


@service
def try_given_back(username: str, *, at: datetime) -> None:
    """It was right so far: it does not count, but those before it still do, until the session is open."""
    Tries.objects.filter(mark=mark_of(username), count__gt=0).update(count=F("count") - 1)


@service
def forget_tries(username: str, *, at: datetime) -> None:
    """Somebody showed who he is: counted from nothing again. A lock stays."""
    Tries.objects.filter(mark=mark_of(username), locked_at=None).delete()


@service
def free_account(account_id: int, *, by: Actor, at: datetime) -> None:
    """A locked account may sign in again."""
    if by.id == account_id:
        raise Conflict("Nobody frees his own account: another administrator does.")
    username = Account.objects.values_list("username", flat=True).get(pk=account_id)
    if Tries.objects.filter(mark=mark_of(username)).exclude(locked_at=None).delete()[0]:
        note("account.freed", f"account:{account_id}", by=by, at=at, account=account_id)


@service
def elsewhere_refused(account_id: int | None, *, cause: str, at: datetime) -> None:
    """Somebody who signed in at the force's provider was not let in here."""
    about = f"account:{account_id}" if account_id else "door:staff"
    note("session.refused", about, by=SYSTEM, at=at, account=account_id, way="oidc", cause=cause)


@service
def account_tied(account: Account, *, way: str, at: datetime) -> None:
    """The provider's own number for this person was tied to his account: from now on that number opens it."""
    note("account.tied", f"account:{account.pk}", by=SYSTEM, at=at, account=account.pk, way=way)


def locked_since(username: str) -> datetime | None:
    """Since when this name is locked."""
    return Tries.objects.filter(mark=mark_of(username)).values_list("locked_at", flat=True).first()


def _row(username: str, at: datetime) -> Tries:
    account = Account.objects.filter(username=username).values_list("pk", flat=True).first()
    Tries.objects.get_or_create(mark=mark_of(username), defaults={"account_id": account, "since": at})
    return Tries.objects.select_for_update(of=("self",)).get(mark=mark_of(username))


def _lock(row: Tries, at: datetime) -> None:
    row.locked_at = at
    row.save(update_fields=["locked_at"])
    note("account.locked", _subject(row), by=SYSTEM, at=at, to=("room",), account=row.account_id, tries=row.count)


def _refused(row: Tries, *, way: str, cause: str, at: datetime) -> None:
    note(
        "session.refused", _subject(row), by=SYSTEM, at=at, account=row.account_id, way=way, cause=cause,
        tries=row.count,
    )  # fmt: skip


def _subject(row: Tries) -> str:
    return f"account:{row.account_id}" if row.account_id else "door:staff"
