"""Reading the record."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from oneroom.apps.ledger.models import ChainHead, Entry, Look


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a timeline shows it."""

    seq: int
    at: datetime
    recorded: datetime
    kind: str
    subject: str
    actor: int
    on_behalf: int | None
    via: str
    facts: dict[str, Any]
    matter: str = ""


_COLUMNS = ("seq", "at", "recorded", "kind", "subject", "actor", "on_behalf", "via", "facts", "matter")


def timeline(*matters: str) -> list[Line]:
    """Every entry of these matters, oldest first by when it was recorded."""
    return [Line(*row) for row in Entry.objects.filter(matter__in=matters).order_by("seq").values_list(*_COLUMNS)]


def matters_acted_on(matters: Iterable[str], actor: int) -> set[str]:
    """Those of these matters in which this account has an entry."""
    rows = Entry.objects.filter(matter__in=list(matters), actor=actor)
    return set(rows.values_list("matter", flat=True))


def entries_since(seq: int, *, kinds: Iterable[str] = (), limit: int = 1000) -> list[Line]:
    """Entries after a sequence number, for folds and feeds inside the house."""
    rows = Entry.objects.filter(seq__gt=seq)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return [Line(*row) for row in rows.order_by("seq").values_list(*_COLUMNS)[:limit]]


def entries_of_kind(kind: str, *, since: datetime) -> list[Line]:
    """Entries of a rare kind since a time, oldest first; only kinds that have an index of their own (``models``)."""
    return [
        Line(*row)
        for row in Entry.objects.filter(kind=kind, at__gte=since).order_by("at", "seq").values_list(*_COLUMNS)
    ]


def entries_recorded(kinds: Iterable[str], *, since: datetime) -> Iterator[Line]:
    """Entries of these kinds recorded since a time, in order: for work that nobody waits for."""
    rows = Entry.objects.filter(recorded__gte=since, kind__in=list(kinds)).order_by("seq").values_list(*_COLUMNS)
    return (Line(*row) for row in rows.iterator(chunk_size=2000))


def last_of_matters(kind: str, matters: Iterable[str]) -> list[Line]:
    """The last entry of a kind of each of these matters, by when it was recorded; one statement."""
    rows = Entry.objects.filter(matter__in=list(matters), kind=kind).order_by("matter", "-seq").distinct("matter")
    return [Line(*row) for row in rows.values_list(*_COLUMNS)]


def folded(
    kinds: Iterable[str], *, with_facts: Iterable[str], since: datetime, after: int
) -> Iterator[tuple[int, str, datetime, str, str, dict[str, Any]]]:
    """
    (seq, kind, at, subject, matter, facts) of entries for a fold, in order: written since a time, after a number.

    Plain rows, and facts only of the kinds whose facts are asked for: a day of a city is fifty thousand of them.
    """
    asked: dict[str, Any] = {"kinds": list(kinds), "with_facts": list(with_facts), "since": since, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_FOLDED, asked)
        while rows := cursor.fetchmany(5000):
            for seq, kind, at, subject, matter, facts in rows:
                yield seq, kind, at, subject, matter, json.loads(facts) if facts else {}


_FOLDED = """
SELECT seq, kind, at, subject, matter, CASE WHEN kind = ANY(%(with_facts)s) THEN facts END FROM ledger_entry
WHERE recorded >= %(since)s AND seq > %(after)s AND kind = ANY(%(kinds)s) ORDER BY seq"""


def matters_since(seq: int, *, most: int) -> set[str] | None:
    """The matters of all entries after a number, "" for those of none; None where it is more entries than ``most``."""
    rows = list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("matter", flat=True)[: most + 1])
    return None if len(rows) > most else set(rows)


def touched(kinds: Iterable[str], *, after: int, upto: int) -> list[str]:
    """The matters of which entries of these kinds speak, after one number and up to another."""
    rows = Entry.objects.filter(seq__gt=after, seq__lte=upto, kind__in=list(kinds)).exclude(matter="")
    return list(rows.order_by().values_list("matter", flat=True).distinct())


