"""What the auditor found and what the parts of the machinery say of each other: now, and for a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents.queries import references
from oneroom.apps.oversight import queries
from oneroom.apps.oversight.kinds import KINDS, NAMES, PARTS, RAISERS, said
from oneroom.engine.roles import Right
from oneroom.web.actors import actor
from oneroom.web.pages.office.alarm_words import Callsigns, detail_said
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import named, span
from oneroom.web.tables import Choice, Column, Rows, Table
from oneroom.web.takeout import respond

_STANDING = {"open": lazy("wrong now"), "over": lazy("over")}


@dataclass(frozen=True, slots=True)
class _Line:
    """An alarm with what its row alone does not say."""

    row: Any
    reference: str
    seen: datetime | None
    crews: Callsigns

    @property
    def pk(self) -> int:
        return int(self.row.pk)


def _ready(rows: Sequence[Any]) -> list[_Line]:
    known = references(_incident(r.matter) for r in rows if _incident(r.matter))
    rounds = queries.last_signs()
    crews = callsigns() if any("crew" in r.detail for r in rows) else {}
    return [
        _Line(r, known.get(_incident(r.matter), ""), r.over.at if _is_over(r) else rounds.get(r.part, r.at), crews)
        for r in rows
    ]


def _incident(matter: str) -> int:
    kind, _colon, pk = matter.partition(":")
    return int(pk) if kind == "incident" and pk.isdecimal() else 0


def _is_over(row: Any) -> bool:
    return getattr(row, "over", None) is not None


def _standing(rows: Rows, code: str) -> Rows:
    return rows.filter(over__isnull=code == "open")


def _address(line: _Line) -> str:
    return reverse("office-incident", args=[_incident(line.row.matter)]) if line.reference else ""


TABLE = Table(
    "alarms", lazy("Alarms"), order="-found",
    columns=(
        Column("standing", lazy("Stands at"), lambda r: str(_STANDING["over" if _is_over(r.row) else "open"])),
        Column("what", lazy("What is wrong"), lambda r: said(r.row.kind, r.row.subject), sort=("kind", "subject")),
        Column("matter", lazy("Matter"), lambda r: r.reference, link=_address),
        Column("since", lazy("Since"), lambda r: r.row.since, sort=("since",), n=True),
        Column("found", lazy("Found"), lambda r: r.row.at, sort=("at",), n=True),
        Column("seen", lazy("Last seen, or over"), lambda r: r.seen, n=True),
        Column("part", lazy("Said by"), lambda r: named(RAISERS, r.row.part), sort=("part",)),
        Column("node", lazy("Machine"), lambda r: r.row.node, sort=("node",)),
        Column("detail", lazy("Noted with it"), lambda r: detail_said(r.row.detail, r.crews)),
    ),
    filters=(
        Choice("state", lazy("Stands at"), lambda: _STANDING, _standing),
        Choice("kind", lazy("What is wrong"), lambda: KINDS, lambda rows, v: rows.filter(kind=v)),
        Choice("part", lazy("Said by"), lambda: RAISERS, lambda rows, v: rows.filter(part=v)),
    ),
    prepare=_ready, empty=lazy("Nothing was found wrong in a year."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ALARMS)
def alarms(request: HttpRequest) -> HttpResponseBase:
    """The list, under when each part was last heard of: a list that nobody fills is empty too."""
    shell = frame(request, "office-alarms", about=_("all parts of the machinery"), parts=_parts())
    return respond(request, TABLE, queries.alarms(), by=actor(request), frame=shell, template="office/alarms.html")


def _parts() -> list[Mapping[str, Any]]:
    """Each part that must be heard of, and how long ago it was; one never heard of is silent."""
    ages = queries.ages_s()
    return [
        {
            "name": word, "age": span(ages[code]) if code in ages else "",
            "heard": ages.get(code, settings.SILENT_S + 1) <= settings.SILENT_S,
        }
        for code, word in NAMES.items()
        if code in PARTS or code in ages
    ]  # fmt: skip
