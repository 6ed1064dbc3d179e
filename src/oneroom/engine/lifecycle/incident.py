"""The matter itself (domain: workflow §2.1a). While crews are out, its state follows them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from oneroom.engine.lifecycle import assignment
from oneroom.engine.lifecycle.table import Lifecycle, Move
from oneroom.engine.roles import COMMAND, INTAKE, MACHINE, OFFICERS, PUBLIC, ROOM, STATION, SUPERVISORS


class State(StrEnum):
    """Main line first, then the side states."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    WAITING = "waiting"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    CALLED_BACK = "called_back"
    ARCHIVED = "archived"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    CANCELLED = "cancelled"
    INVALID = "invalid"


S = State
OPEN = (S.RECEIVED, S.CLASSIFIED, S.WAITING, S.DISPATCHED, S.IN_PROGRESS, S.REPORTED, S.REVIEWED)
TO_SEND = (S.CLASSIFIED, S.WAITING)
WITH_CREWS = (S.DISPATCHED, S.IN_PROGRESS)
NOT_BEGUN = (S.RECEIVED, S.CLASSIFIED, S.WAITING)
ENDED = (S.CLOSED, S.CALLED_BACK)  # over, but not yet put away: may be called back and reopened

_FOLLOWING = [
    Move(source, "follow_" + target.value, target, MACHINE)
    for source in (S.CLASSIFIED, S.WAITING, S.DISPATCHED, S.IN_PROGRESS)
    for target in (S.WAITING, S.DISPATCHED, S.IN_PROGRESS, S.REPORTED)
    if source is not target
]

INCIDENT = Lifecycle(
    [
        #    from          verb         to              who
        Move(S.RECEIVED,   "classify",  S.CLASSIFIED,   INTAKE | OFFICERS),
        # An officer says what he himself has seen; of others' matters he sees none that is not classified.
        Move(S.CLASSIFIED, "hold",      S.WAITING,      ROOM),
        Move(S.WAITING,    "hold",      S.WAITING,      ROOM),  # its crew was taken back, or it is held for longer
        *_FOLLOWING,
        # Who sent the crews does not review their report; closing what was reviewed is a clerk's work.
        Move(S.REPORTED,   "review",    S.REVIEWED,     STATION | COMMAND),
        # A report with a gap is still a report: the matter stays REPORTED, with a clock on whoever completes it.
        Move(S.REPORTED,   "send_back", S.REPORTED,     STATION | COMMAND),
        Move(S.REPORTED,   "complete",  S.REPORTED,     OFFICERS | STATION | ROOM),
        Move(S.REVIEWED,   "close",     S.CLOSED,       STATION | COMMAND | ROOM),
        Move(S.CLOSED,     "call_back", S.CALLED_BACK,  INTAKE | STATION),
        Move(S.CLOSED,     "archive",   S.ARCHIVED,     MACHINE),
        Move(S.CALLED_BACK, "archive",  S.ARCHIVED,     MACHINE),
        Move(S.CLOSED,     "reopen",    S.CLASSIFIED,   COMMAND),
        Move(S.CALLED_BACK, "reopen",   S.CLASSIFIED,   COMMAND),
        # A flag, not a step: somebody above watches this matter until it is put away.
        *(Move(s, "supervise", s, SUPERVISORS) for s in (*OPEN, *ENDED)),
        *(Move(s, "transfer", S.TRANSFERRED, INTAKE) for s in NOT_BEGUN),
        *(Move(s, "invalidate", S.INVALID, INTAKE) for s in NOT_BEGUN),
        *(Move(s, "cancel", S.CANCELLED, INTAKE | PUBLIC) for s in NOT_BEGUN),
        *(Move(s, "merge", S.MERGED, INTAKE) for s in NOT_BEGUN),
        # The platform that got it first keeps what nobody else takes (State Council Office 2022 No. 12).
        Move(S.TRANSFERRED, "take_back", S.RECEIVED,    INTAKE),
        # A merging can be a mistake like any act: it stands by itself again, to be looked at anew.
        Move(S.MERGED,     "unmerge",   S.RECEIVED,     INTAKE),
    ]
)  # fmt: skip


def following(now: str, crews: Iterable[str], *, lead_reported: bool) -> State:
    """
    Where the matter stands, given the states of all its assignments.

    DISPATCHED while any lives, IN_PROGRESS from the first arrival, REPORTED when the lead crew has
    reported and none is live, back to WAITING when the last one leaves without a report. A matter that
    no crew ever touched, or that is past its report, stays where it is.
    """
    state = State(now)
    states = [assignment.State(c) for c in crews]
    live = [s for s in states if s in assignment.LIVE]
    if state not in (*TO_SEND, *WITH_CREWS) or not states:
        return state
    if live:
        begun = state is S.IN_PROGRESS or assignment.State.ON_SCENE in live
        return S.IN_PROGRESS if begun else S.DISPATCHED
    if state in TO_SEND:
        return state
    return S.REPORTED if lead_reported else S.WAITING
