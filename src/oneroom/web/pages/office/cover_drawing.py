"""The city's cells as a drawing: what the mobile force reaches, what is red, and where its bases stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.coverage import Cells

_WIDE = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the drawing with its number (of the table beside it) or sign."""

    x: float
    y: float
    sign: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths of the cells by look; ``marks`` stand above them."""

    height: int
    paths: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]


def drawn(
    cells: Cells, looks: Sequence[tuple[str, NDArray[np.bool_]]], places: Sequence[tuple[float, float, str, str]]
) -> Drawing:
    """``looks``: (name, which cells); ``places``: (longitude, latitude, sign, title), kept within the picture."""
    west, south = int(cells.column.min()), int(cells.row.min())
    north = int(cells.row.max())
    side = _WIDE / max(int(cells.column.max()) - west + 1, north - south + 1)
    high = (north - south + 1) * side
    paths = []
    for name, which in looks:
        at = np.flatnonzero(which)
        across, down = ((cells.column[at] - west) * side).tolist(), ((north - cells.row[at]) * side).tolist()
        squares = zip(across, down, strict=True)
        paths.append((name, "".join(f"M{x:.1f},{y:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}Z" for x, y in squares)))
    marks = []
    for lon, lat, sign, title in places:
        x, y = (float(axis) / cells.size_m for axis in cells.graph.plane.to_xy(lon, lat))
        inside = min(max((x - west) * side, 0), _WIDE), min(max((north + 1 - y) * side, 0), high)
        marks.append(Mark(round(inside[0], 1), round(inside[1], 1), sign, title))
    return Drawing(round(high), tuple((name, path) for name, path in paths if path), tuple(marks))
