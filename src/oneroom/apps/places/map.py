"""The streets of the active network as one compressed file for the map."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from oneroom.apps.places.loaded import Loaded, network
from oneroom.engine.roads.drawing import street_features


@dataclass(frozen=True, slots=True)
class MapFile:
    """Gzip-compressed GeoJSON; `etag` changes exactly when the network does, so browsers may keep it."""

    content: bytes
    etag: str


_held: MapFile | None = None  # of the active network: half a second of work for a large city


def roads_geojson() -> MapFile:
    """The active network's streets (`class`, `zh`, `en`, multi-lines). Raises NoNetwork."""
    global _held
    city = network()
    held = _held
    if held is None or held.etag != city.sha256:
        held = _held = MapFile(_content(city), city.sha256)
    return held


def _content(city: Loaded) -> bytes:
    box = city.box
    collection = {
        "type": "FeatureCollection",
        "attribution": city.attribution,
        "bbox": [box.west, box.south, box.east, box.north],
        "features": street_features(city.graph),
    }
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)
