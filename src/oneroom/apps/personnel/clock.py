"""
What happens to the register of people by itself: a deviation whose facts are there by now is settled, and who has moved
loses what he held at his former unit.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from oneroom.apps.personnel.services.deviations import review
from oneroom.apps.personnel.services.moving import due_moves, follow_move, skip_bare_moves
from oneroom.engine.values import Refused

__all__ = ["follow_moves", "review"]

AGAIN = timedelta(minutes=1)
_asked: dict[int, datetime] = {}  # moves that could not be followed, and when: the others come first meanwhile

log = logging.getLogger(__name__)


def follow_moves(at: datetime) -> int:
    """
    Let the moves take effect whose day has come, a few at a time; how many roles ended.

    Who is at work is asked again after a minute, and so is what failed: neither keeps the others waiting.
    """
    for pk in [pk for pk, asked in _asked.items() if not timedelta(0) <= at - asked < AGAIN]:
        del _asked[pk]
    skip_bare_moves(at)
    ended = 0
    for pk in due_moves(at, besides=list(_asked)):
        try:
            ended += follow_move(pk, at=at)
        except Refused as later:
            _asked[pk] = at
            log.info("Move %d was not followed yet: %s", pk, later)
        except Exception:
            _asked[pk] = at
            log.exception("Move %d was not followed.", pk)
    return ended
