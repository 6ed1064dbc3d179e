"""
Who oversees which unit: posts, and who does not count alone (row T45: 全覆蓋、零盲區).

Each station, detention centre and traffic brigade has somebody named who oversees it. He does not count where he
answers to whoever heads that unit: there a second one must be posted who does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from oneroom.engine.organisation.facts import Duty
from oneroom.engine.organisation.figures import Share
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Role

OVERSEES = Role.INSPECTOR
# Roles that put nobody under the head of the unit at which they are held.
APART_FROM_THE_LINE = frozenset({Role.INSPECTOR, Role.OVERSIGHT_EXTERNAL})
STATION, BRIGADE = "station", "brigade"
TRAFFIC, DETENTION = "traffic", "detention"  # functions for which a unit answers


class Standing(StrEnum):
    """How a unit is overseen; all but ``COVERED`` are gaps."""

    COVERED = "covered"
    ANSWERS_TO_IT = "answers_to_it"  # whoever is posted there answers to its head
    NOBODY = "nobody"


def overseen(tree: Tree, duties: Iterable[Duty]) -> list[str]:
    """Codes of the units that need a post: stations, traffic brigades, and whatever answers for detention."""
    does = {(duty.unit, duty.function) for duty in duties}
    return [
        code
        for code, unit in tree.units.items()
        if unit.kind == STATION or (code, DETENTION) in does or (unit.kind == BRIGADE and (code, TRAFFIC) in does)
    ]


def answers_to(tree: Tree, works_at: Iterable[str]) -> frozenset[str]:
    """The units headed by somebody's line managers: those he works at, and whatever is above them."""
    return frozenset(code for unit in works_at for code in tree.path(unit))


def standing(unit: str, officers: Iterable[int], *, bound: Mapping[int, Collection[str]]) -> Standing:
    """How ``unit`` stands with these officers posted at it; ``bound``: the units each answers to (``answers_to``)."""
    posted = list(officers)
    if not posted:
        return Standing.NOBODY
    return Standing.COVERED if any(unit not in bound.get(o, ()) for o in posted) else Standing.ANSWERS_TO_IT


def coverage(standings: Mapping[str, Standing]) -> Share:
    """How many of the units are covered."""
    return Share(sum(s is Standing.COVERED for s in standings.values()), len(standings))
