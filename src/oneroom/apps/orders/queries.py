"""What is ringing, for whom, and what the room must not overlook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from oneroom.apps.orders.models import Attachment, Delivery, Ladder, Rung, Sos


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a rung."""

    name: str
    channel: str
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """One rung as a screen shows it."""

    n: int
    code: str
    due: datetime
    done: datetime | None
    skipped: bool
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A ladder that still runs. ``deadline`` is the promise: the limit of the stage, or the second rung."""

    id: int
    kind: str
    stage: str
    subject: str
    matter: str
    grade: int
    crew_id: int | None
    started: datetime
    deadline: datetime
    drill: bool
    steps: tuple[Step, ...] = field(default=())

    @property
    def climbed(self) -> tuple[Step, ...]:
        """Rungs that happened."""
        return tuple(s for s in self.steps if s.done)

    @property
    def unanswered(self) -> bool:
        """An order that nobody signed for when the phone rang the first time."""
        return self.kind == Ladder.Kind.ANSWER and any(s.n > 0 for s in self.climbed)

    @property
    def alarm(self) -> bool:
        """The last rung happened: only acting ends it."""
        return any(s.code == "alarm" for s in self.climbed)


def running(matters: Iterable[str] | None = None) -> dict[str, list[Running]]:
    """Running ladders by matter, with their rungs; three statements, whatever the number."""
    ladders = Ladder.objects.filter(stopped=None).order_by("started", "pk")
    if matters is not None:
        ladders = ladders.filter(matter__in=list(matters))
    rows = list(ladders)
    steps: dict[int, list[Rung]] = defaultdict(list)
    for step in Rung.objects.filter(ladder__in=rows).order_by("ladder_id", "n"):
        steps[step.ladder_id].append(step)
    told: dict[int, list[Told]] = defaultdict(list)
    sent = Delivery.objects.filter(rung__ladder__in=rows).order_by("pk")
    for rung_id, name, channel, state in sent.values_list("rung_id", "account__name", "channel", "state"):
        told[rung_id].append(Told(name, channel, state))
    found: dict[str, list[Running]] = defaultdict(list)
    for ladder in rows:
        found[ladder.matter].append(_running(ladder, steps[ladder.pk], told))
    return found


def _running(ladder: Ladder, rungs: list[Rung], told: dict[int, list[Told]]) -> Running:
    steps = tuple(Step(r.n, r.code, r.due, r.done, r.skipped, tuple(told[r.pk])) for r in rungs)
    promised = timedelta(seconds=ladder.limit_s) if ladder.limit_s is not None else None
    deadline = ladder.started + promised if promised is not None else steps[min(1, len(steps) - 1)].due
    return Running(
        ladder.pk, ladder.kind, ladder.stage, ladder.subject, ladder.matter, ladder.grade, ladder.crew_id,
        ladder.started, deadline, ladder.drill, steps,
    )  # fmt: skip


def rungs_of(deliveries: Iterable[int]) -> dict[int, int]:
    """The rung that each of these messages belongs to."""
    wanted = set(deliveries)
    return dict(Delivery.objects.filter(pk__in=wanted).values_list("pk", "rung_id")) if wanted else {}


@dataclass(frozen=True, slots=True)
class Ring:
    """A rung that rings on somebody's phone now. The device drops repeats by (ladder, rung)."""

    delivery: int
    ladder: int
    rung: int
    rung_code: str
    loud: bool
    subject: str
    stage: str
    grade: int
    since: datetime
    drill: bool


def rings_for(account_id: int) -> list[Ring]:
    """
    What rings for a person: app messages of ladders that still run, the latest rung of each ladder.

    Asked by every phone every few seconds: it goes from what runs now, and never through what once rang.
    """
    now = list(Rung.objects.filter(ladder__stopped=None, done__isnull=False).values_list("pk", flat=True))
    rows = (
        Delivery.objects.filter(rung__in=now, account_id=account_id, channel="app")
        .select_related("rung__ladder")
        .order_by("rung__ladder_id", "-rung__n")
    )
    latest: dict[int, Ring] = {}
    for d in rows:
        ladder = d.rung.ladder
        loud = bool(ladder.rungs[d.rung.n].get("loud"))
        latest.setdefault(
            ladder.pk,
            Ring(d.pk, ladder.pk, d.rung.n, d.rung.code, loud, ladder.subject, ladder.stage, ladder.grade,
                 d.rung.done or ladder.started, ladder.drill),
        )  # fmt: skip
    return list(latest.values())


