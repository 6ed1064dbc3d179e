"""What the desk and the room see of calls that are no matter yet, and of what other agencies owe. No personal field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from oneroom.apps.incidents.models import Call, Draft, Incident, Referral
from oneroom.apps.incidents.services.drafts import draft_subject
from oneroom.apps.incidents.services.matter import known
from oneroom.apps.ledger.services import Looking, open_sealed, service
from oneroom.apps.people.queries import staff_names
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A call while it is being taken, and whose desk it is at."""

    draft: Draft
    desk: str


def drafts() -> list[DraftRow]:
    """Calls that are being taken and are no matter yet: gravest first, ungraded last, then by age."""
    rows = list(Draft.objects.filter(content__isnull=False, incident=None).order_by("grade", "started", "pk"))
    names = staff_names(row.account_id for row in rows)
    return [DraftRow(row, names.get(row.account_id, "")) for row in rows]


def draft_of(key: str, *, by: Actor) -> Draft | None:
    """A draft of one's own, also when it is over."""
    return Draft.objects.select_related("incident").filter(account_id=by.id, key=key).first()


@service
def own_drafts(*, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What this person was typing and has not saved, newest first; opening it is a Look like any other."""
    by.must(Right.TAKE_CALL)
    rows = list(
        Draft.objects.filter(account_id=by.id, content__isnull=False)
        .select_related("content", "incident")
        .order_by("-touched")[:20]
    )
    return [
        {
            "id": row.pk, "key": row.key, "n": row.n, "started": row.started, "touched": row.touched,
            "incident": row.incident_id, "reference": row.incident.reference if row.incident else "",
            "content": _opened(row, "resume", by=by, at=at),
        }
        for row in rows
    ]  # fmt: skip


@service
def draft_words(pk: int, *, purpose: str, by: Actor, at: datetime) -> Mapping[str, Any]:
    """What is being typed in a call, for the dispatcher who would send to it."""
    by.must(Right.DISPATCH)
    known("purpose", purpose, ("dispatch",))
    row = Draft.objects.select_related("content").filter(pk=pk, content__isnull=False).first()
    if row is None:
        raise NotFound
    return _opened(row, purpose, by=by, at=at)


def _opened(row: Draft, purpose: str, *, by: Actor, at: datetime) -> Mapping[str, Any]:
    basis = draft_subject(row.pk)
    said: dict[int, Any] = open_sealed(
        [row.content] if row.content else [], record=basis, looking=Looking(purpose, basis), by=by, at=at
    )
    return next(iter(said.values()), None) or {}


def calls_for(*, by: Actor) -> list[Call]:
    """Calls this desk may take or has: what rings for everybody, and its own while they last."""
    by.must(Right.TAKE_CALL)
    ringing = Q(state=Call.State.RINGING) & (Q(account_id=None) | Q(account_id=by.id))
    mine = Q(state=Call.State.ANSWERED) & (Q(account_id=by.id) | Q(account_id=None))
    return list(Call.objects.filter(ringing | mine, incident=None).order_by("ringing_at")[:20])


def calls_to_return() -> list[Call]:
    """Abandoned calls that nobody has called back yet, oldest first."""
    return list(Call.objects.filter(state=Call.State.ABANDONED, returned_at=None).order_by("ended_at", "pk")[:100])


def referrals_open(*, incident_id: int | None = None) -> list[Referral]:
    """What other agencies have not answered yet, the most urgent first."""
    rows = Referral.objects.filter(answered_at=None).select_related("incident").order_by("due_at", "pk")
    return list(rows if incident_id is None else rows.filter(incident_id=incident_id))


def referrals_of(incident_id: int) -> list[Referral]:
    """All agencies a matter was handed to."""
    return list(Referral.objects.filter(incident_id=incident_id).order_by("made_at", "pk"))


@dataclass(frozen=True, slots=True)
class Answering:
    """How fast calls were answered. The standard: 90 % within 15 s, 95 % within 20 s (NENA-STA-020.1-2020)."""

    calls: int
    answered: int
    abandoned: int
    within_15_s: float | None
    within_20_s: float | None


def answering(since: datetime, until: datetime) -> Answering:
    """Answer times of the calls that began to ring in a span; a share is of all calls, abandoned ones too."""
    rows = Call.objects.filter(ringing_at__gte=since, ringing_at__lt=until).exclude(state=Call.State.RINGING)
    waits = [
        (answered - ringing).total_seconds() if answered else None
        for ringing, answered in rows.values_list("ringing_at", "answered_at")
    ]
    answered = [w for w in waits if w is not None]
    share = {s: sum(1 for w in answered if w <= s) / len(waits) if waits else None for s in (15, 20)}
    return Answering(len(waits), len(answered), len(waits) - len(answered), share[15], share[20])


@dataclass(frozen=True, slots=True)
class Origins:
    """
    Where matters came from in a span, and the share that the police found themselves.

    ``self_share`` = matters of origin "self" (a crew saw it and reported it, nobody called) / all matters received in
    the span that are no drill and were not merged into another. None where there was none.
    """

    counts: Mapping[str, int]
    total: int
    self_share: float | None


def origins(since: datetime, until: datetime, *, units: Collection[int] | None = None) -> Origins:
    """Row T18: calls from the public told apart from what crews found, for all or for some stations' areas."""
    rows = Incident.counted.filter(received_at__gte=since, received_at__lt=until).exclude(state="merged")
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    counts = dict(rows.values_list("origin").annotate(n=Count("pk")).order_by("origin"))
    total = sum(counts.values())
    return Origins(counts, total, counts.get("self", 0) / total if total else None)
