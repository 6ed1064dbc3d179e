"""
The tables of days: kept up from the record by the clock, read by screens.

A turn reads the entries that are new, and makes the figures of the matters they speak of anew from all entries of
those. It takes a bounded number at a time, so an old record is caught up with while ladders climb.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import get_current_timezone, localtime

from oneroom.apps.incidents.models import DayFigures, FoldedTo, Incident, MatterFigures
from oneroom.apps.ledger.queries import all_of_matters, hash_of, head, touched
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.measures.days import NAMES, NONE, Figures, figures_by_matter
from oneroom.engine.measures.loop import KINDS, WITH_FACTS

FOLD = "days"
BATCH = 500  # entries in one turn, each of a matter of some twenty entries
_Key = tuple[date, int | None, int]  # day, station, grade
_KEPT = [name for name in NAMES if name != "received"]  # a row is one matter received


def keep(at: datetime) -> int:
    """What the clock does: fold what is new; how many entries were read."""
    found = FoldedTo.objects.filter(pk=FOLD).first()
    last = found.seq if found else 0
    newest, newest_hash = head()
    if (found and (last, bytes(found.hash)) == (newest, newest_hash)) or newest == 0 == last:
        return 0
    with transaction.atomic():
        if found and hash_of(last) != bytes(found.hash):  # the record was set back: nothing of this is true any more
            MatterFigures.objects.all().delete()
            DayFigures.objects.all().delete()
            last = 0
        upto = min(newest, last + BATCH)
        _fold(touched(KINDS, after=last, upto=upto))
        row = {"seq": upto, "hash": hash_of(upto)}
        FoldedTo.objects.update_or_create(pk=FOLD, defaults=row)
    return upto - last


def _fold(matters: Collection[str]) -> None:
    if not matters:
        return
    found = figures_by_matter(all_of_matters(matters, KINDS, with_facts=WITH_FACTS))
    before = MatterFigures.objects.filter(pk__in=[_pk(matter) for matter in found])
    changes: dict[_Key, Figures] = defaultdict(Figures)
    for row in before:
        changes[row.day, row.unit_id, row.grade] -= _figures(row, received=1)
    rows, gone = [], []
    for matter, (call, figures) in found.items():
        if figures is None:
            gone.append(_pk(matter))
            continue
        day = localtime(call.received).date()
        changes[day, call.unit, call.grade] += figures
        rows.append(
            MatterFigures(
                incident_id=_pk(matter), day=day, unit_id=call.unit, grade=call.grade,
                **{name: getattr(figures, name) for name in _KEPT},
            )
        )  # fmt: skip
    MatterFigures.objects.filter(pk__in=gone).delete()
    MatterFigures.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["incident"], update_fields=["day", "unit", "grade", *_KEPT]
    )
    _change_days({key: change for key, change in changes.items() if change != NONE})


def _change_days(changes: Mapping[_Key, Figures]) -> None:
    """Add to the sums of days what their matters changed by. Nobody else writes them: one clock works."""
    kept = DayFigures.objects.filter(day__in={day for day, _unit, _grade in changes})
    there = {(row.day, row.unit_id, row.grade): row for row in kept}
    for key, change in changes.items():
        row = there.get(key)
        now = change if row is None else _figures(row, received=row.received) + change
        if row is None:
            day, unit, grade = key
            row = there[key] = DayFigures(day=day, unit_id=unit, grade=grade)
        for name in NAMES:
            setattr(row, name, getattr(now, name))
    changed = [there[key] for key in changes]
    DayFigures.objects.bulk_create([row for row in changed if row.pk is None])
    DayFigures.objects.bulk_update([row for row in changed if row.pk is not None], NAMES)


def _figures(row: MatterFigures | DayFigures, *, received: int) -> Figures:
    return Figures(received=received, **{name: getattr(row, name) for name in _KEPT})


def _pk(matter: str) -> int:
    return int(matter.partition(":")[2])


@dataclass(frozen=True, slots=True)
class Kept:
    """The figures of some matters together, and how many of them are not over."""

    figures: Figures = NONE
    unfinished: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.figures + other.figures, self.unfinished + other.unfinished)


def by_station(day: date, *, units: Collection[int] | None = None, grade: int | None = None) -> dict[int | None, Kept]:
    """Of one day, by station (None: in no station's area); of some stations, or all; of a grade, or all."""
    return _grouped("unit_id", _rows(day, day, units, grade), _open("unit_id", day, day, units, grade))


def by_day(
    since: date, until: date, *, units: Collection[int] | None = None, grade: int | None = None
) -> dict[date, Kept]:
    """Of these days, the first and the last included, by day."""
    return _grouped("day", _rows(since, until, units, grade), _open("day", since, until, units, grade))


def sum_of(since: date, until: date, *, units: Collection[int] | None = None) -> Figures:
    """Of these days together, the first and the last included."""
    found = _rows(since, until, units, None).aggregate(**{name: Sum(name, default=0) for name in NAMES})
    return Figures(**found)


def _rows(since: date, until: date, units: Collection[int] | None, grade: int | None) -> QuerySet[DayFigures]:
    rows = DayFigures.objects.filter(day__gte=since, day__lte=until)
    found: QuerySet[DayFigures] = _of(rows, units, grade)
    return found


def _open(key: str, since: date, until: date, units: Collection[int] | None, grade: int | None) -> dict[object, int]:
    """Of those that are open now, which are few, by the same key."""
    begins, ends = span_of(since)[0], span_of(until)[1]
    rows = Incident.counted.filter(state__in=[str(s) for s in OPEN], received_at__gte=begins, received_at__lt=ends)
    rows = rows.annotate(day=TruncDate("received_at", tzinfo=get_current_timezone()))
    return dict(_of(rows, units, grade).order_by().values_list(key).annotate(n=Count("pk")))


def _of(rows: Any, units: Collection[int] | None, grade: int | None) -> Any:
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    return rows if grade is None else rows.filter(grade=grade)


def _grouped(key: str, rows: QuerySet[DayFigures], still_open: Mapping[Any, int]) -> dict[Any, Kept]:
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in NAMES}
    found: dict[Any, Kept] = {}
    for row in rows.order_by().values(key).annotate(**sums):
        figures = Figures(**{name: row[f"sum_{name}"] for name in NAMES})
        if figures.received:
            found[row[key]] = Kept(figures, still_open.get(row[key], 0))
    for which, n in still_open.items():  # received a moment ago, and not folded yet
        found.setdefault(which, Kept(unfinished=n))
    return found


def span_of(day: date) -> tuple[datetime, datetime]:
    """From and to of a day, where the force is."""
    zone = get_current_timezone()
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    return begins, datetime(following.year, following.month, following.day, tzinfo=zone)


def all_together(kept: Iterable[Kept]) -> Kept:
    """The last line of a table."""
    return sum(kept, Kept())
