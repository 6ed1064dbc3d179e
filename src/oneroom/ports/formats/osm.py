"""
Streets out of an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), read by pyosmium.

Only ways open to cars and restrictions of turns leave this module; what their tags mean is decided in
`engine.roads.tags` and `engine.roads.restrictions`.
Data are © OpenStreetMap contributors, ODbL 1.0.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from oneroom.engine.roads.build import Way
from oneroom.engine.roads.restrictions import Restriction
from oneroom.engine.roads.tags import find_car_class, find_ground_class

ATTRIBUTION = "© OpenStreetMap contributors (ODbL 1.0)"


class BadMap(ValueError):
    """The file cannot be read as a map; the message says why in a sentence."""


@dataclass(frozen=True)
class MapFile:
    """The car ways of a file, how many drawn streets of any kind it holds, and its restrictions of turns."""

    ways: list[Way]
    streets: int
    restrictions: list[Restriction] = field(default_factory=list)


def read(path: Path) -> MapFile:
    """
    All ways that a car may use, with the positions of their points.

    A way that leaves the extract keeps the points that are inside it, as separate stretches where it
    comes back. Raises BadMap.
    """
    if not path.is_file():
        raise BadMap(f"There is no file {path}.")
    ways: list[Way] = []
    streets = 0
    try:
        source = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
        for item in source:
            if not isinstance(item, osmium.osm.Way):
                continue
            streets += 1
            tags = {tag.k: tag.v for tag in item.tags}
            if find_car_class(tags) is not None:
                ways += _stretches(item, tags)
        restrictions = _restrictions(path)
    except (RuntimeError, ValueError) as error:
        raise BadMap(f"{path.name} is not a readable OpenStreetMap file ({error}).") from error
    return MapFile(ways, streets, restrictions)


def _restrictions(path: Path) -> list[Restriction]:
    found = []
    source = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("type", "restriction"))
    )
    for item in source:
        if not isinstance(item, osmium.osm.Relation):
            continue
        members = [(member.role, member.type, member.ref) for member in item.members]
        ways_from, ways_to = (
            tuple(ref for role, kind, ref in members if (role, kind) == (wanted, "w")) for wanted in ("from", "to")
        )
        via = [(kind, ref) for role, kind, ref in members if role == "via"]
        point = via[0][1] if len(via) == 1 and via[0][0] == "n" else None
        found.append(Restriction(ways_from, ways_to, point, {tag.k: tag.v for tag in item.tags}))
    return found


def read_ground(path: Path) -> list[dict[str, Any]]:
    """
    Water and green of a file as GeoJSON features with `class`, `zh`, `en`; none where the extract holds roads only.

    An area that leaves the extract cannot be closed and is left out. Raises BadMap.
    """
    shapes = osmium.geom.GeoJSONFactory()
    found: list[dict[str, Any]] = []
    try:
        for item in osmium.FileProcessor(str(path)).with_areas():
            if not isinstance(item, osmium.osm.Area):
                continue
            tags = {tag.k: tag.v for tag in item.tags}
            kind = find_ground_class(tags)
            if kind is None:
                continue
            try:
                shape = json.loads(shapes.create_multipolygon(item))
            except RuntimeError:  # its outline crosses itself
                continue
            name = tags.get("name", "")
            properties = {"class": kind, "zh": tags.get("name:zh", name), "en": tags.get("name:en", "")}
            found.append({"type": "Feature", "properties": properties, "geometry": shape})
    except (RuntimeError, ValueError) as error:
        raise BadMap(f"{path.name} is not a readable OpenStreetMap file ({error}).") from error
    return found


def _stretches(item: osmium.osm.Way, tags: dict[str, str]) -> Iterator[Way]:
    """The runs of consecutive points whose positions the file holds."""
    run: list[tuple[int, float, float]] = []
    for node in item.nodes:
        if node.location.valid():
            run.append((node.ref, node.lon, node.lat))
        elif run:
            yield _way(item.id, run, tags)
            run = []
    if run:
        yield _way(item.id, run, tags)


def _way(way_id: int, run: list[tuple[int, float, float]], tags: dict[str, str]) -> Way:
    return Way([ref for ref, _, _ in run], [lon for _, lon, _ in run], [lat for _, _, lat in run], tags, way_id)
