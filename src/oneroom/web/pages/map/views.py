"""
Streets and areas for the map: public data, kept by browsers until they change.

The streets come compressed out of memory; a browser that has them pays one small question each time.
"""

from __future__ import annotations

import gzip
import hashlib
import json

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from oneroom.apps.orgs.queries import units
from oneroom.apps.places.queries import roads_geojson


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
