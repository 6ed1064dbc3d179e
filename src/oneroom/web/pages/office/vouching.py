"""Where a commander vouches for somebody on duty whose account is locked, and where that ends again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.access import may_be_vouched_for, vouches_for
from oneroom.apps.people.services import end_vouch, vouch
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.COMMAND)
def vouching(request: HttpRequest) -> HttpResponse:
    """Who is locked out and might be let in, who is in on whose word; by POST one act."""
    if request.method != "POST":
        return _page(request)
    by, at = actor(request), now()
    try:
        match request.POST.get("act", ""):
            case "vouch":
                code = vouch(_id(request, "account"), request.POST.get("why", ""), by=by, at=at)
                return _page(request, code=code)
            case "end":
                end_vouch(_id(request, "vouch"), cause="ended", by=by, at=at)
            case _:
                raise BadInput("act", "There is no such choice here. Pick one of the list.")
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused)
    return redirect("office-vouching")


def _id(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    if not said.isdecimal():
        raise BadInput(name, "There is no such choice here. Pick one of the list.")
    return int(said)


def _page(request: HttpRequest, refused: Refused | None = None, *, code: str = "") -> HttpResponse:
    by, at = actor(request), now()
    shown = frame(
        request, "office-vouching", locked=may_be_vouched_for(by=by), open=vouches_for(by=by, at=at), code=code,
        why=request.POST.get("why", ""), refused=worded(refused) if refused else "",
    )  # fmt: skip
    return render(request, "office/vouching.html", shown, status=refused.status if refused else 200)
