"""Orders as a crew answers them, and the room for it; what rings on a phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.duty.access import own_crew
from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.proposals import advice_for
from oneroom.apps.incidents.queries import crew_verbs, orders_of
from oneroom.apps.orders.queries import rings_for
from oneroom.apps.orders.services import receipt
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["orders"])


@router.get("orders")
def orders(request: HttpRequest) -> dict[str, Any]:
    """The live orders of one's own crew; no words in a list."""
    by = actor(request)
    return {
        "orders": [
            {
                "id": a.pk, "incident": a.incident_id, "reference": a.incident.reference, "grade": a.incident.grade,
                "category": a.incident.category, "place_zh": a.incident.place_zh, "place_en": a.incident.place_en,
                "lon": a.incident.lon, "lat": a.incident.lat, "state": a.state, "lead": a.lead,
                "offered_at": a.offered_at, "acknowledged_at": a.acknowledged_at, "en_route_at": a.en_route_at,
                "on_scene_at": a.on_scene_at, "verbs": crew_verbs(a, by=by),
            }
            for a in orders_of(own_crew(by=by).pk)
        ]
    }  # fmt: skip


@router.post("assignments/{int:pk}/step")
def step(request: HttpRequest, pk: int, asked: shapes.Step) -> dict[str, Any]:
    """Sign for it, set out, arrive."""
    if asked.verb not in ("acknowledge", "set_out", "arrive"):
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=asked.verb[:40])
    return do(
        request, asked,
        lambda by, at: services.step(
            access.assignment_for(pk, by=by).pk, asked.verb, happened=asked.happened, by=by, at=at
        ),
    )  # fmt: skip


@router.post("assignments/{int:pk}/report")
def report(request: HttpRequest, pk: int, asked: shapes.SceneReport) -> dict[str, Any]:
    """Report from the scene and be free again: both, or neither."""
    return do(
        request, asked,
        lambda by, at: services.report_and_clear(
            access.assignment_for(pk, by=by).pk, outcome=asked.outcome, words=asked.words, **asked.kind,
            happened=asked.happened, by=by, at=at,
        ),
    )  # fmt: skip


@router.post("assignments/{int:pk}/clear")
def clear(request: HttpRequest, pk: int, asked: shapes.When) -> dict[str, Any]:
    """Leave without a report."""
    return do(
        request, asked,
        lambda by, at: services.clear(access.assignment_for(pk, by=by).pk, happened=asked.happened, by=by, at=at),
    )  # fmt: skip


@router.post("assignments/{int:pk}/word")
def word(request: HttpRequest, pk: int, asked: shapes.Words) -> dict[str, Any]:
    """A line from the crew."""
    return do(
        request, asked,
        lambda by, at: services.say_word(access.assignment_for(pk, by=by).pk, words=asked.words, by=by, at=at),
    )  # fmt: skip


@router.post("assignments/{int:pk}/well")
def well(request: HttpRequest, pk: int, asked: shapes.When) -> dict[str, Any]:
    """The crew on scene says that all is well."""
    return do(
        request, asked,
        lambda by, at: services.say_well(access.assignment_for(pk, by=by).pk, happened=asked.happened, by=by, at=at),
    )  # fmt: skip


@router.post("assignments/{int:pk}/ask-return")
def ask_return(request: HttpRequest, pk: int, asked: shapes.Reason) -> dict[str, Any]:
    """Not ours: the room decides."""
    return do(
        request, asked,
        lambda by, at: services.ask_return(access.assignment_for(pk, by=by).pk, reason=asked.reason, by=by, at=at),
    )  # fmt: skip


@router.post("assignments/{int:pk}/take-off")
def take_off(request: HttpRequest, pk: int, asked: shapes.TakeOff) -> dict[str, Any]:
    """The room withdraws, lapses, takes back, or diverts ``to`` a graver call."""
    if asked.verb not in ("withdraw", "lapse", "return", "divert"):
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=asked.verb[:40])

    def act(by: Actor, at: datetime) -> dict[str, Any] | None:
        found = access.assignment_for(pk, by=by)
        if asked.verb != "divert" or asked.to is None:
            return services.take_off(found.pk, verb=asked.verb, reason=asked.reason, by=by, at=at)
        by.must(Right.DISPATCH)
        graver = access.incident_for(asked.to, by=by)
        advice = advice_for(graver, at=at)
        return {"assignment": services.divert(found.pk, to=graver.pk, advice=advice, by=by, at=at)}

    return do(request, asked, act)


@router.get("rings")
def rings(request: HttpRequest) -> dict[str, Any]:
    """What rings for me now; a device drops repeats by (ladder, rung)."""
    return {
        "rings": [
            {
                "delivery": r.delivery, "ladder": r.ladder, "rung": r.rung, "rung_code": r.rung_code,
                "loud": r.loud, "subject": r.subject, "stage": r.stage, "grade": r.grade, "since": r.since,
                "drill": r.drill,
            }
            for r in rings_for(actor(request).id)
        ]
    }  # fmt: skip


@router.post("deliveries/{int:pk}/receipt")
def take_receipt(request: HttpRequest, pk: int, asked: shapes.What) -> dict[str, Any]:
    """The phone says: it rang (delivered), somebody looked (read)."""
    if asked.what not in ("delivered", "read"):
        raise BadInput("what", "There is no such choice: %(choice)s.", choice=asked.what[:40])

    def act(by: Actor, at: datetime) -> None:
        receipt(pk, what=asked.what, by=by, at=at)

    return do(request, asked, act)
