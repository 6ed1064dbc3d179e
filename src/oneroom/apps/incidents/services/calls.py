"""
Calls as the telephone exchange tells of them: they ring, are answered, end, or are abandoned and called back.

Events come more than once and out of order; each only ever moves a call forward. What happens once a matter was made of
a call stands in the matter's record; what was before, in the call's own, which that names.

The number lies sealed and goes with the call; its keyed hash answers one question, on a live call: how often did this
number call in thirty days?
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from oneroom.apps.incidents.codes import RETURN_RESULTS
from oneroom.apps.incidents.models import Call, CallPayload, Incident
from oneroom.apps.incidents.services.matter import known, scopes, subject
from oneroom.apps.ledger.services import Looking, erase, note, open_sealed, seal, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.apps.people.queries import find_account
from oneroom.apps.places.queries import locate
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor, IllegalMove, NotFound, Overtaken, Refused

S = Call.State
COUNTED = timedelta(days=30)
GONE = "gone:"
_ORDER = {S.RINGING: 0, S.ANSWERED: 1, S.ABANDONED: 2, S.ENDED: 2}
_LIVE = (S.RINGING, S.ANSWERED)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the exchange, in shape. The place is as the network gives it, in its datum."""

    event: str
    exchange_id: str
    at: datetime
    number: str = ""
    desk: str = ""
    operator: str = ""
    recording: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = "WGS84"
    radius_m: float | None = None


def call_subject(pk: int) -> str:
    """The call's name in the record."""
    return f"call:{pk}"


@service
def take_event(event: Event, *, at: datetime) -> Call:
    """A call moves on, or is known to have been there already; the desk it is for hears of it at once."""
    row, _ = Call.objects.select_for_update(of=("self",)).get_or_create(
        exchange_id=event.exchange_id, defaults={"state": "", "ringing_at": event.at}
    )
    _fill(row, event, at=at)
    state = S(event.event)
    if state == S.ENDED and row.answered_at is None and row.state != S.ABANDONED:
        state = S.ABANDONED  # it ended before anybody spoke
    before = row.state
    if before and _ORDER[S(before)] >= _ORDER[state]:
        if state == S.RINGING:
            row.ringing_at = min(row.ringing_at, event.at)
        if state == S.ANSWERED and row.answered_at is None:
            row.answered_at = event.at
            _answered_after_all(row, at=at)
        row.save()
        return row
    row.state = state
    if state == S.RINGING:
        row.ringing_at = event.at
    elif state == S.ANSWERED:
        row.answered_at = event.at
    else:
        row.ended_at = event.at
    row.save()
    _tell(row, at=event.at)
    return row


def _answered_after_all(row: Call, *, at: datetime) -> None:
    """The end was told before the answer: nobody hung up, and nobody need call back."""
    if row.state != S.ABANDONED or row.returned_at is not None:
        return
    row.state, row.return_due = S.ENDED, None
    stop(call_subject(row.pk), cause="answered", by=SYSTEM, at=at)
    _note("ended", row, {"room"}, by=SYSTEM, at=at)


def _fill(row: Call, event: Event, *, at: datetime) -> None:
    """What this event adds to what is known of the call."""
    row.desk = event.desk or row.desk
    row.recording = event.recording or row.recording
    operator = find_account(event.operator) if event.operator else None
    row.account_id = operator.pk if operator else row.account_id
    if event.number and row.caller_id is None:
        row.caller, _ = seal({"phone": event.number}, matter=call_subject(row.pk), purpose="call.number", at=at)
        row.number_hash = _hashed(event.number)
    if event.lon is not None and event.lat is not None:
        try:
            found = locate(event.lon, event.lat, datum=event.datum)
        except Refused:
            return  # outside the city, or no city: a call without a place is a call
        row.lon, row.lat, row.radius_m = found.lon, found.lat, event.radius_m


def _tell(row: Call, *, at: datetime) -> None:
    waited = max(0.0, ((row.answered_at or row.ended_at or row.ringing_at) - row.ringing_at).total_seconds())
    mine = {f"account:{row.account_id}"} if row.account_id else {"room"}
    facts: dict[str, Any] = {}
    if row.state in (S.ANSWERED, S.ABANDONED):
        facts["waited_s"] = round(waited, 1)
    if row.state == S.ANSWERED:
        facts["account"] = row.account_id
        _rang_again(row, at=at)
    if row.state == S.ABANDONED:
        mine = {"room"}
        promised = limit_s("return_call", 2)
        Call.objects.filter(pk=row.pk).update(return_due=at + timedelta(seconds=promised or 0))
        start_overdue(
            call_subject(row.pk), stage="return_call", limit_s=promised, matter=call_subject(row.pk), grade=2,
            drill=False, by=SYSTEM, at=at,
        )  # fmt: skip
    _note(row.state, row, mine, by=SYSTEM, at=at, **facts)


def _note(what: str, row: Call, to: set[str], *, by: Actor, at: datetime, **facts: Any) -> None:
    """Where its matter is open on a screen, that hears of it too."""
    matter = call_subject(row.pk)
    if row.incident_id is not None:
        matter, to = subject(row.incident_id), to | set(scopes(Incident.objects.get(pk=row.incident_id)))
    note(f"call.{what}", call_subject(row.pk), by=by, at=at, to=to, matter=matter, call=row.pk, **facts)


