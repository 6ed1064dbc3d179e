"""Location warnings: raised at a matter or a place, shown at a live matter, renewed and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from oneroom.apps.incidents import access as incidents
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import staff_names
from oneroom.apps.places import services
from oneroom.apps.places.access import warning_for
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.api.acts import do, where
from oneroom.web.api.shapes import Code, Id, Nothing, Open, Place, Strict, Text

router = Router(tags=["warnings"])
Whole = Annotated[int, Field(ge=0, le=100_000)]


class NewWarning(Strict):
    """Where it holds: at the place of a matter, or at a place by itself."""

    incident: Id | None = None
    location: Place | None = None
    reason: Code
    words: Text
    days: Whole = 30
    radius_m: Whole = 60


class Longer(Strict):
    days: Whole


@router.post("warnings")
def raise_warning(request: HttpRequest, asked: NewWarning) -> dict[str, Any]:
    """Warn whoever goes there next, for at most 90 days. About the place, never about a person."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        lon, lat, matter = _where(asked, by)
        made = services.raise_warning(
            lon=lon, lat=lat, reason=asked.reason, words=asked.words, days=asked.days, radius_m=asked.radius_m,
            matter=matter, by=by, at=at,
        )  # fmt: skip
        return {"id": made}

    return do(request, asked, act)


@router.post("warnings/{int:pk}/renew")
def renew(request: HttpRequest, pk: int, asked: Longer) -> dict[str, Any]:
    """It still holds. For its author, or the shift commander."""
    return do(
        request, asked,
        lambda by, at: services.renew_warning(warning_for(pk, by=by, at=at).pk, days=asked.days, by=by, at=at),
    )  # fmt: skip


@router.post("warnings/{int:pk}/end")
def end(request: HttpRequest, pk: int, asked: Nothing) -> dict[str, Any]:
    """It no longer holds. For its author, or the shift commander."""
    return do(
        request, asked,
        lambda by, at: services.end_warning(warning_for(pk, by=by, at=at).pk, cause="ended", by=by, at=at),
    )  # fmt: skip


@router.post("incidents/{int:pk}/warnings/open")
def open_warnings(request: HttpRequest, pk: int, asked: Open) -> dict[str, Any]:
    """What is known of the place of a live matter. Leaves a Look on each warning shown, so no key is needed."""
    shown = incidents.warnings_for(pk, purpose=asked.purpose, by=actor(request), at=now())
    names = staff_names(warning.author_id for warning in shown)
    return {
        "warnings": [
            {
                "id": w.id, "reason": w.reason, "reason_word": str(WARNING_REASONS[w.reason]), "words": w.words,
                "author": names.get(w.author_id, ""), "created": w.created, "expires": w.expires,
                "may_change": w.may_change,
            }
            for w in shown
        ]
    }  # fmt: skip


def _where(asked: NewWarning, by: Actor) -> tuple[float, float, str]:
    if asked.incident is not None:
        matter = incidents.incident_for(asked.incident, by=by)
        if matter.lon is None or matter.lat is None:
            raise BadInput("location", "Say where it is: a crossing, a road or a point on the map.")
        return matter.lon, matter.lat, f"incident:{matter.pk}"
    found = where(asked.location)
    if found is None:
        raise BadInput("location", "Say where it is: a crossing, a road or a point on the map.")
    return found.lon, found.lat, ""
