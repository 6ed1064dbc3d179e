"""
From a position to a place on a street: the nearest (edge, fraction), by a grid over the shapes.

Phones report positions metres off the carriageway, and an incident on a divided road lies beside two of
them: `candidates` gives several, and the search takes whichever is quicker to reach.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.roads.graph import RoadGraph
from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

CELL_M = 150.0
FAR_M = 300.0  # farther than this from every road, a position is not on the network


@dataclass(frozen=True)
class Points:
    """Places on a network: edge (-1 for off every road), fraction of it from its tail, metres off the road."""

    edge: Ints
    fraction: Floats
    off_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, index: int) -> "Points":
        """One of them, again as Points."""
        return Points(self.edge[index : index + 1], self.fraction[index : index + 1], self.off_m[index : index + 1])


def points_on(edge: ArrayLike, fraction: ArrayLike) -> Points:
    """Points given by edge and fraction, on the road itself."""
    edges = np.atleast_1d(np.asarray(edge, dtype=np.int32))
    fractions = np.broadcast_to(np.asarray(fraction, dtype=np.float64), edges.shape).copy()
    return Points(edges, fractions, np.zeros(len(edges)))


def points_at_nodes(graph: RoadGraph, node: ArrayLike) -> Points:
    """Points standing exactly at junctions."""
    wanted = np.atleast_1d(np.asarray(node, dtype=np.int32))
    arc = np.minimum(graph.arc_start[wanted], graph.arcs - 1)
    leaves = graph.arc_tail[arc] == wanted
    split = leaves & (graph.arc_edge[arc] < 0)  # such a junction leads to where its streets begin (`turns`)
    arc = np.where(split, graph.arc_start[graph.arc_head[arc]], arc)
    entering = graph.rev_arc[np.minimum(graph.rev_start[wanted], graph.arcs - 1)]
    edge = np.where(leaves, graph.arc_edge[arc], graph.arc_edge[entering]).astype(np.int32)
    found = (graph.edge_tail[edge] == wanted) | (graph.edge_head[edge] == wanted)
    fraction = np.where(graph.edge_tail[edge] == wanted, 0.0, 1.0)
    return Points(np.where(found, edge, -1).astype(np.int32), fraction, np.zeros(len(wanted)))


@dataclass(frozen=True)
class SnapIndex:
    """The segments of all shapes in a metre plane, and which of them touch each cell of a grid."""

    graph: RoadGraph
    x: Floats  # (s,) shape points in the plane of the graph
    y: Floats
    segment_edge: Ints  # (s,) edge of the segment that starts at this point, -1 at an edge's last point
    west_m: float
    south_m: float
    columns: int
    rows: int
    cell_start: Ints  # (columns * rows + 1,)
    cell_segment: Ints


@jit
def _fill_cells(
    x: Floats, y: Floats, segment_edge: Ints, west: float, south: float, columns: int, rows: int, cell: float
) -> tuple[Ints, Ints]:
    start = np.zeros(columns * rows + 1, np.int32)
    content = np.empty(0, np.int32)
    for turn in range(2):
        for segment in range(len(x)):
            if segment_edge[segment] < 0:
                continue
            first_column = int((min(x[segment], x[segment + 1]) - west) / cell)
            last_column = int((max(x[segment], x[segment + 1]) - west) / cell)
            first_row = int((min(y[segment], y[segment + 1]) - south) / cell)
            last_row = int((max(y[segment], y[segment + 1]) - south) / cell)
            for row in range(first_row, last_row + 1):
                for column in range(first_column, last_column + 1):
                    place = row * columns + column
                    if turn == 0:
                        start[place + 1] += 1
                    else:
                        start[place] -= 1
                        content[start[place]] = segment
        if turn == 0:
            for place in range(columns * rows):
                start[place + 1] += start[place]
            content = np.empty(start[columns * rows], np.int32)
            for place in range(columns * rows):  # filling counts down from the end of each cell
                start[place] = start[place + 1]
    return start, content


def snap_index(graph: RoadGraph) -> SnapIndex:
    """Index a network for snapping (a few milliseconds for a city)."""
    x, y = graph.plane.to_xy(graph.shape_lon, graph.shape_lat)
    segment_edge = np.repeat(np.arange(graph.edges, dtype=np.int32), np.diff(graph.shape_start))
    segment_edge[graph.shape_start[1:] - 1] = -1
    west, south = float(x.min()) - 1, float(y.min()) - 1
    columns, rows = int((x.max() - west) / CELL_M) + 1, int((y.max() - south) / CELL_M) + 1
    start, content = _fill_cells(x, y, segment_edge, west, south, columns, rows, CELL_M)
    return SnapIndex(graph, x, y, segment_edge, west, south, columns, rows, start, content)


@jit
def _nearest_edges(
    px: float, py: float, want: int, max_m: float,
    x: Floats, y: Floats, segment_edge: Ints, edge_start: Ints, shape_m: Floats,
    west: float, south: float, columns: int, rows: int, cell: float, cell_start: Ints, cell_segment: Ints,
) -> tuple[int, Ints, Floats, Floats]:  # fmt: skip
    """The `want` nearest different edges by (distance, edge), searching the grid in growing rings."""
    edges = np.full(want, -1, np.int32)
    metres = np.full(want, np.inf)
    fractions = np.zeros(want)
    home_column = int(np.floor((px - west) / cell))
    home_row = int(np.floor((py - south) / cell))
    for ring in range(int(max_m / cell) + 2):
        # every point of this ring's cells is at least (ring - 1) cells away
        if metres[want - 1] <= max(0, ring - 1) * cell:
            break
        for row in range(max(0, home_row - ring), min(rows - 1, home_row + ring) + 1):
            edge_row = row == home_row - ring or row == home_row + ring
            step = 1 if edge_row else max(1, 2 * ring)
            for column in range(home_column - ring, home_column + ring + 1, step):
                if column < 0 or column >= columns:
                    continue
                place = row * columns + column
                for slot in range(cell_start[place], cell_start[place + 1]):
                    segment = cell_segment[slot]
                    ax = x[segment]
                    ay = y[segment]
                    dx = x[segment + 1] - ax
                    dy = y[segment + 1] - ay
                    square = dx * dx + dy * dy
                    share = 0.0
                    if square > 0:
                        share = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / square))
                    away = np.hypot(px - ax - share * dx, py - ay - share * dy)
                    if away > max_m:
                        continue
                    edge = segment_edge[segment]
                    spot = want
                    for i in range(want):  # where the edge already stands, or the last place
                        if edges[i] == edge:
                            spot = i
                            break
                    if spot == want:
                        spot = want - 1
                        if away > metres[spot] or (away == metres[spot] and edge > edges[spot] and edges[spot] >= 0):
                            continue
                    elif away >= metres[spot]:
                        continue
                    while spot > 0 and (
                        away < metres[spot - 1] or (away == metres[spot - 1] and edge < edges[spot - 1])
                    ):
                        edges[spot] = edges[spot - 1]
                        metres[spot] = metres[spot - 1]
                        fractions[spot] = fractions[spot - 1]
                        spot -= 1
                    along = shape_m[segment] + share * (shape_m[segment + 1] - shape_m[segment])
                    whole = shape_m[edge_start[edge + 1] - 1]
                    edges[spot] = edge
                    metres[spot] = away
                    fractions[spot] = min(1.0, along / whole) if whole > 0 else 0.0
    found = 0
    while found < want and edges[found] >= 0:
        found += 1
    return found, edges, fractions, metres


@jit
def _snap_all(
    px: Floats, py: Floats, max_m: float,
    x: Floats, y: Floats, segment_edge: Ints, edge_start: Ints, shape_m: Floats,
    west: float, south: float, columns: int, rows: int, cell: float, cell_start: Ints, cell_segment: Ints,
) -> tuple[Ints, Floats, Floats]:  # fmt: skip
    edges = np.empty(len(px), np.int32)
    fractions = np.empty(len(px))
    metres = np.empty(len(px))
    for i in range(len(px)):
        _, edge, fraction, away = _nearest_edges(
            px[i], py[i], 1, max_m, x, y, segment_edge, edge_start, shape_m,
            west, south, columns, rows, cell, cell_start, cell_segment,
        )  # fmt: skip
        edges[i] = edge[0]
        fractions[i] = fraction[0]
        metres[i] = away[0]
    return edges, fractions, metres


def snap(index: SnapIndex, lon: ArrayLike, lat: ArrayLike, *, max_m: float = FAR_M) -> Points:
    """The nearest place on a street for each position; edge -1 where none is within `max_m`."""
    px, py = index.graph.plane.to_xy(np.atleast_1d(lon), np.atleast_1d(lat))
    edge, fraction, away = _snap_all(
        px, py, max_m, index.x, index.y, index.segment_edge, index.graph.shape_start, index.graph.shape_m,
        index.west_m, index.south_m, index.columns, index.rows, CELL_M, index.cell_start, index.cell_segment,
    )  # fmt: skip
    return Points(edge, fraction, away)


def candidates(
    index: SnapIndex, lon: float, lat: float, *, count: int = 4, max_m: float = FAR_M, slack_m: float = 25.0
) -> Points:
    """
    The streets a position may belong to, nearest first: at most `count` of them, none farther off
    than the nearest plus `slack_m`. Empty when no road is within `max_m`.
    """
    px, py = index.graph.plane.to_xy(lon, lat)
    found, edge, fraction, away = _nearest_edges(
        float(px), float(py), count, max_m, index.x, index.y, index.segment_edge, index.graph.shape_start,
        index.graph.shape_m, index.west_m, index.south_m, index.columns, index.rows, CELL_M,
        index.cell_start, index.cell_segment,
    )  # fmt: skip
    keep = away[:found] <= (away[0] + slack_m if found else 0.0)
    return Points(edge[:found][keep], fraction[:found][keep], away[:found][keep])


def positions(graph: RoadGraph, points: Points) -> tuple[Floats, Floats]:
    """Longitude and latitude of points on the network (of the road, not of what was snapped)."""
    lon, lat = np.full(len(points), np.nan), np.full(len(points), np.nan)
    for i, (edge, fraction) in enumerate(zip(points.edge, points.fraction, strict=True)):
        if edge >= 0:
            part = slice(graph.shape_start[edge], graph.shape_start[edge + 1])
            metres = fraction * graph.edge_length_m[edge]
            lon[i] = np.interp(metres, graph.shape_m[part], graph.shape_lon[part])
            lat[i] = np.interp(metres, graph.shape_m[part], graph.shape_lat[part])
    return lon, lat
