"""The room sends crews, and takes them off again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import led_crews, riders
from oneroom.apps.duty.services import count_run, set_state
from oneroom.apps.incidents.codes import CHOICE_REASONS, RETURN_REASONS, WITHDRAW_REASONS
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.recusal import related_crews
from oneroom.apps.incidents.services.matter import (
    final_kind,
    follow,
    known,
    lock,
    lock_assignment,
    scopes,
    subject,
    this_round,
)
from oneroom.apps.ledger.services import given_id, note, service
from oneroom.apps.orders.services import start_answer, stop
from oneroom.engine.lifecycle import assignment, incident
from oneroom.engine.lifecycle.assignment import ASSIGNMENT, CREW_STATE
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict, IllegalMove, Overtaken

A = assignment.State


@dataclass(frozen=True, slots=True)
class Advice:
    """What the engine proposed when the dispatcher chose: kept with the order (workflow §2.1)."""

    ranked: tuple[int, ...] = ()  # crew ids, best first
    travel_s: Mapping[int, int] | None = None
    card: str = ""  # the response plan
    crews_asked: int = 1
    best: tuple[int, ...] = ()  # the crews that were advised for the plan; empty: the first of the ranking

    def differs(self, crew_ids: Sequence[int]) -> bool:
        """Whether one of these crews is not among those that were advised first."""
        return bool(self.ranked) and not set(crew_ids) <= set(self.best or self.ranked[:1])


@service
def offer(
    incident_id: int,
    crew_ids: Sequence[int],
    *,
    advice: Advice | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> list[int]:
    """
    Send crews: each gets an order that rings at once and climbs until it is signed for. Gives assignment ids.

    The first one leads if nobody does yet. A crew that was sent elsewhere meanwhile stops the whole act
    (Overtaken), so that a dispatcher never believes that two were sent when one was. ``reason`` says why others than
    the advised ones were chosen, if somebody says so: nobody must (workflow §2.1).
    """
    by.must(Right.DISPATCH)
    if reason:
        known("reason", reason, CHOICE_REASONS)
    if not crew_ids:
        raise BadInput("crews", "Pick at least one crew.")
    related = related_crews(incident_id, crew_ids)  # compared before anything is locked
    row = lock(incident_id)
    if row.state not in (*incident.TO_SEND, *incident.WITH_CREWS):
        raise IllegalMove("No crew can be sent to this matter as it stands.")
    advice = advice or Advice()
    crews = {c.pk: c for c in Crew.objects.select_for_update(no_key=True).filter(pk__in=crew_ids).order_by("pk")}
    led = led_crews(crews)
    sent = []
    for crew_id in dict.fromkeys(crew_ids):
        crew = crews.get(crew_id)
        if crew is None or crew.state == Crew.State.OFF_DUTY:
            raise Conflict("This crew is not on duty.", field="crews")
        if not crew.members.exclude(role="auxiliary").exists():
            raise Conflict("Auxiliaries are never sent alone: this crew has no officer.", field="crews")
        if crew_id not in led:
            raise Conflict("No officer leads this crew now: the lead is missing or is no officer.", field="crews")
        differs = advice.differs(crew_ids)
        why = reason if differs else ""
        sent.append(_offer_one(row, crew, advice, differs, why, related.get(crew_id), by=by, at=at))
    follow(row, at=at)
    return sent


def _offer_one(
    row: Incident, crew: Crew, advice: Advice, differs: bool, reason: str, recusal: str | None, *, by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    lead = not Assignment.objects.filter(incident=row, lead=True, state__in=assignment.LIVE).exists()
    travel_s = (advice.travel_s or {}).get(crew.pk)
    try:
        with transaction.atomic():
            sent = Assignment.objects.create(
                pk=given_id(f"order:{crew.pk}"), incident=row, crew=crew, state_since=at, offered_at=at, lead=lead,
                travel_s=travel_s,
            )  # fmt: skip
    except IntegrityError as refused:
        raise Overtaken("This crew was just sent elsewhere. Nothing was sent; pick again.") from refused
    set_state(crew.pk, CREW_STATE[A.OFFERED], at=at)
    count_run(crew.pk)
    rank = advice.ranked.index(crew.pk) + 1 if crew.pk in advice.ranked else None
    # Who rides with the crew stands with the order: whoever opens its way later is told to these, not to a later crew.
    heard = scopes(row) | {f"account:{account}" for account in riders(crew.pk)}
    note(
        "assignment.offered", f"assignment:{sent.pk}", by=by, at=at, to=heard, matter=subject(row.pk),
        assignment=sent.pk, incident=row.pk, crew=crew.pk, grade=row.grade, lead=lead, travel_s=travel_s,
        advised=[f"crew:{c}" for c in advice.ranked[:10]], advised_rank=rank, card=advice.card or None,
        crews_asked=advice.crews_asked if advice.card else None, advised_set=[f"crew:{c}" for c in advice.best] or None,
        differs=differs if advice.ranked else None, reason=reason or None,
        recusal=recusal,
    )  # fmt: skip
    start_answer(
        f"assignment:{sent.pk}", matter=subject(row.pk), grade=row.grade, drill=row.drill, crew_id=crew.pk,
        unit_id=crew.unit_id, by=by, at=at,
    )  # fmt: skip
    return sent.pk


@service
def take_off(assignment_id: int, *, verb: str, reason: str | None = None, by: Actor, at: datetime) -> None:
    """
    The crew leaves the matter by an act of the room: withdraw (with a reason or none), lapse or return.

    The lead passes on (``pass_lead``). When no crew is left and nothing was reported, the matter goes back to
    waiting, at once and loudly.
    """
    if reason is not None:
        known("reason", reason, WITHDRAW_REASONS if verb == "withdraw" else ())
    if verb == "divert":
        raise BadInput("to", "Say which graver call the crew goes to.")
    found, row = lock_assignment(assignment_id)
    if verb == "return":
        ASSIGNMENT.move(found.state, verb, by=by)
        if not found.return_reason:
            raise IllegalMove("The crew has not asked to return this order.")
        reason = found.return_reason
    _leave(row, found, verb, by=by, at=at, **({"reason": reason} if reason is not None else {}))


@service
def divert(assignment_id: int, *, to: int, advice: Advice | None = None, by: Actor, at: datetime) -> int:
    """
    Send a crew that is on a call to a graver one: off the first and offered the second, both or neither.

    Gives the new assignment. The first matter goes back to waiting if no other crew is on it.
    """
    first = Assignment.objects.values_list("incident_id", flat=True).get(pk=assignment_id)
    both = {i.pk: i for i in Incident.objects.select_for_update().filter(pk__in={first, to}).order_by("pk")}
    found, row = lock_assignment(assignment_id)
    ASSIGNMENT.move(found.state, "divert", by=by)
    if both[to].grade >= row.grade:
        raise IllegalMove("A crew is diverted only to a graver call.")
    _leave(row, found, "divert", by=by, at=at, graver=to)
    [sent] = offer(to, [found.crew_id], advice=advice, by=by, at=at)
    return sent


def _leave(row: Incident, found: Assignment, verb: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    """End an assignment by an act of the room; the matter and the crew are locked."""
    move = ASSIGNMENT.move(found.state, verb, by=by)
    heard = scopes(row)
    moved = Assignment.objects.filter(pk=found.pk, state=move.source).update(
        state=move.target, state_since=at, ended_at=at
    )
    if not moved:
        raise Overtaken
    set_state(found.crew_id, Crew.State.AVAILABLE, at=at)
    note(
        f"assignment.{move.target.value}", f"assignment:{found.pk}", by=by, at=at, to=heard, matter=subject(row.pk),
        assignment=found.pk, incident=row.pk, crew=found.crew_id, **facts,
    )  # fmt: skip
    stop(f"assignment:{found.pk}", cause=move.target.value, by=by, at=at)
    pass_lead(row, found, by=by, at=at)
    follow(row, at=at)


def pass_lead(row: Incident, leaver: Assignment, *, by: Actor, at: datetime) -> None:
    """
    A lead crew that leaves without a report hands the lead on: to the crew that was sent next, or, when none is left,
    to the last one that reported. What the new lead has reported is then what the matter turned out to be.
    """
    if not leaver.lead or leaver.reported_at is not None:
        return
    others = this_round(row).exclude(pk=leaver.pk)
    heir = (
        others.filter(state__in=assignment.LIVE).order_by("offered_at", "pk").first()
        or others.filter(reported_at__isnull=False).order_by("-reported_at", "-pk").first()
    )
    if heir is None:
        return
    Assignment.objects.filter(pk=leaver.pk).update(lead=False)
    Assignment.objects.filter(pk=heir.pk).update(lead=True)
    if heir.reported_at is not None:
        turned_out(row, heir.outcome, heir.category, heir.subcategory)
    note(
        "assignment.lead", f"assignment:{heir.pk}", by=by, at=at, to=scopes(row), matter=subject(row.pk),
        assignment=heir.pk, incident=row.pk, crew=heir.crew_id,
    )  # fmt: skip


def turned_out(row: Incident, outcome: str, category: str, subcategory: str = "") -> None:
    """The lead's report says how the matter ended and what it was."""
    category, subcategory = final_kind(row, category, subcategory)
    Incident.objects.filter(pk=row.pk).update(outcome=outcome, final_category=category, final_subcategory=subcategory)


@service
def ask_return(assignment_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """
    The crew says "wrong area" or "wrong function", once, before it has signed and within the time it has for
    signing; the room decides.
    """
    found, row = lock_assignment(assignment_id)
    move = ASSIGNMENT.move(found.state, "ask_return", by=by)
    if reason not in RETURN_REASONS:
        raise BadInput("reason", "An order is returned only as the wrong area or the wrong kind of work.")
    if found.return_reason:
        raise IllegalMove("This was asked once already; the room decides.")
    limit = limit_s("acknowledge", row.grade)
    if limit is not None and at - found.offered_at > timedelta(seconds=limit):
        raise IllegalMove("The time to return this order is over. Sign for it, or call the room.")
    if not Assignment.objects.filter(pk=found.pk, state=move.source, return_reason="").update(return_reason=reason):
        raise Overtaken
    note(
        "assignment.return_asked", f"assignment:{found.pk}", by=by, at=at, to=scopes(row),
        matter=subject(row.pk), assignment=found.pk, incident=row.pk, crew=found.crew_id, reason=reason,
    )  # fmt: skip
