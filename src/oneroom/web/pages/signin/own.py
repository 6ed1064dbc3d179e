"""One's own account: language, password, and signing out everywhere else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import change_details, end_sessions, set_password
from oneroom.engine.values import BadInput, NotAllowed, Refused
from oneroom.web import standing
from oneroom.web.actors import SignInFirst, must_stand
from oneroom.web.faults import worded
from oneroom.web.pages.signin.factors import VOUCHED
from oneroom.web.pages.signin.home import home
from oneroom.web.passwords import find_account


@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The page; by POST one change. Open also while a temporary password waits to be changed."""
    if not request.user.is_authenticated:
        raise SignInFirst
    must_stand(request, actor_of(request.user))
    act = request.POST.get("act", "")
    try:
        if act == "password":
            return _password(request)
        if act == "language":
            return _language(request)
        if act == "elsewhere":
            return _elsewhere(request)
    except Refused as refused:
        return _page(request, refused)
    return _page(request)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    account = request.user
    context = {
        "account": account, "must": account.temporary_until is not None,  # type: ignore[union-attr]
        "home": home(actor_of(account)), "refused": worded(refused) if refused else "",  # type: ignore[arg-type]
        "bad": refused.field if refused else "", "done": request.GET.get("done", ""),
    }  # fmt: skip
    return render(request, "signin/own.html", context, status=refused.status if refused else 200)


def _password(request: HttpRequest) -> HttpResponse:
    account = request.user
    if not account.has_usable_password():  # type: ignore[union-attr]
        raise NotAllowed("Your password is kept in the force's own sign-in: change it there.")
    if standing.vouched(request):
        raise NotAllowed(VOUCHED)
    if find_account(request, account.username, request.POST.get("old", "")) is None:
        raise BadInput("old", "This is not your present password.")
    chosen = request.POST.get("new", "")[:1024]
    if chosen != request.POST.get("again", "")[:1024]:
        raise BadInput("again", "The two are not the same. Type the new one twice.")
    if chosen == request.POST.get("old", ""):
        raise BadInput("new", "This is the old one. Choose another.")
    try:
        validate_password(chosen, account)  # type: ignore[arg-type]
    except ValidationError as weak:
        raise BadInput("new", "Too easy to guess: take 12 characters or more, no common word, not your name.") from weak
    set_password(account.pk, chosen, by=actor_of(account), at=now())  # type: ignore[arg-type]
    _stay(request)
    return redirect(f"{request.path}?done=password")


def _language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise BadInput("language", "There is no such choice here. Pick one of the list.")
    change_details(request.user.pk, language=chosen, by=actor_of(request.user), at=now())  # type: ignore[arg-type]
    translation.activate(chosen)
    answer = redirect(f"{request.path}?done=language")
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", secure=request.is_secure())
    return answer


def _elsewhere(request: HttpRequest) -> HttpResponse:
    end_sessions(request.user.pk, by=actor_of(request.user), at=now())  # type: ignore[arg-type]
    _stay(request)
    return redirect(f"{request.path}?done=elsewhere")


def _stay(request: HttpRequest) -> None:
    """This session goes on; all others of the account have ended."""
    request.user.refresh_from_db()  # type: ignore[union-attr]
    update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
