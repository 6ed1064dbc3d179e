"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable

from oneroom.apps.people.models import Account, Grant
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor


def actor_of(account: Account, *, via: str = "web") -> Actor:
    """
    The actor for an account: roles of open grants, and the unit they belong to.

    The crew is added by duty (``duty.queries.on_crew``), which stands higher.
    """
    grants = list(Grant.objects.filter(account=account, ends=None).values_list("role", "unit_id"))
    roles = frozenset(Role(role) for role, _ in grants) if account.is_active else frozenset()
    unit = next((unit for _, unit in grants if unit is not None), None)
    return Actor(account.pk, roles, unit_id=unit, via=via, version=account.access_version)


def find_account(username: str) -> Account | None:
    """An active account by its user name."""
    return Account.objects.filter(username=username, is_active=True).first()


def find_account_by_id(pk: int) -> Account | None:
    """An active account by id."""
    return Account.objects.filter(pk=pk, is_active=True).first()


def holders(role: Role) -> list[Account]:
    """Active accounts that hold a role now."""
    return list(Account.objects.filter(is_active=True, grants__role=role, grants__ends=None).distinct().order_by("pk"))


def staff_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of staff by account id: shown beside what they did."""
    return dict(Account.objects.filter(pk__in=set(ids)).values_list("pk", "name"))
