"""
What a person is told when something is refused or breaks.

A refusal is worded in the person's language, with the field. A fault is logged with an id, and the id is all
that the person sees of it: no trace, no text of the machine.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from oneroom.engine.values import Refused, Unmet
from oneroom.web.actors import ChangePasswordFirst, SignInFirst, actor
from oneroom.web.pages.signin.home import Screen, screens

log = logging.getLogger("oneroom.faults")

_STAFF = ("/room/", "/t/", "/office/", "/map/", "/incidents/", "/account")


def worded(refused: Refused) -> str:
    """The sentence of a refusal in the language of the request."""
    text = _(str(refused.message))
    return text % refused.params if refused.params else text


def answer(refused: Refused) -> dict[str, Any]:
    """A refusal as the API says it."""
    said: dict[str, Any] = {"code": refused.code, "message": worded(refused), "field": refused.field}
    if isinstance(refused, Unmet):
        said["fields"] = {name: str(sentence) for name, sentence in refused.fields.items()}
        said["message"] = " ".join(said["fields"].values())
    return said


def fault(request: HttpRequest, error: BaseException) -> dict[str, Any]:
    """Log an unexpected fault and give what may be said of it."""
    fault_id = secrets.token_hex(4)
    log.error("fault %s at %s %s", fault_id, request.method, request.path, exc_info=error)
    sentence = _("Something broke on our side. What you typed is still here. Tell us this number: %(id)s.")
    return {"code": "fault", "message": sentence % {"id": fault_id}, "field": None, "id": fault_id}


def page(request: HttpRequest, said: dict[str, Any], status: int) -> HttpResponse:
    """What may be said, as a page; staff are led back to their own screens, everybody else to the public's first."""
    mine = _screens(request)
    staff = mine is not None or request.path.startswith(_STAFF)
    shown = {"said": said, "status": status, "screens": mine or [], "again": status >= 500 and request.method == "GET"}
    return render(request, "error/staff.html" if staff else "error/public.html", shown, status=status)


def _screens(request: HttpRequest) -> list[Screen] | None:
    """The screens of whoever is signed in; None where nobody is, or where that cannot be found out now."""
    try:
        return screens(actor(request))
    except ChangePasswordFirst:
        return []  # the door leads him on
    except SignInFirst:
        return None
    except Exception:
        log.warning("no telling who asks", exc_info=True)  # the page of a broken house must not break as well
        return None


class Faults:
    """Middleware: refusals and faults of pages become pages, those of fragments and acts become JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return self._refused(request, error)
        if isinstance(error, RequestDataTooBig):
            return self._say(
                request, {"code": "too_big", "message": _("This is too large to send."), "field": None}, 413
            )
        if error.__class__.__module__.startswith("django.") and error.__class__.__name__ in {
            "Http404", "PermissionDenied", "SuspiciousOperation", "BadRequest",
        }:  # fmt: skip
            return None  # Django's own pages for these
        return self._say(request, fault(request, error), 500)

    def _refused(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        if isinstance(refused, SignInFirst) and _wants_page(request):
            return redirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")
        if isinstance(refused, ChangePasswordFirst) and _wants_page(request):
            return redirect("own-account")
        return self._say(request, answer(refused), refused.status)

    def _say(self, request: HttpRequest, said: dict[str, Any], status: int) -> HttpResponse:
        if _wants_page(request):
            return page(request, said, status)
        return JsonResponse(said, status=status)


def _wants_page(request: HttpRequest) -> bool:
    if request.path.startswith("/api/"):
        return False
    # What a browser asks for when it goes to a page or sends a form; our own fetches take anything.
    return "text/html" in request.headers.get("Accept", "")
