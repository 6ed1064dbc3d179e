"""
Who is called back after a matter was closed (workflow §2.1, §2.1a "Safe to contact").

All of P1, P2 and of complaints; of the rest a random share; nobody whom a call could betray. The draw is made from
the hash of an entry that stood in the record before the matter was closed, so that anybody can draw it again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from oneroom.engine.lifecycle.limits import COMPLAINT_CALL_BACK_S, limit_s

SHARE = 0.15  # of P3 and P4: the source says 10 to 20 %
URGENT = 2
MAX_TRIES = 3  # after so many times without an answer the call-back ends as not reached
# What a call-back may come to. "not_reached" is tried again; the others end it.
RESULTS = (
    "reached_satisfied", "reached_dissatisfied", "reached_new_facts", "not_reached", "declined", "not_safe",
)  # fmt: skip
ASKS_TO_REOPEN = {"reached_dissatisfied": "caller_dissatisfied", "reached_new_facts": "new_facts"}


@dataclass(frozen=True, slots=True)
class Caller:
    """What of a report decides: ``safe`` is yes, or the reason why not."""

    grade: int
    complaint: bool
    known: bool  # the caller left a name or number
    safe: str  # "yes", "not_safe" or "not_known_safe"


@dataclass(frozen=True, slots=True)
class Decision:
    """``why`` is a code for both answers; ``limit_s`` is promised where one is due."""

    due: bool
    why: str
    limit_s: int | None = None


def draw(entry_hash: bytes, report_id: int) -> float:
    """A number in [0, 1) that is settled by an entry's hash and the report: the same whoever draws it."""
    settled = hashlib.sha256(entry_hash + f":call_back:{report_id}".encode()).digest()
    return int.from_bytes(settled[:8], "big") / 2**64


def decide(caller: Caller, *, drawn: float, share: float = SHARE) -> Decision:
    """
    Whether this caller is called back.

    Safety goes before every rule: unknown means no where a call could betray the caller.
    """
    if caller.safe != "yes":
        return Decision(False, caller.safe)
    if not caller.known:
        return Decision(False, "no_caller")
    if caller.complaint:
        return Decision(True, "complaint", COMPLAINT_CALL_BACK_S)
    if caller.grade <= URGENT:
        return Decision(True, "urgent", limit_s("call_back", caller.grade))
    if drawn < share:
        return Decision(True, "drawn", limit_s("call_back", caller.grade))
    return Decision(False, "not_drawn")


def ended(result: str, tries: int) -> bool:
    """Whether this result ends the call-back."""
    return result != "not_reached" or tries >= MAX_TRIES