def _rang_again(row: Call, *, at: datetime) -> None:
    """Whoever hung up and was answered now need not be called back."""
    if row.number_hash is None:
        return
    waiting = (
        Call.objects.select_for_update(of=("self",))
        .filter(number_hash=row.number_hash, state=S.ABANDONED, returned_at=None)
        .order_by("pk")
    )
    for other in waiting:
        _returned(other, "rang_again", by=SYSTEM, at=at)


@service
def open_call(call_id: int, *, purpose: str, by: Actor, at: datetime) -> dict[str, Any]:
    """
    The number and network place of a call: for the desk that has it ("call"), or to call back ("return_call").

    Taking a call that rings for everybody makes it this desk's. How often the number called in thirty days is told
    with a live call and nowhere else; which calls those were is told to nobody.
    """
    by.must(Right.TAKE_CALL)
    row = Call.objects.select_for_update(of=("self",)).select_related("caller").filter(pk=call_id).first()
    if row is None:
        raise NotFound
    live = row.state in _LIVE
    if purpose == "call":
        if not live:
            raise IllegalMove("This call is over. It is in the list of calls to return, if nobody answered it.")
        if row.account_id not in (None, by.id):
            raise Overtaken("Another desk has this call.")
        if row.account_id is None:
            Call.objects.filter(pk=row.pk).update(account_id=by.id)
    elif purpose != "return_call" or row.state != S.ABANDONED or row.returned_at is not None:
        raise IllegalMove("There is no live matter that this purpose belongs to.")
    said: dict[Any, Any] = {}
    if row.caller is not None:
        basis = call_subject(row.pk)
        said = open_sealed([row.caller], record=basis, looking=Looking(purpose, basis), by=by, at=at)
    told = (said.get(row.caller_id) or {}) if row.caller_id else {}
    return {
        "id": row.pk, "phone": told.get("phone", ""), "recording": row.recording, "lon": row.lon, "lat": row.lat,
        "radius_m": row.radius_m, "ringing_at": row.ringing_at, "answered_at": row.answered_at,
        "calls_30_days": _count(row, at) if live else None,
    }  # fmt: skip


@service
def return_call(call_id: int, *, result: str, by: Actor, at: datetime) -> None:
    """An abandoned call was called back, and with what result."""
    by.must(Right.TAKE_CALL)
    row = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
    if row is None:
        raise NotFound
    known("result", result, RETURN_RESULTS)
    if row.state != S.ABANDONED or row.returned_at is not None:
        raise Overtaken
    _returned(row, result, by=by, at=at)


def _returned(row: Call, result: str, *, by: Actor, at: datetime) -> None:
    Call.objects.filter(pk=row.pk).update(returned_at=at, return_result=result)
    _note("returned", row, {"room"}, by=by, at=at, result=result)
    stop(call_subject(row.pk), cause="returned", by=by, at=at)


@service
def call_belongs_to(call_id: int, incident_id: int, *, by: Actor, at: datetime) -> None:
    """The matter that was made of a call of this desk; another's call is none of this desk's business."""
    row = Call.objects.select_for_update(of=("self",)).filter(pk=call_id, account_id=by.id).first()
    if row is None or row.incident_id == incident_id:
        return
    row.incident_id = incident_id
    row.save(update_fields=["incident"])
    _note("joined", row, set(), by=by, at=at, incident=incident_id)


def keep_payload(raw: bytes, *, at: datetime) -> int:
    """What came in, byte for byte, before anybody looks at it."""
    digest = hashlib.sha256(raw).hexdigest()
    return CallPayload.objects.create(raw=raw, digest=digest, received=at).pk


def judge_payload(pk: int, *, reason: str = "") -> None:
    """It was taken; or it lies in quarantine for this reason (a field and a code)."""
    CallPayload.objects.filter(pk=pk).update(taken=not reason, reason=reason[:64])


@service
def forget_call(call_id: int, *, cause: str, at: datetime) -> None:
    """Number, hash and network place of a call are no more; that it was, and how long it waited, stays."""
    row = Call.objects.select_for_update(of=("self",)).get(pk=call_id)
    erase(call_subject(row.pk), cause=cause, by=SYSTEM, at=at)
    Call.objects.filter(pk=row.pk).update(caller=None, number_hash=None, lon=None, lat=None, radius_m=None)


def forget_recordings(calls: QuerySet[Call]) -> None:
    """Where the exchange keeps what was said, and its own number of the call: neither leads to the other any more."""
    calls.update(recording="", exchange_id=Concat(Value(GONE), Cast("pk", CharField())))


def _count(row: Call, at: datetime) -> int:
    if row.number_hash is None:
        return 0
    same = Call.objects.filter(number_hash=row.number_hash, ringing_at__gte=at - COUNTED)
    return same.exclude(pk=row.pk).count()


def _hashed(number: str) -> bytes:
    return hmac.new(f"call:{settings.SECRET_KEY}".encode(), number.encode(), hashlib.sha256).digest()
