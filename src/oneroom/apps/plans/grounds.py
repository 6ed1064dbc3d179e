"""
Whose ground calls came from in a world, and which calls are left out of it.

One call that was entered at a wrong place, or from an island, must not forbid every plan: so few are left out and
counted. More of them are a hole in the plan, and where it is is said to a kilometre and with how many came from there:
whoever draws plans may not see from which house somebody called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree, points

from oneroom.apps.orgs.ground import COVERING, Ground
from oneroom.apps.orgs.queries import NEAR_DEG
from oneroom.apps.plans.troubles import Trouble
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.simulate.ground import unreachable
from oneroom.engine.simulate.making import Place
from oneroom.engine.simulate.world import World

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
LEFT_OUT = 0.01  # of all calls, so many may be left out
DECIMALS = 2  # of degrees: about a kilometre


@dataclass(frozen=True)
class Origins:
    """Where calls came from (n,), and the numbers and places of units."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    numbers: dict[str, int]
    units: dict[str, Place | None]

    def of(self, codes: Sequence[str], which: NDArray[np.int64]) -> Ints:
        """Numbers of these units, by their places in the list; -1 stays."""
        return np.array([*(self.numbers[code] for code in codes), -1], np.int32)[which]


def whose_ground(tree: Tree, proposal: Proposal, ground: Ground, calls: Origins) -> Ints:
    """
    Whose ground each call came from in one world: by the areas of its stations, and of whoever took one's over; where
    none is drawn at all, the nearest station's. -1 for a call that is far from all of them.
    """
    heirs = {heir for gone, heir in proposal.ended.items() if proposal.was.units[gone].kind in COVERING}
    covers = sorted(code for code, unit in tree.units.items() if unit.kind in COVERING or code in heirs)
    drawn = {code: area for code in covers if (area := tree.units[code].area) is not None}
    if not drawn:
        return _nearest_station(covers, calls)
    places, codes = points(calls.lon, calls.lat), list(drawn)
    ground.load(drawn.values())
    index = STRtree([ground.shape(drawn[code]) for code in codes])
    found = np.full(len(places), -1, np.int64)
    call, area = index.query(places, predicate="intersects")
    found[call[::-1]] = area[::-1]  # on a border the first of them
    for n in np.flatnonzero(found < 0):
        nearest = int(index.nearest(places[n]))
        if index.geometries[nearest].distance(places[n]) <= NEAR_DEG:
            found[n] = nearest
    return calls.of(codes, found)


def out_of_reach(world: World, node: Ints) -> Bools:
    """Which calls (the junction of each) came from where no crew of this world comes by road."""
    return np.isin(node, unreachable(world, np.unique(node)))


def few(lost: Bools, lon: NDArray[np.float64], lat: NDArray[np.float64], *, trouble: str) -> int:
    """How many calls are left out. Raises Trouble, of this code, where these are more than one in a hundred."""
    count = int(lost.sum())
    if count > LEFT_OUT * len(lost):
        around = np.column_stack([lon[lost], lat[lost]]).round(DECIMALS)
        places, often = np.unique(around, axis=0, return_counts=True)
        east, north = places[often.argmax()].tolist()
        raise Trouble(trouble, count=count, lon=round(east, DECIMALS), lat=round(north, DECIMALS))
    return count


def _nearest_station(covers: Sequence[str], calls: Origins) -> Ints:
    known = [(code, place) for code in covers if (place := calls.units.get(code)) is not None]
    if not known:
        return np.full(len(calls.lon), -1, np.int32)
    index = STRtree(points([place for _code, place in known]))
    return calls.of([code for code, _place in known], np.asarray(index.nearest(points(calls.lon, calls.lat))))
