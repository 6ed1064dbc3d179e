"""Reports of the own crew that were sent back: what is missing, in a word; the sentence opens by a tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oneroom.apps.incidents import codes, duties
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import kind_named
from oneroom.web.pages.terminal.rows import place_of


@dataclass(frozen=True, slots=True)
class GapRow:
    """One of them. ``may``: an officer signs what is added, an auxiliary sees that it is missing."""

    id: int
    grade: int
    category: str
    place: str
    reason: Any
    since: datetime
    drill: bool
    may: bool


def gaps(*, by: Actor, at: datetime) -> list[GapRow]:
    """What this person's crew has still to complete, oldest first."""
    if by.crew_id is None:
        return []
    return [
        GapRow(
            g.incident.pk, g.incident.grade,
            kind_named(g.incident.final_category or g.incident.category, g.incident.final_subcategory),
            place_of(g.incident), codes.SEND_BACK_REASONS.get(g.reason, g.reason), g.since, g.incident.drill,
            by.may(Right.SCENE_REPORT),
        )
        for g in duties.sent_back(by=by, at=at)
        if g.crew_id == by.crew_id
    ]  # fmt: skip
