"""Matters, their parts, and what comes before them, after their terms. What hangs on a held matter stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from oneroom.apps.incidents.models import Call, CallPayload, Draft, Incident, PastCall
from oneroom.apps.incidents.services.calls import GONE, forget_call, forget_recordings
from oneroom.apps.incidents.services.drafts import drop_draft
from oneroom.apps.incidents.services.forgetting import deidentify, erase_parts
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.retention import Keeper
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.retention import Due
from oneroom.engine.values import SYSTEM

# What texts of a matter are kept for (``seal(purpose=…)``), by the class that they go with.
PURPOSES = {
    "photo": ("scene.photo",),
    "scene_note": ("scene.note", "review.gap", "call_back.words"),
    "words": ("report.words", "report.answers", "added.words", "rating.words"),
    "caller": ("report.caller", "report.address"),
    "matter": ("opening.reason", "signature.reason", "hold.basis", "late.words"),
}


def _held(due: Due) -> list[int]:
    return [int(matter.partition(":")[2]) for matter in due.holds.matters]


def _over(due: Due, without: Collection[Any]) -> QuerySet[Incident]:
    """Matters that ended before and are not held."""
    rows = Incident.objects.exclude(state__in=[str(s) for s in OPEN])
    rows = rows.annotate(over=Coalesce("closed_at", "state_since")).filter(over__lt=due.before)
    return rows.exclude(pk__in=[*_held(due), *without]).order_by("over", "pk")


def _matters(due: Due, without: Collection[Any], limit: int) -> list[int]:
    """Also one that somebody wrote something to after it was de-identified."""
    rows = _over(due, without).filter(Q(deidentified_at=None) | Exists(_texts()))
    return list(rows.values_list("pk", flat=True)[:limit])


def _texts(purposes: Iterable[str] | None = None) -> QuerySet[Sealed]:
    subject = Concat(Value("incident:"), Cast(OuterRef("pk"), CharField()))
    rows = Sealed.objects.filter(erased=None, matter=subject)
    return rows if purposes is None else rows.filter(purpose__in=list(purposes))


def _parts(code: str, due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = _over(due, without).filter(deidentified_at=None).filter(Exists(_texts(PURPOSES[code])))
    return list(rows.values_list("pk", flat=True)[:limit])


def _forget_matters(pks: Sequence[int], _due: Due, at: datetime) -> None:
    for pk in sorted(pks):
        deidentify(pk, cause="term", by=SYSTEM, at=at)


def _forget_parts(code: str, pks: Sequence[int], _due: Due, at: datetime) -> None:
    for pk in sorted(pks):
        erase_parts(pk, PURPOSES[code], by=SYSTEM, at=at)


def _part(code: str) -> Keeper:
    return Keeper(partial(_parts, code), partial(_forget_parts, code))


def _calls(due: Due, without: Collection[Any], limit: int) -> list[int]:
    """One that still rings after its term is one whose end was never told."""
    rows = Call.objects.filter(ringing_at__lt=due.before).exclude(number_hash=None, caller=None, lon=None)
    rows = _not_of_held(rows, due).exclude(pk__in=without)
    return list(rows.order_by("ringing_at").values_list("pk", flat=True)[:limit])


def _forget_calls(pks: Sequence[int], _due: Due, at: datetime) -> None:
    for pk in sorted(pks):
        forget_call(pk, cause="term", at=at)


def _recordings(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = _not_of_held(Call.objects.filter(ringing_at__lt=due.before).exclude(exchange_id__startswith=GONE), due)
    return list(rows.exclude(pk__in=without).order_by("ringing_at").values_list("pk", flat=True)[:limit])


def _forget_recordings(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    forget_recordings(Call.objects.filter(pk__in=pks))


def _payloads(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = CallPayload.objects.filter(received__lt=due.before, raw__isnull=False).exclude(pk__in=without)
    return list(rows.order_by("received").values_list("pk", flat=True)[:limit])


def _forget_payloads(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    CallPayload.objects.filter(pk__in=pks).update(raw=None)


def _traces(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = CallPayload.objects.filter(received__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("received").values_list("pk", flat=True)[:limit])


def _forget_traces(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    CallPayload.objects.filter(pk__in=pks).delete()


def _drafts(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = _not_of_held(Draft.objects.filter(content__isnull=False, touched__lt=due.before), due)
    return list(rows.exclude(pk__in=without).order_by("touched").values_list("pk", flat=True)[:limit])


def _forget_drafts(pks: Sequence[int], _due: Due, at: datetime) -> None:
    for pk in sorted(pks):
        drop_draft(pk, cause="left", by=SYSTEM, at=at)


def _empty_drafts(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = Draft.objects.filter(content=None, touched__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("touched").values_list("pk", flat=True)[:limit])


def _forget_empty_drafts(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    Draft.objects.filter(pk__in=pks, content=None).delete()


def _past_calls(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = PastCall.objects.filter(received_at__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("received_at").values_list("pk", flat=True)[:limit])


def _forget_past_calls(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    PastCall.objects.filter(pk__in=pks).delete()


def _not_of_held(rows: Any, due: Due) -> Any:
    return rows.filter(Q(incident=None) | ~Q(incident_id__in=_held(due)))


matters = Keeper(_matters, _forget_matters, batch=100)
photos, scene_notes, words, callers = (_part(code) for code in ("photo", "scene_note", "words", "caller"))
calls = Keeper(_calls, _forget_calls)
recordings = Keeper(_recordings, _forget_recordings, batch=5000)
payloads = Keeper(_payloads, _forget_payloads, batch=5000)
payload_traces = Keeper(_traces, _forget_traces, batch=5000)
drafts = Keeper(_drafts, _forget_drafts)
empty_drafts = Keeper(_empty_drafts, _forget_empty_drafts, batch=5000)
past_calls = Keeper(_past_calls, _forget_past_calls, batch=5000)
