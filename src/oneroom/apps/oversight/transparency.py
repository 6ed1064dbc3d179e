"""
The transparency report of a month, from this house's record or from an export of it, and its publication.

Once it is published it belongs to the heads of the record that it was computed at: whoever computes it later, from a
record that has grown, reads no further than these and makes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.ledger.services import note, service
from oneroom.apps.oversight.models import Publication
from oneroom.engine.measures.transparency import EVER, KINDS, Month, digest, last_whole, month, report
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

PUBLISHED = "transparency.published"
# Entries that say they happened in a month were written after it began, but for clocks that differ.
_LATE_BY = timedelta(hours=1)
_ACTS = """
SELECT canonical FROM ledger_entry
WHERE seq <= %s AND kind = ANY(%s) AND (recorded >= %s OR kind = ANY(%s)) ORDER BY seq"""
_LOOKS = "SELECT canonical FROM ledger_look WHERE seq <= %s AND recorded >= %s AND at >= %s AND at < %s ORDER BY seq"
Lines = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Computed:
    """A report's bytes, and what was published of the same month: its digest, empty where nothing was."""

    month: str
    content: bytes
    acts: int
    looks: int
    published: str = ""

    @property
    def agrees(self) -> bool:
        """Whether these are the bytes that were published."""
        return self.published in ("", digest(self.content))


def here(of: Month, *, acts: int | None = None, looks: int | None = None) -> Computed:
    """From this house's record; of a published month as it stood then."""
    found = Publication.objects.filter(month=of.name).first() if acts is None else None
    if found is not None:
        acts, looks = found.acts, found.looks
    heads = {"acts": _head(Entry, acts), "looks": _head(Look, looks)}
    since, until = of.since, of.until
    read_acts = _rows(_ACTS, [heads["acts"]["seq"], sorted(KINDS), since - _LATE_BY, list(EVER)])
    read_looks = _rows(_LOOKS, [heads["looks"]["seq"], since - _LATE_BY, since, until])
    content = report(of, read_acts, read_looks, heads=heads, simulated=settings.DEMO)
    return Computed(of.name, content, heads["acts"]["seq"], heads["looks"]["seq"], found.digest if found else "")


def exported(of: Month, acts: Lines, looks: Lines, *, simulated: bool) -> Computed:
    """The same from an export's lines (``oneroom export``), with nothing but them; verify them first."""
    told_of = (said["facts"] for said in _said(acts()) if said["kind"] == PUBLISHED)
    facts: dict[str, Any] = next((said for said in told_of if said["month"] == of.name), {})
    heads = {
        "acts": _last(acts(), facts.get("acts")), "looks": _last(looks(), facts.get("looks")),
    }  # fmt: skip
    since = of.since - _LATE_BY

    def told() -> Iterator[Mapping[str, Any]]:
        for said in _upto(acts(), heads["acts"]["seq"]):
            late = datetime.fromisoformat(said["recorded"]) >= since
            if said["kind"] in KINDS and (late or said["kind"] in EVER):
                yield said

    content = report(of, told(), _upto(looks(), heads["looks"]["seq"]), heads=heads, simulated=simulated)
    return Computed(of.name, content, heads["acts"]["seq"], heads["looks"]["seq"], facts.get("digest", ""))


def the_month(name: str, at: datetime) -> Month:
    """The month "2026-10", or the last whole one. Raises BadInput for what is none or is not over."""
    if not name:
        return last_whole(at, settings.TIME_ZONE)
    try:
        found = month(name, settings.TIME_ZONE)
    except ValueError as odd:
        raise BadInput("month", "A month is written like 2026-10.") from odd
    if found.until > at:
        raise BadInput("month", "This month is not over yet.")
    return found


@service
def publish(name: str, *, by: Actor, at: datetime) -> None:
    """Put a month's report before the public, for good; its digest stands in the record."""
    by.must(Right.PUBLISH_REPORT)
    if not name:
        raise BadInput("month", "A month is written like 2026-10.")
    made = here(the_month(name, at))
    said = digest(made.content)
    try:
        with transaction.atomic():
            Publication.objects.create(
                month=made.month, acts=made.acts, looks=made.looks, content=made.content, digest=said,
                published_by_id=by.id, published_at=at,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Conflict("The report of this month is published already; it stays as it is.") from twice
    note(
        PUBLISHED, f"month:{made.month}", by=by, at=at, month=made.month, acts=made.acts, looks=made.looks, digest=said
    )  # fmt: skip


def published() -> list[Publication]:
    """What anybody may read, the newest month first."""
    return list(Publication.objects.order_by("-month").select_related("published_by").defer("content"))


def published_of(name: str) -> bytes:
    """The bytes of a month's report as they were published."""
    found = Publication.objects.filter(month=name).values_list("content", flat=True).first()
    if found is None:
        raise NotFound
    return bytes(found)


def _head(table: type[Entry] | type[Look], upto: int | None) -> dict[str, Any]:
    found = table.objects.order_by("-seq") if upto is None else table.objects.filter(seq=upto)
    seq, own = found.values_list("seq", "hash").first() or (0, bytes(32))
    return {"seq": seq, "hash": bytes(own).hex()}


def _rows(sql: str, values: list[Any]) -> Iterator[Mapping[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(5000):
            for (canonical,) in rows:
                yield json.loads(bytes(canonical))


def _said(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield json.loads(line.partition(b"\t")[2])


def _upto(lines: Iterable[bytes], seq: int) -> Iterator[dict[str, Any]]:
    for said in _said(lines):
        if said["seq"] > seq:
            return
        yield said


def _last(lines: Iterable[bytes], upto: int | None) -> dict[str, Any]:
    last, number = b"", 0
    for line in lines:
        if upto is not None and number == upto:
            break
        last, number = line, number + 1
    hexed = last.partition(b"\t")[0].decode() if last else bytes(32).hex()
    return {"seq": number, "hash": hexed}