def all_of_matters(
    matters: Iterable[str], kinds: Iterable[str], *, with_facts: Collection[str]
) -> Iterator[tuple[str, datetime, str, str, dict[str, Any]]]:
    """(kind, at, subject, matter, facts) of all entries of these kinds of these matters, in order."""
    rows = Entry.objects.filter(matter__in=list(matters), kind__in=list(kinds)).order_by("seq")
    for kind, at, subject, matter, facts in rows.values_list("kind", "at", "subject", "matter", "facts"):
        yield kind, at, subject, matter, facts if kind in with_facts else {}


def told_to(matters: Iterable[str], kind: str, *, crew: int | None = None) -> list[list[str]]:
    """Whom the entries of a kind were addressed to, in these matters: those about one crew, or all."""
    rows = Entry.objects.filter(matter__in=list(matters), kind=kind)
    if crew is not None:
        rows = rows.filter(facts__contains={"crew": crew})
    return list(rows.values_list("scopes", flat=True))


def heard_by(scope: str, kind: Literal["track.opened"], *, since: datetime) -> list[Line]:
    """The entries of a kind that were addressed to this audience, newest first; of kinds that have an index by time."""
    rows = Entry.objects.filter(kind=kind, at__gt=since, scopes__contains=[scope]).order_by("-seq")
    return [Line(*row) for row in rows.values_list(*_COLUMNS)]


def taken_out_alone(account: int, *, since: datetime) -> int:
    """How many rows of lists this person took out of the house since then without a second person."""
    rows = Entry.objects.filter(kind="list.exported", actor=account, at__gte=since).exclude(facts__has_key="signature")
    return sum(facts["rows"] for facts in rows.values_list("facts", flat=True))


def hash_of(seq: int) -> bytes:
    """The hash of an entry; nothing where there is none of this number."""
    found = Entry.objects.filter(seq=seq).values_list("hash", flat=True).first()
    return b"" if found is None else bytes(found)


def last_entry(kind: str, *, until: datetime, facts: dict[str, Any]) -> Line | None:
    """The last entry of a kind that happened by ``until`` and says this, by when it happened."""
    rows = Entry.objects.filter(kind=kind, at__lte=until, facts__contains=facts).order_by("-at", "-seq")
    row = rows.values_list(*_COLUMNS).first()
    return Line(*row) if row else None


def head_seq(chain: str = "acts") -> int:
    """The last sequence number of a chain; 0 when it is empty."""
    return ChainHead.objects.filter(pk=chain).values_list("seq", flat=True).first() or 0


def head(chain: str = "acts") -> tuple[int, bytes]:
    """(number, hash) of the last link of a chain; (0, zeros) when it is empty."""
    row = ChainHead.objects.filter(pk=chain).values_list("seq", "hash").first()
    return (row[0], bytes(row[1])) if row else (0, bytes(32))


_WINDOW = 1000


def last_seq(scopes: Iterable[str]) -> int:
    """
    A number that changes whenever one of these scopes hears of something: the sequence number of the last entry
    it heard of, or a negative mark when that lies more than a thousand entries back.

    An index over scopes would answer exactly, and cost every commit a quarter of its time (benchmarks/ledger.py).
    Looking back only to the start of the thousand before the current one is enough: the mark stays the same
    within a thousand, so whoever holds it has missed nothing that this does not find.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HEARD, {"window": _WINDOW, "scopes": list(scopes)})
        return int(cursor.fetchone()[0])


_LAST_HEARD = """
SELECT COALESCE((
    SELECT seq FROM ledger_entry WHERE seq > (thousand - 1) * %(window)s AND scopes && %(scopes)s::varchar[]
    ORDER BY seq DESC LIMIT 1
), -thousand)
FROM (SELECT COALESCE(MAX(seq), 0) / %(window)s AS thousand FROM ledger_chainhead WHERE name = 'acts') head"""


def looks_at(record: str) -> list[Look]:
    """Who opened personal fields of this record, newest first."""
    return list(Look.objects.filter(record=record).order_by("-seq"))


def sessions_closed(many: int, *, since: datetime, after: int = 0) -> list[str]:
    """The markers of the sessions that were closed last, since a time and after a number of the record."""
    found = Entry.objects.filter(kind="session.closed", recorded__gte=since, seq__gt=after)
    rows = found.order_by("-seq").values_list("facts", flat=True)
    return [facts["session"] for facts in rows[:many] if "session" in facts]
