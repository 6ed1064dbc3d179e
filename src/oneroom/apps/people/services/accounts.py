"""Accounts and grants. Every change of rights closes the account's open streams at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Account, Grant
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, Conflict


@service
def create_account(
    *,
    username: str,
    name: str,
    by: Actor,
    at: datetime,
    password: str | None = None,
    mobile: str = "",
    email: str = "",
    language: str = "zh-hans",
) -> Account:
    """A new account without any right. Without a password nobody can sign in with one."""
    if Account.objects.filter(username=username).exists():
        raise Conflict("There is an account of this name already.", field="username")
    account = Account.objects.create_user(username, password, name=name, mobile=mobile, email=email, language=language)
    note("account.created", f"account:{account.pk}", by=by, at=at, account=account.pk)
    return account


@service
def give_role(account_id: int, role: Role, *, unit_id: int | None = None, by: Actor, at: datetime) -> Grant:
    """Give a role, at a unit where it belongs to one."""
    grant = Grant.objects.create(account_id=account_id, role=role, unit_id=unit_id, begins=at)
    note("grant.given", f"account:{account_id}", by=by, at=at, account=account_id, role=role, unit=unit_id)
    change_access(account_id, cause="grant_given", by=by, at=at)
    return grant


@service
def end_grant(account_id: int, role: Role, *, unit_id: int | None = None, by: Actor, at: datetime) -> None:
    """Take a role back."""
    if Grant.objects.filter(account_id=account_id, role=role, unit_id=unit_id, ends=None).update(ends=at):
        note("grant.ended", f"account:{account_id}", by=by, at=at, account=account_id, role=role, unit=unit_id)
        change_access(account_id, cause="grant_ended", by=by, at=at)


@service
def close_account(account_id: int, *, by: Actor, at: datetime) -> None:
    """The account can no longer sign in; its sessions are refused and its streams close."""
    if Account.objects.filter(pk=account_id, is_active=True).update(is_active=False):
        change_access(account_id, cause="account_closed", by=by, at=at)


@service
def change_access(account_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """What this account may do has changed: older stream tickets are refused from now on."""
    change_access_of_all([account_id], cause=cause, by=by, at=at)


@service
def change_access_of_all(account_ids: Iterable[int], *, cause: str, by: Actor, at: datetime) -> None:
    """The same for several accounts."""
    accounts = Account.objects.filter(pk__in=list(account_ids))
    accounts.update(access_version=F("access_version") + 1)
    for pk, version in accounts.order_by("pk").values_list("pk", "access_version"):
        note(
            "access.changed", f"account:{pk}", by=by, at=at, to=(f"account:{pk}",), version=version, cause=cause
        )  # fmt: skip
