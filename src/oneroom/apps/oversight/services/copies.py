"""
What leaves the house whole: the record for an inspector, a copy of the database; and who asked for the record in vain.
Each leaves its entry.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Signature
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import use_signature
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, NotFound, Overtaken

RECORD = "list:record"  # what the second signature is about
FILES = {"form": "files"}


@service
def take_out_record(
    *, acts: int, looks: int, operator: str, signature: int | None, by: Actor, at: datetime
) -> None:  # fmt: skip
    """
    The record goes out as files, which ``operator`` writes: for whoever asked with this signature, else for ``by``.

    A signature is used up. Raises NotFound and Overtaken where it is none for this, or may not be used any more.
    """
    if signature is not None:
        by = _asker(signature, by)
        if not use_signature(signature, by=by, at=at):
            raise Overtaken("Nobody has signed this request, or it was used, or a day has passed. Ask again.")
    note(
        "record.exported", "record:all", by=by, at=at, acts=acts, looks=looks, operator=operator, signature=signature
    )  # fmt: skip


@service
def copied(copy: str, *, size: int, operator: str, by: Actor, at: datetime) -> None:
    """A whole copy of the database was made: ``copy`` is its name, ``size`` in bytes."""
    note("backup.made", f"backup:{copy}", by=by, at=at, copy=copy, bytes=size, operator=operator)


@service
def refused_record(*, by: Actor, at: datetime) -> None:
    """Somebody asked for the record who may not read it, be he the one who runs the house (security point 28)."""
    note("record.refused", f"account:{by.id}", by=by, at=at, account=by.id)


def _asker(signature: int, by: Actor) -> Actor:
    row = Signature.objects.filter(pk=signature, act=Act.BULK_EXPORT, about=RECORD).select_related("asked_by").first()
    if row is None:
        raise NotFound("There is no such request for the whole record.")
    asker = replace(actor_of(row.asked_by), via=by.via)
    asker.must(Right.EXPORT)
    return asker
