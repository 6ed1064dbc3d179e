"""Who may see accounts and what waits for a second signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.people.models import Account, Console, Grant, LetIn, Relation, Signature, Tries
from oneroom.apps.people.services.vouching import ON_DUTY
from oneroom.engine.roles import Right
from oneroom.engine.signatures import RULES, Act
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request for a second signature as it is shown; ``mine``: this person asked."""

    row: Signature
    reason: str
    mine: bool


def waiting_signatures(*, by: Actor, at: datetime) -> QuerySet[Signature]:
    """What waits for a second signature: what this person asked for, and what he might sign; the oldest first."""
    acts = [act.value for act, rule in RULES.items() if by.may(rule.sign)]
    rows = Signature.objects.filter(Q(act__in=acts) | Q(asked_by_id=by.id), ended_at=None, lapses_at__gt=at)
    return rows.order_by("asked_at", "pk")


def signatures_for(*, by: Actor, at: datetime, most: int | None = None) -> list[Waiting]:
    """The same with the reasons, the first ``most`` of them. Reading why is a look."""
    found = list(waiting_signatures(by=by, at=at).select_related("asked_by", "reason")[:most])
    shown = []
    for row in found:
        record = f"signature:{row.pk}"
        said = open_sealed([row.reason], record=record, looking=Looking("countersign", record), by=by, at=at)
        shown.append(Waiting(row, said[row.reason_id] or "", row.asked_by_id == by.id))
    return shown


def signed_for(*, by: Actor, at: datetime) -> list[Signature]:
    """What ended lately of what this person asked for or might have signed: newest first, at most fifty."""
    acts = [act.value for act, rule in RULES.items() if by.may(rule.sign)]
    rows = Signature.objects.filter(Q(act__in=acts) | Q(asked_by_id=by.id)).exclude(ended_at=None)
    return list(rows.select_related("asked_by", "signed_by").order_by("-ended_at", "-pk")[:50])


def usable_signature(act: str, about: str, *, details: dict[str, str], by: Actor, at: datetime) -> int | None:
    """A signature for this very act that this person asked for, that was given within a day and is not used yet."""
    rows = Signature.objects.filter(
        act=act, about=about, details=details, asked_by_id=by.id, result="signed", used_at=None,
        ended_at__gt=at - RULES[Act(act)].waits,
    )  # fmt: skip
    return rows.values_list("pk", flat=True).first()


def relations_of(*, by: Actor, at: datetime) -> list[tuple[Relation, dict[str, str]]]:
    """The relatives that this person declared, each with name and number: his own to read, and nobody else's."""
    rows = list(Relation.objects.filter(account_id=by.id, ended_at=None).select_related("person").order_by("pk"))
    own = f"account:{by.id}"
    said = open_sealed([r.person for r in rows], record=own, looking=Looking("own", own), by=by, at=at)
    return [(row, said[row.person_id] or {}) for row in rows]


def may_be_vouched_for(*, by: Actor) -> list[tuple[Account, datetime]]:
    """Locked accounts whose people work by the hour, each with since when; the newest lock first."""
    by.must(Right.COMMAND)
    rows = Tries.objects.exclude(locked_at=None).filter(
        account__is_active=True, account__grants__ends=None, account__grants__role__in=[r.value for r in ON_DUTY]
    )
    found = rows.exclude(account_id=by.id).select_related("account").distinct().order_by("-locked_at")[:50]
    return [(row.account, row.locked_at) for row in found if row.account and row.locked_at]


def vouches_for(*, by: Actor, at: datetime) -> list[LetIn]:
    """What commanders opened and is not over."""
    by.must(Right.COMMAND)
    rows = LetIn.objects.filter(ended_at=None, until__gt=at).select_related("account", "given_by")
    return list(rows.order_by("given_at"))


def consoles_for(*, by: Actor) -> list[Console]:
    """The consoles that count as secured."""
    by.must(Right.MANAGE_ACCOUNTS)
    return list(Console.objects.filter(ended_at=None).select_related("by").order_by("name", "pk"))
