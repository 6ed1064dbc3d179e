"""Accounts and grants. Every change of rights closes the account's open streams at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F

from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Account, Grant
from oneroom.apps.people.overseeing import alone_over_his_own
from oneroom.engine.organisation.station import fits_team
from oneroom.engine.roles import Role
from oneroom.engine.signin import joins_what_is_apart
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotAllowed


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
    account = Account.objects.create_user(
        username, password, name=name, mobile=mobile, email=email, language=language, since=at
    )
    note("account.created", f"account:{account.pk}", by=by, at=at, account=account.pk)
    return account


@service
def give_role(
    account_id: int,
    role: Role,
    *,
    unit_id: int | None = None,
    until: datetime | None = None,
    signature: int | None = None,
    by: Actor,
    at: datetime,
) -> Grant:
    """
    Give a role, at a unit where it belongs to one; the clock ends it at ``until``.

    A person does it with a second person's ``signature`` (services.signatures); the console and the clock by
    themselves, which is how a new house gets its first two administrators.
    """
    must_be_signed(by, signature)
    may_be_given(account_id, role, unit_id=unit_id, by=by, at=at)
    grant = Grant.objects.create(account_id=account_id, role=role, unit_id=unit_id, begins=at, until=until)
    note("grant.given", f"account:{account_id}", by=by, at=at, account=account_id, role=role, unit=unit_id)
    change_access(account_id, cause="grant_given", by=by, at=at)
    return grant


def may_be_given(account_id: int, role: Role, *, unit_id: int | None, by: Actor, at: datetime) -> None:
    """
    Raise where this role cannot be given: to oneself, where it is held, beside one that is kept apart from it, or where
    somebody would then oversee alone a unit whose head he answers to. What follows of a reform is not stopped by that.
    """
    if by.id == account_id:
        raise NotAllowed("Nobody gives a role to himself: another administrator does.")
    held = {
        Role(name) for name in Grant.objects.filter(account_id=account_id, ends=None).values_list("role", flat=True)
    }
    if joins_what_is_apart(held, role):
        raise Conflict(
            "Who runs the house does not check it: with this role this person would guard himself.", field="role"
        )
    if Grant.objects.filter(account_id=account_id, role=role, unit_id=unit_id, ends=None).exists():
        raise Conflict("This account holds that role there already.", field="role")
    if unit_id is not None and OrgUnit.objects.filter(pk=unit_id).exclude(valid_to=None).exists():
        raise Conflict("This unit is no more: what it had is its heir's.", field="unit")  # no right outlives it (T08)
    ask_guards("people.give_role", account_id=account_id, role=role)
    kind = OrgUnit.objects.filter(pk=unit_id or 0).values_list("kind", flat=True).first()
    if by.id != 0 and kind is not None and not fits_team(kind, role):
        raise Conflict("This role is the other team's: give it there.", field="unit")
    if by.id != 0 and alone_over_his_own(account_id, role, unit_id, at=at):
        raise Conflict(
            "This person would oversee alone a unit whose head he answers to. Post somebody there first who does not.",
            field="unit",
        )  # fmt: skip


def must_be_signed(by: Actor, signature: int | None) -> None:
    """No person does alone what two must do; the console and the clock are no persons."""
    if by.id != 0 and signature is None:
        raise NotAllowed("This takes a second person of another unit: ask for the signature.")


@service
def end_grant(
    account_id: int, role: Role, *, unit_id: int | None = None, signature: int | None = None, by: Actor, at: datetime
) -> None:
    """Take a role back; a person needs a second person's ``signature`` for it."""
    must_be_signed(by, signature)
    if Grant.objects.filter(account_id=account_id, role=role, unit_id=unit_id, ends=None).update(ends=at):
        note("grant.ended", f"account:{account_id}", by=by, at=at, account=account_id, role=role, unit=unit_id)
        change_access(account_id, cause="grant_ended", by=by, at=at)


@service
def move_grants(unit_id: int, heir_id: int | None, *, stay: Collection[Role], at: datetime) -> int:
    """
    A unit is no more: every role held there ends, and is held at its heir from now on but for those that ``stay``
    behind; how many ended. All at once, since a station's people are hundreds: each leaves the entries that one would.
    """
    rows = list(Grant.objects.filter(unit_id=unit_id, ends=None).order_by("pk"))
    there = set(Grant.objects.filter(unit_id=heir_id, ends=None).values_list("account_id", "role"))
    Grant.objects.filter(pk__in=[row.pk for row in rows]).update(ends=at)
    moved = [
        row for row in rows
        if heir_id is not None and Role(row.role) not in stay and (row.account_id, row.role) not in there
    ]  # fmt: skip
    Grant.objects.bulk_create(
        Grant(account_id=row.account_id, role=row.role, unit_id=heir_id, begins=at, until=row.until) for row in moved
    )
    for kind, which, unit in (("grant.ended", rows, unit_id), ("grant.given", moved, heir_id)):
        for row in which:
            who = row.account_id
            note(kind, f"account:{who}", by=SYSTEM, at=at, account=who, role=row.role, unit=unit)
    change_access_of_all({row.account_id for row in rows}, cause="grant_ended", by=SYSTEM, at=at)
    return len(rows)


@service
def change_details(account_id: int, *, by: Actor, at: datetime, **details: str) -> None:
    """Change name, duty phone, mailbox or language; only what differs is written, and which fields it was."""
    account = Account.objects.select_for_update().get(pk=account_id)
    changed = sorted(name for name, value in details.items() if getattr(account, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(account, name, details[name])
    account.save(update_fields=changed)
    note("account.changed", f"account:{account_id}", by=by, at=at, account=account_id, fields=changed)


@service
def set_password(
    account_id: int,
    password: str,
    *,
    temporary_until: datetime | None = None,
    signature: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    A new password: one's own, or a temporary one from an administrator that must be changed at the first sign-in.

    Whoever makes one for an account that holds roles, or did, could take it over: that takes a second person's
    ``signature``. Every session of the account ends, and its streams close at once.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    if by.id != account_id and Grant.objects.filter(account_id=account_id).exists():
        must_be_signed(by, signature)
    account.set_password(password)
    account.temporary_until = temporary_until
    account.save(update_fields=["password", "temporary_until"])
    temporary = temporary_until is not None
    note("account.password", f"account:{account_id}", by=by, at=at, account=account_id, temporary=temporary)
    change_access(account_id, cause="password", by=by, at=at)


@service
def end_sessions(account_id: int, *, by: Actor, at: datetime) -> None:
    """Every session of the account ends, on all devices."""
    Account.objects.filter(pk=account_id).update(session_epoch=F("session_epoch") + 1)
    change_access(account_id, cause="sessions_ended", by=by, at=at)


@service
def reopen_account(account_id: int, *, signature: int | None = None, by: Actor, at: datetime) -> None:
    """A closed account may sign in again, with the roles it still holds: like giving them anew."""
    must_be_signed(by, signature)
    if Account.objects.filter(pk=account_id, is_active=False).update(is_active=True, since=at):
        change_access(account_id, cause="account_opened", by=by, at=at)


@service
def close_account(account_id: int, *, by: Actor, at: datetime) -> None:
    """
    The account can no longer sign in; its sessions end for good, also where it is opened again, and its streams close.
    """
    if by.id == account_id:
        raise NotAllowed("Nobody closes his own account: another administrator does.")
    rows = Account.objects.filter(pk=account_id, is_active=True)
    if rows.update(is_active=False, session_epoch=F("session_epoch") + 1):
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
