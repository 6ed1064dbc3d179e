"""
Two cities as organisation trees with the reforms of the published texts as plans: illustrations, not anybody's force.

A tree is a list of changes that found it in an empty house, a reform a list of changes over it; both go the way that
any plan goes. What the texts count is counted here by the same queries as everywhere: nothing says "92" but the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oneroom.engine.organisation.changes import Change
from oneroom.engine.organisation.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Reform:
    """One reform of the texts: its rows, its name in Chinese as the texts have it, and what it changes."""

    rows: str
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of a row, counted on a proposal of all reforms together."""

    row: str
    what: str
    count: Callable[[Proposal], str]


@dataclass(frozen=True, slots=True)
class Staff:
    """So many simulated people of a kind in posts of a unit (row T12), which they head where they lead (row T17)."""

    unit: str
    kind: str
    count: int
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Down:
    """So many places of officers that go from a unit to one below it on the day of the reforms (row B15)."""

    giver: str
    taker: str
    count: int


@dataclass(frozen=True, slots=True)
class City:
    """
    A city: what founds it, its reforms, what is counted of them. ``staff`` serves from the founding on, ``later`` from
    the day of the reforms, ``spare`` are places of officers that nobody has. ``ground`` are outlines (GeoJSON, degrees)
    by the name that units give for theirs. In the ``branches`` it is counted who serves in stations (row T12).
    """

    code: str
    founding: tuple[Change, ...]
    reforms: tuple[Reform, ...]
    figures: tuple[Counted, ...]
    staff: tuple[Staff, ...] = ()
    branches: tuple[str, ...] = ()
    later: tuple[Staff, ...] = ()
    spare: tuple[Staff, ...] = ()
    down: tuple[Down, ...] = ()
    ground: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All reforms together."""
        return tuple(change for reform in self.reforms for change in reform.changes)
