"""Ladders start, climb and stop."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oneroom.apps.duty.queries import who
from oneroom.apps.ledger.services import ask_guards, given_id, note, service
from oneroom.apps.ledger.together import NameOf, insert_together
from oneroom.apps.orders.channel import ADDRESSES
from oneroom.apps.orders.models import Delivery, Ladder, Rung
from oneroom.apps.people.models import Account
from oneroom.engine import escalation
from oneroom.engine.lifecycle import limits
from oneroom.engine.values import SYSTEM, Actor

_TELLS_THE_ROOM = "room"


@service
def start_answer(
    subject: str, *, matter: str, grade: int, drill: bool, crew_id: int, unit_id: int, by: Actor, at: datetime
) -> Ladder:
    """An order was offered: ring the crew now, climb until somebody signs for it."""
    return _start(
        Ladder(kind=Ladder.Kind.ANSWER, stage="acknowledge", subject=subject, matter=matter, grade=grade, drill=drill,
               crew_id=crew_id, unit_id=unit_id, started=at),
        escalation.answer_ladder(grade), by=by, at=at,
    )  # fmt: skip


@service
def start_overdue(
    subject: str, *, stage: str, limit_s: int | None, matter: str, grade: int, drill: bool, crew_id: int | None = None,
    unit_id: int | None = None, begins: datetime | None = None, by: Actor, at: datetime,
) -> Ladder | None:  # fmt: skip
    """
    A stage began, or begins at ``begins``, that is promised within ``limit_s`` seconds (None: not promised).

    Whatever is watched in a ``drill`` says so in all its messages.
    """
    if limit_s is None:
        return None
    return _start(
        Ladder(kind=Ladder.Kind.OVERDUE, stage=stage, subject=subject, matter=matter, grade=grade, drill=drill,
               crew_id=crew_id, unit_id=unit_id, limit_s=limit_s, started=begins or at),
        escalation.overdue_ladder(limit_s, stage=stage), by=by, at=at,
    )  # fmt: skip


def overdue_rows(
    subject: str | NameOf, *, stage: str, limit_s: int | None, grade: int, drill: bool, unit_id: int | None,
    at: datetime,
) -> list[Ladder | Rung]:  # fmt: skip
    """
    The rows of such a ladder of a matter itself, for the act that makes the matter and writes them with it.

    Once they are written, ``overdue_began`` notes it.
    """
    if limit_s is None:
        return []
    name: Any = subject  # a name that the database makes is none of Django's expressions
    ladder = Ladder(kind=Ladder.Kind.OVERDUE, stage=stage, subject=name, matter=name, grade=grade, drill=drill,
                    unit_id=unit_id, limit_s=limit_s, started=at)  # fmt: skip
    rungs = escalation.overdue_ladder(limit_s, stage=stage)
    if isinstance(subject, str):
        ladder.pk = given_id(f"ladder:{subject}:{stage}")
    return [ladder, *_steps(ladder, rungs)]


def overdue_began(rows: Sequence[Ladder | Rung], *, by: Actor, at: datetime) -> None:
    """The rows of ``overdue_rows`` are written."""
    for ladder in rows:
        if isinstance(ladder, Ladder):
            steps = [step for step in rows if isinstance(step, Rung)]
            _began(ladder, steps, escalation.thawed(ladder.rungs), by=by, at=at)


@service
def start_sos(
    subject: str, *, account_id: int, crew_id: int | None, unit_id: int | None, by: Actor, at: datetime
) -> Ladder:
    """Somebody calls for help: ring everybody who can act, and never the phone that called."""
    return _start(
        Ladder(kind=Ladder.Kind.ANSWER, stage="sos", subject=subject, matter=subject, grade=1, crew_id=crew_id,
               unit_id=unit_id, never_account=account_id, started=at),
        escalation.sos_ladder(), by=by, at=at,
    )  # fmt: skip


@service
def rehome(subject: str, *, unit_id: int | None, by: Actor, at: datetime) -> None:
    """
    What is promised by a station is another station's now, because the place was not where it was first said.

    Each promise begins anew there with the time that has gone already: what is due by then is told at once.
    """
    running = Ladder.objects.select_for_update().filter(subject=subject, stopped=None, crew_id=None)
    for ladder in running.exclude(unit_id=unit_id).order_by("pk"):
        stop(subject, cause="moved", stage=ladder.stage, by=by, at=at)
        start_overdue(
            subject, stage=ladder.stage, limit_s=ladder.limit_s, matter=ladder.matter, grade=ladder.grade,
            drill=ladder.drill, unit_id=unit_id, begins=ladder.started, by=by, at=at,
        )  # fmt: skip


def is_watched(subject: str, *, stage: str) -> bool:
    """Whether a ladder of this stage of the subject runs."""
    return Ladder.objects.filter(subject=subject, stage=stage, stopped=None).exists()


def _start(ladder: Ladder, rungs: Sequence[escalation.Rung], *, by: Actor, at: datetime) -> Ladder:
    ladder.pk = given_id(f"ladder:{ladder.subject}:{ladder.stage}")
    steps = _steps(ladder, rungs)
    insert_together(ladder, *steps)
    _began(ladder, steps, rungs, by=by, at=at)
    return ladder


def _steps(ladder: Ladder, rungs: Sequence[escalation.Rung]) -> list[Rung]:
    ladder.rungs = escalation.frozen(rungs)
    return [Rung(ladder=ladder, n=r.n, code=r.code, due=ladder.started + timedelta(seconds=r.after_s)) for r in rungs]


def _began(
    ladder: Ladder, steps: Sequence[Rung], rungs: Sequence[escalation.Rung], *, by: Actor, at: datetime
) -> None:  # fmt: skip
    note(
        "ladder.started", ladder.subject, by=by, at=at, matter=ladder.matter,
        ladder=ladder.pk, ladder_kind=ladder.kind, stage=ladder.stage, grade=ladder.grade, rungs=len(rungs),
    )  # fmt: skip
    for step, rung in zip(steps, rungs, strict=True):
        if rung.after_s == 0:
            _happen(ladder, step, rung, at=ladder.started)


@service
def climb_rung(rung_id: int, *, at: datetime) -> bool:
    """
    Let one due rung happen, if its ladder still runs and nobody else did it: exactly once per rung.

    The ladder's row lock orders this against ``stop``: after a stop has committed, nothing climbs.
    """
    step = Rung.objects.select_related("ladder").get(pk=rung_id)
    # Acts on a matter lock the matter, then its ladders. Climbing tells the matter's app (followers), so it must
    # lock in that order too, or the two wait for each other.
    ask_guards("orders.climb", matters={step.ladder.matter})
    ladder = Ladder.objects.select_for_update().filter(pk=step.ladder_id, stopped=None).first()
    if ladder is None:
        return False
    # The row only says when to look; under the lock the engine decides, since a new grade may have moved the ladder.
    done = set(Rung.objects.filter(ladder=ladder, done__isnull=False).values_list("n", flat=True))
    rungs = escalation.due(escalation.thawed(ladder.rungs), since=ladder.started, now=at, done=done)
    rung = next((r for r in rungs if r.n == step.n), None)
    if rung is None:
        return False
    _happen(ladder, step, rung, at=at)
    return True


@dataclass(frozen=True, slots=True)
class Happened:
    """
    A rung that happened while the database was away.

    ``told`` are (account, channel, state of that message): what never left ("queued") goes out now, as a repeat.
    """

    ladder: int
    n: int
    at: datetime
    told: Sequence[tuple[int, str, str]]


@service
def rungs_happened(happened: Sequence[Happened], *, by: Actor = SYSTEM) -> int:
    """
    Rungs are written down in this order, and nobody is told again; how many: not those of ladders that were stopped, or
    that happened otherwise. Together they cost hardly more than one.
    """
    about = {one.ladder for one in happened}
    steps = {(s.ladder_id, s.n): s for s in Rung.objects.select_related("ladder").filter(ladder_id__in=about)}
    ask_guards("orders.climb", matters={step.ladder.matter for step in steps.values()})
    running = Ladder.objects.select_for_update().filter(pk__in=about, stopped=None).in_bulk()
    waits = set(Rung.objects.filter(ladder_id__in=running, done=None).values_list("ladder_id", "n"))
    written = {(one.ladder, one.n): one for one in happened if (one.ladder, one.n) in waits}
    for key, one in written.items():
        steps[key].done, steps[key].skipped = one.at, not one.told
    Rung.objects.bulk_update([steps[key] for key in written], ["done", "skipped"])
    Delivery.objects.bulk_create(
        Delivery(rung=steps[key], account_id=account, channel=channel, state=state, state_since=one.at,
                 repeat=state == Delivery.State.QUEUED)
        for key, one in written.items() for account, channel, state in one.told
    )  # fmt: skip
    for key, one in written.items():
        told = {account for account, _, _ in one.told}
        _note_climbed(running[one.ladder], steps[key], told, skipped=not told, by=by, at=one.at)
    return len(written)


def _happen(ladder: Ladder, step: Rung, rung: escalation.Rung, *, at: datetime) -> None:
    accounts = {
        account.pk: account
        for target in rung.tell
        for account in who(target, at=at, crew_id=ladder.crew_id, unit_id=ladder.unit_id)
        if account.pk != ladder.never_account
    }
    skipped = not accounts and _TELLS_THE_ROOM not in rung.tell
    Rung.objects.filter(pk=step.pk, done=None).update(done=at, skipped=skipped)
    Delivery.objects.bulk_create(
        delivery_of(step, account, channel, at) for account in accounts.values() for channel in rung.channels
    )
    _note_climbed(ladder, step, accounts, skipped=skipped, by=SYSTEM, at=at)


def _note_climbed(
    ladder: Ladder, step: Rung, accounts: Collection[int], *, skipped: bool, by: Actor, at: datetime
) -> None:
    scopes = {"room", *(f"account:{pk}" for pk in accounts)}
    if ladder.unit_id is not None:
        scopes.add(f"unit:{ladder.unit_id}")
    if ladder.crew_id is not None and ladder.never_account is None:
        scopes.add(f"crew:{ladder.crew_id}")
    note(
        "ladder.climbed", ladder.subject, by=by, at=at, to=scopes, matter=ladder.matter,
        ladder=ladder.pk, rung=step.n, rung_code=step.code, told=len(accounts), skipped=skipped, due=step.due,
        stage=ladder.stage, crew=ladder.crew_id,
    )  # fmt: skip


def delivery_of(step: Rung, account: Account, channel: str, at: datetime) -> Delivery:
    """
    In the app the entry on the stream is the push, so the message is sent by this very transaction; what goes
    outside waits for the courier, or is skipped with the reason when the person has no such address.
    """
    address = ADDRESSES.get(channel)
    state, detail = Delivery.State.QUEUED, ""
    if channel == "app":
        state = Delivery.State.SENT
    elif address and not getattr(account, address):
        state, detail = Delivery.State.SKIPPED, "no_address"
    return Delivery(rung=step, account=account, channel=channel, state=state, state_since=at, detail=detail)


@service
def stop(subject: str, *, cause: str, stage: str | None = None, by: Actor, at: datetime) -> int:
    """
    Stop the running ladders of a subject (all, or those of one stage): nobody is told any more.

    What waits for the courier is cancelled here; a message that a courier has in hand this very moment may
    still go, which the courier's own last check keeps under a second.
    """
    running = Ladder.objects.select_for_update().filter(subject=subject, stopped=None).order_by("pk")
    if stage is not None:
        running = running.filter(stage=stage)
    ladders = list(running)
    for ladder in ladders:
        Ladder.objects.filter(pk=ladder.pk).update(stopped=at, stop_cause=cause)
        Delivery.objects.filter(rung__ladder=ladder, state=Delivery.State.QUEUED).update(
            state=Delivery.State.CANCELLED, state_since=at
        )
        note(
            "ladder.stopped", subject, by=by, at=at, matter=ladder.matter, ladder=ladder.pk, cause=cause,
            rungs_done=Rung.objects.filter(ladder=ladder, done__isnull=False).count(),
        )  # fmt: skip
    return len(ladders)


@service
def regrade(matter: str, *, grade: int, by: Actor, at: datetime) -> None:
    """
    The matter has another grade: its running ladders follow the table of that grade, counted from where they began.

    The ladder goes on under its own number, so that what rings goes on ringing and no rung happens twice; rungs that
    are past due by the new table happen now. A stage that the new grade does not promise is no longer watched. The
    caller holds the matter's lock.
    """
    ladders = Ladder.objects.select_for_update().filter(matter=matter, stopped=None).exclude(grade=grade)
    for ladder in list(ladders.order_by("pk")):
        if ladder.kind == Ladder.Kind.OVERDUE and ladder.stage not in limits.LIMITS_S:
            continue  # promised by a time of its own, as another agency does: no grade moves it
        limit_s = limits.limit_s(ladder.stage, grade)
        if ladder.kind == Ladder.Kind.OVERDUE and limit_s is None:
            stop(ladder.subject, cause="regraded", stage=ladder.stage, by=by, at=at)
            continue
        before, ladder.grade = ladder.grade, grade
        rungs = escalation.answer_ladder(grade)
        if ladder.kind == Ladder.Kind.OVERDUE and limit_s is not None:
            ladder.limit_s = limit_s
            rungs = escalation.overdue_ladder(limit_s, stage=ladder.stage)
        ladder.rungs = escalation.frozen(rungs)
        ladder.save(update_fields=["grade", "limit_s", "rungs"])
        note(
            "ladder.regraded", ladder.subject, by=by, at=at, matter=matter, ladder=ladder.pk, stage=ladder.stage,
            before=before, grade=grade,
        )  # fmt: skip
        left = {step.n: step for step in Rung.objects.filter(ladder=ladder, done=None)}
        for step in left.values():
            step.due = ladder.started + timedelta(seconds=rungs[step.n].after_s)
        Rung.objects.bulk_update(left.values(), ["due"])
        for rung in escalation.due(rungs, since=ladder.started, now=at, done=[r.n for r in rungs if r.n not in left]):
            _happen(ladder, left[rung.n], rung, at=at)


@service
def receipt(delivery_id: int, *, what: str, by: Actor, at: datetime) -> None:
    """A phone says that an order arrived ("delivered") or was looked at ("read"). Repeats change nothing."""
    order = [Delivery.State.SENT, Delivery.State.DELIVERED, Delivery.State.READ]
    before = order[: order.index(Delivery.State(what))]
    moved = Delivery.objects.filter(pk=delivery_id, account_id=by.id, channel="app", state__in=before).update(
        state=what, state_since=at
    )
    if moved:
        d = Delivery.objects.select_related("rung__ladder").get(pk=delivery_id)
        note(
            "delivery.receipt", d.rung.ladder.subject, by=by, at=at, to=("room",), matter=d.rung.ladder.matter,
            delivery=delivery_id, receipt=what,
        )  # fmt: skip
