"""One round of the auditor: every check in one look at the database, then what is new and what is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

# Real seconds; the demo's time may run faster, and waits for the same machine.
SLACK_S = 5.0  # a step is promised within 2 s of its time; the rest is for a busy machine
IN_HAND_S = 15.0  # a gateway that has a message in hand when the answer comes
WAITS_S = 30.0  # a message that may go, and does not
LOST_S = 150.0  # a message in one hand, and once more in another
SIGNED_S = 300.0  # a head is signed each minute
LATELY_S = 600.0  # what cannot be mended is shown for so long
SKEW_S = 2.0
ONE_AUDITOR = 0x0A0D17  # any number; the same in every auditor
PART = "auditor"

_OPEN = """
    SELECT raised.id, raised.kind, raised.subject, raised.matter, raised.since FROM oversight_alarm AS raised
    WHERE raised.what = 'raised' AND raised.part = %s AND raised.kind = ANY (%s)
      AND NOT EXISTS (SELECT FROM oversight_alarm AS ended WHERE ended.of_id = raised.id)"""
_ADD = """
    INSERT INTO oversight_alarm (what, part, node, kind, subject, matter, since, at, detail, of_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: which kind, about what, since when, and ids and codes that help to look."""

    kind: str
    subject: str
    matter: str
    since: datetime | None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """Project time, how fast it runs, whether it is the world's, and whether this house signs heads of its record."""

    at: datetime
    rate: float
    real: bool
    signs: bool

    def values(self) -> dict[str, Any]:
        """What the checks are told: times in seconds of project time."""
        fast = max(self.rate, 1.0)
        spans = {
            "slack_s": SLACK_S, "in_hand_s": IN_HAND_S, "waits_s": WAITS_S, "lost_s": LOST_S, "signed_s": SIGNED_S,
            "lately_s": LATELY_S,
        }  # fmt: skip
        return {name: s * fast for name, s in spans.items()} | {
            "at": self.at, "real": self.real, "signs": self.signs, "skew_s": SKEW_S,
        }  # fmt: skip


@cache
def checks() -> dict[str, str]:
    """Kind of finding -> the statement that looks for it."""
    return {f.stem: f.read_text(encoding="utf-8") for f in sorted((Path(__file__).parent / "checks").glob("*.sql"))}


def look(connection: psycopg.Connection[Any], moment: Moment) -> list[Finding]:
    """
    Every finding there is, from one snapshot: no act is seen half done.

    Raises psycopg.Error: a check that cannot be made is no check that found nothing.
    """
    found = []
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for kind, statement in checks().items():
            rows = connection.execute(statement, moment.values()).fetchall()
            found += [Finding(kind, *row) for row in rows]
    return found


def write(
    connection: psycopg.Connection[Any], found: list[Finding], settled: list[Finding], *, node: str, at: datetime
) -> tuple[list[Finding], list[Finding]]:
    """
    Add what is new and what is over; gives both. What was found before and still is needs no row.

    New is only what is among the ``settled``; over is only what is not found at all.
    """
    now = {(f.kind, f.subject): f for f in found}
    with connection.transaction():
        rows = connection.execute(_OPEN, [PART, list(checks())]).fetchall()
        before = {(kind, subject): (pk, matter, since) for pk, kind, subject, matter, since in rows}
        new = [f for key, f in {(f.kind, f.subject): f for f in settled}.items() if key not in before]
        for f in new:
            _add(connection, "raised", f, node, at, None)
        over = []
        for (kind, subject), (pk, matter, since) in before.items():
            if (kind, subject) not in now:
                over.append(Finding(kind, subject, matter, since))
                _add(connection, "over", over[-1], node, at, pk)
    return new, over


def _add(
    connection: psycopg.Connection[Any], what: str, f: Finding, node: str, at: datetime, of: int | None
) -> None:  # fmt: skip
    values = [what, PART, node, f.kind, f.subject[:80], f.matter[:48], f.since or at, at, Jsonb(f.detail), of]
    connection.execute(_ADD, values)


def lines(found: list[Finding]) -> Iterator[str]:
    """Each finding as a line for a terminal or a monitor: codes and ids, no words of anybody."""
    for f in found:
        since = f" since {f.since.isoformat(timespec='seconds')}" if f.since else ""
        facts = " ".join(f"{name}={value}" for name, value in sorted(f.detail.items()))
        yield f"{f.kind} {f.subject}{since} {facts}".rstrip()
