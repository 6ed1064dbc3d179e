"""
Tables of the office: columns and filters as data; sorting, narrowing and paging are the server's.

    TABLE = Table("matters", _("Matters"), columns=(Column("ref", _("No."), show=…, sort="reference"), …),
                  filters=(Choice("grade", _("Grade"), options=…, narrow=lambda rows, v: rows.filter(grade=v)),),
                  order="-ref", empty=_("No matter fits."))
    return respond(request, TABLE, matters_for(by=by), frame={…}, by=by)  # takeout.py

A table without script is whole: links sort and turn pages, a form narrows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput

PAGE = 50

Rows = Any  # a lazy query of an app, or a list: a screen names no table of the database
Word = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """
    ``show(row)`` gives the text; ``part`` is a template that draws it instead on the screen (it gets ``row``).

    ``sort`` are fields of the query to order by; ``link(row)`` an address; ``n`` a column of numbers. What names a
    person is ``exported=False``: the screen shows it, no file holds it.
    """

    key: str
    label: Word
    show: Callable[[Any], Any]
    sort: tuple[str, ...] = ()
    n: bool = False
    part: str = ""
    link: Callable[[Any], str] | None = None
    exported: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A filter with a fixed list of values; ``default`` holds while nothing is chosen.

    A ``hidden`` one is only there when an address brings it, as a figure does that opens its records.
    """

    key: str
    label: Word
    options: Callable[[], Mapping[str, Any]]
    narrow: Callable[[Rows, str], Rows]
    default: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A filter that is typed. What was typed is not kept in the record, only that something was."""

    key: str
    label: Word
    narrow: Callable[[Rows, str], Rows]
    longest: int = 40


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``name`` is its code in the record; ``prepare`` may look up what a page of rows needs at once."""

    name: str
    title: Word
    columns: tuple[Column, ...]
    order: str
    empty: Word
    filters: tuple[Choice | Text, ...] = ()
    prepare: Callable[[Sequence[Any]], Sequence[Any]] = list
    of_persons: bool = False

    def column(self, key: str) -> Column | None:
        """A column by its key."""
        return next((c for c in self.columns if c.key == key), None)


def for_reader(table: Table, by: Actor) -> Table:
    """The table as this person may see it: outside oversight sees account numbers, no identities."""
    if by.may(Right.INSPECT) or not by.may(Right.VERIFY_RECORD):
        return table
    return replace(table, columns=tuple(c for c in table.columns if c.exported))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a table."""

    sort: str
    page: int
    values: Mapping[str, str] = field(default_factory=dict)

    def address(self, table: Table, **other: Any) -> str:
        """The query of an address that asks the same but for ``other``."""
        said = {**self.values, "sort": self.sort if self.sort != table.order else "", "page": self.page, **other}
        kept = {k: v for k, v in said.items() if v not in ("", None) and not (k == "page" and v == 1)}
        return "?" + urlencode(kept)

    def codes(self) -> list[str]:
        """What was asked as codes, fit for an entry: a value that is no code is said to be there, not what it is."""
        return [
            f"{key}:{value}" if re.fullmatch(r"[a-z0-9_.\-]{1,40}", value) else f"{key}:given"
            for key, value in sorted(self.values.items())
            if value
        ] + [f"sort:{self.sort.lstrip('-')}"]


def asked(request: HttpRequest, table: Table) -> Asked:
    """Read the address; what it cannot mean is refused with the field named."""
    given = request.POST if request.method == "POST" else request.GET
    sort = given.get("sort", "") or table.order
    column = table.column(sort.lstrip("-"))
    if column is None or not column.sort:
        raise BadInput("sort", "This table cannot be put in that order.")
    page = given.get("page", "") or "1"
    if not (page.isascii() and page.isdecimal() and int(page[:9]) > 0 and len(page) < 8):
        raise BadInput("page", "A page is a number from 1.")
    values: dict[str, str] = {}
    for f in table.filters:
        value = plain(f.key, given.get(f.key, ""), longest=f.longest if isinstance(f, Text) else 60)
        if isinstance(f, Choice):
            value = value or f.default
            if value and value not in {str(k) for k in f.options()}:
                raise BadInput(f.key, "There is no such choice here. Pick one of the list.")
        values[f.key] = value
    return Asked(sort, int(page), values)


def narrowed(table: Table, rows: Rows, wants: Asked) -> Rows:
    """The rows that fit, in the order asked for; equal rows stay in the order of their ids."""
    for f in table.filters:
        if wants.values.get(f.key):
            rows = f.narrow(rows, wants.values[f.key])
    down = wants.sort.startswith("-")
    column = table.column(wants.sort.lstrip("-"))
    fields = [f"-{name}" if down else name for name in (column.sort if column else ())]
    return rows.order_by(*fields, "-pk" if down else "pk")


@dataclass(frozen=True, slots=True)
class Head:
    """A heading: its address turns the order."""

    label: Word
    address: str
    sorted: str
    n: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row on the screen."""

    text: str
    link: str
    part: str
    n: bool


def shown(table: Table, fitting: Rows, wants: Asked, *, whole: int = 0) -> dict[str, Any]:
    """What the template draws: one page of rows, or the first ``whole``."""
    count = fitting.count()
    pages = max(1, -(-count // PAGE))
    page = min(wants.page, pages)
    part = fitting[:whole] if whole else fitting[(page - 1) * PAGE : page * PAGE]
    ready = table.prepare(list(part))
    return {
        "table": table, "count": count, "page": page, "pages": pages, "wants": wants,
        "first": (page - 1) * PAGE + 1 if count else 0, "last": min(page * PAGE, count),
        "heads": [_head(table, c, wants) for c in table.columns],
        "rows": [(getattr(row, "pk", n), row, [_cell(c, row) for c in table.columns]) for n, row in enumerate(ready)],
        "before": wants.address(table, page=page - 1) if page > 1 else "",
        "after": wants.address(table, page=page + 1) if page < pages else "",
        "fields": [_field(f, wants) for f in table.filters if wants.values[f.key] or not getattr(f, "hidden", False)],
        "narrow": any(wants.values.get(f.key) not in ("", getattr(f, "default", "")) for f in table.filters),
        "printed": whole, "cut": whole and count > whole, "bulk": 0,
    }  # fmt: skip


def _head(table: Table, column: Column, wants: Asked) -> Head:
    mine = wants.sort.lstrip("-") == column.key
    down = mine and wants.sort.startswith("-")
    turned = column.key if down else f"-{column.key}" if mine else column.key
    address = wants.address(table, sort=turned if turned != table.order else "", page=1) if column.sort else ""
    return Head(column.label, address, ("descending" if down else "ascending") if mine else "", column.n)


def _cell(column: Column, row: Any) -> Cell:
    text = "" if column.part else said(column.show(row))
    return Cell(text, column.link(row) if column.link else "", column.part, column.n)


def _field(f: Choice | Text, wants: Asked) -> dict[str, Any]:
    options = {str(k): v for k, v in f.options().items()} if isinstance(f, Choice) else None
    if options is not None and getattr(f, "hidden", False):
        options = {wants.values[f.key]: options[wants.values[f.key]]}
    free = isinstance(f, Choice) and not f.default
    return {"key": f.key, "label": f.label, "value": wants.values[f.key], "options": options, "any": free}


def said(value: Any) -> str:
    """A value as text: times in the force's zone, nothing as nothing."""
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    return str(value)


def yes_no(value: bool) -> str:
    """A flag as a word."""
    return _("yes") if value else _("no")
