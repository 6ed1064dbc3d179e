"""Who rides where: the crews of a unit with the seats 1 + 2 + N of now and of the shifts that come (rows T16, B11)."""

from __future__ import annotations

from collections import defaultdict
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


def crews_seen_by(by: Actor, *, at: datetime) -> list[Manned]:
    """Crews of the units that this person heads, of their ground and of their line; all for who commands the room."""
    rows = Crew.objects.select_related("unit", "line").order_by("unit__code", "code")
    if not by.may(Right.COMMAND):
        rows = rows.filter(Q(unit_id__in=by.units) | Q(line_id__in=by.units))
    crews = list(rows)
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
    led = led_crews([c.pk for c in crews])
    return [
        Manned(
            crew, now[crew.pk], [s for (pk, _b), s in coming.items() if pk == crew.pk], crew.pk in led,
            by.heads(crew.unit_id) or by.may(Right.COMMAND),
        )
        for crew in crews
    ]  # fmt: skip
