"""One crew on one incident (domain: workflow §2.1a)."""

from __future__ import annotations

from enum import StrEnum

from oneroom.engine.lifecycle.table import Lifecycle, Move
from oneroom.engine.roles import CREW, MACHINE, OFFICERS, ROOM


class State(StrEnum):
    """Receipts (sent, delivered, read) are facts about deliveries, not states."""

    OFFERED = "offered"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    RETURNED = "returned"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DIVERTED = "diverted"


LIVE = (State.OFFERED, State.ACKNOWLEDGED, State.EN_ROUTE, State.ON_SCENE)
S = State

ASSIGNMENT = Lifecycle(
    [
        #    from            verb           to               who
        Move(S.OFFERED,      "acknowledge", S.ACKNOWLEDGED,  CREW | ROOM),
        Move(S.ACKNOWLEDGED, "set_out",     S.EN_ROUTE,      CREW | ROOM),
        Move(S.EN_ROUTE,     "arrive",      S.ON_SCENE,      CREW | ROOM),
        Move(S.ON_SCENE,     "report",      S.ON_SCENE,      OFFICERS | ROOM),
        Move(S.ON_SCENE,     "clear",       S.CLEARED,       CREW | ROOM),
        Move(S.OFFERED,      "ask_return",  S.OFFERED,       CREW),
        Move(S.OFFERED,      "return",      S.RETURNED,      ROOM),
        Move(S.OFFERED,      "lapse",       S.LAPSED,        ROOM | MACHINE),
        Move(S.OFFERED,      "withdraw",    S.WITHDRAWN,     ROOM),
        Move(S.ACKNOWLEDGED, "withdraw",    S.WITHDRAWN,     ROOM),
        Move(S.EN_ROUTE,     "withdraw",    S.WITHDRAWN,     ROOM),
        Move(S.ON_SCENE,     "withdraw",    S.WITHDRAWN,     ROOM),
        Move(S.OFFERED,      "divert",      S.DIVERTED,      ROOM),
        Move(S.ACKNOWLEDGED, "divert",      S.DIVERTED,      ROOM),
        Move(S.EN_ROUTE,     "divert",      S.DIVERTED,      ROOM),
        Move(S.ON_SCENE,     "divert",      S.DIVERTED,      ROOM),
    ]
)  # fmt: skip

# What a crew shows on the board while an assignment of it is in this state.
CREW_STATE = {
    S.OFFERED: "assigned",
    S.ACKNOWLEDGED: "assigned",
    S.EN_ROUTE: "en_route",
    S.ON_SCENE: "on_scene",
}

# The promise that ends with a step, and those that begin with it.
ENDS = {"acknowledge": "acknowledge", "arrive": "arrive"}
BEGINS = {"acknowledge": ("arrive",), "arrive": ("first_word", "welfare", "report")}
