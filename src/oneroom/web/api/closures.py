"""Closed streets: drawn, held, prolonged and opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import AwareDatetime, Field

from oneroom.apps.people.queries import staff_names
from oneroom.apps.places import services
from oneroom.apps.places.access import closure_for, closures_for
from oneroom.apps.places.codes import CLOSURE_REASONS
from oneroom.apps.places.queries import drawn, find_place
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.api.acts import do, where
from oneroom.web.api.shapes import Code, Nothing, Place, Strict

router = Router(tags=["closures"])


class Drawing(Strict):
    """
    What is closed: the street between `points`, or by `how` the whole "street" or the "crossing" at the point, or the
    "area" between two corners. Without `how` a street or crossing of the gazetteer alone means just that.
    """

    points: Annotated[list[Place], Field(min_length=1, max_length=40)]
    how: Code = ""
    one_way: bool = False


class NewClosure(Drawing):
    reason: Code
    until: AwareDatetime


class Longer(Strict):
    until: AwareDatetime


@router.get("closures")
def closures(request: HttpRequest) -> dict[str, Any]:
    """The streets that are closed now, newest first, with lines to draw."""
    by = actor(request)
    held = closures_for(by=by)
    names = staff_names(one.author_id for one in held)
    return {
        "closures": [
            {
                "id": one.id, "reason": one.reason, "reason_word": str(CLOSURE_REASONS.get(one.reason, one.reason)),
                "one_way": one.one_way, "streets": _streets(one.streets), "pieces": one.pieces,
                "length_m": one.length_m, "author": names.get(one.author_id, ""), "since": one.since,
                "until": one.until, "lines": one.lines, "may_change": by.may(Right.CLOSE_ROADS),
            }
            for one in held
        ]
    }  # fmt: skip


@router.post("closures/preview")
def preview(request: HttpRequest, asked: Drawing) -> dict[str, Any]:
    """What this would close; nothing is written, so no key is needed."""
    actor(request).must(Right.CLOSE_ROADS)
    how, points = _meant(asked)
    found = drawn(how, points, one_way=asked.one_way)
    return {
        "how": how, "streets": _streets(found.streets), "pieces": found.pieces, "length_m": found.length_m,
        "lines": found.lines,
    }  # fmt: skip


@router.post("closures")
def close_roads(request: HttpRequest, asked: NewClosure) -> dict[str, Any]:
    """Close streets to who drives through, at most 90 days. It acts on the next proposal."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        by.must(Right.CLOSE_ROADS)  # before anybody is told what lies where
        how, points = _meant(asked)
        made = services.close_roads(
            how=how, points=points, one_way=asked.one_way, reason=asked.reason, until=asked.until, by=by, at=at
        )
        return {"id": made}

    return do(request, asked, act)


@router.post("closures/{int:pk}/prolong")
def prolong(request: HttpRequest, pk: int, asked: Longer) -> dict[str, Any]:
    """It holds until another time."""
    return do(
        request, asked,
        lambda by, at: services.prolong_closure(closure_for(pk, by=by).pk, until=asked.until, by=by, at=at),
    )  # fmt: skip


@router.post("closures/{int:pk}/reopen")
def reopen(request: HttpRequest, pk: int, asked: Nothing) -> dict[str, Any]:
    """The streets are open again."""
    return do(
        request, asked,
        lambda by, at: services.reopen_roads(closure_for(pk, by=by).pk, cause="ended", by=by, at=at),
    )  # fmt: skip


def _meant(asked: Drawing) -> tuple[str, list[list[float]]]:
    """How it is drawn, and the points, checked, as longitude and latitude."""
    how = asked.how
    if not how:
        one = asked.points[0].place_id if len(asked.points) == 1 else None
        place = find_place(one) if one is not None else None
        how = {"road": "street", "crossing": "crossing"}.get(place.kind if place else "", "along")
    found = [where(point) for point in asked.points]
    return how, [[at.lon, at.lat] for at in found if at is not None]


def _streets(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"zh": zh, "en": en} for zh, en in names]
