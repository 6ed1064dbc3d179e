"""Personal texts: sealed away from the record, opened only with a purpose, erased without breaking the chain."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rfc8785

from oneroom.apps.ledger.models import Look, Sealed
from oneroom.apps.ledger.services import chain
from oneroom.apps.ledger.services.record import note, service
from oneroom.apps.ledger.time import now
from oneroom.engine import events
from oneroom.engine.values import Actor

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Looking:
    """
    Why somebody opens personal fields: a purpose code and the live record it is bound to.

    A machine can check the binding; a typed excuse it could not (scope §5.4, UK practice).
    """

    purpose: str
    basis: str


def commitment(key: bytes, text: str) -> str:
    """HMAC-SHA256 of the text under the key kept with it, as 64 hex digits."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def seal(content: Any, *, matter: str, purpose: str, at: datetime) -> tuple[Sealed, str]:
    """
    Keep a text (or a small mapping of texts) in a row of its own; give the row and its commitment.

    ``matter`` is the record it belongs to ("incident:12"), ``purpose`` what it is kept for
    ("report.words"), which also decides how long (fields.toml).
    """
    key = secrets.token_bytes(32)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    row = Sealed.objects.create(matter=matter, purpose=purpose, text=text, key=key, created=at)
    return row, commitment(key, text)


def reseal(row: Sealed, content: Any) -> None:
    """Replace what an unfinished text says, under a new key. For texts that no entry holds a commitment of."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    Sealed.objects.filter(pk=row.pk, erased=None).update(text=text, key=secrets.token_bytes(32))


@service
def open_sealed(rows: Iterable[Sealed], *, record: str, looking: Looking, by: Actor, at: datetime) -> dict[int, Any]:
    """
    The contents by row id (erased ones are None), and one Look per person, record and quarter of an hour.

    The caller has already checked that this person may open this record; this only keeps the account of it.
    """
    found = list(rows)
    if found:
        _look(record, sorted({r.purpose for r in found}), looking, by=by, at=at)
    return {r.pk: None if r.text is None else json.loads(r.text) for r in found}


@service
def looked(record: str, fields: Iterable[str], *, looking: Looking, by: Actor, at: datetime) -> None:
    """Keep account of a look at a whole record that holds no sealed text: an inspector opening a matter."""
    _look(record, sorted(fields), looking, by=by, at=at)


def _look(record: str, fields: list[str], looking: Looking, *, by: Actor, at: datetime) -> None:
    quarter = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    same = Look.objects.filter(actor=by.id, record=record, purpose=looking.purpose, quarter=quarter)
    if same.exists():
        return
    seq, prev = chain.lock_head("looks")
    if same.exists():  # somebody with the same account looked while we waited for the head
        return
    recorded = now()
    said: Mapping[str, Any] = {
        "seq": seq + 1,
        "recorded": events.stamp(recorded),
        "prev": prev.hex(),
        "at": events.stamp(at),
        "actor": by.id,
        "record": record,
        "fields": fields,
        "purpose": looking.purpose,
        "basis": looking.basis,
        "quarter": events.stamp(quarter),
    }
    canonical = rfc8785.dumps(dict(said))
    own = chain.digest(canonical)
    Look.objects.create(
        seq=seq + 1, recorded=recorded, canonical=canonical, prev=prev, hash=own, at=at, actor=by.id, record=record,
        fields=fields, purpose=looking.purpose, basis=looking.basis, quarter=quarter,
    )  # fmt: skip
    chain.move_head("looks", seq + 1, own)


def compared(rows: Iterable[Sealed]) -> dict[int, Any]:
    """
    The contents by row id, for the machine to compare with each other: no Look, because nobody sees them.

    The caller gives on what the comparison came to (a distance, a count of words alike), never a word of it.
    """
    return {r.pk: None if r.text is None else json.loads(r.text) for r in rows}


def hand_over_seals(pks: Iterable[int], *, before: str, to: str) -> None:
    """Texts that belonged to one matter belong to another from now on, and are kept and erased with that."""
    Sealed.objects.filter(pk__in=list(pks), matter=before).update(matter=to)


@service
def erase(matter: str, *, purposes: Iterable[str] | None = None, cause: str, by: Actor, at: datetime) -> int:
    """Erase texts and keys of a matter (all, or those kept for some purposes); the chain still verifies."""
    rows = Sealed.objects.filter(matter=matter, erased=None)
    if purposes is not None:
        rows = rows.filter(purpose__in=list(purposes))
    count = rows.update(text=None, key=None, erased=at)
    if count:
        note("record.erased", matter, by=by, at=at, matter=matter, count=count, cause=cause)
    return count
