"""
Where a crew was (scope 5.1-14): opened only with a matter it was sent to or with its call for help, never to browse.

The span of time follows from what it is opened with. Each opening is a Look and an entry addressed to those who rode
with the crew then, so that officers see who looked at their own way, whatever crews they ride with since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import Trail, riders, trail
from oneroom.apps.incidents.access import incident_for
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.services.matter import subject as matter_subject
from oneroom.apps.ledger.queries import heard_by, told_to
from oneroom.apps.ledger.services import Looking, looked, note, service
from oneroom.apps.orders.models import Sos
from oneroom.apps.people.queries import staff_names
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotAllowed, NotFound

BEFORE_HELP = timedelta(minutes=30)
AFTER_HELP = timedelta(hours=24)  # so long after a call for help its track may be opened
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Track:
    """A crew's way for a span of time, and the record it was opened with."""

    crew_id: int
    since: datetime
    until: datetime
    basis: str
    places: list[Trail]


@dataclass(frozen=True, slots=True)
class TrackRead:
    """One look at a crew's track, as its officers see it."""

    at: datetime
    who: str
    purpose: str
    basis: str


def record(crew_id: int) -> str:
    """What the track of a crew is called in the chain of looks."""
    return f"track:{crew_id}"


def crews_to_ask(*, by: Actor) -> list[Crew]:
    """Whose tracks this person may open: a chief those of his stations, others all."""
    by.must(Right.SEE_TRACK)
    crews = Crew.objects.order_by("code")
    if by.may(Right.SEE_STATION) and not by.may(Right.COMMAND) and not by.may(Right.INSPECT):
        crews = crews.filter(unit_id__in=by.units)
    return list(crews)


@service
def open_track(crew_id: int, *, reference: str = "", by: Actor, at: datetime) -> Track:
    """
    The way of a crew: with a matter's ``reference`` from its order to the end of it, without one around its call for
    help. Raises BadInput where the crew was not sent to that matter, NotAllowed where it called for no help lately.
    """
    if crew_id not in {c.pk for c in crews_to_ask(by=by)}:
        raise NotFound
    if reference:
        purpose, (basis, since, until) = "track_matter", _of_matter(crew_id, reference, by, at)
    else:
        purpose, (basis, since, until) = "track_safety", _of_help(crew_id, at)
    places = trail(crew_id, since=since, until=until)
    looked(record(crew_id), ["crew.track"], looking=Looking(purpose, basis), by=by, at=at)
    note(
        "track.opened", f"crew:{crew_id}", by=by, at=at, to=_rode(crew_id, basis, now=until == at), crew=crew_id,
        account=by.id, purpose=purpose, basis=basis, since=since, until=until, fixes=len(places),
    )  # fmt: skip
    return Track(crew_id, since, until, basis, places)


def track_reads(*, by: Actor, at: datetime) -> list[TrackRead]:
    """Who looked in the last thirty days where one was oneself with one's crew, by name: newest first."""
    found = heard_by(f"account:{by.id}", "track.opened", since=at - KEPT)
    names = staff_names(line.facts["account"] for line in found)
    return [
        TrackRead(line.at, names.get(line.facts["account"], ""), line.facts["purpose"], line.facts["basis"])
        for line in found
    ]


def _rode(crew_id: int, basis: str, *, now: bool) -> set[str]:
    """Those who rode with a crew when it was sent or called for help; and who rides now, where that still goes on."""
    with_it = set(riders(crew_id)) if now else set()
    kind, _colon, pk = basis.partition(":")
    if kind == "sos":
        sos = Sos.objects.get(pk=int(pk))
        with_it.add(sos.account_id)
        matters, told = {basis, sos.matter or basis}, "sos.raised"
    else:
        matters, told = {basis}, "assignment.offered"
    for scopes in told_to(matters, told, crew=crew_id):
        with_it.update(int(scope.partition(":")[2]) for scope in scopes if scope.startswith("account:"))
    return {f"account:{account}" for account in with_it}


def _of_matter(crew_id: int, reference: str, by: Actor, at: datetime) -> tuple[str, datetime, datetime]:
    found = Incident.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if found is not None and not by.may(Right.INSPECT):
        try:
            incident_for(found, by=by)
        except NotFound:
            found = None
    sent = Assignment.objects.filter(incident_id=found or 0, crew_id=crew_id).order_by("offered_at")
    spans = [(a.offered_at, at if a.state in LIVE else a.state_since) for a in sent]
    if not spans:
        raise BadInput("matter", "This crew was not sent to a matter of this number.")
    return matter_subject(found or 0), min(s for s, _ in spans), max(u for _, u in spans)


def ways_of(matters: Iterable[int], *, at: datetime) -> list[tuple[int, datetime, datetime]]:
    """(crew, from, until) of every crew sent to these matters, and around each call for help of theirs."""
    ids = list(matters)
    sent = Assignment.objects.filter(incident_id__in=ids).order_by("pk")
    ways = [(a.crew_id, a.offered_at, at if a.state in LIVE else a.state_since) for a in sent]
    calls = Sos.objects.filter(matter__in=[matter_subject(pk) for pk in ids], crew_id__isnull=False).order_by("pk")
    return ways + [(s.crew_id or 0, s.raised_at - BEFORE_HELP, s.ended_at or at) for s in calls]


def _of_help(crew_id: int, at: datetime) -> tuple[str, datetime, datetime]:
    sos = Sos.objects.filter(crew_id=crew_id).order_by("-raised_at").first()
    if sos is None or (sos.ended_at is not None and sos.ended_at < at - AFTER_HELP):
        raise NotAllowed("This crew has not called for help: name the matter that you open its track for.")
    return f"sos:{sos.pk}", sos.raised_at - BEFORE_HELP, sos.ended_at or at
