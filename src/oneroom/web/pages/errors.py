"""Django's own error pages: a sentence, a way on, and a number where something broke."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from oneroom.engine.values import NotAllowed, NotFound, Refused
from oneroom.web.faults import answer, fault, page, without_database


def _page(request: HttpRequest, refused: Refused) -> HttpResponse:
    return _said(request, answer(refused), refused.status)


def _said(request: HttpRequest, said: dict[str, Any], status: int) -> HttpResponse:
    if request.path.startswith("/api/"):  # an address of the API that no operation has
        return JsonResponse(said, status=status)
    return page(request, said, status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1] or RuntimeError("unknown")
    return without_database(request, error) or _said(request, fault(request, error), 500)


class Stale(Refused):
    """The form is older than the session it was made for."""

    status = 403
    code = "stale_page"
    message = "This page was open too long, so nothing was sent. Send it once more."


class TooBig(Refused):
    """More than this house takes in one go."""

    status = 413
    code = "too_big"
    message = "This is too large to send."


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token. What a citizen wrote comes back, with a new token."""
    from oneroom.web.pages.citizen.views import again  # the handlers stand for all pages; these are one of them

    if request.path == reverse("citizen-report") or request.path.startswith(reverse("citizen-follow")):
        return again(request, Stale())
    return _page(request, Stale())


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that Django itself would not read."""
    return _page(request, TooBig() if isinstance(exception, RequestDataTooBig) else Refused())
