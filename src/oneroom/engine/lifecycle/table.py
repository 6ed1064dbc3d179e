"""A table of moves that has at most one answer to "what happens if this verb comes in this state?"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, IllegalMove, NotAllowed


@dataclass(frozen=True, slots=True)
class Move:
    """One row: in ``source``, ``verb`` leads to ``target`` if one of the roles ``who`` does it."""

    source: StrEnum
    verb: str
    target: StrEnum
    who: frozenset[Role]


class Lifecycle:
    """The rows, indexed by (source, verb). A table with two answers is refused when it is made."""

    def __init__(self, moves: Iterable[Move]):
        self._moves: dict[tuple[str, str], Move] = {}
        for move in moves:
            key = (str(move.source), move.verb)
            if key in self._moves:
                raise ValueError(f"two answers for {move.verb} in {move.source}")
            self._moves[key] = move

    def __iter__(self) -> Iterator[Move]:
        return iter(self._moves.values())

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every verb of the table, once, in the order of the rows."""
        return tuple(dict.fromkeys(move.verb for move in self))

    def find(self, state: str, verb: str) -> Move | None:
        """The row, or None where the table has none."""
        return self._moves.get((str(state), verb))

    def move(self, state: str, verb: str, *, by: Actor) -> Move:
        """
        The row for this actor.

        Raises NotAllowed where the role may not do this here, or may never do it at all; IllegalMove where it may,
        but the table has no such row in this state.
        """
        move = self.find(state, verb)
        if move is not None and not by.roles.isdisjoint(move.who):
            return move
        ever = any(m.verb == verb and not by.roles.isdisjoint(m.who) for m in self)
        if move is None and ever:
            raise IllegalMove
        raise NotAllowed

    def open_to(self, state: str, roles: frozenset[Role]) -> tuple[str, ...]:
        """Verbs that somebody with these roles may do in this state: what a screen offers."""
        return tuple(m.verb for m in self if str(m.source) == str(state) and not roles.isdisjoint(m.who))
