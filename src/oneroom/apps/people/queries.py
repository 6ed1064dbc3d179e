"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable

from oneroom.apps.people.models import Account, Grant
from oneroom.engine.roles import STATION, Role
from oneroom.engine.values import Actor


def actor_of(account: Account, *, via: str = "web") -> Actor:
    """
    The actor for an account: roles of open grants, and the units they belong to.

    A person may hold grants at several units; only those of a chief make a unit his to answer for. The crew he rides
    with is added above (``web.actors.with_crew``).
    """
    open_grants = Grant.objects.filter(account=account, ends=None) if account.is_active else Grant.objects.none()
    grants = [(Role(role), unit) for role, unit in open_grants.values_list("role", "unit_id")]
    headed = frozenset(unit for role, unit in grants if role in STATION and unit is not None)
    worked_at = headed or {unit for _, unit in grants if unit is not None}
    return Actor(
        account.pk, frozenset(role for role, _ in grants), unit_id=min(worked_at, default=None), via=via,
        version=account.access_version, units=headed,
    )  # fmt: skip


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
