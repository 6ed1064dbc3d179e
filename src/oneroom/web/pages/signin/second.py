"""The second step at the door: a code of the app, a recovery code, or a passkey. And the passkey that is both steps."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.factors import APP, PASSKEY, held
from oneroom.apps.people.services import passkey_used, use_code
from oneroom.engine.values import BadInput, Refused
from oneroom.web import standing
from oneroom.web.faults import worded
from oneroom.web.limits import limit
from oneroom.web.pages.signin.door import come_in, onward
from oneroom.web.pages.signin.notice import accept
from oneroom.web.pages.signin.views import form
from oneroom.web.passwords import tried


class WrongCode(BadInput):
    """Neither the code of this half minute nor an unused recovery code."""

    code = "wrong_code"
    message = "This code is not right, or was used already. Take the next one."


class WrongPasskey(BadInput):
    """No passkey of this account, or not for this moment."""

    code = "wrong_passkey"
    message = "This passkey opens nothing here. Try again, or sign in by name and password."


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="sign-in")  # type: ignore[untyped-decorator]
def second(request: HttpRequest) -> HttpResponse:
    """Who has said his password shows his second factor."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001  # allauth puts it there
    account = stage.login.user
    if request.method != "POST":
        return _page(request, account)
    try:
        factor = show(request, account)
    except Refused as refused:
        return _page(request, account, refused)
    standing.shown_by(request, factor)
    answer: HttpResponse = stage.exit()
    return answer


def show(request: HttpRequest, account: Any) -> Authenticator:
    """The second factor that this form shows. Raises WrongCode, WrongPasskey, or Locked after too many wrong ones."""
    said = request.POST.get("credential", "")
    with tried(request, account.username, way="passkey" if said else "code") as right:
        factor = _passkey(account, said) if said else use_code(account.pk, request.POST.get("code", ""), at=now())
        right(factor is not None)
    if factor is None:
        raise WrongPasskey("code") if said else WrongCode("code")
    return factor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Both steps in one: what somebody has, unlocked by what he is or knows. GET: what the browser has to ask for."""
    limit(request, "passkey", times=60, seconds=60)
    if request.method != "POST":
        return JsonResponse(dict(webauthn.begin_authentication(None)))
    try:
        accept(request)
    except Refused as refused:
        return form(request, refused)
    said = request.POST.get("credential", "")
    account = _owner(said)
    factor = _passkey(account, said) if account is not None else None
    if factor is None:
        return form(request, WrongPasskey("passkey"))
    return come_in(
        request, account, method="mfa", onward=onward(request), id=factor.pk, type=factor.type, passwordless=True
    )  # fmt: skip


def options(request: HttpRequest, account: Any) -> dict[str, Any] | None:
    """What the browser needs to ask for a passkey of this account; None where it has none."""
    kinds = {row.type for row in held(account.pk)}
    return dict(webauthn.begin_authentication(account)) if PASSKEY in kinds else None


def _page(request: HttpRequest, account: Any, refused: Refused | None = None) -> HttpResponse:
    context = {
        "options": options(request, account), "app": any(row.type == APP for row in held(account.pk)),
        "refused": worded(refused) if refused else "",
    }  # fmt: skip
    return render(request, "signin/second.html", context, status=refused.status if refused else 200)


def _owner(said: str) -> Any:
    try:
        return webauthn.extract_user_from_response(_read(said))
    except (ValidationError, AttributeError, UnicodeDecodeError):
        return None


def _passkey(account: Any, said: str) -> Authenticator | None:
    try:
        credential = _read(said)
        webauthn.parse_authentication_response(credential)
        factor = webauthn.complete_authentication(account, credential)
    except (ValidationError, KeyError, AttributeError):
        return None
    passkey_used(factor, at=now())
    return factor


def _read(said: str) -> dict[str, Any]:
    try:
        read = json.loads(said[:20_000])
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise ValidationError("not an object")
    return read
