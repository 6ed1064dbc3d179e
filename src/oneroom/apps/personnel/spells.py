"""Rows that are true from a day until another: postings, posts, certificates, places."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def not_over(day: date) -> Q:
    """Rows that are true on that day or begin later."""
    return Q(until=None) | Q(until__gt=day)


def holds(day: date) -> Q:
    """Rows that are true on that day."""
    return Q(since__lte=day) & not_over(day)
