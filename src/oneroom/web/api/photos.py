"""Photos from the scene: taken in once, opened for a purpose."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from ninja import File, Form, Router
from ninja.files import UploadedFile

from oneroom.apps.incidents import access, services
from oneroom.apps.ledger.time import now
from oneroom.apps.orders.services.photos import LARGEST_BYTES
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["photos"])


@router.post("assignments/{int:pk}/photo")
def add(
    request: HttpRequest, pk: int, photo: File[UploadedFile], happened: Form[str] = ""
) -> dict[str, Any]:  # fmt: skip
    """A photo of the scene as a multipart form: ``photo`` the file, ``happened`` when it was taken; gives its id."""
    if photo.size is None or photo.size > LARGEST_BYTES:
        raise BadInput("photo", "A photo may have at most %(size)s MB.", size=LARGEST_BYTES // 2**20)
    data = photo.read()
    asked = shapes.Photo(digest=hashlib.sha256(data).hexdigest(), happened=_time(happened))

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        found = access.assignment_for(pk, by=by)
        return {"id": services.add_photo(found.pk, data, happened=asked.happened, by=by, at=at)}

    return do(request, asked, act)


@router.post("photos/{int:pk}/open")
def open_photo(request: HttpRequest, pk: int, asked: shapes.Open) -> HttpResponse:
    """One photo in full, for a purpose bound to its live matter. Leaves a Look."""
    content = access.photo_content(pk, purpose=asked.purpose, by=actor(request), at=now())
    return HttpResponse(
        content, content_type="image/jpeg", headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    )


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput("happened", "This is not a time with its offset, as in 2026-11-22T03:12:44+08:00.")
    return found
