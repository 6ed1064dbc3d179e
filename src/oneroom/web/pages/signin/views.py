"""Signing in and out: a password first, or a passkey alone; each an act in the record."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.engine.values import BadInput, Refused
from oneroom.web.actors import ChangePasswordFirst, Idle, SecondFactorFirst, SignInFirst, actor
from oneroom.web.faults import worded
from oneroom.web.pages.signin.door import come_in, leave, onward
from oneroom.web.pages.signin.home import screens
from oneroom.web.pages.signin.notice import accept
from oneroom.web.pages.start.held import release
from oneroom.web.passwords import Locked, find_account, must_be_fresh
from oneroom.web.tickets import BADGE_COOKIE


class WrongPassword(BadInput):
    """The same for an unknown name, a closed account and a wrong password, so that nobody learns which names exist."""

    code = "wrong_password"
    message = "Name or password is wrong. Check both and try again."


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; for somebody who is signed in already, what there is for him."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return _here(request)
        return form(request)
    try:
        accept(request)
        account = _account(request)
    except Refused as refused:
        return form(request, refused)
    return come_in(request, account, method="password", onward=onward(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and says so in the record."""
    if request.user.is_authenticated:
        release(request)
        leave(request)
    logout(request)
    gone = redirect("start" if settings.DEMO else "sign-in")
    gone.delete_cookie(BADGE_COOKIE, samesite="Strict")
    return gone


def form(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    """The door's first page, with what was refused there."""
    context = {
        "next": onward(request),
        "username": request.POST.get("username", "")[:64],
        "refused": worded(refused) if refused else "",
        "provider": settings.OIDC_ID if settings.OIDC_URL else "",
        "provider_name": settings.OIDC_NAME,
        "passkeys": settings.SECOND_FACTOR,
        "locked": isinstance(refused, Locked),
    }
    return render(request, "signin/form.html", context, status=refused.status if refused else 200)


def _account(request: HttpRequest) -> Any:
    username = request.POST.get("username", "")[:64].strip()
    account = find_account(request, username, request.POST.get("password", ""), whole=False)
    if account is None:
        raise WrongPassword("password")
    must_be_fresh(account)
    return account


def _here(request: HttpRequest) -> HttpResponse:
    try:
        by = actor(request)
    except Idle:
        return redirect(f"{reverse('unlock')}?{urlencode({'next': onward(request)})}")
    except ChangePasswordFirst:
        return redirect("own-account")
    except SecondFactorFirst:
        return redirect("own-factors")
    except SignInFirst:  # its time was over
        return form(request)
    return render(request, "signin/here.html", {"screens": screens(by), "name": request.user.name})  # type: ignore[union-attr]
