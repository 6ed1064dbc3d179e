"""Loading a city: its network and the places it names, made active in one step."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from oneroom.apps.ledger.services import note, service
from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.engine.roads import from_npz_bytes
from oneroom.engine.roads.gazetteer import crossings, streets
from oneroom.engine.roads.store import BadNetwork, about
from oneroom.engine.values import Actor, BadInput


@service
def load_network(
    content: bytes, *, name: str, ground: Iterable[Mapping[str, Any]] = (), by: Actor, at: datetime
) -> int:
    """
    Store a network file, compute its gazetteer and make it the active one; gives the network's id.

    ``ground`` are the water and green of its map, as GeoJSON features. The same file again only becomes active again.
    Raises BadInput when it is not a network of ours.
    """
    digest = hashlib.sha256(content).hexdigest()
    network = RoadNetwork.objects.filter(sha256=digest).first()
    if network is None:
        network = _store(content, digest, name=name, at=at)
    if drawn := list(ground):
        text = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
        RoadNetwork.objects.filter(pk=network.pk).update(ground=gzip.compress(text.encode(), 6, mtime=0))
    if network.active:
        return network.pk
    RoadNetwork.objects.filter(active=True).update(active=False)
    RoadNetwork.objects.filter(pk=network.pk).update(active=True)
    note(
        "roads.loaded", f"network:{network.pk}", by=by, at=at, to=("all",),
        network=network.pk, nodes=network.nodes, arcs=network.arcs, digest=digest,
    )  # fmt: skip
    return network.pk


def _store(content: bytes, digest: str, *, name: str, at: datetime) -> RoadNetwork:
    try:
        graph = from_npz_bytes(content)
    except BadNetwork as error:
        raise BadInput("file", str(error)) from error
    box = graph.box
    network = RoadNetwork.objects.create(
        name=name,
        sha256=digest,
        content=content,
        attribution=about(content).get("attribution", ""),
        west=box.west,
        south=box.south,
        east=box.east,
        north=box.north,
        nodes=graph.junctions,
        arcs=graph.directions,
        made_at=at,
    )
    rows = (
        Place(
            network=network, kind=place.kind, name_zh=place.name_zh, name_en=place.name_en,
            initials=place.initials, search=place.search, lon=place.lon, lat=place.lat, weight=place.weight,
        )
        for place in chain(streets(graph), crossings(graph))
    )  # fmt: skip
    Place.objects.bulk_create(rows, batch_size=2000)
    return network
