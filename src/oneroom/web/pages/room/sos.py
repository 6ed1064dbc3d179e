"""Calls for help as the room sees them: who, where, since when, who has it, and who is near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents.near import near_sos
from oneroom.apps.orders.queries import Help, open_sos
from oneroom.apps.people.queries import staff_names
from oneroom.apps.places.queries import locate
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Refused
from oneroom.web.api.acts import spoken
from oneroom.web.pages.room.words import local, span


@dataclass(frozen=True, slots=True)
class NearCrew:
    """A crew that could go, with its road time."""

    id: int
    name: str
    travel: str


@dataclass(frozen=True, slots=True)
class SosView:
    """One alarm. It goes only when the room ends it with a reason."""

    id: int
    crew: str
    who: str
    place: str
    lon: float | None
    lat: float | None
    fix_age: str
    raised_at: datetime
    incident: int | None
    ringing: bool
    answered: str
    answered_at: datetime | None
    mistake: bool
    near: tuple[NearCrew, ...]


def sos_views(*, by: Actor, at: datetime) -> list[SosView]:
    """Every call for help that is not over, oldest first; nearest crews for who may send."""
    found = open_sos()
    if not found:
        return []
    names = callsigns()
    staff = staff_names({h.account_id for h in found} | {h.answered_by for h in found if h.answered_by})
    return [_view(h, names, staff, by=by, at=at) for h in found]


def place_of_sos(lon: float | None, lat: float | None) -> str:
    """The last place as people say it; empty where none is known."""
    if lon is None or lat is None:
        return ""
    try:
        return local(*spoken(locate(lon, lat)))
    except Refused:
        return f"{lat:.5f}, {lon:.5f}"


def _view(
    h: Help, names: dict[int, tuple[str, str]], staff: dict[int, str], *, by: Actor, at: datetime
) -> SosView:  # fmt: skip
    near = near_sos(h.id, at=at).crews if by.may(Right.DISPATCH) else ()
    matter, _, pk = h.matter.partition(":")
    return SosView(
        h.id, local(*names.get(h.crew_id or 0, ("", ""))), staff.get(h.account_id, ""), place_of_sos(h.lon, h.lat),
        h.lon, h.lat, span((at - h.fix_at).total_seconds()) if h.fix_at else "", h.raised_at,
        int(pk) if matter == "incident" else None, h.state == "raised",
        staff.get(h.answered_by or 0, ""), h.answered_at, h.mistake_at is not None,
        tuple(
            NearCrew(p.crew.id, local(p.crew.callsign_zh, p.crew.callsign_en), span(p.travel_s)) for p in near
        ),
    )  # fmt: skip
