"""The active road network in memory: read once per process, read again when another becomes active."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oneroom.apps.ledger.prepared import run
from oneroom.apps.places.everybody import Everybody, begin
from oneroom.apps.places.models import Closure, Place, RoadNetwork
from oneroom.engine.geo import Box
from oneroom.engine.roads import (
    Metric,
    Nearest,
    Points,
    RoadGraph,
    SnapIndex,
    from_npz_bytes,
    metric,
    nearest,
    snap_index,
)
from oneroom.engine.roads.closing import Closing, closed, closing
from oneroom.engine.roads.hierarchy import Times, pin, ranked
from oneroom.engine.roads.shutting import How, NothingThere, shut_arcs
from oneroom.engine.values import Refused


class NoNetwork(Refused):
    """Nothing can be located or ranked before a city is loaded."""

    status = 409
    code = "no_network"
    message = "No road network is loaded. Load one with “oneroom importroads”."


@dataclass(frozen=True, slots=True)
class Crossings:
    """Named crossings from west to east: longitudes and latitudes (degrees) as arrays, (Chinese, English) names."""

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    names: list[tuple[str, str]]


@dataclass
class Loaded:
    """A network ready for questions; all of it is shared between threads and never changed."""

    row_id: int
    sha256: str
    name: str
    attribution: str
    graph: RoadGraph
    closures: tuple[int, ...] = ()  # those that hold; other ones are another Loaded beside this
    closing: Closing | None = None
    everybody: Everybody = field(default_factory=Everybody)
    _times: dict[int | None, Times] = field(default_factory=dict)
    _free: dict[int | None, Metric] = field(default_factory=dict)
    _closed: dict[int | None, Metric] = field(default_factory=dict)

    @cached_property
    def index(self) -> SnapIndex:
        """Made when first asked for: who only draws the map does not wait for the kernels to be compiled."""
        return snap_index(self.graph)

    @cached_property
    def crossings(self) -> Crossings:
        """Its named crossings. They come with the network and stay with it, unlike the places that a force enters."""
        found = Place.objects.filter(network=self.row_id, kind=Place.Kind.CROSSING).order_by("lon", "pk")
        rows = list(found.values_list("lon", "lat", "name_zh", "name_en"))
        lon, lat = (np.array([row[n] for row in rows], dtype=float) for n in (0, 1))
        return Crossings(lon, lat, [(zh, en) for _, _, zh, en in rows])

    @property
    def box(self) -> Box:
        return self.graph.box

    def free_metric(self, hour: int | None = None) -> Metric:
        """Travel times at an hour of the local day (0 to 23), or of an empty road: for plans, with nothing closed."""
        if hour not in self._free:
            self._free[hour] = metric(self.graph, hour=hour)
        return self._free[hour]

    def metric(self, hour: int | None = None, *, to: Points | None = None) -> Metric:
        """
        Travel times under the closures that hold; made once and kept.

        ``to`` is where a drive ends: what is shut in is entered for a drive that ends there, and for no other.
        """
        if self.closing is None:
            return self.free_metric(hour)
        if to is not None and self.closing.pockets_of(self.graph, to):
            return closed(self.graph, self.free_metric(hour), self.closing, to=to)
        if hour not in self._closed:
            self._closed[hour] = closed(self.graph, self.free_metric(hour), self.closing)
        return self._closed[hour]

    def arrivals(self, crews: Points, goal: Points, hour: int) -> Nearest:
        """All crews that can come to the goal, in order of arrival, by whichever of two exact ways is quicker here."""
        now = self.metric(hour, to=goal)
        if now is self.metric(hour):  # and not through a pocket that is open for this goal alone
            times = self._times.get(hour) or self.everybody.times(hour, self.free_metric(hour), now)
            if times is not None:
                self._times[hour] = times
                return ranked(times, pin(times.over, crews), goal)
        return nearest(self.graph, now, crews, goal)

    def under(self, closures: tuple[int, ...]) -> Loaded:
        """The same city with these closures: a copy, so that who works with this one is not disturbed."""
        parts = []
        for row in Closure.objects.filter(pk__in=closures).order_by("pk"):
            try:
                parts.append(self.shut_by(How(row.how), row.points, one_way=row.one_way))
            except NothingThere as nothing:  # drawn on another network
                log.warning("closure %s shuts no street of this network (%s)", row.pk, nothing)
        shut = closing(self.graph, np.concatenate(parts)) if parts else None
        other = replace(self, closures=closures, closing=shut, _closed={}, _times={})
        for made in ("index", "crossings"):  # shared where they are made already
            if made in self.__dict__:
                other.__dict__[made] = self.__dict__[made]
        return other

    def shut_by(self, how: How, points: Sequence[Sequence[float]], *, one_way: bool) -> npt.NDArray[np.int32]:
        """The arcs that what was drawn shuts. Raises NothingThere."""
        drawn = [(float(lon), float(lat)) for lon, lat in points]
        return shut_arcs(self.index, self.free_metric(), how, drawn, one_way=one_way)


log = logging.getLogger(__name__)
_lock = threading.Lock()
_current: Loaded | None = None
# Asked with each request: a closure acts on the next proposal of every process, and none has to be told.
_ACTIVE = """
SELECT id, sha256, ARRAY(SELECT id FROM places_closure WHERE ended IS NULL ORDER BY id)
FROM places_roadnetwork WHERE active ORDER BY id LIMIT 1
"""


def find_network() -> Loaded | None:
    """
    The active network under the closures that hold, or None. One small query tells whether the one in memory is it.
    """
    global _current
    active = run(_ACTIVE).fetchone()
    if active is None:
        return None
    row_id, sha256, closures = active[0], active[1], tuple(active[2])
    held = _current
    if held is not None and (held.row_id, held.sha256, held.closures) == (row_id, sha256, closures):
        return held
    with _lock:
        held = _current
        if held is None or (held.row_id, held.sha256) != (row_id, sha256):
            row = RoadNetwork.objects.get(pk=row_id)
            graph = from_npz_bytes(bytes(row.content))
            held = Loaded(row.pk, row.sha256, row.name, row.attribution, graph, everybody=begin(graph))
        if held.closures != closures:
            held = held.under(closures)
        _current = held
        return held


def held_network() -> Loaded | None:
    """The network that this process has in memory, without a question to the database."""
    return _current


def network() -> Loaded:
    """The active network. Raises NoNetwork."""
    loaded = find_network()
    if loaded is None:
        raise NoNetwork
    return loaded
