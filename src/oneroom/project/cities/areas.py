"""
Station areas as polygons: the streets each station reaches first, drawn without gaps or overlaps.

Every point along a street belongs to the station of its nearer junction; the Voronoi cells of a station's points,
joined, are its area. A piece that streets reach only from afar (beyond a river, over a flyover) would be
an island: it goes to the neighbour it shares the longest border with, until every area is one piece.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from oneroom.engine.roads import RoadGraph

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

STEP_M = 60.0  # a point along each street at least so often
MARGIN_M = 250.0  # how far the drawn city reaches beyond its last street
BAY_M = 450.0  # narrower bays of the outline are filled
SMOOTH_M = (45.0, 30.0, 15.0, 5.0)  # the first that leaves every station inside its area
_DECIMALS = 5  # a metre


def draw_areas(graph: RoadGraph, stations: Ints, owner: Ints) -> list[dict[str, Any]]:
    """GeoJSON polygons, one per station, from the station that owns each junction."""
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    px, py, node = _points_along(graph)
    cells = _cells(px, py, _outline(graph))
    held = owner[node]
    for _ in range(60):
        areas = [shapely.union_all(cells[held == station]) for station in range(len(stations))]
        if not _give_islands_away(areas, cells, held, x[stations], y[stations]):
            break
    for smooth_m in SMOOTH_M:
        simple = shapely.coverage_simplify(np.array(areas), smooth_m)
        if shapely.contains_xy(simple, x[stations], y[stations]).all():
            break
    check_areas(simple, x[stations], y[stations])
    return [_geojson(graph, area) for area in simple]


def _points_along(graph: RoadGraph) -> tuple[Floats, Floats, Ints]:
    """Points every STEP_M along all streets (x, y), and the nearer junction of each."""
    xs, ys, nodes = [], [], []
    sx, sy = graph.plane.to_xy(graph.shape_lon, graph.shape_lat)
    for edge in range(graph.edges):
        part = slice(graph.shape_start[edge], graph.shape_start[edge + 1])
        length = graph.edge_length_m[edge]
        stops = np.linspace(0, length, max(2, int(length / STEP_M) + 2))
        xs.append(np.interp(stops, graph.shape_m[part], sx[part]))
        ys.append(np.interp(stops, graph.shape_m[part], sy[part]))
        nodes.append(np.where(stops <= length / 2, graph.edge_tail[edge], graph.edge_head[edge]))
    points = np.round(np.column_stack([np.concatenate(xs), np.concatenate(ys)]), 2)
    _, first = np.unique(points, axis=0, return_index=True)
    return points[first, 0], points[first, 1], np.concatenate(nodes)[first]


def _outline(graph: RoadGraph) -> shapely.Geometry:
    """The built city: everything near a street, without holes, within the extract's frame."""
    sx, sy = graph.plane.to_xy(graph.shape_lon, graph.shape_lat)
    lines = [
        shapely.LineString(np.column_stack([sx[a:b], sy[a:b]]))
        for a, b in zip(graph.shape_start[:-1], graph.shape_start[1:], strict=True)
    ]
    near = shapely.union_all(shapely.buffer(lines, MARGIN_M + BAY_M, quad_segs=4)).buffer(-BAY_M)
    whole = max(shapely.get_parts(near), key=shapely.area)
    return shapely.Polygon(shapely.get_exterior_ring(whole)).simplify(20)


def _cells(px: Floats, py: Floats, outline: shapely.Geometry) -> NDArray[Any]:
    points = shapely.MultiPoint(np.column_stack([px, py]))
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline, ordered=True))
    return np.asarray(shapely.intersection(cells, outline))


def _give_islands_away(
    areas: list[shapely.Geometry], cells: NDArray[Any], held: Ints, station_x: Floats, station_y: Floats
) -> bool:
    """Hand the cells of every detached piece to the best neighbour; False when there was none."""
    given = False
    tree = shapely.STRtree(areas)
    middles = shapely.get_coordinates(shapely.point_on_surface(cells)).T
    for station, area in enumerate(areas):
        home = shapely.Point(station_x[station], station_y[station])
        parts = sorted(shapely.get_parts(area), key=lambda part: (not part.buffer(0.5).contains(home), -part.area))
        for island in parts[1:]:
            given = True
            near = [int(other) for other in tree.query(island, predicate="intersects") if other != station]
            inside = (held == station) & shapely.contains_xy(island, *middles)
            held[inside] = max(near, key=lambda other: island.intersection(areas[other]).length)
    return given


def check_areas(areas: NDArray[Any], station_x: Floats, station_y: Floats) -> None:
    """No gaps, no overlaps, each in one piece, each with its station inside. Raises ValueError."""
    together = shapely.union_all(areas)
    if abs(shapely.area(areas).sum() - together.area) > 1.0:
        raise ValueError("areas overlap")
    if together.geom_type != "Polygon" or len(together.interiors):
        raise ValueError("there are gaps between areas")
    if not all(area.geom_type == "Polygon" and area.is_valid for area in areas):
        raise ValueError("an area is not in one piece")
    if not shapely.contains_xy(areas, station_x, station_y).all():
        raise ValueError("a station stands outside its area")


def _geojson(graph: RoadGraph, area: shapely.Geometry) -> dict[str, Any]:
    rings = []
    for ring in [area.exterior, *area.interiors]:
        lon, lat = graph.plane.to_lonlat(*shapely.get_coordinates(ring).T)
        rings.append(
            [[round(a, _DECIMALS), round(b, _DECIMALS)] for a, b in zip(lon.tolist(), lat.tolist(), strict=True)]
        )
    return {"type": "Polygon", "coordinates": rings}
