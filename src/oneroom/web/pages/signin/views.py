"""Signing in and out: Django's own sessions, each one an act in the record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import session_closed, session_opened
from oneroom.engine.values import BadInput, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.signin.home import home, screens
from oneroom.web.pages.start.held import release
from oneroom.web.passwords import find_account, must_be_fresh
from oneroom.web.tickets import session_marker


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
        return _form(request)
    try:
        account = _account(request)
    except Refused as refused:
        return _form(request, refused)
    open_session(request, account, way="password")
    return redirect(_next(request) or home(actor_of(account)))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and says so in the record."""
    if request.user.is_authenticated:
        close_session(request)
        release(request)
    logout(request)
    return redirect("start" if settings.DEMO else "sign-in")


def open_session(request: HttpRequest, account: Any, *, way: str) -> None:
    """Sign this account in; whoever was signed in here before is signed out first."""
    if request.user.is_authenticated:
        close_session(request)
        logout(request)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    session_opened(way=way, by=actor_of(account), at=now())


def close_session(request: HttpRequest) -> None:
    """Say in the record that this session ends; its streams close with it, those of his other devices do not."""
    session_closed(session=session_marker(request) or None, by=actor_of(request.user), at=now())  # type: ignore[arg-type]


def _account(request: HttpRequest) -> Any:
    username = request.POST.get("username", "")[:64].strip()
    account = find_account(request, username, request.POST.get("password", ""))
    if account is None:
        raise WrongPassword("password")
    must_be_fresh(account)
    return account


def _form(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "next": _next(request),
        "username": request.POST.get("username", "")[:64],
        "refused": worded(refused) if refused else "",
    }
    return render(request, "signin/form.html", context, status=refused.status if refused else 200)


def _here(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    return render(request, "signin/here.html", {"screens": screens(by), "name": request.user.name})  # type: ignore[union-attr]


def _next(request: HttpRequest) -> str:
    """Where to go on to, only within this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""
