"""
What the public called about, when and where: the one source of demand for coverage, posting and plans.

OneRoom's own matters and the calls of earlier lists, both of the public only: what crews found themselves would send
crews to where crews already are (scope.md §5.2, no feedback loop). Drills, matters that were none, and second calls
about the same matter do not count. No person and no address is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import gettext_noop as _
from numpy.typing import NDArray

from oneroom.apps.incidents.codes import CATEGORIES, SEEN_BY_CREWS, SOURCES
from oneroom.apps.incidents.counting import matters, reported
from oneroom.apps.incidents.models import PastBatch, PastCall
from oneroom.apps.incidents.services import BroughtIn
from oneroom.engine.values import BadInput

_COLUMNS = ("received_at", "lon", "lat", "category", "grade")


@dataclass(frozen=True, slots=True)
class PastCalls:
    """n calls of the public, oldest first: at float64 seconds since 1970, lon, lat float64 degrees, grade int8."""

    at: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    category: tuple[str, ...]
    grade: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Plan:
    """A list looked through: what it would bring in, and by line what is wrong with it."""

    calls: tuple[BroughtIn, ...]
    wrong: Mapping[int, Sequence[BadInput]] = field(default_factory=dict)


def calls_of_the_public(since: datetime, until: datetime) -> PastCalls:
    """The calls of the public that came after ``since`` and not after ``until``."""
    own = reported(matters()).filter(lon__isnull=False, lat__isnull=False)
    before = PastCall.objects.exclude(origin=SEEN_BY_CREWS)
    rows: list[tuple[Any, ...]] = []
    for found in (own, before):
        asked = found.filter(received_at__gt=since, received_at__lte=until)
        rows += asked.values_list(*_COLUMNS)
    rows.sort()
    at, lon, lat, category, grade = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return PastCalls(
        np.array([one.timestamp() for one in at], np.float64), np.array(lon, np.float64), np.array(lat, np.float64),
        category, np.array(grade, np.int8),
    )  # fmt: skip


def newest_batch() -> int:
    """The number of the list brought in last, 0 for none: what was counted before it is counted anew."""
    return PastBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def plan_calls(lines: Sequence[tuple[int, Mapping[str, str]]], *, words: Mapping[str, str], at: datetime) -> Plan:
    """
    What a list of calls (line number, columns as text) would bring in, and what is wrong with each line.

    ``words`` are what people write for a category or an origin, folded -> code. Times without an offset are local.
    """
    calls, wrong = [], {}
    for number, cells in lines:
        bad: list[BadInput] = []
        made = _call(cells, words, at, bad)
        if bad:
            wrong[number] = bad
        elif made is not None:
            calls.append(made)
    return Plan(tuple(calls), wrong)


def _call(cells: Mapping[str, str], words: Mapping[str, str], at: datetime, bad: list[BadInput]) -> BroughtIn | None:
    """One line; what is wrong with it goes to ``bad``."""
    received = _time(cells.get("received_at", ""), at, bad)
    lon = _degrees(cells.get("lon", ""), "lon", 180.0, bad)
    lat = _degrees(cells.get("lat", ""), "lat", 90.0, bad)
    category = _code(cells.get("category", ""), CATEGORIES, words)
    if not category:
        bad.append(BadInput("category", _("This is no category that the house knows.")))
    origin = _code(cells.get("origin", "") or "phone", SOURCES, words)
    if not origin:
        bad.append(BadInput("origin", _("Say phone, web, api or self: how the call came.")))
    grade = cells.get("grade", "").upper().removeprefix("P")
    if grade not in ("1", "2", "3", "4"):
        bad.append(BadInput("grade", _("A grade is 1, 2, 3 or 4.")))
    if bad or received is None:
        return None
    return BroughtIn(received, lon, lat, category, int(grade), origin)


def _time(text: str, now: datetime, bad: list[BadInput]) -> datetime | None:
    try:
        said = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        bad.append(BadInput("received_at", _("Write a day and a time, as in 2026-03-01 14:05.")))
        return None
    said = said if said.tzinfo is not None else make_aware(said, get_current_timezone())
    term = settings.RETENTION["past_call"]
    if said > now:
        bad.append(BadInput("received_at", _("This time is still to come.")))
    elif said < now - term:
        bad.append(BadInput("received_at", _("This is older than calls are kept (%(days)d days)."), days=term.days))
    return said


def _degrees(text: str, name: str, most: float, bad: list[BadInput]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        bad.append(BadInput(name, _("Give WGS-84 degrees with a point, as in 121.4737.")))
    return value


def _code(text: str, known: Mapping[str, Any], words: Mapping[str, str]) -> str:
    folded = "_".join(text.split()).casefold()
    code = words.get(text.strip().casefold(), folded)
    return code if code in known else ""
