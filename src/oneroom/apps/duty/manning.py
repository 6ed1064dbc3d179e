"""Who rides where: the crews of a unit with the seats 1 + 2 + N of now and of the shifts that come (rows T16, B11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from oneroom.apps.duty.models import Crew, CrewMember, Duty
from oneroom.apps.duty.queries import led_crews
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor

_AHEAD = timedelta(hours=24)


@dataclass(slots=True)
class Seats:
    """One crew at one time: its lead, its officers, its auxiliaries, by name."""

    begins: datetime | None = None
    ends: datetime | None = None
    lead: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    auxiliary: list[str] = field(default_factory=list)

    @property
    def short(self) -> int:
        """How many officers are missing to a lead and those that the force puts beside one."""
        return max(0, 1 + settings.CREW_OFFICERS - len(self.lead) - len(self.second))


@dataclass(frozen=True, slots=True)
class Manned:
    """A crew as its chiefs see it. ``mine``: this person's unit commands it; else it serves his line."""

    crew: Crew
    now: Seats
    coming: list[Seats]
    led: bool
    mine: bool


def crews_of(by: Actor) -> list[Crew]:
    """Crews of the units that this person heads, of their ground and of their line; all for who commands the room."""
    rows = Crew.objects.select_related("unit", "line").defer("unit__area", "line__area").order_by("unit__code", "code")
    if not by.may(Right.COMMAND):
        rows = rows.filter(Q(unit_id__in=by.units) | Q(line_id__in=by.units))
    return list(rows)


def crews_seen_by(by: Actor, *, at: datetime) -> list[Manned]:
    """All of them with their seats."""
    return manned(crews_of(by), by=by, at=at)


def manned(crews: Sequence[Crew], *, by: Actor, at: datetime) -> list[Manned]:
    """Who rides with each of these crews of his now, and in the shifts that come."""
    now: dict[int, Seats] = defaultdict(Seats)
    members = CrewMember.objects.filter(crew__in=crews).order_by("pk")
    for crew, role, name in members.values_list("crew_id", "role", "account__name"):
        getattr(now[crew], role).append(name)
    coming: dict[tuple[int, datetime], Seats] = {}
    duties = Duty.objects.filter(crew__in=crews, cancelled_at=None, began_at=None, begins__lte=at + _AHEAD, ends__gt=at)
    for crew, begins, ends, seat, name in duties.order_by("begins", "pk").values_list(
        "crew_id", "begins", "ends", "seat", "account__name"
    ):
        getattr(coming.setdefault((crew, begins), Seats(begins, ends)), seat or "auxiliary").append(name)
    led, later = led_crews([c.pk for c in crews]), defaultdict[int, list[Seats]](list)
    for (pk, _begins), seats in coming.items():
        later[pk].append(seats)
    return [
        Manned(
            crew, now[crew.pk], later[crew.pk], crew.pk in led,
            by.heads(crew.unit_id) or by.may(Right.COMMAND),
        )
        for crew in crews
    ]  # fmt: skip
