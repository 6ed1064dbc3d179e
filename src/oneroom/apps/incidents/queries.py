"""What the room, a crew and a caller see of matters. Lists carry no personal field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from oneroom.apps.incidents.contact import another_is_threatened, may_contact
from oneroom.apps.incidents.models import Assignment, CallBack, Incident, Questioning, Referral, Report
from oneroom.apps.incidents.services.calls import call_subject
from oneroom.apps.incidents.services.matter import subject, this_round
from oneroom.apps.incidents.services.standing import may_withdraw
from oneroom.apps.incidents.telephone import calls_of
from oneroom.apps.incidents.waiting import Offered, offers_for
from oneroom.apps.ledger.queries import Line, matters_acted_on, timeline
from oneroom.apps.orders.queries import Running, running
from oneroom.engine.lifecycle import assignment, incident
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor


@dataclass(frozen=True, slots=True)
class Clock:
    """The next promise of a matter: its name, when it began, when it runs out, who has it."""

    stage: str
    started: datetime
    deadline: datetime
    running: Running

    def late(self, at: datetime) -> bool:
        """The promise has run out."""
        return at >= self.deadline


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in the queue."""

    incident: Incident
    crews: tuple[Assignment, ...]
    ladders: tuple[Running, ...]
    clock: Clock | None
    offered: Offered | None = None

    def needs_room(self, at: datetime) -> bool:
        """Late, unanswered or not yet classified: what comes to the eye by itself."""
        return any(r.unanswered for r in self.ladders) or (self.clock is not None and self.clock.late(at))

    def comes_back(self, at: datetime) -> bool:
        """It waits and nobody holds it: its crews left it, its time is up, or a crew is free for it."""
        return self.offered is not None or (self.incident.state == incident.State.WAITING and self.waits(at))

    def waits(self, at: datetime) -> bool:
        """It waits to be classified or sent to, and nobody holds it."""
        i = self.incident
        return i.state in incident.NOT_BEGUN and not (i.held_until is not None and i.held_until > at)

    @property
    def alarm(self) -> bool:
        """An order that nobody up to the commander answered."""
        return any(r.alarm for r in self.ladders)


def queue(*, by: Actor, at: datetime) -> list[Row]:
    """Open matters this person may see, by grade and age; a fixed number of statements."""
    rows = Incident.objects.filter(state__in=incident.OPEN)
    if not by.may(Right.SEE_ROOM):
        rows = rows.filter(unit_id__in=by.units) if by.may(Right.SEE_STATION) else rows.none()
    rows = rows.select_related("unit").defer("unit__area")  # a drawn area is large, and no list shows it
    found = list(rows.order_by("grade", "received_at", "pk"))
    return _with_crews(found)


def late_when_over(*, at: datetime) -> list[Row]:
    """Matters that are over, and late with a caller to be called or an agency to answer; for the room."""
    calls = CallBack.objects.filter(due=True, ended_at=None, deadline__lte=at).values("incident_id")
    answers = Referral.objects.filter(answered_at=None, due_at__lte=at).values("incident_id")
    rows = Incident.objects.filter(Q(pk__in=calls) | Q(pk__in=answers)).exclude(state__in=incident.OPEN)
    return _with_crews(list(rows.select_related("unit").defer("unit__area").order_by("grade", "received_at", "pk")))


def row_of(matter: Incident) -> Row:
    """One matter as the queue shows it."""
    return _with_crews([matter])[0]


def _with_crews(found: list[Incident]) -> list[Row]:
    crews: dict[int, list[Assignment]] = {}
    for a in Assignment.objects.filter(incident__in=found).select_related("crew").order_by("pk"):
        crews.setdefault(a.incident_id, []).append(a)
    ladders = running(subject(i.pk) for i in found)
    offered = offers_for(i.pk for i in found if i.state in incident.TO_SEND)
    rows = []
    for i in found:
        mine = ladders.get(subject(i.pk), [])
        rows.append(Row(i, tuple(crews.get(i.pk, ())), tuple(mine), _clock(mine), offered.get(i.pk)))
    return rows


