"""What was done while the database was away and could not be booked: seen, and answered by the room."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import services
from oneroom.apps.incidents.lastboard import clash_words
from oneroom.apps.ledger.time import now
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["late"])


@router.post("late/{int:pk}/settle")
def settle(request: HttpRequest, pk: int, asked: shapes.Result) -> dict[str, Any]:
    """Say what became of an act that could not be booked."""
    return do(request, asked, lambda by, at: services.settle_late(pk, result=asked.result, by=by, at=at))


@router.post("late/{int:pk}/open")
def open_words(request: HttpRequest, pk: int, asked: shapes.Open) -> dict[str, Any]:
    """What was typed with it. Leaves a Look, so no key is needed."""
    return clash_words(pk, by=actor(request), at=now())
