"""Is the whole city within two hours of the mobile force, which cells are not, what if a base went or came (T26)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oneroom.apps.incidents import whole_city
from oneroom.apps.incidents.whole_city import Cover, Spot
from oneroom.apps.orgs.queries import stations_named
from oneroom.apps.places.queries import corners_named
from oneroom.engine.coverage.whole import LIMIT_MIN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.cover_drawing import drawn
from oneroom.web.pages.office.force import SHORT
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.typed_places import place_typed
from oneroom.web.pages.room.words import local

SHOWN = 60  # red cells in the table; the rest is counted
MOST_PLACES = 20
WHY_NOT = {
    **SHORT, "no_place": lazy("its base has no place on the map"), "off_road": lazy("its base is off every road"),
    "left_out": lazy("left out here"),
}  # fmt: skip


@never_cache
@require_safe
@needs(Right.SEE_FORCE)
def cover(request: HttpRequest) -> HttpResponse:
    """
    The answer for ``limit`` minutes, without the units ``off``, with bases at ``base`` and candidates at ``candidate``
    (places as typed). Nothing is written: it is a question.
    """
    by, asked = actor(request), request.GET
    try:
        return _page(request, by, _limit(asked.get("limit", "")), _off(asked.getlist("off")))
    except Refused as refused:
        context = {"refused": worded(refused), "bad": refused.field, "given": asked, "limit": asked.get("limit", "")}
        page = frame(request, "office-force", **context)
        return render(request, "office/force_cover.html", page, status=refused.status)


def _limit(text: str) -> int:
    said = text.strip() or str(LIMIT_MIN)
    if not (said.isascii() and said.isdecimal() and len(said) <= 3 and 5 <= int(said) <= 600):
        raise BadInput("limit", "The limit is a number of minutes, from 5 to 600.")
    return int(said)


def _off(said: Sequence[str]) -> set[int]:
    return {int(pk) for pk in said if pk.isascii() and pk.isdecimal() and len(pk) < 12}


def _places(field: str, said: Sequence[str]) -> list[Spot]:
    typed = list(dict.fromkeys(text.strip() for text in said if text.strip()))
    if len(typed) > MOST_PLACES:
        raise BadInput(field, "At most %(most)d places at once.", most=MOST_PLACES)
    found = []
    for text in typed:
        lon, lat, zh, en = place_typed(field, text)
        found.append(Spot(zh, en, lon, lat, typed=text))
    return found


def _page(request: HttpRequest, by: Actor, limit: int, off: set[int]) -> HttpResponse:
    bases = _places("base", request.GET.getlist("base"))
    looked = _places("candidate", request.GET.getlist("candidate"))
    added = [*((spot, True) for spot in bases), *((spot, False) for spot in looked)]
    found = whole_city.cover(limit_s=limit * 60, left_out=off, added=added, by=by)
    answer, shown = found.answer, _reddest(found)
    names = _named(found, sorted({*shown, *([answer.worst] if answer.worst >= 0 else [])}))
    asked = [("limit", str(limit)), *(("off", str(pk)) for pk in sorted(off))]
    asked += [("base", s.typed) for s in bases] + [("candidate", s.typed) for s in looked]
    page = frame(
        request, "office-force", limit=limit, found=found, bases=bases, looked=looked, off=off, given={},
        holds=answer.holds, whole=len(found.cells), red=int(answer.red.sum()), cut=int(answer.cut_off.sum()),
        worst=_worst(found, names), rows=_bases(found, asked), aside=_aside(found), best=_best(found, asked),
        red_rows=_red(found, shown, names), more=max(0, int(answer.red.sum()) - SHOWN), map=_drawing(found),
        factor=f"{found.late.factor:.2f}", cell_m=round(found.cells.size_m),
    )  # fmt: skip
    return render(request, "office/force_cover.html", page)


def _minutes(seconds: float) -> str:
    """Rounded up, so that what is over the limit never reads as within it (by a tenth of a second and more)."""
    return f"{math.ceil(round(seconds, 1) / 6) / 10:.1f}" if math.isfinite(seconds) else ""


def _named(found: Cover, cells: Sequence[int]) -> dict[int, str]:
    """Cells by the street at their junction and whose ground it is; asked once for all of them."""
    graph, nodes = found.cells.graph, [int(found.cells.node[cell]) for cell in cells]
    at = [(float(graph.node_lon[node]), float(graph.node_lat[node])) for node in nodes]
    said = {}
    for cell, (lon, lat), corner, unit in zip(cells, at, corners_named(at), stations_named(at), strict=True):
        said[cell] = " · ".join(part for part in (local(*corner), local(*unit)) if part) or f"{lon:.5f}, {lat:.5f}"
    return said


def _worst(found: Cover, names: dict[int, str]) -> dict[str, Any] | None:
    cell = found.answer.worst
    if cell < 0:
        return None
    return {"place": names[cell], "minutes": _minutes(float(found.answer.seconds[cell]))}


def _bases(found: Cover, asked: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows = []
    for n, (spot, turns) in enumerate(zip(found.bases, found.answer.turns_red, strict=True), start=1):
        gone = "" if spot.force is None else "?" + urlencode([*asked, ("off", str(spot.force))])
        rows.append({"n": n, "name": local(spot.name_zh, spot.name_en), "base": spot.base, "pk": spot.force,
                     "turns": len(turns), "gone": gone})  # fmt: skip
    return rows


def _aside(found: Cover) -> list[tuple[str, str, str, int | None, bool]]:
    return [
        (local(s.name_zh, s.name_en), s.base, _(", ").join(str(WHY_NOT[code]) for code in s.why_not), s.force,
         "left_out" in s.why_not)
        for s in found.aside
    ]  # fmt: skip


def _best(found: Cover, asked: list[tuple[str, str]]) -> dict[str, Any] | None:
    best = found.best
    if best is None:
        return None
    spot = found.candidates[best.candidate]
    return {"name": local(spot.name_zh, spot.name_en), "red": best.red_cells, "minutes": _minutes(best.worst_s),
            "of": len(found.candidates), "with": "?" + urlencode([*asked, ("base", spot.typed)])}  # fmt: skip


def _reddest(found: Cover) -> list[int]:
    """The red cells shown, the farthest first; those without any road last: no base mends them by being nearer."""
    answer = found.answer
    order = np.lexsort((np.arange(len(answer.red)), -np.where(answer.cut_off, 0.0, answer.seconds), answer.cut_off))
    return [int(cell) for cell in order if answer.red[cell]][:SHOWN]


def _red(found: Cover, shown: list[int], names: dict[int, str]) -> list[tuple[int, str, str]]:
    return [(n, names[cell], _minutes(float(found.answer.seconds[cell]))) for n, cell in enumerate(shown, start=1)]


def _drawing(found: Cover) -> Any:
    answer = found.answer
    places = [
        (s.lon or 0.0, s.lat or 0.0, str(n), local(s.name_zh, s.name_en)) for n, s in enumerate(found.bases, start=1)
    ]
    if answer.worst >= 0:
        lon, lat = (float(axis[answer.worst]) for axis in found.cells.middle)
        places.append((lon, lat, "✕", _("Worst cell")))
    looks = (("is-near", ~answer.red), ("is-red", answer.red & ~answer.cut_off), ("is-cut", answer.cut_off))
    return drawn(found.cells, looks, places)
