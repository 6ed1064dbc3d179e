"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from oneroom.apps.ledger.prepared import run
from oneroom.apps.ledger.time import now
from oneroom.apps.people.models import Account, Console, Grant, lasting
from oneroom.engine.roles import STATION, Role
from oneroom.engine.values import Actor

# A role that was given until an hour is over then, whether or not the clock lives to end it.
_OPEN_GRANTS = """
SELECT role, unit_id FROM people_grant
WHERE account_id = %s AND ends IS NULL AND (until IS NULL OR until > %s)"""


def actor_of(account: Account, *, via: str = "web") -> Actor:
    """
    The actor for an account: roles of open grants, and the units they belong to.

    A person may hold grants at several units; only those of a chief make a unit his to answer for. The crew he rides
    with is added above (``web.actors.with_crew``).
    """
    held = run(_OPEN_GRANTS, [account.pk, now()]) if account.is_active else ()
    grants = [(Role(role), unit) for role, unit in held]
    headed = frozenset(unit for role, unit in grants if role in STATION and unit is not None)
    worked_at = headed or {unit for _, unit in grants if unit is not None}
    return Actor(
        account.pk, frozenset(role for role, _ in grants), unit_id=min(worked_at, default=None), via=via,
        version=account.access_version, units=headed,
    )  # fmt: skip


def open_grants_of(account_id: int) -> list[tuple[str, int | None]]:
    """(role, unit) of each role that an account holds."""
    return list(Grant.objects.filter(account_id=account_id, ends=None).order_by("pk").values_list("role", "unit_id"))


def open_grants_from(account_id: int, units: Sequence[int]) -> list[tuple[str, int]]:
    """
    (role, unit) of each role that an account holds at the first of these units, or held there until a reform took it to
    the others, its heirs in turn. What he was given at an heir itself is not among them.
    """
    rows = list(Grant.objects.filter(account_id=account_id, unit_id__in=units).order_by("pk"))
    found, taken = [], set()
    for unit in units:
        here = [row for row in rows if row.unit_id == unit]
        if unit != units[0]:  # a role that a reform takes along begins at the second in which it ends (move_grants)
            here = [row for row in here if (row.role, row.begins) in taken]
        found += [(row.role, unit) for row in here if row.ends is None]
        taken |= {(row.role, row.ends) for row in here}
    return found


def find_account(username: str) -> Account | None:
    """An active account by its user name."""
    return Account.objects.filter(username=username, is_active=True).first()


def find_account_by_id(pk: int) -> Account | None:
    """An active account by id."""
    return Account.objects.filter(pk=pk, is_active=True).first()


def holders(role: Role) -> list[Account]:
    """Active accounts that hold a role now."""
    held = Grant.objects.filter(lasting(now()), role=role).values("account")
    return list(Account.objects.filter(is_active=True, pk__in=held).order_by("pk"))


def staff_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of staff by account id: shown beside what they did."""
    return dict(Account.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def never_signed_in(ids: Iterable[int]) -> set[int]:
    """Those of these with a password that somebody else made and nobody has signed in by: who made it may know it."""
    new = Account.objects.filter(pk__in=set(ids), last_login=None).exclude(temporary_until=None)
    return set(new.values_list("pk", flat=True))


def console_mark(key: str) -> str:
    """The key of a secured console's browser, as it stands in the database."""
    return salted_hmac("oneroom.people.console", key, algorithm="sha256").hexdigest()


def is_secured_console(key: str) -> bool:
    """Whether this key belongs to a console of a secured room."""
    return bool(key) and Console.objects.filter(mark=console_mark(key), ended_at=None).exists()


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody with a role, as ``actor_of`` would find him, and how he is reached."""

    account_id: int
    name: str
    version: int
    roles: list[str]
    unit_id: int | None
    units: frozenset[int]
    mobile: str
    email: str
    language: str


_STAFF_MARK = """
SELECT count(*) || ':' || coalesce(sum(hashtextextended(concat_ws(chr(31), g.id, g.role, coalesce(g.unit_id, 0), a.id,
    a.access_version, a.name, a.mobile, a.email, a.language), 0)), 0)
FROM people_grant g JOIN people_account a ON a.id = g.account_id
WHERE g.ends IS NULL AND (g.until IS NULL OR g.until > %s) AND a.is_active AND a.temporary_until IS NULL"""


def staff_mark() -> str:
    """A short text that is another one where ``staff`` finds anything else: the database looks, and sends nothing."""
    found = run(_STAFF_MARK, [now()]).fetchone()
    return str(found[0]) if found else ""


def staff() -> list[Staff]:
    """Every active account that holds a role: one statement."""
    rows = Grant.objects.filter(lasting(now()), account__is_active=True, account__temporary_until=None)
    held: dict[tuple[Any, ...], list[tuple[str, int | None]]] = {}
    for role, unit, *who in rows.order_by("account_id", "pk").values_list(
        "role", "unit_id", "account_id", "account__name", "account__access_version", "account__mobile",
        "account__email", "account__language",
    ):  # fmt: skip
        held.setdefault(tuple(who), []).append((role, unit))
    found = []
    for (account, name, version, mobile, email, language), grants in held.items():
        headed = frozenset(unit for role, unit in grants if Role(role) in STATION and unit is not None)
        worked_at = headed or {unit for _, unit in grants if unit is not None}
        roles = list(dict.fromkeys(role for role, _ in grants))
        found.append(
            Staff(account, name, version, roles, min(worked_at, default=None), headed, mobile, email, language)
        )
    return found
