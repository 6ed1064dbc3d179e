"""The watchers' table in the database: signs of life, alarms, and what is over, over a connection of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from oneroom.project.watching.wire import Wire

PATIENCE_S = 5.0
MOST = 200
_BEATS = """
    SELECT part, node, extract(epoch FROM now() - max(written))::float8,
           extract(epoch FROM now() - max(written) FILTER (WHERE kind = 'working'))::float8,
           (array_agg(kind ORDER BY written DESC, id DESC))[1]
    FROM oversight_alarm WHERE what = 'beat' AND written > now() - interval '1 hour' GROUP BY part, node"""
_TIME = "SELECT clock_timestamp()"
_OPEN = """
    SELECT id, part, node, kind, subject, matter, since FROM oversight_alarm AS raised
    WHERE what = 'raised' AND NOT EXISTS (SELECT FROM oversight_alarm AS ended WHERE ended.of_id = raised.id)
    ORDER BY at, id LIMIT %s"""
_ADD = """
    INSERT INTO oversight_alarm (what, part, node, kind, subject, matter, since, at, detail, of_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A copy of a part as the database last heard of it, in seconds of its own clock."""

    part: str
    node: str
    age_s: float
    worked_s: float | None
    last: str  # "working", "failing" or "bye"


@dataclass(frozen=True, slots=True)
class Open:
    """An alarm that is not over."""

    id: int
    part: str
    node: str
    kind: str
    subject: str
    matter: str
    since: datetime


class Board:
    """The table, for one part of one node. Every method raises psycopg.Error where the database does not answer."""

    def __init__(self, url: str, *, part: str, node: str) -> None:
        self.part, self.node = part, node
        self._wire = Wire(url, name=f"oneroom watch {part}", patience_s=PATIENCE_S)

    def beat(self, kind: str, at: datetime) -> None:
        """
        Give a sign of life: "working", "failing", or "bye" at an ordered end. ``at`` is the time now.

        With it goes how far this part's time is ahead of the database's, and how exactly that is known: the answer was
        made somewhere within the round trip, so a database that stood still makes it inexact, and never a skew.
        """
        began_s = time.monotonic()
        with self._wire.use() as connection:
            [theirs] = connection.execute(_TIME).fetchone() or [None]
        within_s = (time.monotonic() - began_s) / 2
        measured = {} if theirs is None else {
            "ahead_s": round((at - theirs).total_seconds() + within_s, 3), "within_s": round(within_s, 3),
        }  # fmt: skip
        self._add("beat", kind, "", "", None, at, detail=measured)

    def read(self) -> tuple[list[Heard], list[Open]]:
        """Who was heard of within the hour, and what is wrong."""
        with self._wire.use() as connection:
            heard = [Heard(*row) for row in connection.execute(_BEATS).fetchall()]
            return heard, [Open(*row) for row in connection.execute(_OPEN, [MOST]).fetchall()]

    def raise_(self, kind: str, subject: str, *, since: datetime, at: datetime) -> int | None:
        """Say that something is wrong; the row's number."""
        return self._add("raised", kind, subject, "", since, at)

    def end(self, found: Open, *, at: datetime) -> None:
        """It is so no longer."""
        self._add("over", found.kind, found.subject, found.matter, found.since, at, of=found.id)

    def close(self) -> None:
        """Give the connection up."""
        self._wire.close()

    def _add(
        self, what: str, kind: str, subject: str, matter: str, since: datetime | None, at: datetime,
        of: int | None = None, detail: Mapping[str, float] | None = None,
    ) -> int | None:  # fmt: skip
        said = Jsonb(dict(detail or {}))
        values: Sequence[Any] = (what, self.part, self.node, kind, subject, matter, since, at, said, of)
        with self._wire.use() as connection:
            row = connection.execute(_ADD, values).fetchone()
        return row[0] if row else None
