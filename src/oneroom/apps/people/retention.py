"""
Sessions that ran out, and files that nobody took over; how somebody who left signed in and was reached, and the
relatives that he declared. His name stays: the record names him.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Max
from django.db.models.functions import Coalesce

from oneroom.apps.ledger.retention import Keeper
from oneroom.apps.ledger.services import erase
from oneroom.apps.people.models import Account, KeptFile, Relation
from oneroom.apps.people.services.relations import subject
from oneroom.engine.retention import Due
from oneroom.engine.values import SYSTEM

GONE = "former-"  # with the account's number: the login of somebody who left long ago


def _sessions(due: Due, without: Collection[Any], limit: int) -> list[str]:
    rows = Session.objects.filter(expire_date__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("expire_date").values_list("pk", flat=True)[:limit])


def _forget_sessions(keys: Sequence[str], _due: Due, _at: datetime) -> None:
    Session.objects.filter(pk__in=keys).delete()


def _files(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = KeptFile.objects.filter(at__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("at").values_list("pk", flat=True)[:limit])


def _forget_files(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    KeptFile.objects.filter(pk__in=pks).delete()


def _left(due: Due, without: Collection[Any], limit: int) -> list[int]:
    """Closed accounts that last signed in before; of one that never did, the last role given counts."""
    rows = Account.objects.filter(is_active=False).exclude(username__startswith=GONE).exclude(pk__in=without)
    rows = rows.annotate(last=Coalesce("last_login", Max("grants__begins"))).filter(last__lt=due.before)
    return list(rows.order_by("last").values_list("pk", flat=True)[:limit])


def _forget_left(pks: Sequence[int], _due: Due, at: datetime) -> None:
    for relation in Relation.objects.filter(account_id__in=pks, ended_at=None).order_by("pk"):
        erase(subject(relation.pk), cause="term", by=SYSTEM, at=at)
    Relation.objects.filter(account_id__in=pks, ended_at=None).update(ended_at=at)
    for row in Account.objects.select_for_update().filter(pk__in=pks):
        row.set_unusable_password()
        row.username, row.mobile, row.email, row.last_login = f"{GONE}{row.pk}", "", "", None
        row.save(update_fields=["username", "mobile", "email", "last_login", "password"])


sessions = Keeper(_sessions, _forget_sessions, batch=5000)
files = Keeper(_files, _forget_files)
left = Keeper(_left, _forget_left)