def behind(at: datetime) -> timedelta | None:
    """How long the oldest rung that is due has been waiting to happen; None when nothing is due. 0 is health."""
    due = Rung.objects.filter(done=None, due__lte=at, ladder__stopped=None).order_by("due")
    oldest = due.values_list("due", flat=True).first()
    return None if oldest is None else at - oldest


@dataclass(frozen=True, slots=True)
class Help:
    """A call for help that is not over."""

    id: int
    account_id: int
    crew_id: int | None
    unit_id: int | None
    matter: str
    state: str
    raised_at: datetime
    lon: float | None
    lat: float | None
    fix_at: datetime | None
    answered_by: int | None
    answered_at: datetime | None
    mistake_at: datetime | None


def open_sos(*, account_id: int | None = None, crew_id: int | None = None) -> list[Help]:
    """Calls for help that are not over, oldest first: all, of one person, or of one crew."""
    rows = Sos.objects.filter(ended_at=None)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if crew_id is not None:
        rows = rows.filter(crew_id=crew_id)
    names = [f.name for f in fields(Help)]
    return [Help(*row) for row in rows.order_by("raised_at", "pk").values_list(*names)]


@dataclass(frozen=True, slots=True)
class Photo:
    """That there is a photo, and whose; not what it shows."""

    id: int
    subject: str
    crew_id: int | None
    at: datetime
    taken_at: datetime
    width: int
    height: int


def photos_of(matter: str) -> list[Photo]:
    """The photos of a matter, oldest first, without opening one."""
    names = [f.name for f in fields(Photo)]
    return [Photo(*row) for row in Attachment.objects.filter(matter=matter).order_by("pk").values_list(*names)]


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A running ladder with the rungs that happened, and the last that rang in the app, by account."""

    id: int
    kind: str
    stage: str
    subject: str
    matter: str
    grade: int
    started: datetime
    rungs: list[dict[str, Any]]
    done: list[int]
    crew_id: int | None
    unit_id: int | None
    never: int | None
    drill: bool
    told: dict[int, int]
    climbed_at: datetime | None


def board_ladders(matters: Collection[str] | None = None) -> list[OnBoard]:
    """Every ladder that runs, or those of some matters: three statements."""
    running = Ladder.objects.filter(stopped=None)
    rows = list((running if matters is None else running.filter(matter__in=matters)).order_by("pk"))
    done: dict[int, list[Rung]] = defaultdict(list)
    for step in Rung.objects.filter(ladder__in=rows, done__isnull=False).order_by("ladder_id", "n"):
        done[step.ladder_id].append(step)
    told: dict[int, dict[int, int]] = defaultdict(dict)
    happened = {step.pk: step for steps in done.values() for step in steps}  # nobody is told of any other
    app = Delivery.objects.filter(rung__in=list(happened), channel="app").values_list("rung_id", "account_id")
    for rung, account in sorted(app, key=lambda one: happened[one[0]].n):
        told[happened[rung].ladder_id][account] = happened[rung].n
    return [
        OnBoard(
            row.pk, row.kind, row.stage, row.subject, row.matter, row.grade, row.started, row.rungs,
            [s.n for s in done[row.pk]], row.crew_id, row.unit_id, row.never_account, row.drill, told[row.pk],
            max((s.done for s in done[row.pk] if s.done), default=None),
        )
        for row in rows
    ]  # fmt: skip


def ladder_ids_used(ids: Iterable[int]) -> set[int]:
    """Those of these that are ladders by now."""
    return set(Ladder.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))
