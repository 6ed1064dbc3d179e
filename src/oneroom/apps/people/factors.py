"""
Second factors as allauth keeps them: encrypted, and worded by us.

The key follows from SECRET_KEY; one from SECRET_KEY_FALLBACKS still opens what it closed, so keys can be changed.
"""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

APP, PASSKEY, RECOVERY = "totp", "webauthn", "recovery_codes"
WAYS = {APP: "totp", PASSKEY: "passkey", RECOVERY: "recovery_code"}  # allauth's kinds, and what the record calls them


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How allauth's second factors are kept and named here (``settings.MFA_ADAPTER``)."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return f"OneRoom {settings.FORCE_NAME}".strip()

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": self.get_totp_issuer()}

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the record says it, and the own page shows it."""


def held(account_id: int) -> list[Authenticator]:
    """The second factors of an account, recovery codes too, oldest first."""
    return list(Authenticator.objects.filter(user_id=account_id).order_by("created_at", "pk"))


def has_factor(account_id: int) -> bool:
    """Whether this account has a second factor. Recovery codes stand in for one, they are none."""
    return bool(Authenticator.objects.filter(user_id=account_id, type__in=[APP, PASSKEY]).exists())


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = salted_hmac("oneroom.people.factors", "key", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(derived)
