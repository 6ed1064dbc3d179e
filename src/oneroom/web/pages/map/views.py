"""
Streets and areas for the map: public data, kept by browsers until they change.

The streets come compressed out of memory; a browser that has them pays one small question each time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from oneroom.apps.orgs.queries import units
from oneroom.apps.places.queries import basemap, roads_geojson
from oneroom.ports.formats import pmtiles
from oneroom.web.pages.map.ranges import file_response

_KEY = re.compile(r"^[0-9a-f]{32}$")
_FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def basemap_json(request: HttpRequest) -> HttpResponseBase:
    """
    What the map begins with: the city's box, and the address of its tiles.

    Where the tiles are not made yet they are begun, in the background, and `tiles` is null: the map is drawn from the
    plain streets meanwhile.
    """
    city = basemap()
    folder, box = settings.DATA_FOLDER, city.box
    ready = folder is not None and pmtiles.tiles_file(folder, city).exists()
    if folder is not None and not ready:
        pmtiles.make_later(folder, city)
    said = {
        "bbox": [box.west, box.south, box.east, box.north],
        "attribution": city.attribution,
        "tiles": reverse("map-tiles", args=[city.key]) if ready else None,
        "roads": reverse("map-roads"),
    }
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/json")
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def tiles(request: HttpRequest, key: str) -> HttpResponseBase:
    """A basemap's file or a part of it; it never changes under its name, so browsers keep it."""
    if settings.DATA_FOLDER is None or not _KEY.match(key):
        raise Http404
    path = settings.DATA_FOLDER / "tiles" / f"{key}.pmtiles"
    try:
        answer = file_response(request, path, etag=f'"{key}"', content_type="application/vnd.pmtiles")
    except FileNotFoundError as error:
        raise Http404 from error
    answer["Cache-Control"] = _FOR_GOOD
    return answer


@require_safe
def roads(request: HttpRequest) -> HttpResponseBase:
    """The active network's streets as GeoJSON (`class`, `zh`, `en`), with its box."""
    file = roads_geojson()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{file.etag}{"-gzip" if packed else ""}"'
    kept = get_conditional_response(request, etag=etag)
    if kept is not None:
        return _keep(kept, etag)
    content = file.content if packed else gzip.decompress(file.content)
    answer = HttpResponse(content, content_type="application/geo+json")
    if packed:
        answer["Content-Encoding"] = "gzip"
    return _keep(answer, etag)


@require_safe
def areas(request: HttpRequest) -> HttpResponseBase:
    """Every station with its place, and its area where one is drawn."""
    stations = units("station")
    content = json.dumps(
        {
            "areas": {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": {"id": unit.pk}, "geometry": unit.area}
                    for unit in stations
                    if unit.area
                ],
            },
            "stations": [
                {
                    "id": unit.pk, "code": unit.code, "zh": unit.name_zh, "en": unit.name_en,
                    "lon": unit.lon, "lat": unit.lat, "synthetic": unit.location_source == "synthetic",
                }
                for unit in stations
                if unit.lon is not None
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()  # fmt: skip
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    kept = get_conditional_response(request, etag=etag)
    return _keep(kept or HttpResponse(content, content_type="application/json"), etag)


def _keep(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"  # kept, but asked about each time
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
