"""Spans of days that screens of the office offer, in the force's own zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy

from oneroom.engine.values import BadInput

DAYS = {
    "today": lazy("today"), "yesterday": lazy("yesterday"), "week": lazy("7 days"), "month": lazy("31 days"),
    "all": lazy("all"),
}  # fmt: skip


def typed_day(text: str, *, field: str = "day") -> date | None:
    """The day that stands in an address; None where none does. Raises ``BadInput`` naming ``field``."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:  # the days beside it must be days, too
        raise BadInput(field, "A day is written like 2026-03-01.")
    return day


def day_start(at: datetime) -> datetime:
    """Midnight of this instant's day."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def day_span(which: str, at: datetime) -> tuple[datetime, datetime] | None:
    """From and to of a day or a run of days that ends today; None for always."""
    midnight = day_start(at)
    tomorrow = midnight + timedelta(days=1)
    match which:
        case "today":
            return midnight, tomorrow
        case "yesterday":
            return midnight - timedelta(days=1), midnight
        case "week":
            return midnight - timedelta(days=6), tomorrow
        case "month":
            return midnight - timedelta(days=30), tomorrow
    return None


def month_starts(at: datetime) -> tuple[datetime, datetime]:
    """When the calendar month before this one began, and when this one did."""
    this = day_start(at).replace(day=1)
    before = day_start(this - timedelta(days=1)).replace(day=1)
    return before, this
