"""Which matters are held now, whom that stops, and what those who answer for it see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.matter import subject as matter_subject
from oneroom.apps.incidents.tracks import ways_of
from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.oversight.models import Hold
from oneroom.apps.oversight.queries import open_alarms
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.apps.oversight.services.holds import subject
from oneroom.engine.retention import NO_HOLDS, Holds, Span
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, IllegalMove

UNREVIEWED = "hold_unreviewed"


def held(at: datetime) -> Holds:
    """Everything that stays now whatever its term."""
    matters = _family(set(Hold.objects.filter(released_at=None).values_list("incident_id", flat=True)))
    if not matters:
        return NO_HOLDS
    spans = tuple(Span(crew, since, until) for crew, since, until in ways_of(matters, at=at))
    return Holds(frozenset(matter_subject(pk) for pk in matters), spans)


def not_held(*, matter: str) -> None:
    """What ``settings.GUARDS`` asks before texts are erased. Raises IllegalMove for a held matter."""
    kind, _colon, pk = matter.partition(":")
    holds = Hold.objects.filter(released_at=None)
    if kind == "incident" and holds.exists() and holds.filter(incident__in=_family({int(pk)})).exists():
        raise IllegalMove("A legal hold keeps this matter: nothing of it is erased before two persons release it.")


def _family(matters: set[int]) -> set[int]:
    """These matters with all that were merged into them, and what they were merged into."""
    found, new = set(matters), set(matters)
    while new:
        near = Incident.objects.filter(Q(merged_into__in=new) | Q(merged__in=new)).values_list("pk", flat=True)
        new = set(near) - found
        found |= new
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as it is shown; ``basis`` is empty for who may not place holds."""

    row: Hold
    basis: str
    late: bool


def holds_for(*, by: Actor, at: datetime) -> list[Held]:
    """All that hold, the next review first, then the last fifty released. Reading a basis is a look."""
    by.must(Right.SEE_RETENTION)
    rows = Hold.objects.select_related("incident", "placed_by", "basis", "signature__signed_by", "signature__asked_by")
    found = [*rows.filter(released_at=None).order_by("review_at", "pk")]
    found += rows.exclude(released_at=None).order_by("-released_at", "-pk")[:50]
    shown = []
    for row in found:
        basis = ""
        if by.may(Right.HOLD) and row.released_at is None:
            said = open_sealed(
                [row.basis], record=subject(row.pk), looking=Looking("hold", subject(row.pk)), by=by, at=at
            )
            basis = said[row.basis_id] or ""
        shown.append(Held(row, basis, row.released_at is None and row.review_at <= at))
    return shown


def watch_holds(at: datetime) -> int:
    """The clock's part: a hold that nobody looked at again by its day is an alarm, until somebody has."""
    rows = Hold.objects.filter(released_at=None, review_at__lte=at)
    late = {matter_subject(pk) for pk in rows.values_list("incident_id", flat=True)}
    known = set(open_alarms().filter(kind=UNREVIEWED).values_list("subject", flat=True))
    for about in sorted(late - known):
        raise_alarm(UNREVIEWED, about, part="clock", matter=about, at=at)
    for about in sorted(known - late):
        end_alarm(UNREVIEWED, about, part="clock", at=at)
    return len(late ^ known)
