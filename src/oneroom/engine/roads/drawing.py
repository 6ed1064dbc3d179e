"""
The network as a map draws it: one multi-line per street and class, as GeoJSON features.

Stretches of one street are joined through their junctions, so that its name can run along the line; five
decimals (about a metre) are enough for a screen and halve the size.
"""

from collections import defaultdict
from typing import Any

import shapely

from oneroom.engine.roads.gazetteer import street_names
from oneroom.engine.roads.graph import NO_NAME, RoadGraph

_DECIMALS = 5


def street_features(graph: RoadGraph) -> list[dict[str, Any]]:
    """GeoJSON features with `class`, `zh`, `en` ("" where the map has no name), greatest roads last (drawn on top)."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for edge in range(graph.edges):
        groups[int(graph.edge_class[edge]), int(graph.edge_name[edge])].append(edge)
    features = []
    for (_, name), edges in sorted(groups.items(), key=lambda group: (-group[0][0], group[0][1])):
        zh, en = street_names(graph, name) if name != NO_NAME else ("", "")
        joined = shapely.line_merge(shapely.MultiLineString([graph.edge_line(edge) for edge in edges]))
        parts = joined.geoms if isinstance(joined, shapely.MultiLineString) else [joined]
        lines = [
            [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat in shapely.get_coordinates(part).tolist()]
            for part in parts
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"class": graph.class_name(edges[0]), "zh": zh, "en": en},
                "geometry": {"type": "MultiLineString", "coordinates": lines},
            }
        )
    return features
