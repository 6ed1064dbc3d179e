"""
A road network as one compact file: a NumPy archive of plain arrays, no pickle.

Coordinates are whole 1e-7 degrees (about a centimetre, what OpenStreetMap keeps), shapes as differences from
point to point, so that a city of a thousand streets is a few hundred kilobytes. The same network
gives the same bytes, so a file is known by its hash. Lengths, times and indexes are made again on reading; the order of
contraction, a minute of work for a large city, is kept where the network has one; forbidden turns likewise.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.classes import CLASS_NAMES
from oneroom.engine.roads.graph import RoadGraph, assemble

FORMAT = "oneroom-roads"
VERSION, VERSION_TURNS = 2, 3  # the latter only where a turn is forbidden: who does not know of them must not read it
_READ = (1, 2, 3)  # the first had no order of contraction
_UNIT = 1e-7


class BadNetwork(ValueError):
    """The bytes are not a road network of ours, or a damaged one."""


def _whole(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(degrees / _UNIT).astype(np.int32)


def to_npz_bytes(graph: RoadGraph, **about: str) -> bytes:
    """The file's bytes; `about` (attribution, source …) is kept in its heading."""
    heading = {
        "format": FORMAT,
        "version": VERSION_TURNS if len(graph.forbidden) else VERSION,
        "about": about,
        "classes": CLASS_NAMES,
        "names": {language: list(table) for language, table in sorted(graph.names.items())},
    }
    out = io.BytesIO()
    turns: dict[str, Any] = {"forbidden": graph.forbidden} if len(graph.forbidden) else {}
    lon, lat = (axis[: graph.junctions] for axis in (graph.node_lon, graph.node_lat))  # the others are made again
    np.savez_compressed(
        out,
        heading=np.frombuffer(json.dumps(heading, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8),
        node=np.diff(np.stack([_whole(lon), _whole(lat)]), prepend=0, axis=1),
        shape=np.diff(np.stack([_whole(graph.shape_lon), _whole(graph.shape_lat)]), prepend=0, axis=1),
        shape_count=np.diff(graph.shape_start).astype(np.int32),
        edge_tail=graph.edge_tail,
        edge_head=graph.edge_head,
        edge_oneway=graph.edge_oneway,
        edge_class=graph.edge_class,
        edge_kmh=graph.edge_kmh,
        edge_name=graph.edge_name,
        hour_factors=graph.hour_factors,
        order=np.empty(0, np.int32) if graph.order is None else graph.order,
        **turns,
    )
    return out.getvalue()


def from_npz_bytes(content: bytes) -> RoadGraph:
    """Read a network back. Raises BadNetwork with a sentence when the bytes are not one."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            parts: dict[str, NDArray[Any]] = {name: archive[name] for name in archive.files}
        heading = json.loads(parts.pop("heading").tobytes().decode())
    except Exception as error:  # NumPy raises a different one for each way of being broken
        raise BadNetwork("This is not a road network file.") from error
    if heading.get("format") != FORMAT or heading.get("version") not in _READ:
        raise BadNetwork("This road network file is of another format or version.")
    try:
        return _graph(heading, parts)
    except (KeyError, IndexError, ValueError) as error:
        raise BadNetwork("This road network file is damaged.") from error


def _graph(heading: Mapping[str, Any], parts: Mapping[str, NDArray[Any]]) -> RoadGraph:
    node = np.cumsum(parts["node"], axis=1) * _UNIT
    shape = (np.cumsum(parts["shape"], axis=1) * _UNIT).T
    tail, head, count = parts["edge_tail"], parts["edge_head"], parts["shape_count"]
    names = {language: tuple(table) for language, table in heading["names"].items()}
    longest = max((len(table) for table in names.values()), default=0)
    for index, below in ((tail, node.shape[1]), (head, node.shape[1]), (parts["edge_name"], longest)):
        if len(index) != len(tail) or (len(index) and int(index.max()) >= below):
            raise ValueError("an index points outside its table")
    if len(tail) == 0 or int(min(tail.min(), head.min())) < 0 or int(count.min()) < 2 or int(count.sum()) != len(shape):
        raise ValueError("shapes do not fit the edges")
    old_class = [CLASS_NAMES.index(name) for name in heading["classes"]]
    graph = assemble(
        node_lon=node[0],
        node_lat=node[1],
        edge_tail=tail,
        edge_head=head,
        edge_oneway=parts["edge_oneway"],
        edge_class=np.array(old_class, dtype=np.uint8)[parts["edge_class"]],
        edge_kmh=parts["edge_kmh"],
        edge_name=parts["edge_name"],
        shapes=np.split(shape, np.cumsum(count)[:-1]),
        names=names,
        hour_factors=parts["hour_factors"],
        forbidden=parts.get("forbidden"),
    )
    return replace(graph, order=_order(parts.get("order"), graph.nodes))


def _order(stored: NDArray[np.int32] | None, nodes: int) -> NDArray[np.int32] | None:
    if stored is None or not len(stored):
        return None
    if not np.array_equal(np.sort(stored), np.arange(nodes)):
        raise ValueError("an order names every node once")
    return stored


def about(content: bytes) -> dict[str, str]:
    """The attribution and source written in a file's heading."""
    from_npz = np.load(io.BytesIO(content), allow_pickle=False)
    return dict(json.loads(from_npz["heading"].tobytes().decode()).get("about", {}))
