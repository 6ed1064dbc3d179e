"""
Which matters may be about the same event: those of the last hours around the place, handed to engine.duplicates.

The machine reads words and numbers to compare them and gives on only what the comparison came to. It looks at a window
of time and place, never at a person's history: what is older than the window is not read at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from oneroom.apps.incidents.models import Distinct, Incident, Report
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.services import compared
from oneroom.engine import duplicates
from oneroom.engine.duplicates import Call, Evidence
from oneroom.engine.geo import box
from oneroom.engine.lifecycle.incident import OPEN, State

WINDOW = timedelta(seconds=duplicates.Weights().window_s)
# A flood or a siege goes on: what is still open is looked at for longer.
WINDOW_OPEN = timedelta(hours=12)
REACH_M = 1_000.0
_MOST = 200  # calls compared; in a city's busiest hour the box of the place holds fewer
_SHOWN = 5
_NOT_A_MATTER = (State.MERGED, State.INVALID, State.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class Alike:
    """A matter that may be about the same event, and what speaks for it. ``bits`` orders; no word of either is here."""

    incident: Incident
    bits: float
    evidence: tuple[Evidence, ...]
    may_merge: bool


def like_incident(incident: Incident, *, at: datetime) -> list[Alike]:
    """Matters that may be about the same event as this one, most alike first."""
    told_apart = Distinct.objects.filter(Q(incident=incident) | Q(other=incident)).values_list(
        "incident_id", "other_id"
    )
    others = {pk for pair in told_apart for pk in pair} | {incident.pk}
    calls = _calls_of([incident])
    mine = calls.get(incident.pk) or [_call(incident, {}, None)]
    return _alike(mine, at=incident.received_at, until=at, skip=others, drill=incident.drill)


def like_call(
    *, words: str, phone: str = "", lon: float | None = None, lat: float | None = None, accuracy_m: float | None = None,
    category: str = "", subcategory: str = "", drill: bool = False, at: datetime, skip: Collection[int] = (),
) -> list[Alike]:  # fmt: skip
    """The same for a call that is still being taken: nothing of it is kept."""
    call = Call(at, lon, lat, accuracy_m or 0.0, category, subcategory, duplicates.pieces(words), phone)
    return _alike([call], at=at, until=at, skip=skip, drill=drill)


def _alike(mine: list[Call], *, at: datetime, until: datetime, skip: Collection[int], drill: bool) -> list[Alike]:
    """Best pair of calls between this matter and each other one of the window."""
    found = list(_window(mine[0], at=at, until=until, drill=drill).exclude(pk__in=skip)[:_MOST])
    calls = _calls_of(found)
    flat = [(row, call) for row in found for call in calls.get(row.pk) or [_call(row, {}, None)]]
    best: dict[int, Alike] = {}
    for one in mine:
        for like in duplicates.alike(one, [call for _, call in flat]):
            row = flat[like.index][0]
            if row.pk not in best or like.bits > best[row.pk].bits:
                best[row.pk] = Alike(row, like.bits, like.evidence, row.state in OPEN)
    return sorted(best.values(), key=lambda a: (-a.bits, a.incident.pk))[:_SHOWN]


def _window(call: Call, *, at: datetime, until: datetime, drill: bool) -> QuerySet[Incident]:
    """
    Matters around the place and the time, newest first. One without a place may be anywhere; only then, or where this
    call has none, is the whole city of that time looked at.
    """
    recent = Q(received_at__gte=at - WINDOW, received_at__lte=max(until, at))
    going_on = Q(state__in=OPEN, received_at__gte=at - WINDOW_OPEN, received_at__lte=max(until, at))
    rows = Incident.objects.filter(recent | going_on, drill=drill).exclude(state__in=_NOT_A_MATTER)
    if call.lon is not None and call.lat is not None:
        west, south, east, north = box(call.lon, call.lat, REACH_M + call.accuracy_m)
        rows = rows.filter(Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north) | Q(lon=None))
    return rows.order_by("-received_at", "-pk")


def _calls_of(rows: Iterable[Incident]) -> dict[int, list[Call]]:
    """Each report of these matters as a call to compare; two statements."""
    matters = {row.pk: row for row in rows}
    reports = list(Report.objects.filter(incident__in=matters, withdrawn=False).order_by("pk"))
    keys = [pk for r in reports for pk in (r.words_id, r.caller_id) if pk is not None]
    texts = compared(Sealed.objects.filter(pk__in=keys))
    found: dict[int, list[Call]] = {}
    for report in reports:
        found.setdefault(report.incident_id, []).append(_call(matters[report.incident_id], texts, report))
    return found


def _call(row: Incident, texts: Mapping[int, Any], report: Report | None) -> Call:
    call = Call(row.received_at, row.lon, row.lat, row.accuracy_m or 0.0, row.category, row.subcategory)
    if report is None:
        return call
    words = texts.get(report.words_id or 0) or ""
    phone = (texts.get(report.caller_id or 0) or {}).get("phone", "")
    return replace(call, at=report.received_at, words=duplicates.pieces(words), phone=phone)
