"""Who may see or change accounts."""

from __future__ import annotations

from oneroom.apps.people.models import Account
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def account_to_manage(pk: int, *, by: Actor) -> Account:
    """An account, for an administrator."""
    account = Account.objects.filter(pk=pk).first()
    if account is None or not by.may(Right.MANAGE_ACCOUNTS):
        raise NotFound
    return account
