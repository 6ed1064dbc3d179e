"""A call for help by somebody of a crew (domain: workflow §2.1a "welfare"): answered by a person, ended by the room."""

from __future__ import annotations

from enum import StrEnum

from oneroom.engine.lifecycle.table import Lifecycle, Move
from oneroom.engine.roles import ROOM, STATION


class State(StrEnum):
    """What was raised rings until somebody has it; what somebody has stays on the screen until it is ended."""

    RAISED = "raised"
    ANSWERED = "answered"
    ENDED = "ended"


S = State
OPEN = (S.RAISED, S.ANSWERED)

# Whoever called may say that it was a mistake, but never ends it: he may have been made to say so.
SOS = Lifecycle(
    [
        #    from        verb      to           who
        Move(S.RAISED,   "answer", S.ANSWERED,  ROOM | STATION),
        Move(S.RAISED,   "end",    S.ENDED,     ROOM),
        Move(S.ANSWERED, "end",    S.ENDED,     ROOM),
    ]
)  # fmt: skip
