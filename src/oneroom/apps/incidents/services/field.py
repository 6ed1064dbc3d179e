"""What a crew does: sign, set out, arrive, report, clear. The room may do each step for a crew on the radio."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from oneroom.apps.duty.models import Crew, CrewMember
from oneroom.apps.duty.services import set_state
from oneroom.apps.incidents.codes import CATEGORIES, OUTCOMES
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.protocol import known_subcategory
from oneroom.apps.incidents.services.dispatch import pass_lead, turned_out
from oneroom.apps.incidents.services.intake import add_words
from oneroom.apps.incidents.services.matter import follow, lock_assignment, scopes, subject
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.orders.services import attach_photo, is_watched, start_overdue, stop
from oneroom.engine.lifecycle.assignment import ASSIGNMENT, BEGINS, CREW_STATE, ENDS, State
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, IllegalMove, Overtaken

A = State
_TIME_OF = {A.ACKNOWLEDGED: "acknowledged_at", A.EN_ROUTE: "en_route_at", A.ON_SCENE: "on_scene_at"}
_SKEW = timedelta(seconds=2)  # a device clock may run this far ahead of ours before we say so


@service
def step(assignment_id: int, verb: str, *, happened: datetime | None = None, by: Actor, at: datetime) -> None:
    """
    One of acknowledge, set_out, arrive.

    ``happened`` is when it was done, for a late entry: not in the future, not before the step before it.
    Raises IllegalMove, NotAllowed, Overtaken or BadInput.
    """
    found, row = lock_assignment(assignment_id)
    move = ASSIGNMENT.move(found.state, verb, by=by)
    when = _when(happened, found, at)
    moved = Assignment.objects.filter(pk=found.pk, state=move.source).update(
        **{"state": move.target, "state_since": when, _TIME_OF[State(move.target)]: when}
    )
    if not moved:
        raise Overtaken
    set_state(found.crew_id, CREW_STATE[State(move.target)], at=when)
    _note(f"assignment.{move.target.value}", found, row, by=by, at=when)
    if verb in ENDS:
        stop(f"assignment:{found.pk}", cause=move.target.value, stage=ENDS[verb], by=by, at=at)
    for stage in BEGINS.get(verb, ()):
        _watch(found, row, stage, by=by, at=when)
    follow(row, at=at)


@service
def report(
    assignment_id: int, *, outcome: str, words: str = "", category: str = "", subcategory: str = "",
    happened: datetime | None = None, stays: bool = True, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """
    The scene report: an outcome, a line of words, and what it turned out to be. Signed by an officer.

    A crew that ``stays`` after it is waited for: while it counts as there, its matter goes no further.
    """
    found, row = lock_assignment(assignment_id)
    ASSIGNMENT.move(found.state, "report", by=by)
    if outcome not in OUTCOMES:
        raise BadInput("outcome", "Say how it ended: pick one of the outcomes.")
    if category and category not in CATEGORIES:
        raise BadInput("category", "There is no such choice: %(choice)s.", choice=category[:40])
    known_subcategory(category or row.category, subcategory)
    if found.reported_at is not None:
        raise Overtaken("This order was reported already. Your report was not taken; look again.")
    text = plain("words", words, longest=2000)
    when = _when(happened, found, at)
    sealed, commitment = seal(text, matter=subject(row.pk), purpose="scene.note", at=at) if text else (None, None)
    Assignment.objects.filter(pk=found.pk).update(
        reported_at=when, outcome=outcome, category=category, subcategory=subcategory, note=sealed
    )
    if found.lead:
        turned_out(row, outcome, category, subcategory)
    _note(
        "assignment.reported", found, row, by=by, at=when, outcome=outcome, note=commitment,
        category=category or None, subcategory=subcategory or None,
    )  # fmt: skip
    for stage in ("first_word", "welfare", "report"):
        stop(f"assignment:{found.pk}", cause="reported", stage=stage, by=by, at=at)
    if stays:
        _watch(found, row, "clear", by=by, at=at)


@service
def clear(assignment_id: int, *, happened: datetime | None = None, by: Actor, at: datetime) -> None:
    """The crew is free again. The lead leaving without a report hands the lead on, or the matter waits again."""
    found, row = lock_assignment(assignment_id)
    move = ASSIGNMENT.move(found.state, "clear", by=by)
    when = _when(happened, found, at)
    moved = Assignment.objects.filter(pk=found.pk, state=move.source).update(
        state=move.target, state_since=when, ended_at=when
    )
    if not moved:
        raise Overtaken
    heard = scopes(row) | {f"crew:{found.crew_id}"}
    set_state(found.crew_id, Crew.State.AVAILABLE, at=when)
    _note("assignment.cleared", found, row, by=by, at=when, to=heard)
    stop(f"assignment:{found.pk}", cause="cleared", by=by, at=at)
    pass_lead(row, found, by=by, at=at)
    follow(row, at=at)


@service
def report_and_clear(
    assignment_id: int, *, happened: datetime | None = None, by: Actor, at: datetime, **said: Any
) -> None:
    """The fourth button of the phone: both acts, or neither."""
    report(assignment_id, happened=happened, stays=False, by=by, at=at, **said)
    clear(assignment_id, happened=happened, by=by, at=at)


@service
def say_word(assignment_id: int, *, words: str, source: str = "crew", by: Actor, at: datetime) -> None:
    """A line from the scene: the first one is promised within minutes of arriving, and each says that all is well."""
    found, row = lock_assignment(assignment_id)
    add_words(row.pk, words=words, source=source, report_id=0, crew_id=found.crew_id, by=by, at=at)
    for stage in ("first_word", "welfare"):
        stop(f"assignment:{found.pk}", cause="word", stage=stage, by=by, at=at)
    if found.state == A.ON_SCENE and found.reported_at is None:
        watch_welfare(found, row, by=by, at=at)


@service
def say_well(assignment_id: int, *, happened: datetime | None = None, by: Actor, at: datetime) -> None:
    """The crew was asked whether all is well, and it is: one tap, no words. The next question comes in its time."""
    found, row = lock_assignment(assignment_id)
    if found.state != A.ON_SCENE:
        raise IllegalMove("You are not on scene of this any more.")
    if happened is not None and happened > at + _SKEW:
        raise BadInput("happened", "This time lies in the future.")
    _note("assignment.well", found, row, by=by, at=min(happened or at, at))
    stop(f"assignment:{found.pk}", cause="well", stage="welfare", by=by, at=at)
    if found.reported_at is None:
        watch_welfare(found, row, by=by, at=at)


@service
def add_photo(assignment_id: int, data: bytes, *, happened: datetime | None = None, by: Actor, at: datetime) -> int:
    """
    A photo from the scene; gives its id. It may come after the report (the network was slow), not after the matter.

    An auxiliary may take it: he assists, and decides nothing by it.
    """
    if happened is not None and happened > at + _SKEW:
        raise BadInput("happened", "This time lies in the future.")
    found, row = lock_assignment(assignment_id)
    if row.state not in OPEN:
        raise IllegalMove("This matter is over; nothing is changed in it or added to it any more.")
    photo, commitment, small = attach_photo(
        data, matter=subject(row.pk), subject=f"assignment:{found.pk}", taken_at=min(happened or at, at), by=by, at=at
    )
    _note(
        "assignment.photo", found, row, by=by, at=photo.taken_at, photo=photo.pk, content=commitment, small=small,
        size=len(data),
    )  # fmt: skip
    return photo.pk


def watch_welfare(found: Assignment, row: Incident, *, by: Actor, at: datetime) -> None:
    """From now on wait for the next word of a crew on scene, where the grade asks for it and nobody does yet."""
    if not is_watched(f"assignment:{found.pk}", stage="welfare"):
        _watch(found, row, "welfare", by=by, at=at)


def _watch(found: Assignment, row: Incident, stage: str, *, by: Actor, at: datetime) -> None:
    start_overdue(
        f"assignment:{found.pk}", stage=stage, limit_s=limit_s(stage, row.grade), matter=subject(row.pk),
        grade=row.grade, drill=row.drill, crew_id=found.crew_id, unit_id=found.crew.unit_id, by=by, at=at,
    )  # fmt: skip


def _when(happened: datetime | None, found: Assignment, at: datetime) -> datetime:
    if happened is None:
        return at
    if happened > at + _SKEW:
        raise BadInput("happened", "This time lies in the future.")
    if happened < found.state_since:
        raise BadInput("happened", "This would be before the step that came before it.")
    return min(happened, at)


def _note(
    kind: str, found: Assignment, row: Incident, *, by: Actor, at: datetime, to: set[str] | None = None, **facts: Any
) -> None:
    """Note a step; who entered it for a crew that reports by radio is told apart from who reported."""
    spoke_for = None
    if by.crew_id != found.crew_id:
        spoke_for = (
            CrewMember.objects.filter(crew_id=found.crew_id, role=CrewMember.Role.LEAD)
            .values_list("account_id", flat=True)
            .first()
        )
    note(
        kind, f"assignment:{found.pk}", by=by, at=at, to=to or scopes(row), matter=subject(row.pk),
        on_behalf=spoke_for, assignment=found.pk, incident=row.pk, crew=found.crew_id, **facts,
    )  # fmt: skip
