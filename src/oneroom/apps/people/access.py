"""Who may see accounts: an administrator all, anybody his own."""

from __future__ import annotations

from django.db.models import QuerySet

from oneroom.apps.people.models import Account, Grant
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def accounts_for(*, by: Actor) -> QuerySet[Account]:
    """Every account, open and closed."""
    by.must(Right.MANAGE_ACCOUNTS)
    return Account.objects.all()


def account_for(pk: int, *, by: Actor) -> Account:
    """One account."""
    found = accounts_for(by=by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def grants_of(accounts: list[int], *, by: Actor) -> list[Grant]:
    """Open grants of these accounts with their units, oldest first."""
    by.must(Right.MANAGE_ACCOUNTS)
    rows = Grant.objects.filter(account_id__in=accounts, ends=None)
    return list(rows.select_related("unit").defer("unit__area").order_by("begins", "pk"))
