"""
Districts as drawn ground: each square of the city has the district of the block nearest to it.

Squares without a junction (parks, lakes, fields) have no block; they go with the nearest one, so that no ground that
somebody answers for today is nobody's tomorrow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, box, points, unary_union
from shapely.geometry.base import BaseGeometry

from oneroom.engine.geo import Plane

Ints = NDArray[np.int32]

MOST_SQUARES = 400_000
_TOUCHES = 1e-9


def outlines_of(
    of: Ints, column: Ints, row: Ints, size_m: float, plane: Plane, *, within: BaseGeometry | None = None
) -> dict[int, BaseGeometry]:
    """
    District to outline, longitude and latitude. ``column``, ``row`` of each block's square; ``within``: the ground to
    be covered, all of it and no more; without it, the squares of the blocks alone.
    """
    columns, rows = _squares(column, row, size_m, plane, within)
    middles = points(np.column_stack([column, row]).astype(np.float64))
    asked = points(np.column_stack([columns, rows]).astype(np.float64))
    near = STRtree(middles).query_nearest(asked, all_matches=False)
    owner = np.empty(len(columns), np.int32)
    owner[near[0]] = of[near[1]]
    west, south = plane.to_lonlat(columns * size_m, rows * size_m)
    east, north = plane.to_lonlat((columns + 1) * size_m, (rows + 1) * size_m)
    squares = box(west, south, east, north)
    found = {}
    for district in np.unique(of).tolist():
        shape = unary_union(squares[owner == district], grid_size=_TOUCHES)
        found[district] = shape if within is None else shape.intersection(within)
    return found


def _squares(
    column: Ints, row: Ints, size_m: float, plane: Plane, within: BaseGeometry | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if within is None:
        pairs = np.unique(np.column_stack([column, row]), axis=0).astype(np.int64)
        return pairs[:, 0], pairs[:, 1]
    west, south, east, north = within.bounds
    low = [int(np.floor(float(axis) / size_m)) for axis in plane.to_xy(west, south)]
    high = [int(np.floor(float(axis) / size_m)) for axis in plane.to_xy(east, north)]
    if (high[0] - low[0] + 1) * (high[1] - low[1] + 1) > MOST_SQUARES:
        raise ValueError("the ground has too many squares for an outline")
    across, up = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    return across.ravel().astype(np.int64), up.ravel().astype(np.int64)
