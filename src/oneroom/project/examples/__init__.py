"""
Two cities as organisation trees with the reforms of the published texts as plans: illustrations, not anybody's force.

A tree is a list of changes that found it in an empty house, a reform a list of changes over it; both go the way that
any plan goes. What the texts count is counted here by the same queries as everywhere: nothing says "92" but the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    """So many simulated people of a kind in posts of a unit, from the founding on (row T12)."""

    unit: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class City:
    """A city: what founds it, its reforms, what is counted of them; who serves in ``branch``, where anybody does."""

    code: str
    founding: tuple[Change, ...]
    reforms: tuple[Reform, ...]
    figures: tuple[Counted, ...]
    staff: tuple[Staff, ...] = ()
    branch: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All reforms together."""
        return tuple(change for reform in self.reforms for change in reform.changes)
