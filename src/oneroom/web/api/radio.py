"""Radio messages and video links, put on a matter's timeline by the room."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import access, services
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["radio"])


@router.post("incidents/{int:pk}/radio")
def radio(request: HttpRequest, pk: int, asked: shapes.Radio) -> dict[str, Any]:
    """What was heard on the radio; with a crew it is that crew's word."""
    return do(
        request, asked,
        lambda by, at: services.log_radio(
            access.incident_for(pk, by=by).pk, words=asked.words, crew_id=asked.crew, by=by, at=at
        ),
    )  # fmt: skip


@router.post("incidents/{int:pk}/video")
def video(request: HttpRequest, pk: int, asked: shapes.Video) -> dict[str, Any]:
    """A video link began or ended."""
    return do(
        request, asked,
        lambda by, at: services.note_video(
            access.incident_for(pk, by=by).pk, event=asked.event, crew_id=asked.crew, by=by, at=at
        ),
    )  # fmt: skip
