"""Consoles of secured rooms: registered by an administrator who sits at one, ended from anywhere."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.access import consoles_for
from oneroom.apps.people.queries import console_mark
from oneroom.apps.people.services import end_console, secure_console
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.standing import CONSOLE_COOKIE

KEPT_S = 400 * 24 * 3600  # browsers keep none longer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.MANAGE_ACCOUNTS)
def consoles(request: HttpRequest) -> HttpResponse:
    """The list; by POST this console is registered, or one of the list is ended."""
    if request.method != "POST":
        return _page(request)
    by, at, said = actor(request), now(), request.POST.get("console", "")
    try:
        match request.POST.get("act", ""):
            case "secure":
                key = secure_console(request.POST.get("name", ""), by=by, at=at)
                answer = redirect("office-consoles")
                answer.set_cookie(
                    CONSOLE_COOKIE, key, max_age=KEPT_S, httponly=True, secure=settings.SECURE, samesite="Strict"
                )
                return answer
            case "end":
                end_console(int(said) if said.isdecimal() else 0, by=by, at=at)
            case _:
                raise BadInput("act", "There is no such choice here. Pick one of the list.")
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused)
    return redirect("office-consoles")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    key = request.COOKIES.get(CONSOLE_COOKIE, "")
    shown = frame(
        request, "office-consoles", consoles=consoles_for(by=actor(request)), mark=console_mark(key) if key else "",
        refused=worded(refused) if refused else "", bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    return render(request, "office/consoles.html", shown, status=refused.status if refused else 200)
