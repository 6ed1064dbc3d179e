"""Personal texts: sealed away from the record, opened only with a purpose, erased without breaking the chain."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from oneroom.apps.ledger.models import Look, Sealed
from oneroom.apps.ledger.prepared import insert
from oneroom.apps.ledger.services import chain, seams
from oneroom.apps.ledger.services.record import given, note, service, waits_for_entry
from oneroom.apps.ledger.time import now
from oneroom.apps.ledger.together import NameOf
from oneroom.apps.ledger.words import altered, commitment
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


def seal(content: Any, *, matter: str, purpose: str, at: datetime) -> tuple[Sealed, str]:
    """
    Keep a text (or a small mapping of texts) in a row of its own; give the row and its commitment.

    ``matter`` is the record it belongs to ("incident:12"), ``purpose`` what it is kept for
    ("report.words"), which also decides how long (fields.toml).
    """
    return seal_all({purpose: content}, matter=matter, at=at)[purpose]


def seal_all(contents: Mapping[str, Any], *, matter: str, at: datetime) -> dict[str, tuple[Sealed, str]]:
    """The same for several texts of a matter, by purpose, in one turn."""
    sealed = sealed_rows(contents, matter=matter, at=at)
    insert(*(row for row, _mark in sealed.values()))
    are_sealed(sealed)
    return sealed


def sealed_rows(
    contents: Mapping[str, Any], *, matter: str | NameOf, at: datetime
) -> dict[str, tuple[Sealed, str]]:  # fmt: skip
    """The rows of such texts and their commitments, for an act that writes them with others (``insert_together``)."""
    name: Any = matter  # a name that the database makes is none of Django's expressions
    sealed = {}
    for purpose, content in contents.items():
        key = secrets.token_bytes(32)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        row = Sealed(matter=name, purpose=purpose, text=text, key=key, created=at)
        sealed[purpose] = row, commitment(key, text)
    return sealed


def are_sealed(sealed: Mapping[str, tuple[Sealed, str]]) -> None:
    """These rows are written: their entry is to know its texts."""
    for row, mark in sealed.values():
        given(mark, row.pk)


def seal_many(contents: Sequence[tuple[str, Any]], *, purpose: str, at: datetime) -> dict[str, str]:
    """The same for one text each of many matters, in one turn; the commitments by matter."""
    rows, commitments = [], {}
    for matter, content in contents:
        key = secrets.token_bytes(32)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        rows.append(Sealed(matter=matter, purpose=purpose, text=text, key=key, created=at))
        commitments[matter] = commitment(key, text)
    Sealed.objects.bulk_create(rows, batch_size=2000)
    return commitments


def reseal(row: Sealed, content: Any) -> None:
    """Replace what an unfinished text says, under a new key. For texts that no entry holds a commitment of."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    Sealed.objects.filter(pk=row.pk, erased=None).update(text=text, key=secrets.token_bytes(32))


@service
def open_sealed(
    rows: Iterable[Sealed], *, record: str, looking: Looking, also: Iterable[str] = (), by: Actor, at: datetime
) -> dict[int, Any]:
    """
    The contents by row id (erased ones are None), and one Look per person, record and quarter of an hour, a further
    one for fields that were not opened yet.

    The caller has already checked that this person may open this record; this only keeps the account of it. ``also``
    are fields that are shown with them and are kept unsealed.

    A text that is not the one that the record committed to is marked as such in its own words, and leaves an entry that
    raises the alarm: whoever acts on an address may need it all the same. An altered photo is None.
    """
    found = list(rows)
    if fields := {r.purpose for r in found} | set(also):
        _look(record, sorted(fields), looking, by=by, at=at)
    false = {r.pk for r in altered(r for r in found if not waits_for_entry(r.pk))}
    for row in found:
        if row.pk in false:
            note("words.altered", row.matter, by=by, at=at, matter=row.matter, text=row.pk, purpose=row.purpose,
                 entry=row.entry or None)  # fmt: skip
    return {r.pk: _marked(r) if r.pk in false else None if r.text is None else json.loads(r.text) for r in found}


def _marked(row: Sealed) -> Any:
    """What an altered row says now, each text of it after a warning."""
    if row.text is None or row.purpose == "scene.photo":
        return None
    warning = _("ALTERED after it was recorded, do not rely on it:")

    def mark(content: Any) -> Any:
        match content:
            case str():
                return f"{warning} {content}" if content else content
            case dict():
                return {name: mark(value) for name, value in content.items()}
            case list():
                return [mark(value) for value in content]
        return content

    try:
        return mark(json.loads(row.text))
    except ValueError:  # not even what a seal writes
        return str(warning)


@service
def looked(record: str, fields: Iterable[str], *, looking: Looking, by: Actor, at: datetime) -> None:
    """Keep account of a look at a whole record that holds no sealed text: an inspector opening a matter."""
    _look(record, sorted(fields), looking, by=by, at=at)


def _look(record: str, fields: list[str], looking: Looking, *, by: Actor, at: datetime) -> None:
    quarter = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    same = Look.objects.filter(actor=by.id, record=record, purpose=looking.purpose, quarter=quarter)
    if _counted(same, fields):
        return
    seq, prev = chain.lock_head("looks")
    if _counted(same, fields):  # somebody with the same account looked while we waited for the head
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


def _counted(same: QuerySet[Look], fields: Iterable[str]) -> bool:
    """Whether all of these fields stand in the looks of this quarter already."""
    return set(fields) <= {name for seen in same.values_list("fields", flat=True) for name in seen} and same.exists()


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
def erase(
    matter: str, *, purposes: Iterable[str] | None = None, before: datetime | None = None, cause: str, by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """
    Erase texts and keys of a matter (all, those kept for some purposes, or older ones); the chain still verifies.

    Whoever may object (``settings.GUARDS["record.erase"]``) is asked first: what is held stays.
    """
    seams.ask_guards("record.erase", matter=matter)
    rows = Sealed.objects.filter(matter=matter, erased=None)
    if purposes is not None:
        rows = rows.filter(purpose__in=list(purposes))
    if before is not None:
        rows = rows.filter(created__lt=before)
    count = rows.update(text=None, key=None, erased=at)
    if count:
        note("record.erased", matter, by=by, at=at, matter=matter, count=count, cause=cause)
    return count
