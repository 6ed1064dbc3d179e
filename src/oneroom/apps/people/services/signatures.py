"""
The second signature: one person asks with a reason, another of another unit signs, then the act is done.

One mechanism for all such acts (engine.signatures). What an act does when it is signed is named by dotted path in
``settings.SIGNED_ACTS``, so that a higher app brings its own; it runs in the transaction of the signature, as an act of
the person who asked, whose right is asked anew at that minute. Nothing of it is done before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop as _

from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.people.models import Grant, Signature
from oneroom.apps.people.queries import actor_of
from oneroom.engine.roles import MAY, Right
from oneroom.engine.signatures import RULES, Act, Person, objection
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotAllowed, NotFound, Overtaken

_OBJECTIONS = {
    "same_person": _("You asked for this yourself: another person signs."),
    "concerns_him": _("This concerns your own account: another person signs."),
    "same_unit": _("Whoever asked is of your unit: somebody of another unit signs."),
}


def subject(pk: int) -> str:
    """What a signature is called in the record."""
    return f"signature:{pk}"


@service
def ask_second(
    act: Act, about: str, *, details: Mapping[str, Any] | None = None, words: str, by: Actor, at: datetime
) -> int:
    """
    Ask for a second signature; gives its id. ``details`` are ids, codes and times (as RFC 3339 text), None left out.

    Raises Conflict where this person asked for the very same already.
    """
    rule = RULES[act]
    by.must(rule.ask)
    said = plain("why", words, longest=200, required=True)
    kept = {name: value for name, value in (details or {}).items() if value is not None}
    reason, commitment = seal(said, matter=about, purpose="signature.reason", at=at)
    until = at + rule.waits
    try:
        with transaction.atomic():
            row = Signature.objects.create(
                act=act, about=about, details=kept, reason=reason, asked_by_id=by.id, asked_at=at, lapses_at=until
            )
    except IntegrityError as twice:
        raise Conflict("You asked for this already; it waits for the second signature.") from twice
    note(
        "signature.asked", subject(row.pk), by=by, at=at, matter=about, signature=row.pk, act=act, about=about,
        details=[f"{name}:{_code(value)}" for name, value in sorted(kept.items())], reason=commitment, until=until,
    )  # fmt: skip
    return row.pk


@service
def sign_second(pk: int, *, by: Actor, at: datetime) -> None:
    """Sign, and do it. Raises NotAllowed, with the reason why this signature does not count."""
    row = waiting_for(pk, by=by, at=at)
    asker, signer = _person(row.asked_by_id, row.act, "ask"), _person(by.id, row.act, "sign")
    why = objection(asker, signer, concerns=_concerns(row), one_unit=RULES[Act(row.act)].one_unit)
    if why:
        raise NotAllowed(_OBJECTIONS[why], code=why)
    _end(row, "signed", at=at, signed_by_id=by.id)
    asked = actor_of(row.asked_by)
    asked.must(RULES[Act(row.act)].ask)
    note(
        "signature.given", subject(row.pk), by=by, at=at, matter=row.about, signature=row.pk, act=row.act,
        about=row.about, asked_by=row.asked_by_id,
    )  # fmt: skip
    import_string(settings.SIGNED_ACTS[row.act])(row, by=asked, at=at)


@service
def drop_second(pk: int, *, by: Actor, at: datetime) -> None:
    """Not this: who asked takes it back, or one who might have signed refuses."""
    row = waiting_for(pk, by=by, at=at)
    _drop(row, "withdrawn" if row.asked_by_id == by.id else "refused", by=by, at=at)


@service
def lapse(pk: int, *, at: datetime) -> None:
    """Nobody signed in time."""
    row = Signature.objects.filter(pk=pk, ended_at=None).first()
    if row is not None:
        _drop(row, "lapsed", by=SYSTEM, at=at)


@service
def use_signature(pk: int, *, by: Actor, at: datetime) -> bool:
    """Whether what was signed may still be done by this person, once: it is used up by asking."""
    used = Signature.objects.filter(
        pk=pk, asked_by_id=by.id, result="signed", used_at=None, ended_at__gt=at - RULES[Act.BULK_EXPORT].waits
    ).update(used_at=at)
    if used:
        note("signature.used", subject(pk), by=by, at=at, signature=pk)
    return bool(used)


def waiting_for(pk: int, *, by: Actor, at: datetime) -> Signature:
    """A request that waits, for who asked and for who might sign; the row locked."""
    row = Signature.objects.select_for_update(of=("self",)).select_related("asked_by").filter(pk=pk).first()
    if row is None or not (row.asked_by_id == by.id or by.may(RULES[Act(row.act)].sign)):
        raise NotFound
    if row.ended_at is not None or row.lapses_at <= at:
        raise Overtaken("This waits for no signature any more.")
    return row


def _drop(row: Signature, cause: str, *, by: Actor, at: datetime) -> None:
    _end(row, cause, at=at)
    note(
        "signature.ended", subject(row.pk), by=by, at=at, matter=row.about, signature=row.pk, act=row.act, cause=cause
    )  # fmt: skip


def _end(row: Signature, result: str, *, at: datetime, **more: Any) -> None:
    if not Signature.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at, result=result, **more):
        raise Overtaken


def _person(account_id: int, act: str, part: str) -> Person:
    """The units of the roles by which this account may do its part."""
    right: Right = getattr(RULES[Act(act)], part)
    roles = [role.value for role in MAY[right]]
    units = Grant.objects.filter(account_id=account_id, ends=None, role__in=roles).values_list("unit_id", flat=True)
    return Person(account_id, frozenset(units))


def _concerns(row: Signature) -> set[int]:
    kind, _colon, pk = row.about.partition(":")
    return {int(pk)} if kind == "account" else set()


def _code(value: Any) -> str:
    return str(value).lower().replace("+", ".")[:40]
