"""
Roads: networks as arrays, snapping, exact searches by travel time, and building from open street data.

Start here: `graph.RoadGraph` and `graph.metric`, `snap.snap_index` and `snap.snap`, `search.nearest`
and `search.find_route`, `isochrone.isochrone`, `closing.closing`, `build.build`, `store.to_npz_bytes`.
"""

import numpy as np

from oneroom.engine.roads.closing import closing
from oneroom.engine.roads.graph import INF, NO_NAME, Metric, RoadGraph, assemble, metric
from oneroom.engine.roads.search import (
    Nearest,
    Route,
    find_route,
    nearest,
    nearest_of_all,
    times_from,
    times_to,
)
from oneroom.engine.roads.snap import (
    Points,
    SnapIndex,
    candidates,
    points_at_nodes,
    points_on,
    positions,
    snap,
    snap_index,
)
from oneroom.engine.roads.store import from_npz_bytes, to_npz_bytes

__all__ = [
    "INF", "NO_NAME", "Metric", "Nearest", "Points", "RoadGraph", "Route", "SnapIndex",
    "assemble", "candidates", "find_route", "from_npz_bytes", "metric", "nearest", "nearest_of_all",
    "points_at_nodes", "points_on", "positions", "snap", "snap_index", "times_from", "times_to",
    "to_npz_bytes", "warm",
]  # fmt: skip


def warm() -> None:
    """Compile every kernel on a network of three streets, so that the first caller does not wait for it."""
    graph = assemble(
        node_lon=[0.0, 0.01, 0.01], node_lat=[0.0, 0.0, 0.01],
        edge_tail=[0, 1, 2], edge_head=[1, 2, 0], edge_oneway=[False, True, False], edge_kmh=[30.0, 30.0, 30.0],
    )  # fmt: skip
    free, index = metric(graph), snap_index(graph)
    here, there = snap(index, [0.002, 0.01], [0.0, 0.004]), candidates(index, 0.005, 0.005, max_m=2000.0)
    nearest(graph, free, here, there)
    nearest_of_all(graph, free, here)
    nearest_of_all(graph, free, here, inward=True)
    find_route(graph, free, here, there)
    closing(graph, np.arange(2, dtype=np.int32))
