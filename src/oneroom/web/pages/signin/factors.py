"""One's own second factors: a passkey, an authenticator app, recovery codes. The first sign-in leads here."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.ledger.time import now
from oneroom.apps.people.factors import APP, PASSKEY, RECOVERY, held
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import add_app, add_passkey, new_recovery_codes, remove_factor
from oneroom.engine.values import BadInput, NotAllowed, Refused
from oneroom.web import standing
from oneroom.web.actors import SignInFirst, must_stand
from oneroom.web.faults import worded
from oneroom.web.pages.signin.door import leave
from oneroom.web.pages.signin.home import home

VOUCHED = _noop("You are in on a commander's word: nothing of the account can be changed. Ask an administrator.")


class Stale(NotAllowed):
    """Too long ago that this person showed who he is."""

    code = "again"
    message = "You signed in a while ago. Show first that it is still you."


@never_cache
@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
def factors(request: HttpRequest) -> HttpResponse:
    """The page; by POST one change. Recovery codes are shown in the answer that made them, and never again."""
    if not request.user.is_authenticated:
        raise SignInFirst
    must_stand(request, actor_of(request.user))
    if _strange(request):
        leave(request)
        return redirect("sign-in")
    if request.method != "POST":
        return _page(request)
    try:
        codes = _change(request)
    except Refused as refused:
        return _page(request, refused)
    if codes:
        return _page(request, codes=codes)
    return redirect("own-factors")


@never_cache
@require_safe
def passkey_wanted(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey for this account."""
    if not request.user.is_authenticated or _strange(request):
        raise SignInFirst
    return JsonResponse(dict(webauthn.begin_registration(request.user, passwordless=True)))


def _strange(request: HttpRequest) -> bool:
    """The account has a second factor, and this session never showed one: it may not add another."""
    return bool(held(request.user.pk)) and not (standing.showed_second_factor(request) or standing.vouched(request))  # type: ignore[arg-type]


def _change(request: HttpRequest) -> list[str]:
    """Do what was asked for; new recovery codes where there are any."""
    account: Any = request.user
    by, at = actor_of(account), now()
    if standing.vouched(request):
        raise NotAllowed(VOUCHED)
    if held(account.pk) and not standing.fresh(request, at=at):
        raise Stale
    match request.POST.get("act", ""):
        case "app":
            secret = get_totp_secret()
            codes = add_app(account.pk, secret, request.POST.get("code", ""), by=by, at=at)
            clear_totp_secret(request)
            _shown(request, APP)
            return codes
        case "passkey":
            name = request.POST.get("name", "") or _("Passkey")
            codes = add_passkey(account.pk, name, _made(request), by=by, at=at)
            _shown(request, PASSKEY)
            return codes
        case "codes":
            return new_recovery_codes(account.pk, by=by, at=at)
        case "remove":
            pk = request.POST.get("factor", "")
            remove_factor(account.pk, int(pk) if pk.isdecimal() else 0, needed=settings.SECOND_FACTOR, by=by, at=at)
            return []
    raise BadInput("act", "There is no such choice here. Pick one of the list.")


def _made(request: HttpRequest) -> dict[str, Any]:
    """The passkey that the browser made, checked against what was asked for."""
    try:
        credential = json.loads(request.POST.get("credential", "")[:40_000])
        webauthn.parse_registration_response(credential)
        if not webauthn.complete_registration(credential).is_user_verified():
            raise ValidationError("nobody was asked who he is")
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput("passkey", "No passkey was made. Try again.") from error
    found: dict[str, Any] = credential
    return found


def _shown(request: HttpRequest, kind: str) -> None:
    """What was just set up was shown by that: the session goes on with it."""
    standing.shown_by(request, [row for row in held(request.user.pk) if row.type == kind][-1])  # type: ignore[arg-type]


def _page(request: HttpRequest, refused: Refused | None = None, codes: list[str] | None = None) -> HttpResponse:
    account: Any = request.user
    mine = held(account.pk)
    app = next((row for row in mine if row.type == APP), None)
    context = {
        "account": account, "must": standing.lacks_second_factor(request), "codes": codes or [], "app": app,
        "passkeys": [row.wrap() for row in mine if row.type == PASSKEY],
        "left": next((len(row.wrap().get_unused_codes()) for row in mine if row.type == RECOVERY), 0),
        "refused": worded(refused) if refused else "", "bad": (refused.field or "") if refused else "",
        "home": home(actor_of(account)), "changing": account.temporary_until is not None, "any": bool(mine),
    }  # fmt: skip
    if app is None and not codes:
        secret = get_totp_secret()
        url = get_adapter().build_totp_url(account, secret)
        drawn = b64encode(get_adapter().build_totp_svg(url).encode()).decode()
        context |= {"secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)), "url": url, "qr": drawn}
    return render(request, "signin/factors.html", context, status=refused.status if refused else 200)
