"""
What happens to the register of people by itself: a deviation whose facts are there by now is settled, and who has moved
loses what he held at his former unit.
"""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.personnel.services.deviations import review
from oneroom.apps.personnel.services.moving import due_moves, follow_move, skip_bare_moves
from oneroom.engine.values import Conflict

__all__ = ["follow_moves", "review"]


def follow_moves(at: datetime) -> int:
    """Let the moves take effect whose day has come; how many roles ended. Who is at work is asked again."""
    skip_bare_moves(at)
    ended = 0
    for pk in due_moves(at):
        try:
            ended += follow_move(pk, at=at)
        except Conflict:
            continue
    return ended
