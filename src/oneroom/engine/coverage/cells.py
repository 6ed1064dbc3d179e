"""
The city in cells: where somebody may call from, and how often somebody did.

Coverage is asked of cells, not of streets: one junction stands for the streets around it, so that a whole city is a few
thousand questions. Calls are counted per cell and nobody's address is in it (issue of rights: scope.md §2, suggestions
rest on incidents, never on persons).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.roads import RoadGraph

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

CELL_M = 400.0  # half of it is crossed in 20 s by car: less than the rounding of a promise of one minute


@dataclass(frozen=True)
class Cells:
    """
    The n cells that have a junction, by row and column of a grid of ``size_m``.

    node int32 the junction nearest to its middle · lon, lat float64 degrees of the middle · calls float64 how many
    calls came from it (or from the nearest cell that has a junction).
    """

    graph: RoadGraph
    size_m: float
    column: Ints
    row: Ints
    node: Ints
    calls: Floats

    def __len__(self) -> int:
        return len(self.node)

    @cached_property
    def middle(self) -> tuple[Floats, Floats]:
        """(lon, lat) of the middles, degrees."""
        lon, lat = self.graph.plane.to_lonlat((self.column + 0.5) * self.size_m, (self.row + 0.5) * self.size_m)
        return np.asarray(lon), np.asarray(lat)

    @cached_property
    def half(self) -> tuple[float, float]:
        """Half of a cell's side in degrees of longitude and latitude."""
        east, north = self.graph.plane.metres_per_degree
        return self.size_m / 2 / east, self.size_m / 2 / north


def cells_of(graph: RoadGraph, lon: ArrayLike = (), lat: ArrayLike = (), *, size_m: float = CELL_M) -> Cells:
    """
    The cells of a network with the calls that came from these places (WGS-84 degrees, any number).

    A call from outside of every cell counts for the nearest cell's; one without a number counts nowhere.
    """
    junctions = slice(graph.junctions)
    x, y = graph.plane.to_xy(graph.node_lon[junctions], graph.node_lat[junctions])
    column, row = (np.floor(axis / size_m).astype(np.int64) for axis in (x, y))
    off = np.hypot(x - (column + 0.5) * size_m, y - (row + 0.5) * size_m)
    order = np.lexsort((off, column, row))  # by cell, the best junction of each first
    new_column, new_row = (np.diff(axis[order], prepend=np.inf) != 0 for axis in (column, row))
    firsts = np.flatnonzero(new_column | new_row)
    best = order[firsts]
    cells = Cells(
        graph, size_m, column[best].astype(np.int32), row[best].astype(np.int32), best.astype(np.int32),
        np.zeros(len(best)),
    )  # fmt: skip
    np.add.at(cells.calls, cell_at(cells, lon, lat), 1.0)
    return cells


def cell_at(cells: Cells, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
    """The cell of each place that is one: its own, or where that has no junction the nearest."""
    places = np.column_stack(cells.graph.plane.to_xy(lon, lat)).reshape(-1, 2)
    places = places[np.isfinite(places).all(axis=1)] / cells.size_m
    own = np.floor(places).astype(np.int64)
    keys = _keys(cells.column, cells.row)
    order = np.argsort(keys)
    wanted = _keys(own[:, 0], own[:, 1])
    found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    middles = np.column_stack([cells.column, cells.row]) + 0.5
    for i in np.flatnonzero(keys[found] != wanted):
        found[i] = np.hypot(*(middles - places[i]).T).argmin()
    return np.asarray(found)


def _keys(column: ArrayLike, row: ArrayLike) -> NDArray[np.int64]:
    """One number for each cell."""
    return (np.asarray(row, np.int64) << 32) + np.asarray(column, np.int64)
