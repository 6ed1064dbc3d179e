"""
Ground divided anew: a run of kind ``districts`` of a scenario (row T17), and how its districts become changes.

``stations``: the ground of some stations (or of all below a branch) shared out among them. ``brigades``: the ground of
some brigades into so many districts, each inside its own brigade; districts there are today go on under their names.
The ground is the scenario's: its changes of the organisation are made first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import override
from numpy.typing import NDArray
from shapely import STRtree, points, set_precision, unary_union
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.ground import Ground
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.apps.plans.crews import places_of
from oneroom.apps.plans.models import Run
from oneroom.apps.plans.record import past_calls
from oneroom.apps.plans.troubles import Trouble, of_refusal
from oneroom.apps.plans.world import proposed
from oneroom.engine.coverage.cells import Cells, cells_of
from oneroom.engine.organisation.districts import BRIGADE, DISTRICT, STATION
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.siting.districting.blocks import Blocks, blocks_of
from oneroom.engine.siting.districting.divide import Divided, Terms, divide
from oneroom.engine.siting.districting.naming import moved, named, renumbered
from oneroom.engine.siting.districting.nested import nested
from oneroom.engine.siting.districting.outlines import outlines_of
from oneroom.engine.siting.districting.seats import seats_apart
from oneroom.engine.values import BadInput

HANDLING_S = 1800.0  # a call's time on the spot, beside which the drive counts where that is asked
PEAK_HOUR = 8
_DIGITS = 1e-6  # degrees, a tenth of a metre

Tick = Callable[[int, int], None]
Ints = NDArray[np.int32]


def answer(run: Run, tick: Tick) -> dict[str, Any]:
    """Divide the ground that the run asks for. Raises Trouble, with a sentence, for what cannot be divided."""
    assert run.day is not None
    tick(0, 3)
    loaded = find_network()
    if loaded is None:
        raise Trouble("no_roads")
    ground = Ground()
    tree = proposed(run.changes, run.day, ground).will_be
    try:
        made = _divided(run.asked, tree, ground, loaded, at=now(), tick=tick)
    except BadInput as refused:
        raise of_refusal(refused) from None
    tick(3, 3)
    return made


@dataclass(frozen=True)
class _Field:
    """The ground of the question: its blocks, the cell of each, and whose each is today (``units`` by number)."""

    cells: Cells
    which: NDArray[np.int64]
    blocks: Blocks
    units: tuple[str, ...]
    was: Ints
    outline: BaseGeometry
    calls: NDArray[np.float64]
    assumed: list[dict[str, Any]]


def _divided(
    asked: Mapping[str, Any], tree: Tree, ground: Ground, loaded: Loaded, *, at: datetime, tick: Tick
) -> dict[str, Any]:
    units = _units(asked, tree)
    field = _field(asked, units, tree, ground, loaded, at)
    tick(1, 3)
    terms = Terms(
        handling_s=HANDLING_S if asked["drive"] else None, tolerance=asked["tolerance"] / 100, seed=asked["seed"]
    )
    if asked["of"] == BRIGADE:
        return _of_brigades(asked, field, tree, ground, loaded, terms)
    lon, lat = _places(field.units, tree, ground)
    field, strayed = _joined(field, _nearest(field, lon, lat))
    seats = seats_apart(field.blocks, _nearest(field, lon, lat).tolist())
    pins = _pins(asked, field, seats)
    found = divide(field.blocks, seats, Terms(pins, field.was, terms.handling_s, terms.tolerance, terms.seed))
    tick(2, 3)
    return _told(field, field.units, field.was, found.of, found, tree, asked) | {"strayed": strayed}


def _units(asked: Mapping[str, Any], tree: Tree) -> tuple[str, ...]:
    """The units whose ground is divided, by code: those named, or all of their kind below those named, or all."""
    kind = asked["of"]
    missing = [code for code in asked["units"] if code not in tree.units]
    if missing:
        raise BadInput("units", "There is no unit %(unit)s on that day.", unit=missing[0])
    found = {code for code in asked["units"] if tree.units[code].kind == kind}
    for code in asked["units"]:
        found |= {below for below in tree.under(code) if tree.units[below].kind == kind}
    if not asked["units"]:
        found = {code for code, unit in tree.units.items() if unit.kind == kind}
    if kind == STATION and len(found) < 2:
        raise BadInput("units", "To share ground out there must be two stations at least.")
    if not found:
        raise BadInput("units", "There is no brigade here whose ground could be divided.")
    return tuple(sorted(found))


def _shapes(units: Sequence[str], tree: Tree, ground: Ground) -> dict[str, BaseGeometry]:
    """The drawn ground of these units; of a brigade without any, that of the districts below it."""
    shapes: dict[str, BaseGeometry] = {}
    for code in units:
        drawn = [tree.units[c].area for c in (code, *tree.under(code))]
        if tree.units[code].area is not None:
            drawn = drawn[:1]
        mine = [ground.shape(area) for area in drawn if area is not None]
        if not mine:
            raise BadInput("units", "No ground is drawn for %(unit)s, so that none can be shared out.", unit=code)
        shapes[code] = unary_union(mine)
    return shapes


def _field(
    asked: Mapping[str, Any], units: tuple[str, ...], tree: Tree, ground: Ground, loaded: Loaded, at: datetime
) -> _Field:
    shapes = _shapes(units, tree, ground)
    assumed: list[dict[str, Any]] = [{"code": "districts_hour", "hour": PEAK_HOUR}]
    if asked["drive"]:
        assumed.append({"code": "districts_handling", "minutes": round(HANDLING_S / 60)})
    lon, lat = np.empty(0), np.empty(0)
    if asked["work"] == "calls":
        calls, since, until, more = past_calls(at)
        lon, lat = calls.lon, calls.lat
        said = {"calls": len(calls), "since": since.isoformat(), "until": until.isoformat()}
        assumed = [{"code": "districts_calls", **said}, *more, *assumed]
    cells = cells_of(loaded.graph, lon, lat)
    metric = loaded.free_metric(PEAK_HOUR)  # ground is divided for years, whatever is closed today
    work = cells.calls if asked["work"] == "calls" else np.ones(len(cells))
    blocks = blocks_of(loaded.graph, metric, cells.node, work)
    middles = points(*cells.middle)
    index = STRtree([shapes[code] for code in units])
    whose = np.full(len(cells), -1, np.int32)
    cell, unit = index.query(middles, predicate="intersects")
    whose[cell[::-1]] = unit[::-1]
    which = np.flatnonzero(whose >= 0)
    if not len(which):
        raise BadInput("units", "No street lies in the ground of these units.")
    part = blocks.within(which)
    return _Field(cells, which, part, units, whose[which], unary_union(list(shapes.values())), work[which], assumed)


def _joined(field: _Field, seats: NDArray[np.int64]) -> tuple[_Field, int]:
    """
    The field without what no road inside it joins to any station (and how many blocks that are): borders cut corners
    off, which go with the square beside them.
    """
    part = field.blocks.parts()
    inside = np.flatnonzero(np.isin(part, part[seats]))
    left = len(part) - len(inside)
    if not left:
        return field, 0
    kept = replace(
        field, which=field.which[inside], blocks=field.blocks.within(inside), was=field.was[inside],
        calls=field.calls[inside],
    )  # fmt: skip
    return kept, left


def _places(units: Sequence[str], tree: Tree, ground: Ground) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each sits; one whose place nobody entered, in the middle of its ground."""
    known = places_of(set(units))
    found = []
    for code in units:
        place = known.get(code)
        if place is None:
            middle = _shapes([code], tree, ground)[code].representative_point()
            place = (float(middle.x), float(middle.y))
        found.append(place)
    lon, lat = np.array(found, np.float64).reshape(-1, 2).T
    return lon, lat


