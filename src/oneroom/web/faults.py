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

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from oneroom.engine.values import BadInput, Objected, Refused, Unmet
from oneroom.web import away, denials
from oneroom.web.actors import ChangePasswordFirst, Idle, SecondFactorFirst, SignInFirst, actor, is_page
from oneroom.web.admission import SIGNED_IN
from oneroom.web.health.metrics import FAULTS
from oneroom.web.pages.signin.home import Screen, screens

log = logging.getLogger("oneroom.faults")

_STAFF = ("/room/", "/t/", "/office/", "/map/", "/incidents/", "/account")


def worded(refused: Refused) -> str:
    """The sentence of a refusal in the language of the request; of one for several reasons, all of them."""
    if isinstance(refused, Objected):
        return " ".join(
            [*reasons(refused), *([_(str(refused.message)) % refused.params] if refused.params["more"] else [])]
        )
    text = _(str(refused.message))
    return text % refused.params if refused.params else text


def reasons(refused: Objected) -> list[str]:
    """Each reason as a sentence."""
    return [_(str(reason.message)) % reason.params for reason in refused.reasons]


def worded_shape(kind: str) -> str:
    """What is wrong with a field, by pydantic's name for it: the English sentence, to be translated."""
    match kind:
        case "missing":
            return noop("This is needed.")
        case "extra_forbidden":
            return noop("There is no field of this name.")
        case "string_too_long" | "too_long":
            return noop("This is too long.")
        case "datetime_parsing" | "datetime_from_date_parsing" | "datetime_type":
            return noop("This is not a time, as in 2026-11-22T03:12:44+08:00.")
        case "timezone_aware":
            return noop("This is not a time with its offset, as in 2026-11-22T03:12:44+08:00.")
        case _ if kind.startswith(("int", "float", "greater", "less", "finite")):
            return noop("This is not a number that can be taken here.")
        case _:
            return noop("This is not of the form that is needed here.")


def answer(refused: Refused) -> dict[str, Any]:
    """A refusal as the API says it."""
    said: dict[str, Any] = {"code": refused.code, "message": worded(refused), "field": refused.field}
    if isinstance(refused, Unmet):
        said["fields"] = {name: str(sentence) for name, sentence in refused.fields.items()}
        said["message"] = " ".join(said["fields"].values())
    if isinstance(refused, Objected):
        said["reasons"] = [
            {"code": reason.code, "message": sentence, "by_two": reason.two_may}
            for reason, sentence in zip(refused.reasons, reasons(refused), strict=True)
        ]
    return said


def fault(request: HttpRequest, error: BaseException) -> dict[str, Any]:
    """Log an unexpected fault and give what may be said of it."""
    fault_id = secrets.token_hex(4)
    FAULTS.inc()
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
    except (ChangePasswordFirst, SecondFactorFirst, Idle):
        return []  # the door leads him on
    except SignInFirst:
        return None
    except Exception:
        log.warning("no telling who asks", exc_info=True)  # the page of a broken house must not break as well
        return None


def without_database(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The answer where the database is gone, or was cut off because it said nothing; None for any other fault."""
    full = away.takes_nothing(error.__cause__)
    # This process stood still in the middle of the act, and the database ended it (`project/parts.py`).
    ended = isinstance(error.__cause__, psycopg.errors.IdleInTransactionSessionTimeout)
    if not (full or ended or isinstance(error, OperationalError | InterfaceError)):
        return None
    if full:
        away.found_full()
    log.warning("no database at %s %s (%s)", request.method, request.path, type(error.__cause__ or error).__name__)
    return away.response(request, full=full)


class Faults:
    """Middleware: refusals and faults of pages become pages, those of fragments and acts become JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in denials.REFUSED and hasattr(request, "user"):
            denials.denied(request, response.status_code)
        who = getattr(request, "_cached_user", None)  # asked for by nobody else: one look-up less
        if who is not None and who.is_authenticated and (scope := request.META.get("asgi.scope")) is not None:
            scope[SIGNED_IN] = True
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """No text of an address or a form may hold NUL: no database keeps it. What is JSON is read elsewhere."""
        forms = [request.GET] if request.path.startswith("/api/") else [request.GET, request.POST]
        for name, values in (pair for form in forms for pair in form.lists()):
            if any("\x00" in value for value in (name, *values)):
                sentence = "There are invisible control characters in this text. Type it again."
                return self._refused(request, BadInput(name.replace("\x00", "")[:40], sentence))
        return None

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
        return without_database(request, error) or self._say(request, fault(request, error), 500)

    def _refused(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        if isinstance(refused, SecondFactorFirst) and is_page(request):
            return redirect("own-factors")
        if isinstance(refused, Idle) and is_page(request):
            return redirect(f"{reverse('unlock')}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(refused, SignInFirst) and is_page(request):
            return redirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")
        if isinstance(refused, ChangePasswordFirst) and is_page(request):
            return redirect("own-account")
        return self._say(request, answer(refused), refused.status)

    def _say(self, request: HttpRequest, said: dict[str, Any], status: int) -> HttpResponse:
        if is_page(request):
            return page(request, said, status)
        return JsonResponse(said, status=status)
