"""What a drawing closes on the loaded network, and the closures that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as lazy
from numpy.typing import NDArray

from oneroom.apps.places.loaded import Loaded, network
from oneroom.apps.places.models import Closure
from oneroom.engine.roads import RoadGraph
from oneroom.engine.roads.gazetteer import street_names
from oneroom.engine.roads.shutting import How, NothingThere
from oneroom.engine.values import BadInput

MOST_POINTS, MOST_PIECES = 40, 2000
_NOTHING = {
    "off_road": lazy("There is no street there. Point at a street, within sixty metres of it."),
    "no_name": lazy("The street there has no name on this map. Point at the piece that is closed."),
    "no_way": lazy("No street leads from one point to the next."),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing closes: names of streets (Chinese, English) longest first, and lines for a map."""

    streets: list[tuple[str, str]]
    pieces: int
    length_m: int
    lines: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class Held:
    """A closure that holds, as it is shown."""

    id: int
    reason: str
    one_way: bool
    streets: list[tuple[str, str]]
    pieces: int
    length_m: int
    author_id: int
    since: datetime
    until: datetime
    lines: list[list[list[float]]]


def drawn(how: str, points: Sequence[Sequence[float]], *, one_way: bool) -> Drawn:
    """
    What these points close, nothing being written. Raises BadInput naming the field; NoNetwork without a city.
    """
    city = network()
    if how not in set(How):
        raise BadInput("how", "There is no such choice: %(choice)s.", choice=str(how)[:40])
    if not 1 <= len(points) <= MOST_POINTS:
        raise BadInput("points", "Between 1 and %(most)d points.", most=MOST_POINTS)
    if how == How.AREA and len(points) < 2:
        raise BadInput("points", "An area needs two corners, or more points around it.")
    if one_way and (how != How.ALONG or len(points) < 2):
        raise BadInput("one_way", "For one direction give two points: from the first towards the second is closed.")
    try:
        arcs = city.shut_by(How(how), points, one_way=one_way)
    except NothingThere as nothing:
        raise BadInput("points", _NOTHING[str(nothing)]) from None
    edges = np.unique(city.graph.arc_edge[arcs])
    if len(edges) > MOST_PIECES:
        raise BadInput("points", "That is %(count)d pieces of street; at most %(most)d are closed at once.",
                       count=len(edges), most=MOST_PIECES)  # fmt: skip
    return _drawn(city.graph, edges)


def held_closures() -> list[Held]:
    """The closures that hold, newest first, with what each closes on the loaded network."""
    city = network()
    return [_held(city, row) for row in Closure.objects.filter(ended=None).order_by("-since", "-pk")]


def _held(city: Loaded, row: Closure) -> Held:
    lines: list[list[list[float]]] = []
    try:
        arcs = city.shut_by(How(row.how), row.points, one_way=row.one_way)
        lines = [_line(city.graph, int(arc)) for arc in _one_of_each(city.graph, arcs, row.one_way)]
    except NothingThere:  # drawn on another network: it is told, and shuts nothing here
        pass
    return Held(
        row.pk, row.reason, row.one_way, [(zh, en) for zh, en in row.streets], row.pieces, row.length_m, row.author_id,
        row.since, row.until, lines,
    )  # fmt: skip


def _one_of_each(graph: RoadGraph, arcs: NDArray[Any], one_way: bool) -> NDArray[Any]:
    """The arcs to draw: with both directions closed, each street once."""
    return arcs if one_way else graph.edge_ahead[np.unique(graph.arc_edge[arcs])]


def _drawn(graph: RoadGraph, edges: NDArray[Any]) -> Drawn:
    metres: dict[int, float] = defaultdict(float)
    for edge in edges.tolist():
        metres[int(graph.edge_name[edge])] += float(graph.edge_length_m[edge])
    named = [name for name in sorted(metres, key=lambda name: -metres[name]) if name >= 0]
    return Drawn(
        [street_names(graph, name) for name in named[:10]], len(edges), round(sum(metres.values())),
        [_line(graph, int(graph.edge_ahead[edge])) for edge in edges],
    )  # fmt: skip


def _line(graph: RoadGraph, arc: int) -> list[list[float]]:
    """The line of an arc, in the direction in which it is driven."""
    edge = int(graph.arc_edge[arc])
    line = graph.edge_line(edge)
    if int(graph.edge_ahead[edge]) != arc:
        line = line[::-1]
    return [[round(float(lon), 5), round(float(lat), 5)] for lon, lat in line]
