"""
Ladders as data, and which of their rungs are due.

The rows follow workflow §2.1a. A ladder is frozen onto its order when it starts, so that a change of the
table never moves a running one; only a new grade of the matter does. Rungs name duty roles of that minute,
never persons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Rung:
    """``after_s`` seconds from the start, ``tell`` these duty roles through these channels."""

    n: int
    code: str
    after_s: int
    tell: tuple[str, ...]
    channels: tuple[str, ...]
    loud: bool = False  # the phone rings louder; the row in the room turns "unanswered"


# after_s by grade          code              tell                channels         P1   P2   P3   P4
_ANSWER: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[int, int, int, int]], ...] = (
    ("crew",            ("crew",),            ("app",),         (0, 0, 0, 0)),
    ("again",           ("crew_lead",),       ("app", "sms", "voice"), (15, 30, 90, 90)),
    ("second",          ("crew_second",),     ("app", "sms", "voice"), (30, 60, 180, 180)),
    ("duty_chief",      ("duty_chief",),      ("app", "sms"),   (60, 120, 360, 360)),
    ("shift_commander", ("shift_commander",), ("app", "email"), (90, 180, 600, 600)),
    ("alarm",           ("room",),            ("app",),         (120, 240, 900, 900)),
)  # fmt: skip

# Share of the limit       code               tell                channels
_OVERDUE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], float], ...] = (
    ("mark",            ("room",),            ("app",),         0.5),
    ("duty_chief",      ("duty_chief",),      ("app", "sms"),   1.0),
    ("shift_commander", ("shift_commander",), ("app",),         1.5),
    ("oversight",       ("inspector",),       ("app", "email"), 2.0),
)  # fmt: skip

# A crew that says nothing may be unable to: the crew itself is asked first, quietly (its phone may give it away),
# and those above it sooner than for a promise that is merely late. 10, 12 and 15 minutes of a limit of 10.
_WELFARE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], float], ...] = (
    ("crew",            ("crew", "room"),     ("app",),         1.0),
    ("duty_chief",      ("duty_chief",),      ("app", "sms"),   1.2),
    ("shift_commander", ("shift_commander",), ("app",),         1.5),
)  # fmt: skip
# A report that was sent back goes to the crew at once, on its phones; the station hears when it is not completed.
_COMPLETE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], float], ...] = (
    ("crew",            ("crew",),            ("app",),         0.0),
    ("duty_chief",      ("duty_chief",),      ("app", "sms"),   1.0),
    ("shift_commander", ("shift_commander",), ("app",),         1.5),
    ("oversight",       ("inspector",),       ("app", "email"), 2.0),
)  # fmt: skip
# The room's command hangs between two people: no station can help, so the commander hears of it, then oversight.
_HANDOVER: tuple[tuple[str, tuple[str, ...], tuple[str, ...], float], ...] = (
    ("shift_commander", ("shift_commander", "room"), ("app",),  1.0),
    ("oversight",       ("inspector",),       ("app", "email"), 2.0),
)  # fmt: skip
# Somebody opened what is not his: the inspectors know at once, and once more when they have not reviewed it.
_LOOK_REVIEW: tuple[tuple[str, tuple[str, ...], tuple[str, ...], float], ...] = (
    ("oversight",       ("inspector",),       ("app", "email"), 0.0),
    ("oversight",       ("inspector",),       ("app", "email"), 1.0),
)  # fmt: skip
_BY_STAGE = {"welfare": _WELFARE, "complete": _COMPLETE, "handover": _HANDOVER, "look_review": _LOOK_REVIEW}

# Somebody of a crew calls for help. Everybody who can act hears of it at once, except the phone that called: a sound
# there may cost a life. Seconds after the call.
_SOS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], int], ...] = (
    ("help",            ("crew", "duty_chief", "shift_commander", "room"), ("app", "sms"), 0),
    ("help_again",      ("crew", "duty_chief", "shift_commander", "room"), ("app", "voice"), 15),
    ("help_station",    ("station_crews",),   ("app", "sms"),   30),
    ("help_oversight",  ("inspector",),       ("app", "email"), 120),
)  # fmt: skip


def answer_ladder(grade: int) -> tuple[Rung, ...]:
    """The ladder of an order of this grade (1 to 4), until somebody signs for it."""
    return tuple(
        Rung(n, code, after[grade - 1], tell, channels, loud=n > 0)
        for n, (code, tell, channels, after) in enumerate(_ANSWER)
    )


def overdue_ladder(limit_s: int, *, stage: str = "") -> tuple[Rung, ...]:
    """The ladder of a stage that was promised within ``limit_s`` seconds: 50, 100, 150 and 200 %, or its own."""
    return tuple(
        Rung(n, code, round(limit_s * share), tell, channels)
        for n, (code, tell, channels, share) in enumerate(_BY_STAGE.get(stage, _OVERDUE))
    )


def sos_ladder() -> tuple[Rung, ...]:
    """The ladder of a call for help, until a person says "I have it"."""
    return tuple(
        Rung(n, code, after, tell, channels, loud=True) for n, (code, tell, channels, after) in enumerate(_SOS)
    )


def due(rungs: Iterable[Rung], *, since: datetime, now: datetime, done: Collection[int]) -> list[Rung]:
    """Rungs that should have happened by ``now`` and have not, lowest first."""
    waited = now - since
    return [r for r in rungs if r.n not in done and waited >= timedelta(seconds=r.after_s)]


def frozen(rungs: Iterable[Rung]) -> list[dict[str, Any]]:
    """As plain data, for the row of the order."""
    return [asdict(r) | {"tell": list(r.tell), "channels": list(r.channels)} for r in rungs]


def thawed(data: Iterable[dict[str, Any]]) -> tuple[Rung, ...]:
    """Back from plain data."""
    return tuple(Rung(**{**d, "tell": tuple(d["tell"]), "channels": tuple(d["channels"])}) for d in data)
