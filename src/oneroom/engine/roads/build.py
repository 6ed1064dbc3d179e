"""
From drawn streets to a road network: cut at junctions, keep what hangs together, join what is one piece.

Pure: `ports.formats.osm` reads files and hands over plain ways. The order of work matters: ways are cut at
shared points, only the largest strongly connected part stays, and then points where nothing branches are
melted into the shape of one edge, so that a search visits junctions only. Forbidden turns are looked up last, at the
junctions that are left.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from oneroom.engine.geo import distance_m
from oneroom.engine.roads import tags as osm_tags
from oneroom.engine.roads.classes import free_flow_kmh
from oneroom.engine.roads.components import largest_part
from oneroom.engine.roads.graph import NO_NAME, RoadGraph, assemble, with_turns
from oneroom.engine.roads.restrictions import End, Restriction, turns_of


class NoRoads(ValueError):
    """There is no network for cars in what was read."""


@dataclass(frozen=True)
class Way:
    """One drawn street: point ids in order, their positions (WGS-84), and its tags."""

    nodes: Sequence[int]
    lon: Sequence[float]
    lat: Sequence[float]
    tags: Mapping[str, str]
    id: int = 0  # by which restrictions name it


@dataclass(frozen=True)
class Counts:
    """What an import found, for the person who ran it."""

    ways: int
    car_ways: int
    pieces_km: float
    kept_km: float
    named_km: float
    names: dict[str, int] = field(default_factory=dict)  # language -> streets that have a name in it
    restrictions: int = 0  # of turns, in what was read
    kept_restrictions: int = 0  # those that forbid a turn at a junction of the network

    @property
    def dropped_share(self) -> float:
        """Share of the road length outside the largest strongly connected part."""
        return 1 - self.kept_km / self.pieces_km if self.pieces_km else 0.0


@dataclass(frozen=True)
class Built:
    graph: RoadGraph
    counts: Counts


@dataclass(slots=True)
class _Piece:
    """
    A stretch of street while the network is being made; `chain` are its point ids from tail to head, `ways` the ways
    at its tail and at its head.
    """

    chain: list[int]
    ways: tuple[int, int]
    oneway: bool
    road_class: int
    kmh: float
    name: int

    def like(self, other: "_Piece") -> bool:
        return (self.oneway, self.road_class, self.kmh, self.name) == (
            other.oneway, other.road_class, other.kmh, other.name,
        )  # fmt: skip


def build(ways: Iterable[Way], restrictions: Sequence[Restriction] = ()) -> Built:
    """Make the network of all ways open to cars, with its forbidden turns. Raises NoRoads when nothing is left."""
    read, roads = 0, []
    where: dict[int, tuple[float, float]] = {}
    for way in ways:
        read += 1
        road_class = osm_tags.find_car_class(way.tags)
        if road_class is None:
            continue
        chain = [node for i, node in enumerate(way.nodes) if i == 0 or node != way.nodes[i - 1]]
        if len(chain) < 2:
            continue
        where.update(zip(way.nodes, zip(way.lon, way.lat, strict=True), strict=True))
        roads.append((way, road_class, chain))
    names = _NameTable()
    pieces = _cut(roads, names)
    pieces_km = _length_km(pieces, where)
    pieces = _join(_connected(pieces))
    if not pieces:
        raise NoRoads("No connected roads for cars were found.")
    ends = _ends(pieces) if restrictions else {}
    turns = [turns_of(each, ends) for each in restrictions]
    graph = _with_turns(_network(pieces, where, names), set[tuple[int, int]]().union(*turns))
    named = graph.edge_name != NO_NAME
    forbidden = {(one, other) for one, other in graph.forbidden.tolist()}
    counts = Counts(
        ways=read,
        car_ways=len(roads),
        pieces_km=pieces_km,
        kept_km=float(graph.edge_length_m.sum()) / 1000,
        named_km=float(graph.edge_length_m[named].sum()) / 1000,
        names={language: sum(1 for name in table if name) for language, table in graph.names.items()},
        restrictions=len(restrictions),
        kept_restrictions=sum(1 for each in turns if each & forbidden),
    )
    return Built(graph, counts)


class _NameTable:
    """Streets by their local name; each language takes the spelling that most of the ways carry."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.votes: list[dict[str, Counter[str]]] = []

    def add(self, tags: Mapping[str, str]) -> int:
        found = osm_tags.names(tags)
        if not found:
            return NO_NAME
        place = self.index.setdefault(found["default"], len(self.index))
        if place == len(self.votes):
            self.votes.append(defaultdict(Counter))
        for language, text in found.items():
            self.votes[place][language][text] += 1
        return place

    def tables(self, used: Sequence[int]) -> dict[str, tuple[str, ...]]:
        """Language -> name of each street in `used` ("" where it has none in that language)."""
        languages = sorted({language for place in used for language in self.votes[place]})
        return {language: tuple(self._spelling(place, language) for place in used) for language in languages}

    def _spelling(self, place: int, language: str) -> str:
        votes = self.votes[place].get(language, Counter())
        return min(votes, key=lambda text: (-votes[text], text), default="")


def _cut(roads: Sequence[tuple[Way, int, list[int]]], names: _NameTable) -> list[_Piece]:
    """Cut every way at points it shares with another (or with itself)."""
    uses: Counter[int] = Counter()
    for _, _, chain in roads:
        uses.update(chain)
        uses.update((chain[0], chain[-1]))
    pieces = []
    for way, road_class, chain in roads:
        heading = osm_tags.direction(way.tags)
        if heading == osm_tags.BACKWARD:
            chain = chain[::-1]
        kmh = free_flow_kmh(road_class, way.tags.get("maxspeed", ""))
        name = names.add(way.tags)
        begin = 0
        for i in range(1, len(chain)):
            if uses[chain[i]] > 1:
                part, oneway = chain[begin : i + 1], heading != osm_tags.BOTH
                pieces.append(_Piece(part, (way.id, way.id), oneway, road_class, kmh, name))
                begin = i
    return pieces


