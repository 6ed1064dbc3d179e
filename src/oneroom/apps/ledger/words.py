"""
Whether personal texts still are what the record committed to when they were given.

The record holds only the HMAC of a text, under a key that is kept with the text. So an altered text, an altered key and
a text that is gone without an entry of its erasure are each found by the entry that stands in the chain. Which entry
that is, its row says (``Sealed.entry``); if the row lies, the entry finds no text, and that is a fault too.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from oneroom.apps.ledger.hands import Hands, snapshot
from oneroom.apps.ledger.models import Entry, Sealed
from oneroom.apps.ledger.prepared import run
from oneroom.apps.ledger.reading import AFTER_ALL, BEFORE_ALL, Row, fetch, read_json
from oneroom.engine.events import KINDS, Fact

# Kept for hours and committed to by nothing: what is being typed, and the number that an exchange gives.
UNNOTED = ("draft.words", "call.number")
# A text from before rows knew their entry, and of which no entry holds the HMAC: the small picture of a photo.
NO_ENTRY = 0
_NO_TEXT = ("digest", "session")  # facts of 64 hex digits that commit to no text
_KINDS = {
    kind.name: tuple(n for n, fact in kind.facts.items() if fact is Fact.COMMITMENT and n not in _NO_TEXT)
    for kind in KINDS.values()
}
_WITH_TEXTS = [name for name, facts in _KINDS.items() if facts]
_PART, _PAGE = 65_536, 2000
# HMAC-SHA256 (RFC 2104) where the texts are: photos need not travel to be compared.
_MARKS = """
SELECT s.id, encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(s.text, 'UTF8'))), 'hex')
FROM ledger_sealed s
JOIN unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS k(id, inner_pad, outer_pad) ON k.id = s.id
WHERE s.text IS NOT NULL
"""
# Texts by their entries; of a long one (a photo) only that it is there.
_SEALED = """
SELECT id, entry, key, erased IS NOT NULL, matter, CASE WHEN octet_length(text) <= 8192 THEN text END, text IS NOT NULL
FROM ledger_sealed WHERE entry > 0 AND """
_TEXTS = _SEALED + "entry = ANY(%s)"
_TEXTS_WITHIN = _SEALED + "entry BETWEEN %s AND %s"
_COMMITTING = """
SELECT seq, kind, facts::text FROM ledger_entry WHERE kind = ANY(%s) AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s"""
_BLOCK = 64
_INNER, _OUTER = bytes(b ^ 0x36 for b in range(256)), bytes(b ^ 0x5C for b in range(256))


@dataclass(frozen=True, slots=True)
class Compared:
    """How many texts were compared with their entries; ``seq`` is the first entry whose text is not what it was."""

    texts: int
    seq: int | None = None
    detail: str = ""


def commitment(key: bytes, text: str) -> str:
    """HMAC-SHA256 of the text under the key kept with it, as 64 hex digits."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def commitments(kind: str, facts: Mapping[str, Any]) -> list[str]:
    """The marks of texts that an entry of this kind holds."""
    return [facts[name] for name in _KINDS.get(kind, ()) if facts.get(name)]


def altered(rows: Iterable[Sealed]) -> list[Sealed]:
    """Of texts that are about to be shown, those that are not what their entry committed to."""
    asked = [row for row in rows if row.purpose not in UNNOTED or row.entry is not None]
    late = [row.pk for row in asked if row.entry is None]  # read before its act was written
    known = dict(Sealed.objects.filter(pk__in=late).values_list("pk", "entry")) if late else {}
    of = {row.pk: known.get(row.pk) if row.entry is None else row.entry for row in asked}
    entries = {seq: commitments(kind, facts) for seq, kind, facts in _entries({n for n in of.values() if n})}
    gone = {row.matter for row in asked if row.text is None}
    erased = _erased(gone) if gone else {}
    return [row for row in asked if not _as_given(row, of[row.pk], entries, erased)]


def still_altered(pks: Iterable[int]) -> set[int]:
    """Of these texts, those that are not what their entry committed to, by row; one that is gone whole is not here."""
    return {row.pk for row in altered(Sealed.objects.filter(pk__in=list(pks)))}


def _as_given(row: Sealed, seq: int | None, entries: Mapping[int, list[str]], erased: Mapping[str, int]) -> bool:
    if seq == NO_ENTRY and row.purpose == "scene.photo":
        return True
    if row.text is None:
        return seq is None or erased.get(row.matter, 0) > seq
    return row.key is not None and commitment(bytes(row.key), row.text) in entries.get(seq or 0, ())


