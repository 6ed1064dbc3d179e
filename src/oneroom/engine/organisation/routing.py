"""
To whom a matter goes: from the unit that took it up the path of command to whoever answers for its function on the day
(rows T06, B08, B19, B22).

A township's lead goes to the county's brigade where there is one, and to the bureau's where there is none. What is too
grave for a county is a function of its own (``fraud_major`` beside ``fraud``), for which the bureau's unit alone
answers: so a threshold is a fact with a date like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oneroom.engine.organisation.facts import Duty
from oneroom.engine.organisation.tree import Tree


@dataclass(frozen=True, slots=True)
class Route:
    """
    ``owners`` answer for ``function`` at ``level``, the unit on the path of command at which they were found (below it,
    or it itself). Several owners side by side are an overlap, which nobody but a person resolves (row T47); none are
    a function that nobody at or above the unit answers for.
    """

    function: str
    level: str | None
    owners: tuple[str, ...]


def route(tree: Tree, duties: Iterable[Duty], function: str, *, at: str) -> Route:
    """To whom matters of this function go from the unit ``at``. Takes O(owners x levels)."""
    owners = {duty.unit: tree.path(duty.unit) for duty in duties if duty.function == function}
    for level in tree.path(at):
        near = {unit: path.index(level) for unit, path in owners.items() if level in path}
        if near:
            least = min(near.values())
            return Route(function, level, tuple(sorted(unit for unit, steps in near.items() if steps == least)))
    return Route(function, None, ())


def routes(tree: Tree, duties: Iterable[Duty], *, at: str) -> list[Route]:
    """The same of every function there is on the day, by name."""
    every = list(duties)
    return [route(tree, every, function, at=at) for function in sorted({duty.function for duty in every})]
