"""
The establishment's ledger: places move from unit to unit by two persons of that office (row B14).

Nothing is ever changed in it: what was wrong is booked back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.facts import spells_of
from oneroom.apps.people.services import ask_second
from oneroom.apps.personnel.models import Booking, QuotaLine
from oneroom.apps.personnel.strength import stays_in
from oneroom.engine.establishment import FORCE, Kind, Line, first_over, transfer
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, BadInput, Conflict

_LOCK = 1_651_200  # of the establishment: whoever posts or books waits for who does


def lock_establishment() -> None:
    """One after the other, until the end of the act: two who each see one free place would both take it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@service
def ask_quota(*, giver: str, taker: str, kind: str, count: int, day: date, words: str, by: Actor, at: datetime) -> int:
    """Ask that places move from ``giver`` to ``taker`` from ``day`` on; gives the request that the office signs."""
    by.must(Right.ASK_QUOTA)
    _must_make_sense(giver, taker, kind, count, day)
    lock_establishment()
    _must_have_room(giver, kind, count, day)
    details = {"giver": giver, "taker": taker, "kind": kind, "count": count, "day": day.isoformat()}
    return ask_second(Act.CHANGE_QUOTA, f"quota:{taker}", details=details, words=words, by=by, at=at)


@service
def book_quota(
    lines: Iterable[Line], *, basis: str, signature: int | None = None, by: Actor, at: datetime
) -> list[int]:
    """
    Book what two persons signed, or (by the machine) what a reform or a new house brings; gives the bookings.

    Raises Conflict where a unit would have fewer places than people, with both numbers.
    """
    if by.id != 0 and signature is None:
        raise Conflict("Places move by two persons of the establishment office: ask for the signature.")
    lock_establishment()
    by_day: dict[date, list[Line]] = {}
    for line in lines:
        by_day.setdefault(line.day, []).append(line)
    made = []
    for day, mine in sorted(by_day.items()):
        booking = Booking.objects.create(day=day, basis=basis, signature_id=signature, at=at)
        QuotaLine.objects.bulk_create(
            QuotaLine(booking=booking, unit=line.unit, kind=line.kind, delta=line.delta) for line in mine
        )
        note(
            "quota.booked",
            f"quota:{booking.pk}",
            by=by,
            at=at,
            booking=booking.pk,
            basis=basis,
            day=day.isoformat(),
            count=sum(line.delta for line in mine if line.delta > 0),
            units=sorted({code_of(line.unit) for line in mine})[:50],
            signature=signature,
        )
        made.append(booking.pk)
    for day, mine in by_day.items():  # when all of it is booked: what one day takes another may have given
        must_fit({(line.unit, line.kind) for line in mine if line.delta < 0 and line.unit != FORCE}, day)
    return made


def approved(unit: str, kind: str, count: int, day: date) -> tuple[Line, Line]:
    """Places that the establishment office approves anew, for a unit."""
    return transfer(FORCE, unit, kind, count, day)


def must_fit(places: Collection[tuple[str, str]], since: date) -> None:
    """Raise Conflict, with the numbers, where one of these (unit, kind) has more people than places from then on."""
    units = {unit for unit, _kind in places}
    changes: dict[tuple[str, str], list[tuple[date, int]]] = {}
    rows = QuotaLine.objects.filter(unit__in=units).values_list("unit", "kind", "booking__day", "delta")
    for unit, kind, day, delta in rows:
        changes.setdefault((unit, kind), []).append((day, delta))
    stays = stays_in(units, since)
    for unit, kind in sorted(places):
        over = first_over(changes.get((unit, kind), ()), stays.get((unit, kind), ()), since)
        if over is not None:
            raise Conflict(
                "%(unit)s has %(places)d places of this kind on %(day)s and would have %(people)d people.",
                code="over_quota",
                unit=unit,
                places=over.places,
                people=over.people,
                day=over.day.isoformat(),
            )


def code_of(unit: str) -> str:
    """A unit's code as a code of the record."""
    return unit.lower()


def _must_make_sense(giver: str, taker: str, kind: str, count: int, day: date) -> None:
    if kind not in {str(k) for k in Kind}:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    if not 1 <= count <= 100_000:
        raise BadInput("count", "At least one place, as a number.")
    if giver == taker:
        raise BadInput("taker", "The same unit twice: nothing would change.")
    units_are_there(giver, taker, day)


def units_are_there(giver: str, taker: str, day: date) -> None:
    """Raises BadInput naming the field where one of the two is no unit on that day: a reform may have ended it."""
    for field, unit in (("giver", giver), ("taker", taker)):
        if unit != FORCE and not any(s.since <= day and (s.until is None or s.until > day) for s in spells_of(unit)):
            raise BadInput(field, "There is no such unit on that day.")


def _must_have_room(giver: str, kind: str, count: int, day: date) -> None:
    """What is asked for could be booked today; who signs is not shown what cannot be done."""
    if giver == FORCE:
        return
    rows = QuotaLine.objects.filter(unit=giver, kind=kind).values_list("booking__day", "delta")
    over = first_over([*rows, (day, -count)], stays_in({giver}, day).get((giver, kind), ()), day)
    if over is not None:
        raise Conflict(
            "%(unit)s has %(places)d places of this kind on %(day)s and would have %(people)d people.",
            code="over_quota",
            field="count",
            unit=giver,
            places=over.places,
            people=over.people,
            day=over.day.isoformat(),
        )
