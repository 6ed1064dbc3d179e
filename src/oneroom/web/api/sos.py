"""Calls for help: raised by a crew's phone, answered by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Router

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents import services
from oneroom.apps.incidents.near import near_sos
from oneroom.apps.incidents.queries import orders_of
from oneroom.apps.orders.access import sos_for
from oneroom.apps.orders.queries import open_sos
from oneroom.apps.orders.services import answer_sos, end_sos, raise_sos, say_mistake
from oneroom.apps.places.queries import locate
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do, spoken

router = Router(tags=["sos"])


@router.get("sos")
def calls(request: HttpRequest) -> dict[str, Any]:
    """Calls for help that are not over: all for the room, the station's for its chief, the crew's for a crew."""
    by = actor(request)
    found = [
        h for h in open_sos()
        if by.may(Right.SEE_ROOM) or by.heads(h.unit_id) or h.account_id == by.id
        or (by.crew_id is not None and h.crew_id == by.crew_id)
    ]  # fmt: skip
    return {
        "sos": [
            {
                "id": h.id, "crew": h.crew_id, "matter": h.matter, "state": h.state, "raised_at": h.raised_at,
                "lon": h.lon, "lat": h.lat, "fix_at": h.fix_at, "answered_at": h.answered_at,
                "mistake_at": h.mistake_at,
            }
            for h in found
        ]
    }  # fmt: skip


@router.post("sos")
def raised(request: HttpRequest, asked: shapes.When) -> dict[str, Any]:
    """Help, without a sound. A second press while it is open is the same call."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        live = orders_of(by.crew_id) if by.crew_id is not None else []
        matter = f"incident:{live[0].incident_id}" if live else ""
        return {"id": raise_sos(matter=matter, happened=asked.happened, by=by, at=at)}

    return do(request, asked, act)


@router.post("sos/{int:pk}/answer")
def answer(request: HttpRequest, pk: int, asked: shapes.SosAnswer) -> dict[str, Any]:
    """
    answer: I have it. send: these crews go. end: it is over, for a reason. mistake: who called says so; it rings on.
    """
    if asked.verb not in ("answer", "send", "end", "mistake"):
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=asked.verb[:40])

    def act(by: Actor, at: datetime) -> dict[str, Any] | None:
        row = sos_for(pk, by=by)
        match asked.verb:
            case "answer":
                return answer_sos(row.pk, by=by, at=at)
            case "end":
                return end_sos(row.pk, reason=asked.reason, by=by, at=at)
            case "mistake":
                if row.account_id != by.id:
                    raise NotFound
                return say_mistake(row.pk, by=by, at=at)
        by.must(Right.DISPATCH)
        near = near_sos(row.pk, at=at)
        with translation.override("zh-hans"):
            words = _("%(crew)s calls for help (SOS).") % {"crew": callsigns().get(row.crew_id or 0, ("", ""))[0]}
        where = _place(row.lon, row.lat)
        sent = services.send_help(row.pk, asked.crews, words=words, where=where, advice=near.advice, by=by, at=at)
        return {"incident": sent}

    return do(request, asked, act)


def _place(lon: float | None, lat: float | None) -> services.Where | None:
    """The public place of the last fix; off the map there is none, and a person must say where."""
    if lon is None or lat is None:
        return None
    try:
        at = locate(lon, lat)
    except Refused:
        return None
    return services.Where(at.lon, at.lat, *spoken(at))
