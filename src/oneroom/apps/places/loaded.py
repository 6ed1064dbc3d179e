"""The active road network in memory: read once per process, read again when another becomes active."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oneroom.apps.ledger.prepared import run
from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.engine.geo import Box
from oneroom.engine.roads import Metric, RoadGraph, SnapIndex, from_npz_bytes, metric, snap_index
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
    _metrics: dict[int | None, Metric] = field(default_factory=dict)

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

    def metric(self, hour: int | None = None) -> Metric:
        """Travel times at an hour of the local day (0 to 23), or of an empty road; made once and kept."""
        if hour not in self._metrics:
            self._metrics[hour] = metric(self.graph, hour=hour)
        return self._metrics[hour]


_lock = threading.Lock()
_current: Loaded | None = None


def find_network() -> Loaded | None:
    """The active network, or None. One small query tells whether the one in memory is still it."""
    global _current
    active = run("SELECT id, sha256 FROM places_roadnetwork WHERE active ORDER BY id LIMIT 1").fetchone()
    if active is None:
        return None
    held = _current
    if held is not None and (held.row_id, held.sha256) == active:
        return held
    with _lock:
        if _current is None or (_current.row_id, _current.sha256) != active:
            row = RoadNetwork.objects.get(pk=active[0])
            graph = from_npz_bytes(bytes(row.content))
            _current = Loaded(row.pk, row.sha256, row.name, row.attribution, graph)
        return _current


def held_network() -> Loaded | None:
    """The network that this process has in memory, without a question to the database."""
    return _current


def network() -> Loaded:
    """The active network. Raises NoNetwork."""
    loaded = find_network()
    if loaded is None:
        raise NoNetwork
    return loaded
