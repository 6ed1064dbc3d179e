"""The telephone calls that belong to a matter, as the record says, and where their recordings lie."""

from __future__ import annotations

from collections.abc import Iterable

from oneroom.apps.incidents.models import Call
from oneroom.apps.ledger.queries import all_of_matters

_JOINED = ("call.joined",)


def calls_of(matters: Iterable[str]) -> list[Call]:
    """The calls of these matters ("incident:12"), each with the ``incident`` it belongs to; in the order they rang."""
    found = {facts["call"] for *_, facts in all_of_matters(matters, _JOINED, with_facts=_JOINED)}
    return list(Call.objects.filter(pk__in=found).order_by("ringing_at", "pk")) if found else []