def _clock(ladders: list[Running]) -> Clock | None:
    if not ladders:
        return None
    first = min(ladders, key=lambda r: r.deadline)
    return Clock(first.stage, first.started, first.deadline, first)


def live(row: Row) -> tuple[Assignment, ...]:
    """The crews that are on a matter now."""
    return tuple(a for a in row.crews if a.state in assignment.LIVE)


def verbs(matter: Incident, *, by: Actor) -> tuple[str, ...]:
    """What this person may do with the matter now, by the lifecycle table."""
    return incident.INCIDENT.open_to(matter.state, by.roles)


def crew_verbs(sent: Assignment, *, by: Actor) -> tuple[str, ...]:
    """What this person may do with this assignment now."""
    return assignment.ASSIGNMENT.open_to(sent.state, by.roles)


def story(matter_id: int, *, merged: Iterable[int] | None = None) -> list[Line]:
    """
    Every entry of a matter in the order it was recorded, with those of the matters that were merged into it and what
    became of the telephone calls of all of them before a matter was made of them.

    ``merged`` are those, where the caller has them already.
    """
    if merged is None:
        merged = Incident.objects.filter(merged_into=matter_id).values_list("pk", flat=True)
    names = [subject(matter_id), *map(subject, merged)]
    return timeline(*names, *(call_subject(call.pk) for call in calls_of(names)))


def callers_of(matter: Incident) -> list[Report]:
    """The reports of a matter in the order they came, those of matters merged into it among them; nothing personal."""
    return list(Report.objects.filter(incident=matter).select_related("incident").order_by("received_at", "pk"))


def callers_named(reports: Iterable[int]) -> dict[int, tuple[int, str]]:
    """By report: which caller, from 1 in the order of ``callers_of``, of which matter's number; nobody's name."""
    matters = Incident.objects.filter(reports__in=set(reports)).distinct()
    return {r.pk: (n, m.reference) for m in matters for n, r in enumerate(callers_of(m), start=1)}


def questionings_of(matter: Incident) -> list[Questioning]:
    """What the callers of a matter were asked, oldest first: protocol, version, answers as codes; nothing sealed."""
    of_all = Q(incident=matter) | Q(incident__merged_into=matter)
    return list(Questioning.objects.filter(of_all).order_by("at", "pk"))


def merged_with(matter: Incident) -> tuple[tuple[int, str] | None, tuple[tuple[int, str], ...]]:
    """(The matter it counts to, or None; those that count to it), each with its reference."""
    into = matter.merged_into
    merged = Incident.objects.filter(merged_into=matter).order_by("pk").values_list("pk", "reference")
    return (into.pk, into.reference) if into else None, tuple(merged)


def acted_on(ids: Iterable[int], *, by: Actor) -> set[int]:
    """Which of these matters this person did something to."""
    names = {subject(pk): pk for pk in ids}
    return {names[matter] for matter in matters_acted_on(names, by.id)}


def references(ids: Iterable[int]) -> dict[int, str]:
    """The numbers that people say, of these matters."""
    return dict(Incident.objects.filter(pk__in=set(ids)).values_list("pk", "reference"))


def orders_of(crew_id: int) -> list[Assignment]:
    """What a crew must do now: its live assignments, gravest first."""
    return list(
        Assignment.objects.filter(crew_id=crew_id, state__in=assignment.LIVE)
        .select_related("incident", "crew")
        .order_by("incident__grade", "offered_at")
    )


def live_of(matter_id: int) -> list[Assignment]:
    """The crews that are on a matter now, in the order they were sent."""
    rows = Assignment.objects.filter(incident_id=matter_id, state__in=assignment.LIVE)
    return list(rows.select_related("crew").order_by("offered_at", "pk"))


