"""A crew's details: who rides with it, counted by role and never named; what it carries; what it is on, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.duty.queries import board
from oneroom.apps.incidents.queries import orders_of
from oneroom.engine.values import NotFound
from oneroom.web.pages.room.board import CrewView, crew_views
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.words import KIT, ORDER_STATES, SKILLS, kind_named, named


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What the crew is on now."""

    incident: int
    reference: str
    grade: int
    place: str
    kind: str
    state: str
    since: datetime
    lead: bool
    drill: bool


@dataclass(frozen=True, slots=True)
class Card:
    """``led`` says whether a sworn officer leads; ``others`` are the sworn members beside the lead."""

    crew: CrewView
    led: bool
    others: int
    skills: tuple[str, ...]
    kit: tuple[str, ...]
    accuracy_m: float | None
    orders: tuple[OrderLine, ...]


def card(pk: int, *, at: datetime) -> Card:
    """The details of a crew as of this minute; one that is off duty shows that it is."""
    found = board(on_duty=False, crew_ids=[pk])
    if not found:
        raise NotFound
    [row] = found
    [view] = crew_views(found, at=at)
    orders = tuple(
        OrderLine(
            a.incident_id, a.incident.reference, a.incident.grade, place_of(a.incident),
            kind_named(a.incident.category, a.incident.subcategory), named(ORDER_STATES, a.state), a.state_since,
            a.lead, a.incident.drill,
        )
        for a in orders_of(pk)
    )  # fmt: skip
    skills = tuple(named(SKILLS, code) for code in row.skills)
    kit = tuple(named(KIT, code) for code in row.kit)
    return Card(view, row.led, max(0, row.officers - row.led), skills, kit, row.accuracy_m, orders)
