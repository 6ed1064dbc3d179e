"""
Promises of time, in seconds from the start of a stage (domain: workflow §2.1; all configurable).

A stage without a limit for a grade is not watched. ``None`` as grade default never stands here: what is
not promised is not shown as a clock.
"""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#                 stage            P1            P2            P3            P4
LIMITS_S: dict[str, dict[int, int]] = {
    "classify":   {1: MINUTE,      2: MINUTE,      3: 10 * MINUTE, 4: 30 * MINUTE},
    "dispatch":   {1: MINUTE,      2: 3 * MINUTE,  3: 15 * MINUTE, 4: HOUR},
    "acknowledge": {1: MINUTE,     2: 3 * MINUTE,  3: 3 * MINUTE,  4: 3 * MINUTE},
    "arrive":     {1: 5 * MINUTE,  2: 10 * MINUTE, 3: 30 * MINUTE, 4: 2 * HOUR},
    "first_word": {1: 3 * MINUTE,  2: 3 * MINUTE},
    "welfare":    {1: 10 * MINUTE, 2: 10 * MINUTE},  # on scene without a word
    "report":     {1: HOUR,        2: 2 * HOUR,    3: 4 * HOUR,    4: 8 * HOUR},
    "clear":      {1: HOUR,        2: HOUR,        3: HOUR,        4: HOUR},  # reported, and still counted as there
    "return_call": {2: 5 * MINUTE},  # an abandoned call: whoever hung up may be in danger
    "review":     {1: 12 * HOUR,   2: 24 * HOUR,   3: 24 * HOUR,   4: 24 * HOUR},
    "complete":   {1: 2 * HOUR,    2: 4 * HOUR,    3: 12 * HOUR,   4: 24 * HOUR},  # a report that was sent back
    "close":      {1: 12 * HOUR,   2: 24 * HOUR,   3: 24 * HOUR,   4: 24 * HOUR},  # reviewed: a clerk's work is left
    "look_review": {1: 3 * DAY},  # a glass was broken: the inspector looks at it within 72 hours
    "call_back":  {1: DAY,         2: DAY,         3: 3 * DAY,     4: 3 * DAY},
    # The next commander is at the desk when the shift changes: a quarter of an hour to read and sign.
    "handover":   {1: 15 * MINUTE, 2: 15 * MINUTE, 3: 15 * MINUTE, 4: 15 * MINUTE},
}  # fmt: skip
# A complaint about police is called back like an urgent matter, whatever its grade (workflow §2.1).
COMPLAINT_CALL_BACK_S = DAY
# Closed and called back, or nobody to call: after this time, with nothing open, the machine puts the matter away.
ARCHIVE_AFTER_S = 30 * DAY


def limit_s(stage: str, grade: int) -> int | None:
    """Seconds promised for this stage at this grade, or None where nothing is promised."""
    return LIMITS_S.get(stage, {}).get(grade)
