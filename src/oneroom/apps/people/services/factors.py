"""
Second factors: an authenticator app, passkeys, recovery codes. allauth makes and keeps them; each change is an act.

Whether a code was used already is decided in the database, under the row's lock: allauth keeps it in the cache, which
is each web process' own (docs/adr/0015-sign-in.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.factors import APP, PASSKEY, RECOVERY, WAYS, has_factor
from oneroom.apps.people.models import Account
from oneroom.apps.people.services.accounts import end_sessions
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

STEP_S = 30
DRIFT = 1  # steps that a phone's clock may be off, before and after
MOST_PASSKEYS = 10


@service
def add_app(account_id: int, secret: str, code: str, *, by: Actor, at: datetime) -> list[str]:
    """An authenticator app, shown to work by a code of it. Gives new recovery codes where there were none."""
    account = Account.objects.select_for_update().get(pk=account_id)
    step = _step(secret, code, after=0, at=at)
    if step is None:
        raise BadInput("code", "This code is not right. Is the phone's clock right? Take the next one.")
    if Authenticator.objects.filter(user_id=account_id, type=APP).exists():
        raise Conflict("There is an authenticator app already. Remove it first.", field="code")
    row = TOTP.activate(account, secret).instance
    _use(row, at, step=step)
    return _added(account, APP, by=by, at=at)


@service
def add_passkey(account_id: int, name: str, credential: dict[str, Any], *, by: Actor, at: datetime) -> list[str]:
    """A passkey that the browser made for us and allauth checked. Gives new recovery codes where there were none."""
    account = Account.objects.select_for_update().get(pk=account_id)
    said = plain("name", name, longest=40, required=True)
    if Authenticator.objects.filter(user_id=account_id, type=PASSKEY).count() >= MOST_PASSKEYS:
        raise Conflict("There are ten passkeys already. Remove one first.", field="name")
    WebAuthn.add(account, said, credential)
    return _added(account, PASSKEY, by=by, at=at)


@service
def remove_factor(account_id: int, pk: int, *, needed: bool, by: Actor, at: datetime) -> None:
    """Take one away; where one is ``needed``, never the last. With the last one the recovery codes go."""
    Account.objects.select_for_update().get(pk=account_id)
    row = Authenticator.objects.filter(user_id=account_id, pk=pk, type__in=[APP, PASSKEY]).first()
    if row is None:
        raise NotFound
    others = Authenticator.objects.filter(user_id=account_id, type__in=[APP, PASSKEY]).exclude(pk=pk).exists()
    if needed and not others:
        raise Conflict("This is your only second factor. Add another one first.")
    row.delete()
    note("factor.removed", f"account:{account_id}", by=by, at=at, account=account_id, factor=WAYS[row.type])
    if not others:
        Authenticator.objects.filter(user_id=account_id).delete()


@service
def remove_all_factors(account_id: int, *, by: Actor, at: datetime) -> None:
    """Every second factor goes, and every session ends: the next sign-in sets up a new one."""
    Account.objects.select_for_update().get(pk=account_id)
    for row in Authenticator.objects.filter(user_id=account_id).order_by("pk"):
        note("factor.removed", f"account:{account_id}", by=by, at=at, account=account_id, factor=WAYS[row.type])
    Authenticator.objects.filter(user_id=account_id).delete()
    end_sessions(account_id, by=by, at=at)


@service
def new_recovery_codes(account_id: int, *, by: Actor, at: datetime) -> list[str]:
    """New recovery codes, to be shown once; the old ones open nothing any more."""
    account = Account.objects.select_for_update().get(pk=account_id)
    if not has_factor(account_id):
        raise Conflict("Recovery codes stand in for a second factor. Add one first.")
    Authenticator.objects.filter(user_id=account_id, type=RECOVERY).delete()
    return _recovery(account, by=by, at=at)


@service
def use_code(account_id: int, code: str, *, at: datetime) -> Authenticator | None:
    """Whose code this is: of the app, once each, or one of the recovery codes; None where it is neither."""
    code = "".join(code.split())[:16]
    rows = Authenticator.objects.select_for_update().filter(user_id=account_id, type__in=[APP, RECOVERY])
    for row in rows.order_by("-type"):
        if row.type == RECOVERY:
            if RecoveryCodes(row).validate_code(code):
                row.refresh_from_db()
                _use(row, at)
                return row
            continue
        step = _step(decrypt(row.data["secret"]), code, after=row.data.get("last_step", 0), at=at)
        if step is not None:
            _use(row, at, step=step)
            return row
    return None


@service
def passkey_used(row: Authenticator, *, at: datetime) -> None:
    """It was shown, and allauth found it to be right."""
    _use(row, at)


def _added(account: Account, kind: str, *, by: Actor, at: datetime) -> list[str]:
    note("factor.added", f"account:{account.pk}", by=by, at=at, account=account.pk, factor=WAYS[kind])
    if Authenticator.objects.filter(user_id=account.pk, type=RECOVERY).exists():
        return []
    return _recovery(account, by=by, at=at)


def _recovery(account: Account, *, by: Actor, at: datetime) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(account).generate_codes()
    note("factor.added", f"account:{account.pk}", by=by, at=at, account=account.pk, factor=WAYS[RECOVERY])
    return codes


def _step(secret: str, code: str, *, after: int, at: datetime) -> int | None:
    """The time step that this code belongs to, if it is one of now and later than ``after`` (RFC 6238 §5.2)."""
    now = int(at.timestamp()) // STEP_S
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def _use(row: Authenticator, at: datetime, *, step: int | None = None) -> None:
    row.last_used_at = at
    if step is not None:
        row.data["last_step"] = step
    row.save(update_fields=["last_used_at", "data"])
