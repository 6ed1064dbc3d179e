"""A free crew stands by at a place meanwhile (前置屯警): ordered by who commands, ended by a call or the room."""

from __future__ import annotations

from enum import StrEnum

from oneroom.engine.lifecycle.table import Lifecycle, Move
from oneroom.engine.roles import CREW, MACHINE, OFFICERS, ROOM


class State(StrEnum):
    """The crew stays available throughout: it is on no matter, and any call ends this."""

    ORDERED = "ordered"
    ACKNOWLEDGED = "acknowledged"
    THERE = "there"
    DECLINED = "declined"
    ENDED = "ended"


S = State
LIVE = (S.ORDERED, S.ACKNOWLEDGED, S.THERE)

STANDBY = Lifecycle(
    [
        #    from            verb           to               who
        Move(S.ORDERED,      "acknowledge", S.ACKNOWLEDGED,  CREW | ROOM),
        Move(S.ACKNOWLEDGED, "arrive",      S.THERE,         CREW | ROOM),
        Move(S.ORDERED,      "decline",     S.DECLINED,      OFFICERS),
        Move(S.ORDERED,      "end",         S.ENDED,         ROOM | MACHINE),
        Move(S.ACKNOWLEDGED, "end",         S.ENDED,         ROOM | MACHINE),
        Move(S.THERE,        "end",         S.ENDED,         ROOM | MACHINE),
    ]
)  # fmt: skip
