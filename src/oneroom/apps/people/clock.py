"""
What happens to accounts by itself: a role that was given until a day ends on it, an unsigned request lapses, a
commander's word runs out, an account that nobody uses is shut.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Greatest

from oneroom.apps.people.models import Account, Grant, LetIn, Signature, Tries
from oneroom.apps.people.services import close_account, end_grant, end_vouch, lapse
from oneroom.engine.roles import Role
from oneroom.engine.signin import ASLEEP
from oneroom.engine.values import SYSTEM

_TRIES_KEPT = timedelta(days=30)


def end_grants(at: datetime) -> int:
    """End the roles whose time is over; how many there were."""
    over = list(Grant.objects.filter(ends=None, until__lte=at).values_list("account_id", "role", "unit_id")[:100])
    for account_id, role, unit_id in over:
        end_grant(account_id, Role(role), unit_id=unit_id, by=SYSTEM, at=at)
    return len(over)


def lapse_signatures(at: datetime) -> int:
    """End the requests that nobody signed in time; how many there were."""
    late = list(Signature.objects.filter(ended_at=None, lapses_at__lte=at).values_list("pk", flat=True)[:100])
    for pk in late:
        lapse(pk, at=at)
    return len(late)


def end_vouches(at: datetime) -> int:
    """End what commanders opened for a time; how many there were."""
    over = list(LetIn.objects.filter(ended_at=None, until__lte=at).values_list("pk", flat=True)[:100])
    for pk in over:
        end_vouch(pk, cause="time", by=SYSTEM, at=at)
    return len(over)


def close_unused(at: datetime) -> int:
    """
    Shut the accounts that nobody signed in to for ninety days (security point 7); how many there were.

    Not in the demo: its ninety days are over within a night, and its people only wait for a visitor.
    """
    if settings.DEMO:
        return 0
    used = Account.objects.annotate(used=Greatest("last_login", "since")).filter(is_active=True)  # the later, if any
    asleep = list(used.filter(used__lte=at - ASLEEP).values_list("pk", flat=True)[:100])
    for pk in asleep:
        close_account(pk, by=SYSTEM, at=at)
    return len(asleep)


def forget_tries(at: datetime) -> int:
    """Forget wrong tries of long ago; a lock on somebody's account stays until it is lifted."""
    old = Tries.objects.filter(Q(locked_at=None) | Q(account=None), since__lte=at - _TRIES_KEPT)
    return old.delete()[0]