def _nearest(field: _Field, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """The block nearest to each place, as the crow flies: a station stands beside its own street."""
    x, y = field.cells.graph.plane.to_xy(lon, lat)
    column, row = field.cells.column[field.which] + 0.5, field.cells.row[field.which] + 0.5
    size = field.cells.size_m
    near = [np.hypot(column - a / size, row - b / size).argmin() for a, b in zip(x, y, strict=True)]
    return np.array(near, np.int64)


def _pins(asked: Mapping[str, Any], field: _Field, seats: Sequence[int]) -> dict[int, int]:
    """Blocks that stay: along the borders that are kept, and all of the units that are kept whole."""
    number = {code: n for n, code in enumerate(field.units)}
    pins: dict[int, int] = {}
    for code in asked["keep"]:
        if code not in number:
            raise BadInput("keep", "%(unit)s is not among the units whose ground is divided.", unit=code)
        pins |= dict.fromkeys(np.flatnonzero(field.was == number[code]).tolist(), number[code])
    for one, other in asked["borders"]:
        if one not in number or other not in number:
            gone = one if one not in number else other
            raise BadInput("borders", "%(unit)s is not among the units whose ground is divided.", unit=gone)
        pair = {number[one], number[other]}
        for block in np.flatnonzero(np.isin(field.was, list(pair))).tolist():
            beside = {int(field.was[n]) for n in field.blocks.joined(block)}
            if beside & (pair - {int(field.was[block])}):
                pins[block] = int(field.was[block])
    for district, seat in enumerate(seats):
        if pins.get(seat, district) != district:  # a station that stands on another's ground has its own block
            del pins[seat]
    return pins


def _of_brigades(
    asked: Mapping[str, Any], field: _Field, tree: Tree, ground: Ground, loaded: Loaded, terms: Terms
) -> dict[str, Any]:
    stations = [code for code, unit in tree.units.items() if unit.kind == STATION]
    known = {code: place for code, place in places_of(set(stations)).items() if place is not None}
    mine = [c for c in sorted(known) if field.outline.intersects(points(*known[c]))]
    if not mine:
        raise BadInput("units", "No station stands in the ground of these brigades.")
    lon, lat = np.array([known[c] for c in mine], np.float64).T
    at = _nearest(field, lon, lat)
    found = nested(field.blocks, field.was, at.tolist(), asked["count"], terms)
    olds = sorted({d for b in field.units for d in tree.under(b) if tree.units[d].kind == DISTRICT
                   and tree.units[d].area is not None})  # fmt: skip
    was = _whose(field, [ground.shape(tree.units[d].area or "") for d in olds])
    names = named(found.of, was, field.blocks.work)
    of = renumbered(found.of, names, len(olds))
    fresh: dict[int, tuple[str, str]] = {}
    counted: dict[str, int] = {}
    taken = set(tree.units)
    for new in range(len(found.brigade)):
        if new in names:
            continue
        brigade = field.units[found.brigade[new]]
        number = int(of[np.flatnonzero(found.of == new)[0]])
        while f"{brigade}-q{counted.setdefault(brigade, 1)}" in taken:
            counted[brigade] += 1
        code = f"{brigade}-q{counted[brigade]}"
        taken.add(code)
        fresh[number] = (code, brigade)
    units = [*olds, *(fresh[n][0] for n in sorted(fresh))]
    whole = _whole(field, of, len(units), terms)
    told = _told(field, tuple(units), was, of, whole, tree, asked, parents=dict(fresh.values()))
    back = {int(of[np.flatnonzero(found.of == new)[0]]): new for new in range(len(found.brigade))}
    for row in told["districts"]:
        new = back[row["number"]]
        row["brigade"] = field.units[found.brigade[new]]
        row["stations"] = [mine[n] for n in found.stations[new]]
    return told | {"strayed": len(found.strayed), "each": round(len(found.brigade) / len(field.units), 2)}


def _whose(field: _Field, shapes: Sequence[BaseGeometry]) -> Ints:
    found = np.full(len(field.which), -1, np.int32)
    if shapes:
        lon, lat = field.cells.middle
        block, shape = STRtree(list(shapes)).query(points(lon[field.which], lat[field.which]), predicate="intersects")
        found[block[::-1]] = shape[::-1]
    return found


def _whole(field: _Field, of: Ints, count: int, terms: Terms) -> Divided:
    """The figures of districts that several divisions made together, beside an equal share of them all."""
    used = np.unique(of)
    load = np.bincount(of, weights=field.blocks.work, minlength=count).astype(np.float64)
    off = load / max(float(load[used].mean()), 1e-9) - 1
    worst = float(np.abs(off[used]).max())
    why = ("brigades",) if worst > terms.tolerance else ()
    return Divided(of, (), load, off, np.zeros(count), 0.0, why)


def _told(
    field: _Field, units: Sequence[str], was: Ints, of: Ints, found: Divided, tree: Tree, asked: Mapping[str, Any],
    parents: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    cells, work = field.cells, field.blocks.work
    shapes = outlines_of(
        of, cells.column[field.which], cells.row[field.which], cells.size_m, cells.graph.plane, within=field.outline
    )
    has = was >= 0
    before = np.bincount(was[has], weights=work[has], minlength=len(units))
    today = before[before > 0].mean() if (before > 0).any() else 1.0
    size = np.bincount(of, minlength=len(units))
    districts = []
    for n in np.unique(of).tolist():
        code = units[n]
        spell, above = tree.units.get(code), (parents or {}).get(code)
        zh, en = (spell.name_zh, spell.name_en) if spell else _new_names(code, tree.units[above or ""])
        districts.append({
            "number": n, "unit": code, "zh": zh, "en": en, "parent": above, "is_new": spell is None,
            "outline": mapping(set_precision(shapes[n], _DIGITS)), "cells": int(size[n]),
            "work": float(work[of == n].sum()), "off": float(found.off[n]), "drive_s": float(found.drive_s[n]),
            "work_before": float(before[n]), "off_before": float(before[n] / today - 1) if before[n] else None,
        })  # fmt: skip
    changes = moved(of, was, work)
    return {
        "of": asked["of"], "districts": districts, "worst": max(abs(d["off"]) for d in districts),
        "worst_before": max((abs(d["off_before"]) for d in districts if d["off_before"] is not None), default=None),
        "least_off": found.least_off, "why": list(found.why), "tolerance": asked["tolerance"] / 100,
        "moved": [{"was": units[m.was] if m.was >= 0 else None, "becomes": units[m.becomes], "cells": m.blocks,
                   "work": m.work, "share": m.share} for m in changes],
        "moved_share": sum(m.share for m in changes), "ends": [units[n] for n in range(len(units)) if not size[n]],
        "work": asked["work"], "assumed": field.assumed,
    }  # fmt: skip


def _new_names(code: str, brigade: Spell) -> tuple[str, str]:
    """Chinese and English of a district that begins: its brigade's, with its number."""
    number = code.rsplit("-q", 1)[-1]
    found = []
    for language, name in (("zh-hans", brigade.name_zh), ("en", brigade.name_en or brigade.name_zh)):
        with override(language):
            found.append(_("%(brigade)s district %(n)s") % {"brigade": name, "n": number})
    return found[0], found[1]
