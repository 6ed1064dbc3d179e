"""The last known board as bytes, each two seconds: only what is new on it is made anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from oneroom.engine.degraded import Board, Ladder, Matter, Order, Person

BOARD = TypeAdapter(Board)
_PARTS: dict[str, TypeAdapter[Any]] = {
    "people": TypeAdapter(Person),
    "matters": TypeAdapter(Matter),
    "orders": TypeAdapter(Order),
    "ladders": TypeAdapter(Ladder),
}


class Written:
    """
    The same bytes as ``BOARD.dump_json``. With thousands of open matters that held the whole process for a tenth of a
    second; a board that was read after another shares with it whatever did not change (`incidents.lastboard`).
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[int, tuple[Any, bytes]]] = {name: {} for name in _PARTS}

    def of(self, board: Board) -> bytes:
        """This board, as `BOARD` reads it."""
        said = BOARD.dump_json(replace(board, people={}, matters={}, orders={}, ladders={}))
        for name in _PARTS:
            # A quotation mark within a text is escaped, so that these bytes are the field and nothing else.
            said = said.replace(b'"%s":{}' % name.encode(), b'"%s":{%s}' % (name.encode(), self._part(name, board)), 1)
        return said

    def _part(self, name: str, board: Board) -> bytes:
        before, shape = self._kept[name], _PARTS[name]
        kept = self._kept[name] = {
            pk: had if (had := before.get(pk)) and had[0] is one else (one, b'"%d":%s' % (pk, shape.dump_json(one)))
            for pk, one in getattr(board, name).items()
        }
        return b",".join(piece for _, piece in kept.values())
