"""A screen that nobody touched for half an hour opens again to its own person: by password or passkey, in place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import session_again
from oneroom.engine.values import BadInput, Refused
from oneroom.web import standing
from oneroom.web.actors import Idle, SignInFirst, actor, is_page, must_stand
from oneroom.web.faults import answer, worded
from oneroom.web.pages.signin.door import leave, onward
from oneroom.web.pages.signin.home import home
from oneroom.web.pages.signin.second import options, show
from oneroom.web.passwords import Locked, find_account


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The page; by POST it opens. A script on a locked screen does the same and stays where it is."""
    if not request.user.is_authenticated:
        raise SignInFirst
    account: Any = request.user
    try:
        must_stand(request, actor_of(account))
    except Idle:
        pass
    if request.method != "POST":
        return _page(request, account) if is_page(request) else JsonResponse(options(request, account) or {})
    try:
        way = _way(request, account)
    except Refused as refused:
        if isinstance(refused, Locked):
            leave(request)
        if not is_page(request):
            return JsonResponse(answer(refused), status=refused.status)
        return _page(request, account, refused)
    standing.shown_again(request, at=now())
    session_again(way=way, by=actor_of(account), at=now())
    if not is_page(request):
        return JsonResponse({"ok": True})
    return redirect(onward(request) or home(actor_of(account)))


@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Somebody is at this screen: a hand moved there."""
    actor(request)
    return JsonResponse({"ok": True})


def _way(request: HttpRequest, account: Any) -> str:
    if request.POST.get("credential"):
        show(request, account)
        return "passkey"
    if find_account(request, account.username, request.POST.get("password", "")) is None:
        raise BadInput("password", "This is not your password.")
    return "password"


def _page(request: HttpRequest, account: Any, refused: Refused | None = None) -> HttpResponse:
    if not request.user.is_authenticated:  # five wrong ones: the session is over
        return redirect("sign-in")
    context = {"account": account, "next": onward(request), "refused": worded(refused) if refused else ""}
    return render(request, "signin/unlock.html", context, status=refused.status if refused else 200)
