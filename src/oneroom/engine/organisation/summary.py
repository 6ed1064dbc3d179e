"""
The figures of a structure on one day in one table, so that a page, a plan and an example count alike (rows T05,
T07–T09, B02, B06, B13, B16, B38, T47). Each is defined where it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from oneroom.engine.organisation.facts import Duty, System
from oneroom.engine.organisation.figures import Share, coverage, layers, overlaps, system_shares
from oneroom.engine.organisation.station import has_parts
from oneroom.engine.organisation.tree import Tree

STATION, ROOM, LEGAL = "station", "command_room", "legal_unit"
LEAST = {"legal": 80, "two_teams": 100}  # per cent that the texts ask for (rows B38, B16)
_BRANCHES = frozenset({"branch_bureau", "county_bureau"})
_TOWN = "town"  # the rank of a station in a town


@dataclass(frozen=True, slots=True)
class Summary:
    """
    ``units`` and ``stations`` are counts, ``kinds`` counts by kind. ``levels`` is the longest path of command from the
    top down to a station, both counted; ``span`` the most units that answer to one; ``hops`` the median of desks that
    an order passes from the room to a station (None without a room). ``management`` is the share of oversight and
    support of all units, ``systems`` units by system, ``doubled`` functions for which units side by side answer.
    ``legal`` are branches and counties with a legal unit, ``two_teams`` town stations with a room and two teams.
    """

    units: int
    stations: int
    kinds: Counter[str]
    levels: int
    span: int
    hops: float | None
    management: Share
    systems: dict[System | None, Share]
    doubled: tuple[str, ...]
    legal: Share
    legal_gaps: tuple[str, ...]
    two_teams: Share
    two_teams_gaps: tuple[str, ...]


def summary(tree: Tree, duties: Iterable[Duty] = ()) -> Summary:
    """All of them. Takes O(units x levels)."""
    kinds = Counter(unit.kind for unit in tree.units.values())
    stations = [code for code, unit in tree.units.items() if unit.kind == STATION]
    shares = system_shares(tree)
    management = shares[System.OVERSIGHT].part + shares[System.SUPPORT].part
    legal, legal_gaps = coverage(tree, (c for c, u in tree.units.items() if u.kind in _BRANCHES), {LEGAL})
    teams, team_gaps = _two_teams(tree)
    return Summary(
        len(tree.units), len(stations), kinds, max((len(tree.path(code)) for code in stations), default=0),
        max((tree.span(code) for code in tree.units), default=0), _hops(tree, room_of(tree), stations),
        Share(management, len(tree.units)), shares, tuple(overlaps(tree, duties)), legal, tuple(legal_gaps), teams,
        team_gaps,
    )  # fmt: skip


def room_of(tree: Tree) -> str | None:
    """The city's command room: the one nearest the top; None without any."""
    rooms = (code for code, unit in tree.units.items() if unit.kind == ROOM)
    return min(rooms, key=lambda code: (len(tree.path(code)), code), default=None)


def levels_below(tree: Tree, top: str) -> int:
    """The longest path of command from ``top`` to a station below it, both counted (row T08); 0 without one."""
    return max(layers(tree, {STATION}, top=top).values(), default=0)


def levels_changed(was: Tree, is_: Tree) -> list[tuple[str, int, int]]:
    """
    Branches and counties below which the path to a station is longer or shorter than it was: (code, before, after), by
    code. Only those that are there on both sides.
    """
    found = []
    for code, unit in sorted(is_.units.items()):
        if unit.kind in _BRANCHES and code in was.units:
            before, after = levels_below(was, code), levels_below(is_, code)
            if before != after and before and after:
                found.append((code, before, after))
    return found


def _hops(tree: Tree, room: str | None, stations: list[str]) -> float | None:
    if room is None:
        return None
    found = [hops for code in stations if (hops := tree.hops(room, to=code)) is not None]
    return float(median(found)) if found else None


def _two_teams(tree: Tree) -> tuple[Share, tuple[str, ...]]:
    """A station has them when a room and at least two teams stand below it: what is there, not what it says (B16)."""
    asked = sorted(code for code, unit in tree.units.items() if unit.kind == STATION and unit.rank == _TOWN)
    gaps = tuple(code for code in asked if not has_parts(tree, code))
    return Share(len(asked) - len(gaps), len(asked)), gaps
