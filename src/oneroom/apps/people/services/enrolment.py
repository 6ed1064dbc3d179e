"""A whole force at once: many accounts with the role of each, in a few statements instead of ten for each person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Account, Grant
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, Conflict


@dataclass(frozen=True, slots=True)
class Newcomer:
    """
    Somebody who gets an account; without a password nobody signs in by one. ``also_at``: more units at which the role
    is held.
    """

    username: str
    name: str
    role: Role
    unit_id: int | None = None
    password: str | None = None
    mobile: str = ""
    email: str = ""
    language: str = "zh-hans"
    also_at: tuple[int, ...] = ()

    @property
    def units(self) -> tuple[int | None, ...]:
        """Where the role is held; None is the whole force."""
        return (self.unit_id, *self.also_at)


@service
def enrol(newcomers: Iterable[Newcomer], *, by: Actor, at: datetime) -> dict[str, int]:
    """
    Accounts by user name. The record has the same entries as one by one, but no change of access: nobody can be
    signed in to an account that was not there.
    """
    people = list(newcomers)
    taken = Account.objects.filter(username__in=[person.username for person in people]).first()
    if taken is not None:
        raise Conflict("There is an account of this name already.", field="username")
    accounts = Account.objects.bulk_create(_account(person, at) for person in people)
    Grant.objects.bulk_create(
        Grant(account=account, role=person.role, unit_id=unit_id, begins=at)
        for account, person in zip(accounts, people, strict=True)
        for unit_id in person.units
    )
    for account, person in zip(accounts, people, strict=True):
        subject = f"account:{account.pk}"
        note("account.created", subject, by=by, at=at, account=account.pk)
        for unit_id in person.units:
            note("grant.given", subject, by=by, at=at, account=account.pk, role=person.role, unit=unit_id)
    return {account.username: account.pk for account in accounts}


def _account(person: Newcomer, at: datetime) -> Account:
    account = Account(
        username=person.username,
        name=person.name,
        mobile=person.mobile,
        email=person.email,
        language=person.language,
        since=at,
    )
    account.set_password(person.password)
    return account
