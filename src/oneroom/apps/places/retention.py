"""A warning that ended keeps no words; after its term its place goes too, and the closure of a street that ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from oneroom.apps.ledger.retention import Keeper
from oneroom.apps.places.models import Closure, LocationWarning
from oneroom.engine.retention import Due


def _warnings(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = LocationWarning.objects.filter(ended__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("ended").values_list("pk", flat=True)[:limit])


def _forget_warnings(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    LocationWarning.objects.filter(pk__in=pks).delete()


warnings = Keeper(_warnings, _forget_warnings, batch=1000)


def _closures(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = Closure.objects.filter(ended__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("ended").values_list("pk", flat=True)[:limit])


def _forget_closures(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    Closure.objects.filter(pk__in=pks).delete()


closures = Keeper(_closures, _forget_closures, batch=1000)
