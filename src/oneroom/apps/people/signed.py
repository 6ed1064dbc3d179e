"""What is done to accounts when the second person has signed (``settings.SIGNED_ACTS``)."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.people.models import Signature
from oneroom.apps.people.services.accounts import end_grant, give_role, reopen_account
from oneroom.apps.people.services.factors import remove_all_factors
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor


def give(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A role is given."""
    until = signed.details.get("until")
    give_role(
        _account(signed), Role(signed.details["role"]), unit_id=signed.details.get("unit"),
        until=datetime.fromisoformat(until) if until else None, signature=signed.pk, by=by, at=at,
    )  # fmt: skip


def end(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A role is taken back."""
    role, unit = Role(signed.details["role"]), signed.details.get("unit")
    end_grant(_account(signed), role, unit_id=unit, signature=signed.pk, by=by, at=at)


def reopen(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A closed account is opened again."""
    reopen_account(_account(signed), signature=signed.pk, by=by, at=at)


def reset_factors(signed: Signature, *, by: Actor, at: datetime) -> None:
    """Every second factor of a lost phone goes; the next sign-in sets up a new one."""
    remove_all_factors(_account(signed), by=by, at=at)


def later(signed: Signature, *, by: Actor, at: datetime) -> None:
    """Nothing yet: who asked does it himself, once, within a day (``use_signature``)."""


def _account(signed: Signature) -> int:
    return int(signed.about.partition(":")[2])