def crews_on(matters: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(Chinese, English) callsigns of the crews that are on each of these matters now; one statement."""
    rows = Assignment.objects.filter(incident__in=list(matters), state__in=assignment.LIVE).order_by("pk")
    found: dict[int, list[tuple[str, str]]] = {}
    for matter, zh, en in rows.values_list("incident_id", "crew__callsign_zh", "crew__callsign_en"):
        found.setdefault(matter, []).append((zh, en))
    return found


def done_by(crew_id: int, *, since: datetime) -> list[Assignment]:
    """What a crew did in this shift: newest first."""
    return list(
        Assignment.objects.filter(crew_id=crew_id, ended_at__gte=since)
        .select_related("incident")
        .order_by("-ended_at")[:100]  # more than a shift holds: the list's number is the truth
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the room's head line."""

    to_send: int
    open: int
    late: int


def counts(rows: list[Row], *, at: datetime) -> Counts:
    """Figures over the queue as it stands; drills stand in it and count nowhere."""
    rows = [r for r in rows if not r.incident.drill]
    return Counts(
        sum(1 for r in rows if r.incident.state in incident.TO_SEND or r.incident.state == incident.State.RECEIVED),
        len(rows),
        sum(1 for r in rows if r.needs_room(at)),
    )


@dataclass(frozen=True, slots=True)
class CallerStory:
    """
    What a caller is told: stages with times, no crew, no words, no place of any officer.

    Of a call that was merged: what it was taken as, and of the matter that it counts to the state alone. Where the page
    could betray him it holds neither what it was about nor how it ended.
    """

    reference: str
    category: str
    state: str
    received_at: datetime
    sent_at: datetime | None
    arrived_at: datetime | None
    closed_at: datetime | None
    outcome: str
    stars: int | None
    withdrawn: bool
    may_withdraw: bool
    station_zh: str
    station_en: str
    added: tuple[datetime, ...] = ()
    may_ask: bool = False  # whether the page may show and ask: a request to rate is a message, too
    text_only: bool = False
    urgent: bool = False  # read before all others
    reopened_at: datetime | None = None


def caller_story(report: Report, *, at: datetime) -> CallerStory:
    """The story of a report, for the person who has its code."""
    matter, own = report.incident, report.taken_as or report.incident
    betrays, may_ask = another_is_threatened(matter, own), may_contact(report, "page", at=at).ok
    told = CallerStory(
        reference=own.reference, category=own.category if may_ask else "", state=matter.state,
        received_at=report.received_at,
        sent_at=None, arrived_at=None, closed_at=None, outcome="", stars=report.stars, withdrawn=report.withdrawn,
        may_withdraw=may_withdraw(report), station_zh=own.unit.name_zh if own.unit else "",
        station_en=own.unit.name_en if own.unit else "", added=_added_by(report),
        may_ask=may_ask, text_only=report.text_only, urgent=own.grade == 1,
    )  # fmt: skip
    if own != matter:
        return replace(told, state=_unbetraying(matter, own), may_withdraw=False) if betrays else told
    crews = this_round(matter).exclude(Q(state=assignment.State.LAPSED))
    signed = crews.filter(acknowledged_at__isnull=False).order_by("acknowledged_at")
    arrived = crews.filter(on_scene_at__isnull=False).order_by("on_scene_at")
    return replace(
        told,
        category="" if betrays else told.category,  # it may have been learned from the other's call
        sent_at=signed.values_list("acknowledged_at", flat=True).first(),
        arrived_at=arrived.values_list("on_scene_at", flat=True).first(),
        closed_at=matter.closed_at, outcome=matter.outcome if told.may_ask else "", reopened_at=matter.reopened_at,
    )  # fmt: skip


def _unbetraying(matter: Incident, own: Incident) -> str:
    """
    Where a call stands, told to who may be the one that another caller of its event is afraid of.

    That officers were sent, or that somebody else called, would tell him of her: his own call was read, or it is over.
    """
    if matter.state not in incident.OPEN:
        return incident.State.CLOSED
    return incident.State.CLASSIFIED if own.category else incident.State.RECEIVED


def _added_by(report: Report) -> tuple[datetime, ...]:
    """When this caller added words: his alone, for other callers of the same matter have their own reports."""
    began_as = report.taken_as_id or report.incident_id
    told = timeline(subject(report.incident_id), subject(began_as))
    return tuple(e.at for e in told if e.kind == "incident.words_added" and e.facts["report"] == report.pk)
