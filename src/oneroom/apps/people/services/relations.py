"""
Relatives: each declares his own, and takes them back. The name and number are sealed; taking back erases them.

Only the machine compares them with callers (``oversight.unusual``): no colleague, chief or administrator reads them.
"""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.ledger.services import erase, hand_over_seals, note, seal, service
from oneroom.apps.people.models import Relation
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

KINDS = ("spouse", "parent", "child", "sibling", "other")
MOST = 20


def subject(pk: int) -> str:
    """What a relation is called in the record."""
    return f"relation:{pk}"


@service
def declare_relation(*, kind: str, name: str, phone: str, by: Actor, at: datetime) -> int:
    """Somebody declares a relative of his own; gives the relation. A name or a number is needed, best both."""
    if kind not in KINDS:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    person = {"name": plain("name", name, longest=60), "phone": plain("phone", phone, longest=20)}
    if not any(person.values()):
        raise BadInput("name", "Give a name or a number: without either there is nothing to compare.")
    if Relation.objects.filter(account_id=by.id, ended_at=None).count() >= MOST:
        raise Conflict("That many relatives are declared already. Take one back first.")
    own = f"account:{by.id}"
    sealed, commitment = seal(person, matter=own, purpose="relation.person", at=at)
    row = Relation.objects.create(account_id=by.id, kind=kind, person=sealed, declared_at=at)
    hand_over_seals([sealed.pk], before=own, to=subject(row.pk))
    note(
        "relation.declared", subject(row.pk), by=by, at=at, matter=subject(row.pk), relation=row.pk, account=by.id,
        kin=kind, person=commitment,
    )  # fmt: skip
    return row.pk


@service
def end_relation(pk: int, *, by: Actor, at: datetime) -> None:
    """It is so no longer: name and number are erased."""
    if not Relation.objects.filter(pk=pk, account_id=by.id, ended_at=None).update(ended_at=at):
        raise NotFound
    erase(subject(pk), cause="relation_ended", by=by, at=at)
    note("relation.ended", subject(pk), by=by, at=at, matter=subject(pk), relation=pk, account=by.id)
