"""What the map of the active network is drawn from: its streets, and water and green where the extract had them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oneroom.apps.places.loaded import Loaded, network
from oneroom.apps.places.models import RoadNetwork
from oneroom.engine.geo import Box
from oneroom.engine.roads.drawing import street_features

_LAYOUT = b"1"  # another number when layers or properties change: their files are then made anew


@dataclass(frozen=True, slots=True)
class MapFile:
    """Gzip-compressed GeoJSON; `etag` changes exactly when the network does, so browsers may keep it."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Basemap:
    """The active city as a map: `key` names exactly this drawing of it."""

    key: str
    box: Box
    attribution: str
    _city: Loaded
    _ground: bytes

    def layers(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """(layer, GeoJSON features), lowest first: "ground" with class water or green, then "roads"."""
        yield "ground", json.loads(gzip.decompress(self._ground)) if self._ground else []
        yield "roads", street_features(self._city.graph)


_held: MapFile | None = None  # of the active network: half a second of work for a large city


def basemap() -> Basemap:
    """The active network's map. Raises NoNetwork."""
    city = network()
    ground = bytes(RoadNetwork.objects.values_list("ground", flat=True).get(pk=city.row_id))
    key = hashlib.sha256(_LAYOUT + bytes.fromhex(city.sha256) + hashlib.sha256(ground).digest()).hexdigest()[:32]
    return Basemap(key, city.box, city.attribution, city, ground)


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
