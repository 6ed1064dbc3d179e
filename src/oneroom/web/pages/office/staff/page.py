"""A list of the personnel office with forms under it: what was typed stays where it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import localtime

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.access import units_for
from oneroom.apps.personnel.queries import people_numbered
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame
from oneroom.web.pages.room.words import local
from oneroom.web.tables import Rows, Table
from oneroom.web.takeout import again, respond

Said = Mapping[str, str]
Acts = Mapping[str, Callable[[Said], Any]]
UNITS = 500  # named while a code is typed
_MONEY = re.compile(r"^\d{1,9}(\.\d{1,2})?$", re.ASCII)


def listed(
    request: HttpRequest, table: Table, rows: Rows, *, by: Actor, here: str, template: str, acts: Acts,
    more: Callable[[], Mapping[str, Any]] = dict,
) -> HttpResponseBase:  # fmt: skip
    """
    The list and its forms. By POST ``act`` names what is done (of ``acts``: who may not does not find it there), or
    ``as`` takes the list out. ``more`` is what the template needs besides.
    """
    refused: Refused | None = None
    said: dict[str, str] = {}
    if request.method == "POST" and "act" in request.POST:
        said = request.POST.dict()
        act = acts.get(said["act"])
        if act is None:
            raise NotFound
        try:
            act(said)
            return redirect(request.path)
        except NotFound:
            raise
        except Refused as no:
            refused = no
    shell = frame(
        request, here, said=said, refused=worded(refused) if refused else "",
        bad=(refused.field or "") if refused else "", may=set(acts), **more(),
    )  # fmt: skip
    if refused is None:
        return respond(request, table, rows, by=by, frame=shell, template=template)
    return again(request, table, rows, by=by, frame=shell, template=template, refused=refused)


def day_of_list(request: HttpRequest) -> date:
    """The day ``on`` of which the list is, on the screen or taken out; today where none is named."""
    given = request.POST if request.method == "POST" and "as" in request.POST else request.GET
    return typed_day(given.get("on", ""), field="on") or localtime(now()).date()


def units_named(by: Actor) -> list[tuple[str, str]]:
    """Codes and names to choose from while a code is typed."""
    return [(u.code, local(u.name_zh, u.name_en)) for u in units_for(by=by).order_by("code")[:UNITS]]


def a_day(said: Said, field: str) -> date:
    """A day that is needed."""
    day = typed_day(said.get(field, ""), field=field)
    if day is None:
        raise BadInput(field, "This is needed.")
    return day


def a_person(said: Said, field: str = "number") -> int:
    """Somebody by his badge."""
    return people(said.get(field, ""), field, needed=True)[0]


def people(text: str, field: str, *, needed: bool = False) -> list[int]:
    """People by their badges, apart by spaces, commas or lines; the first that is not known is named."""
    numbers = [n.upper() for n in re.split(r"[\s,;，；、]+", text) if n]
    if needed and not numbers:
        raise BadInput(field, "This is needed.")
    if len(numbers) > 20_000:
        raise BadInput(field, "That is more than fits here.")
    known = people_numbered(numbers)
    for number in numbers:
        if number not in known:
            raise BadInput(field, "There is no such badge: %(number)s.", number=number[:20])
    return [known[number] for number in dict.fromkeys(numbers)]


def fen(said: Said, field: str) -> int:
    """An amount in yuan, as fen."""
    text = said.get(field, "").strip()
    if not _MONEY.match(text):
        raise BadInput(field, "An amount in yuan is written like 1200 or 1200.50.")
    yuan, _point, rest = text.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def yuan(amount_fen: int) -> str:
    """Fen as yuan."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def a_number(said: Said, field: str, *, most: int, least: int = 1) -> int:
    """A whole number within bounds."""
    text = said.get(field, "").strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
    if not least <= number <= most:
        raise BadInput(field, "A number from %(least)d to %(most)d.", least=least, most=most)
    return number