def compare(numbers: Collection[int]) -> Compared:
    """The texts that these entries of the chain of acts committed to."""
    return _compare(list(_entries(numbers, texts_only=True)))


def compare_all(hands: Hands | None = None) -> Compared:
    """The texts of the whole record, a part after the other; then whether there are texts that no entry knows."""
    texts = 0
    with snapshot():
        for part in (hands or Hands(1)).in_order(compare_part, _parts()):
            texts += part.texts
            if part.seq is not None:
                return Compared(texts, part.seq, part.detail)
        stray = Sealed.objects.filter(entry=None, erased=None, text__isnull=False).exclude(purpose__in=UNNOTED).first()
    if stray is not None:
        return Compared(texts, 0, f"text {stray.pk} ({stray.purpose}) stands in no entry")
    return Compared(texts)


def _parts() -> Iterator[tuple[int, int]]:
    """The numbers above which one part of the record begins, and up to which it goes."""
    above = BEFORE_ALL
    while True:
        found = fetch("SELECT seq FROM ledger_entry WHERE seq > %s ORDER BY seq OFFSET %s LIMIT 1", [above, _PART - 1])
        if not found:
            yield above, AFTER_ALL
            return
        yield above, found[0][0]
        above = found[0][0]


def compare_part(above: int, upto: int) -> Compared:
    """The texts that the entries above one number, up to another, committed to."""
    texts = 0
    while page := fetch(_COMMITTING, [_WITH_TEXTS, above, upto, _PAGE]):
        last = page[-1][0]
        found = _compare(
            [(seq, kind, read_json(facts)) for seq, kind, facts in page], fetch(_TEXTS_WITHIN, [page[0][0], last])
        )
        texts += found.texts
        if found.seq is not None:
            return Compared(texts, found.seq, found.detail)
        if len(page) < _PAGE:
            break
        above = last
    return Compared(texts)


def _entries(numbers: Collection[int], *, texts_only: bool = False) -> Iterator[tuple[int, str, dict[str, Any]]]:
    if not numbers:
        return
    rows = Entry.objects.filter(seq__in=list(numbers))
    if texts_only:
        rows = rows.filter(kind__in=_WITH_TEXTS)
    yield from rows.order_by("seq").values_list("seq", "kind", "facts")


def _compare(entries: list[tuple[int, str, dict[str, Any]]], rows: list[Row] | None = None) -> Compared:
    """``rows`` are the texts of all these entries, and maybe of others between them."""
    held = {seq: marks for seq, kind, facts in entries if (marks := commitments(kind, facts))}
    if not held:
        return Compared(0)
    rows = [row for row in rows if row[1] in held] if rows is not None else run(_TEXTS, [list(held)]).fetchall()
    found = _marks([(row[0], bytes(row[2])) for row in rows if row[2] is not None and row[5] is None and row[6]])
    live: dict[int, set[str]] = defaultdict(set)
    gone: dict[int, list[str]] = defaultdict(list)
    for pk, seq, key, erased, matter, text, _there in rows:
        if key is not None and text is not None:
            live[seq].add(commitment(key, text))
        elif pk in found:
            live[seq].add(found[pk])
        elif erased:
            gone[seq].append(matter)
    erasures = _erased({matter for matters in gone.values() for matter in matters})
    texts = 0
    for seq, said in sorted(held.items()):
        told = sum(1 for matter in gone[seq] if erasures.get(matter, 0) > seq)
        missing = sum(1 for mark in said if mark not in live[seq])
        if live[seq] - set(said):
            return Compared(texts, seq, "a text is not the one that was given: it was altered afterwards")
        if missing > told:
            return Compared(texts, seq, "a text is gone, and no entry says that it was erased")
        texts += len(said) - missing
    return Compared(texts)


def _erased(matters: Collection[str]) -> dict[str, int]:
    """The last entry of an erasure, by matter."""
    rows = Entry.objects.filter(kind="record.erased", matter__in=list(matters))
    return dict(rows.values("matter").annotate(last=Max("seq")).values_list("matter", "last"))


def _marks(rows: list[tuple[int, bytes]]) -> dict[int, str]:
    """The HMAC of each text, by its row; rows without a text are left out."""
    if not rows:
        return {}
    padded = [key.ljust(_BLOCK, b"\0") for _pk, key in rows]  # keys are 32 bytes
    pads = [[key.translate(table) for key in padded] for table in (_INNER, _OUTER)]
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [[pk for pk, _key in rows], *pads])
        return dict(cursor.fetchall())
