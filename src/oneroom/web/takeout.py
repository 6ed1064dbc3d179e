"""
A table on the screen or out of the house.

A file or a print of the whole narrowed list is an act with an entry, and of two persons where it is long. A table of
persons has neither (scope 5.1-10: no bulk export of persons).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from oneroom.apps.ledger.queries import taken_out_alone
from oneroom.apps.ledger.services import exported, exported_alone
from oneroom.apps.ledger.time import now
from oneroom.apps.people.access import usable_signature
from oneroom.apps.people.services import ask_second, use_signature
from oneroom.engine.signatures import BULK_ROWS, Act
from oneroom.engine.values import Actor, BadInput, NotAllowed, Refused
from oneroom.ports.formats.sheets import safe
from oneroom.web.tables import Asked, Rows, Table, asked, narrowed, said, shown

PRINTED = 2000  # rows on paper; whoever needs more takes the file
EXPORTED = 100_000
_AT_ONCE = 500


def respond(
    request: HttpRequest, table: Table, rows: Rows, *, by: Actor, frame: Mapping[str, Any], template: str
) -> HttpResponseBase:
    """The page, or by POST the file or the print of the whole narrowed list."""
    wants = asked(request, table)
    fitting = narrowed(table, rows, wants)
    if request.method == "POST":
        return _goes_out(request, table, fitting, wants, by=by, frame=frame, template=template)
    return render(request, template, {**frame, "t": drawn(table, fitting, wants, by=by)})


def again(
    request: HttpRequest, table: Table, rows: Rows, *, by: Actor, frame: Mapping[str, Any], template: str,
    refused: Refused,
) -> HttpResponseBase:  # fmt: skip
    """The page once more, under a form that was refused: the list's first page, narrowed by nothing."""
    first = HttpRequest()
    first.method, first.path = "GET", request.path
    wants = asked(first, table)
    page = {**frame, "t": drawn(table, narrowed(table, rows, wants), wants, by=by)}
    return render(request, template, page, status=refused.status)


def drawn(table: Table, fitting: Rows, wants: Asked, *, by: Actor) -> dict[str, Any]:
    """What the template draws for somebody who may take all of it out, alone or with a second signature."""
    page = shown(table, fitting, wants)
    page["bulk"] = BULK_ROWS if _needs_two(table, page["count"], by=by) else 0
    return page


def _goes_out(
    request: HttpRequest, table: Table, fitting: Rows, wants: Asked, *, by: Actor, frame: Mapping[str, Any],
    template: str,
) -> HttpResponseBase:  # fmt: skip
    if table.of_persons:
        raise NotAllowed("Lists of persons do not leave the house.")
    form = request.POST.get("as", "")
    if form not in ("csv", "print"):
        raise BadInput("as", "A list goes out as a file or as a print.")
    most = EXPORTED if form == "csv" else PRINTED
    count = fitting.count()
    if form == "csv" and count > EXPORTED:
        raise BadInput("as", "This list is too long for one file. Narrow it first.")
    out = {"form": form, "rows": min(count, most), "asked": wants.codes(), "by": by, "at": now()}
    if count > BULK_ROWS or not exported_alone(table.name, **out, most=BULK_ROWS, since=_today()):
        exported(table.name, **out, signature=_two_persons(request, table, form, wants, by=by))
    if form == "print":
        paper = shown(table, fitting, wants, whole=PRINTED)
        return render(request, template, {**frame, "t": paper, "printing": True})
    answer = StreamingHttpResponse(lines(table, fitting), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="oneroom-{table.name}-{localtime(now()):%Y%m%d-%H%M}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _needs_two(table: Table, count: int, *, by: Actor) -> bool:
    """Whether one person alone may not take so many rows out: with what he took out today they are too many."""
    if count > BULK_ROWS or table.of_persons or not count:
        return count > BULK_ROWS
    return count + taken_out_alone(by.id, since=_today()) > BULK_ROWS


def _today() -> datetime:
    return localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)


class AskedFor(Refused):
    """The second signature was asked for; the list goes out when it is there."""

    status = 202
    code = "asked"
    message = "Asked for. When somebody of another unit has signed, take the list out again here: once, within a day."


def _two_persons(request: HttpRequest, table: Table, form: str, wants: Asked, *, by: Actor) -> int:
    """A long list leaves the house by two persons: use up the signature there is, or ask for one with the reason."""
    about, details = f"list:{table.name}", {
        "form": form, "asked": ".".join(wants.codes()), "page": request.path.strip("/").replace("/", "."),
    }  # fmt: skip
    found = usable_signature(Act.BULK_EXPORT, about, details=details, by=by, at=now())
    if found is not None and use_signature(found, by=by, at=now()):
        return found
    why = request.POST.get("why", "").strip()
    if not why:
        raise BadInput(
            "why",
            "More than %(rows)d rows a day leave the house with a second signature only. Say why, to ask for it.",
            rows=BULK_ROWS,
        )  # fmt: skip
    ask_second(Act.BULK_EXPORT, about, details=details, words=why, by=by, at=now())
    raise AskedFor


class _Line:
    """What the writer of CSV writes into: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def lines(table: Table, fitting: Rows) -> Iterator[str]:
    """The file line by line: UTF-8 with a mark, so that spreadsheets read Chinese."""
    columns = [c for c in table.columns if c.exported]
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([str(c.label) for c in columns])
    for part in _parts(fitting):
        for row in table.prepare(part):
            yield writer.writerow([safe(said(c.show(row))) for c in columns])


def _parts(fitting: Rows) -> Iterator[list[Any]]:
    rows: Iterable[Any] = fitting.iterator(chunk_size=_AT_ONCE) if hasattr(fitting, "iterator") else fitting
    source = iter(rows)
    while part := list(islice(source, _AT_ONCE)):
        yield part
