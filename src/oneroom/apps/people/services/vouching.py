"""
The way back for somebody on duty whose account is locked (security point 3): a commander vouches for him.

The commander gives a reason and gets a code, which he reads out to the person who stands before him. With name,
password and code, and for two hours at most, that person is in. The lock stays for everybody else. The room is
alarmed, and it ends by itself.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.people.models import Account, LetIn
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services.accounts import end_sessions
from oneroom.apps.people.services.tries import locked_since
from oneroom.engine.roles import CREW, INTAKE, STATION, Right
from oneroom.engine.signin import LET_IN, TRIES
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotAllowed, NotFound

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another
_LENGTH = 10
ON_DUTY = INTAKE | STATION | CREW


@service
def vouch(account_id: int, words: str, *, by: Actor, at: datetime) -> str:
    """Let this locked account in for a time; gives the code, which is kept nowhere."""
    by.must(Right.COMMAND)
    said = plain("why", words, longest=200, required=True)
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None or actor_of(account).roles.isdisjoint(ON_DUTY):
        raise NotFound
    if by.id == account_id:
        raise NotAllowed("Nobody vouches for himself: another commander does.")
    if locked_since(account.username) is None:
        raise Conflict("This account is not locked: its owner can sign in.")
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    reason, words_mark = seal(said, matter=f"account:{account_id}", purpose="vouch.reason", at=at)
    try:
        with transaction.atomic():
            row = LetIn.objects.create(
                account=account, given_by_id=by.id, given_at=at, until=at + LET_IN, code=_mark(code), reason=reason
            )
    except IntegrityError as twice:
        raise Conflict("Somebody vouches for this account already. End that first.") from twice
    note(
        "vouch.given", _subject(row), by=by, at=at, to=("room",), vouch=row.pk, account=account_id, words=words_mark,
        until=row.until,
    )  # fmt: skip
    return f"{code[:5]}-{code[5:]}"


@service
def come_in_by_word(username: str, code: str, *, password_right: bool, at: datetime) -> LetIn | None:
    """
    The commander's word that this code stands for, used up by it; None where code or password is wrong.

    A guess counts against the word where one of the two was right. Who knows neither learns nothing by it, and could
    otherwise end anybody's way back with five posts; what he may try at all is bounded by his address.
    """
    row = LetIn.objects.select_for_update().filter(account__username=username, used_at=None, ended_at=None).first()
    said = _mark("".join(sign for sign in code.upper() if sign in _SIGNS))
    if row is None or row.until <= at:
        return None
    code_right = hmac.compare_digest(said, row.code)
    if not (code_right and password_right):
        row.wrong += code_right or password_right
        row.save(update_fields=["wrong"])
        note(
            "session.refused", f"account:{row.account_id}", by=SYSTEM, at=at, account=row.account_id, way="vouch",
            cause="wrong", tries=row.wrong,
        )  # fmt: skip
        if row.wrong >= TRIES:
            end_vouch(row.pk, cause="wrong", by=SYSTEM, at=at)
        return None
    row.used_at = at
    row.save(update_fields=["used_at"])
    note("vouch.used", _subject(row), by=actor_of(row.account), at=at, vouch=row.pk, account=row.account_id)
    return row


@service
def end_vouch(pk: int, *, cause: str, by: Actor, at: datetime) -> None:
    """It is over: its time, five wrong codes, or a commander who thought again. What it opened closes at once."""
    row = LetIn.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if row is None:
        raise NotFound
    if by.id:
        by.must(Right.COMMAND)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    note("vouch.ended", _subject(row), by=by, at=at, to=("room",), vouch=pk, account=row.account_id, cause=cause)
    if row.used_at is not None:
        end_sessions(row.account_id, by=by, at=at)


def _subject(row: LetIn) -> str:
    return f"vouch:{row.pk}"


def _mark(code: str) -> str:
    return salted_hmac("oneroom.people.vouch", code, algorithm="sha256").hexdigest()
