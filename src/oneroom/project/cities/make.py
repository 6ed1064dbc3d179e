"""
Makes a bundled demo city from an OpenStreetMap extract: `python -m oneroom.project.cities.make shanghai FILE.osm.pbf`.

Writes CITY.npz (the network) and CITY.stations.json (a station for every street office the network covers, and the
area it serves). Where real stations stand and which streets they serve is not public: names are real street offices
(CITY.names.csv), places and borders are computed and marked synthetic. A force overwrites them with its own.

A street office that names a street puts its station at a junction of that street; where the map has no
street names (Jinan), stations spread over their branch's part of town and take its names from west to
east. Either way the places are those whose areas, by travel time, carry the most even load.
"""

import argparse
import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads import (
    Metric,
    RoadGraph,
    metric,
    nearest_of_all,
    points_at_nodes,
    snap,
    snap_index,
    to_npz_bytes,
)
from oneroom.engine.roads.build import build
from oneroom.engine.roads.classes import CLASS_NAMES
from oneroom.ports.formats import osm
from oneroom.project.cities.areas import draw_areas

HERE = Path(__file__).parent
TRIES = 6000
_HOMES = ("residential", "living_street", "tertiary")
_MAIN = ("primary", "secondary", "tertiary")

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Post:
    """A station that may be set up: its row of names, and the junctions where it may stand."""

    row: dict[str, str]
    nodes: Ints


def load_of_nodes(graph: RoadGraph) -> Floats:
    """A stand-in for population: kilometres of residential, living and tertiary street within 300 m."""
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    homes = np.isin(graph.edge_class, [CLASS_NAMES.index(name) for name in _HOMES])
    own = np.zeros(graph.nodes)
    np.add.at(own, graph.edge_tail[homes], graph.edge_length_m[homes] / 2000)
    np.add.at(own, graph.edge_head[homes], graph.edge_length_m[homes] / 2000)
    return np.array([own[np.hypot(x - x[node], y - y[node]) <= 300].sum() for node in range(graph.nodes)])


def junctions_of(graph: RoadGraph, wanted: NDArray[np.bool_]) -> Ints:
    """The junctions at the ends of the wanted edges."""
    return np.unique(np.concatenate([graph.edge_tail[wanted], graph.edge_head[wanted]])).astype(np.int32)


def posts_on_named_streets(graph: RoadGraph, rows: list[dict[str, str]]) -> list[Post]:
    posts = []
    for row in rows:
        streets = row["street"].split("/")  # one of these
        names = [i for i, name in enumerate(graph.names["default"]) if name in streets]
        nodes = junctions_of(graph, np.isin(graph.edge_name, names))
        if len(nodes):
            posts.append(Post(row, nodes))
    return posts


def posts_by_branch(graph: RoadGraph, free: Metric, rows: list[dict[str, str]]) -> list[Post]:
    """Branches grow from their seats by travel time; a station stands on a main road of its branch."""
    branches: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        branches[row["branch_zh"]].append(row)
    seats = [(float(part[0]["seat_lon"]), float(part[0]["seat_lat"])) for part in branches.values()]
    lon, lat = np.array(seats).T
    _, owner = nearest_of_all(graph, free, snap(snap_index(graph), lon, lat, max_m=3000))
    main = junctions_of(graph, np.isin(graph.edge_class, [CLASS_NAMES.index(name) for name in _MAIN]))
    return [Post(row, main[owner[main] == branch]) for branch, part in enumerate(branches.values()) for row in part]


def choose(graph: RoadGraph, free: Metric, load: Floats, posts: list[Post]) -> Ints:
    """
    At which junction each post stands: move one at a time, keep what evens the load out and drives less.

    The cost is the load of every area over the mean of its branch, to the fourth power (the heaviest counts), times the
    mean travel time:
    a dense branch has more load for each of its street offices than an outer one, whatever is chosen.
    """
    chance = np.random.default_rng(2026)
    names = [post.row["branch_zh"] for post in posts]
    branch = np.array([sorted(set(names)).index(name) for name in names])
    many = np.bincount(branch)

    def cost(nodes: Ints) -> float:
        ms, owner = nearest_of_all(graph, free, points_at_nodes(graph, nodes))
        of_post = np.bincount(owner, weights=load, minlength=len(nodes))
        mean = np.bincount(branch, weights=of_post) / many
        return float(((of_post / mean[branch]) ** 4).sum() * (ms * load).sum())

    nodes = np.array([chance.choice(post.nodes) for post in posts], dtype=np.int32)
    while len(np.unique(nodes)) < len(nodes):
        nodes = np.array([chance.choice(post.nodes) for post in posts], dtype=np.int32)
    best = cost(nodes)
    for _ in range(TRIES):
        place = int(chance.integers(len(posts)))
        trial = nodes.copy()
        trial[place] = chance.choice(posts[place].nodes)
        if len(np.unique(trial)) == len(posts) and (found := cost(trial)) < best:
            best, nodes = found, trial
    return nodes


def names_from_west(graph: RoadGraph, posts: list[Post], nodes: Ints) -> list[dict[str, str]]:
    """Without street names: within a branch, the names in code order go to the stations from west to east."""
    rows = [post.row for post in posts]
    for branch in {row["branch_zh"] for row in rows}:
        places = [i for i, row in enumerate(rows) if row["branch_zh"] == branch]
        codes = sorted((rows[i] for i in places), key=lambda row: row["code"])
        for place, row in zip(sorted(places, key=lambda i: graph.node_lon[nodes[i]]), codes, strict=True):
            rows[place] = row
    return rows


def make(city: str, extract: Path) -> None:
    graph = build(osm.read(extract).ways).graph
    source = f"{extract.name}, made by oneroom importroads"
    (HERE / f"{city}.npz").write_bytes(to_npz_bytes(graph, attribution=osm.ATTRIBUTION, source=source))
    free, load = metric(graph), load_of_nodes(graph)
    with (HERE / f"{city}.names.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    named = "street" in rows[0]
    posts = posts_on_named_streets(graph, rows) if named else posts_by_branch(graph, free, rows)
    nodes = choose(graph, free, load, posts)
    owners = [post.row for post in posts] if named else names_from_west(graph, posts, nodes)
    _, owner = nearest_of_all(graph, free, points_at_nodes(graph, nodes))
    areas = draw_areas(graph, nodes, owner)
    total = np.bincount(owner, weights=load, minlength=len(nodes))
    stations = [
        {
            "code": row["code"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "branch_zh": row["branch_zh"],
            "branch_en": row["branch_en"],
            "lon": round(float(graph.node_lon[nodes[i]]), 6),
            "lat": round(float(graph.node_lat[nodes[i]]), 6),
            "location_source": "synthetic",
            "load_share": round(float(total[i] / total.sum()), 4),
            "area": areas[i],
        }
        for i, row in enumerate(owners)
    ]
    stations.sort(key=lambda station: str(station["code"]))
    text = ",\n".join(json.dumps(station, ensure_ascii=False, separators=(",", ":")) for station in stations)
    (HERE / f"{city}.stations.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
    mean = {row["branch_zh"]: 0.0 for row in owners}
    for branch in mean:
        mean[branch] = float(np.mean([total[i] for i, row in enumerate(owners) if row["branch_zh"] == branch]))
    greatest = max(total[i] / mean[row["branch_zh"]] for i, row in enumerate(owners))
    print(f"{city}: {graph.nodes} junctions, greatest load {greatest:.2f} of its branch's mean")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("city", choices=["shanghai", "jinan"])
    parser.add_argument("extract", type=Path)
    asked = parser.parse_args()
    make(asked.city, asked.extract)
