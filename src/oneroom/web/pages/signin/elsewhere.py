"""
Signing in at the force's own identity provider (OpenID Connect, code flow with PKCE): who he is comes from there.

The provider says who somebody is, never what he may do: an account must be here already. It is found once by a claim
(``ONEROOM_OIDC_CLAIM``) and from then on by the provider's own number for that person, so that a name that is given to
somebody else there opens no account here. The second factor is asked for here, whatever the provider asked.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import find_account, find_account_by_id
from oneroom.apps.people.services import account_tied, elsewhere_refused
from oneroom.engine.values import NotAllowed, NotFound
from oneroom.ports.tokens import BadToken, claims
from oneroom.web.limits import limit
from oneroom.web.pages.signin.door import come_in
from oneroom.web.pages.signin.notice import NoticeFirst, accept
from oneroom.web.pages.signin.views import form


class NotOurs(NotAllowed):
    """The provider knows him, the house does not; or nobody came back from there."""

    code = "not_ours"
    message = "The force's sign-in let you through, but there is no account for you here. Ask an administrator."


class CameBackWithNothing(NotAllowed):
    """The provider refused, did not answer, or said something that does not check out."""

    code = "elsewhere"
    message = "Signing in at the force's sign-in did not work. Try again, or sign in by name and password."


class Provider(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: what happens when somebody comes back (``settings.SOCIALACCOUNT_ADAPTER``)."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Everything that follows is ours: allauth makes no account, and keeps nothing of what the provider said."""
        raise ImmediateHttpResponse(_come_in(request, sociallogin))

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        elsewhere_refused(None, cause="provider", at=now())
        raise ImmediateHttpResponse(form(request, CameBackWithNothing()))


class Checked(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth skips the signature of a token that came straight from the provider; here it is always checked."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """What the token says, if the provider signed it, for us, and it still holds (security point 11)."""
        try:
            with get_adapter().get_requests_session() as session:
                keys = session.get(self.openid_config["jwks_uri"]).json()["keys"]
            found = claims(id_token, keys, audience=app.client_id, issuer=self.openid_config["issuer"])
        except BadToken as error:
            raise OAuth2Error("this token does not hold") from error
        return found


@never_cache
@require_POST
@login_not_required  # type: ignore[untyped-decorator]
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider."""
    try:
        accept(request)
    except NoticeFirst as refused:
        return form(request, refused)
    return _view(request, provider_id, OAuth2LoginView)


@never_cache
@require_safe
@login_not_required  # type: ignore[untyped-decorator]
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from there, with a code that is exchanged for a signed word on who he is."""
    return _view(request, provider_id, OAuth2CallbackView)


def _view(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    if not settings.OIDC_URL or provider_id != settings.OIDC_ID:
        raise NotFound
    limit(request, "oidc", times=120, seconds=60)
    try:
        answer: HttpResponse = view.adapter_view(Checked(request, provider_id))(request)
    except (OSError, KeyError, ValueError):  # it does not answer, or not as OpenID Connect says
        elsewhere_refused(None, cause="provider", at=now())
        return form(request, CameBackWithNothing())
    return answer


def _come_in(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    account = _known(sociallogin.account)
    if account is None:
        elsewhere_refused(None, cause="unknown", at=now())
        return form(request, NotOurs())
    onward = sociallogin.get_redirect_url(request) or ""
    return come_in(request, account, method="socialaccount", by="oidc", onward=onward)


def _known(said: SocialAccount) -> Any:
    """The account of this person: by the provider's number for him, or, the first time, by the claim."""
    tied = SocialAccount.objects.filter(provider=said.provider, uid=said.uid).first()
    if tied is not None:
        return find_account_by_id(tied.user_id)
    claims = said.extra_data.get("id_token") or {}
    account = find_account(str(claims.get(settings.OIDC_CLAIM) or ""))
    if account is None or SocialAccount.objects.filter(provider=said.provider, user=account).exists():
        return None
    try:
        with transaction.atomic():
            SocialAccount.objects.create(provider=said.provider, uid=said.uid, user=account, extra_data={})
            account_tied(account, way="oidc", at=now())
    except IntegrityError:  # another request of his was quicker
        return find_account_by_id(account.pk)
    return account