def _length_km(pieces: Iterable[_Piece], where: Mapping[int, tuple[float, float]]) -> float:
    chains = [np.array([where[node] for node in piece.chain]) for piece in pieces]
    return sum(float(distance_m(c[:-1, 0], c[:-1, 1], c[1:, 0], c[1:, 1]).sum()) for c in chains) / 1000


def _connected(pieces: list[_Piece]) -> list[_Piece]:
    """Only the pieces whose both ends lie in the largest strongly connected part."""
    if not pieces:
        return []
    number: dict[int, int] = {}
    for piece in pieces:
        number.setdefault(piece.chain[0], len(number))
        number.setdefault(piece.chain[-1], len(number))
    tail = np.array([number[piece.chain[0]] for piece in pieces], dtype=np.int32)
    head = np.array([number[piece.chain[-1]] for piece in pieces], dtype=np.int32)
    two = np.array([not piece.oneway for piece in pieces])
    kept = largest_part(len(number), np.concatenate([tail, head[two]]), np.concatenate([head, tail[two]]))
    return [piece for i, piece in enumerate(pieces) if kept[tail[i]] and kept[head[i]]]


def _join(pieces: list[_Piece]) -> list[_Piece]:
    """Melt two pieces into one wherever just these two meet and they are the same kind of street."""
    live: dict[int, _Piece] = dict(enumerate(pieces))
    at: dict[int, list[int]] = defaultdict(list)
    for key, piece in live.items():
        at[piece.chain[0]].append(key)
        at[piece.chain[-1]].append(key)
    for node, keys in at.items():
        if len(keys) != 2 or keys[0] == keys[1]:
            continue
        first, second = live[keys[0]], live[keys[1]]
        joined = _joined(first, second, node) if first.like(second) else None
        if joined is None:
            continue
        first.chain, first.ways = joined
        del live[keys[1]]
        far = second.chain[0] if second.chain[-1] == node else second.chain[-1]
        at[far] = [keys[0] if key == keys[1] else key for key in at[far]]
    return list(live.values())


def _joined(first: _Piece, second: _Piece, node: int) -> tuple[list[int], tuple[int, int]] | None:
    """One chain through `node`, in the direction of travel, and its ways; None where two one-ways collide or part."""
    if first.oneway:
        if first.chain[-1] == node and second.chain[0] == node:
            return first.chain + second.chain[1:], (first.ways[0], second.ways[1])
        if second.chain[-1] == node and first.chain[0] == node:
            return second.chain + first.chain[1:], (second.ways[0], first.ways[1])
        return None
    to_node, before = (first.chain, first.ways[0]) if first.chain[-1] == node else (first.chain[::-1], first.ways[1])
    from_node, after = second.chain, second.ways[1]
    if second.chain[0] != node:
        from_node, after = second.chain[::-1], second.ways[0]
    return to_node + from_node[1:], (before, after)


def _ends(pieces: Sequence[_Piece]) -> dict[int, list[End]]:
    """What begins and ends at each junction."""
    found: dict[int, list[End]] = defaultdict(list)
    for edge, piece in enumerate(pieces):
        ahead, back = 2 * edge, None if piece.oneway else 2 * edge + 1
        found[piece.chain[0]].append(End(piece.ways[0], back, ahead))
        found[piece.chain[-1]].append(End(piece.ways[1], ahead, back))
    return found


def _network(pieces: Sequence[_Piece], where: Mapping[int, tuple[float, float]], names: _NameTable) -> RoadGraph:
    number: dict[int, int] = {}
    for piece in pieces:
        number.setdefault(piece.chain[0], len(number))
        number.setdefault(piece.chain[-1], len(number))
    used = sorted({piece.name for piece in pieces if piece.name != NO_NAME})
    place = {name: index for index, name in enumerate(used)} | {NO_NAME: NO_NAME}
    return assemble(
        node_lon=[where[node][0] for node in number],
        node_lat=[where[node][1] for node in number],
        edge_tail=[number[piece.chain[0]] for piece in pieces],
        edge_head=[number[piece.chain[-1]] for piece in pieces],
        edge_oneway=[piece.oneway for piece in pieces],
        edge_class=[piece.road_class for piece in pieces],
        edge_kmh=[piece.kmh for piece in pieces],
        edge_name=[place[piece.name] for piece in pieces],
        shapes=[[where[node] for node in piece.chain] for piece in pieces],
        names=names.tables(used),
    )


def _with_turns(graph: RoadGraph, turns: Collection[tuple[int, int]]) -> RoadGraph:
    """
    The network with these turns forbidden, except at junctions of streets that would be cut off by them.

    A street into which, or out of which, nobody may turn any more is an error of the map, or leads over its edge.
    """
    forbidden = np.array(sorted(turns), np.int32).reshape(-1, 2)
    while len(forbidden):
        made = with_turns(graph, forbidden)
        core = largest_part(made.nodes, made.arc_tail, made.arc_head)
        lost = (made.arc_edge >= 0) & ~(core[made.arc_tail] & core[made.arc_head])
        if not lost.any():
            return made
        touched = made.junction_of[np.concatenate([made.arc_tail[lost], made.arc_head[lost]])]
        edge, back = np.divmod(forbidden[:, 0], 2)
        stays = ~np.isin(np.where(back == 1, graph.edge_tail[edge], graph.edge_head[edge]), touched)
        forbidden = forbidden[stays & ~stays.all()]
    return graph
