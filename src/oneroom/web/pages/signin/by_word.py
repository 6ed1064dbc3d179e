"""The way back for a locked name on duty: name, password, and the code that a commander read out (security point 3)."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import come_in_by_word
from oneroom.engine.values import BadInput, Refused
from oneroom.web import standing
from oneroom.web.faults import worded
from oneroom.web.limits import TooMany, count, so_far, source_of
from oneroom.web.pages.signin.door import leave, onward, open_session
from oneroom.web.pages.signin.home import home
from oneroom.web.pages.signin.notice import accept, accepted, carry
from oneroom.web.passwords import SOURCE_S, TRIES_OF_SOURCE


class WrongWord(BadInput):
    """Name, password or code: the same sentence for each, and for a name that nobody vouches for."""

    code = "wrong_word"
    message = "Name, password or code is wrong, or the code has run out. Check all three with the commander."


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def by_word(request: HttpRequest) -> HttpResponse:
    """The form; by POST he is in, for as long as the commander's word holds."""
    if request.method != "POST":
        return _page(request)
    try:
        return _come_in(request)
    except Refused as refused:
        return _page(request, refused)


def _come_in(request: HttpRequest) -> HttpResponse:
    accept(request)
    if so_far("sign-in-source", source_of(request)) >= TRIES_OF_SOURCE:
        raise TooMany
    username = request.POST.get("username", "")[:64].strip()
    account = authenticate(request, username=username, password=request.POST.get("password", "")[:1024])
    code = request.POST.get("code", "")[:32]
    row = come_in_by_word(username, code, password_right=account is not None, at=now())
    if row is None or account is None:
        count("sign-in-source", source_of(request), seconds=SOURCE_S)
        raise WrongWord("code")
    read = accepted(request)
    leave(request)
    carry(request, read)
    open_session(request, account, way="password.vouch", until=row.until)
    record_authentication(request, account, standing.VOUCHED)
    return redirect(onward(request) or home(actor_of(account)))


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "username": request.POST.get("username", "")[:64], "next": onward(request),
        "refused": worded(refused) if refused else "",
    }  # fmt: skip
    return render(request, "signin/by_word.html", context, status=refused.status if refused else 200)
