"""
How allauth's sign-in ends here: its steps, the session, and where one goes on to (``settings.ACCOUNT_ADAPTER``).

Whoever brings an account to ``come_in`` (a password, a passkey, a directory) has said who he is; the steps of
``get_login_stages`` ask for what is missing; ``open_session`` is the one place where a session begins.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from oneroom.apps.ledger.time import now
from oneroom.apps.people.factors import WAYS
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import forget_tries, session_closed, session_opened
from oneroom.web import standing
from oneroom.web.pages.signin import notice
from oneroom.web.pages.signin.home import home
from oneroom.web.tickets import session_marker

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Door(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's account adapter."""

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **_rest: Any) -> HttpResponse | None:
        """Whoever sat here before is signed out; a closed account gets no further, by whichever way it came."""
        if user.is_active:
            return None
        clear_login(request)
        return redirect("sign-in")

    def login(self, request: HttpRequest, user: Any) -> None:
        open_session(request, user, way=_way(request, user))
        forget_tries(user.username, at=now())

    def post_login(self, request: HttpRequest, user: Any, *, redirect_url: str | None, **_rest: Any) -> HttpResponse:
        return redirect(redirect_url or home(actor_of(user)))

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Our pages say it themselves."""

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """The record says it."""


def come_in(request: HttpRequest, account: Any, *, method: str, onward: str = "", **said: Any) -> HttpResponse:
    """This account showed ``method``: on to the next step, or in."""
    read = notice.accepted(request)
    leave(request)
    notice.carry(request, read)
    clear_login(request)
    record_authentication(request, account, method, **said)
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=onward or None))
    return answer


def open_session(request: HttpRequest, account: Any, *, way: str, until: datetime | None = None) -> None:
    """Sign this account in; whoever was signed in here before is signed out first."""
    read = notice.accepted(request)
    leave(request)
    if not read:
        raise notice.NoticeFirst("notice")
    login(request, account, backend=BACKEND)
    standing.begin(request, until=until, at=now())
    session_opened(way=way, by=actor_of(account), at=now())


def leave(request: HttpRequest) -> None:
    """Whoever is signed in here goes; his streams close, those of his other devices do not."""
    if request.user.is_authenticated:
        session_closed(session=session_marker(request) or None, by=actor_of(request.user), at=now())
        logout(request)


def onward(request: HttpRequest) -> str:
    """Where to go on to, only within this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def _way(request: HttpRequest, account: Any) -> str:
    """How he came in, as the record says it: password, password.totp, passkey …"""
    ways = [
        WAYS[said["type"]] if said["method"] == "mfa" else str(said.get("by") or said["method"])
        for said in get_authentication_records(request, account)
    ]
    return ".".join(ways) or "password"
