"""The API object, its routers and how it says no."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth

from oneroom.engine.values import NotFound, Refused
from oneroom.web.actors import SignInFirst, actor
from oneroom.web.api import (
    aftercare,
    calls,
    closures,
    coverage,
    crews,
    demo,
    drafts,
    duplicates,
    handovers,
    incidents,
    late,
    orders,
    photos,
    places,
    plans,
    public,
    radio,
    referrals,
    session,
    sos,
    standbys,
    warnings,
)
from oneroom.web.api.description import House
from oneroom.web.api.reading import Reading
from oneroom.web.faults import answer, fault, without_database, worded_shape


def _for_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The description of every address and field is for who is signed in."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor(request)
        return view(request, *args, **kwargs)

    return run


api = House(
    title="OneRoom",
    version="1",
    auth=django_auth,
    urls_namespace="api",
    docs_url=None,
    docs_decorator=_for_staff,
    parser=Reading(),
)
api.add_router("", session.router)
api.add_router("", places.router)
api.add_router("", incidents.router)
api.add_router("", aftercare.router)
api.add_router("", warnings.router)
api.add_router("", closures.router)
api.add_router("", duplicates.router)
api.add_router("", handovers.router)
api.add_router("", late.router)
api.add_router("", orders.router)
api.add_router("", crews.router)
api.add_router("", coverage.router)
api.add_router("", standbys.router)
api.add_router("", calls.router)
api.add_router("", plans.router)
api.add_router("", drafts.router)
api.add_router("", radio.router)
api.add_router("", referrals.router)
api.add_router("", photos.router)
api.add_router("", sos.router)
api.add_router("", public.router)
api.add_router("", demo.router)


def _say(request: HttpRequest, said: dict[str, Any], status: int) -> HttpResponse:
    return api.create_response(request, said, status=status)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return _say(request, answer(refused), refused.status)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return _refused(request, SignInFirst())


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _refused(request, NotFound())


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        sentence = _("This could not be read: it is not valid JSON.")
        return _say(request, {"code": "unreadable", "message": sentence, "field": None}, 400)
    if error.status_code == 403:
        sentence = _("Your page is too old. Reload it and send again; what you typed is still here.")
        return _say(request, {"code": "stale_page", "message": sentence, "field": None}, 403)
    return _say(request, {"code": "http", "message": str(error), "field": None}, error.status_code)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return _say(request, {"code": "too_big", "message": _("This is too large to send."), "field": None}, 413)


@api.exception_handler(ValidationError)
def _shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    kind = str(first.get("type", ""))
    path = [str(p) for p in first.get("loc", ()) if p not in ("body", "asked", "path", "query")]
    sentence = _(worded_shape(kind))
    return _say(request, {"code": "bad_input", "message": sentence, "field": ".".join(path) or None}, 422)


@api.exception_handler(Exception)
def _broke(request: HttpRequest, error: Exception) -> HttpResponse:
    return without_database(request, error) or _say(request, fault(request, error), 500)
