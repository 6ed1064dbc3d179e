"""Who counts where: people in full posts by the unit that has the post, on a day or over time (rows T12, B14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection
from django.db.models import Sum

from oneroom.apps.orgs.facts import first_heirs
from oneroom.apps.personnel.models import QuotaLine
from oneroom.engine.establishment import FORCE, Stay
from oneroom.engine.organisation.tree import Tree

# A posting counts to the unit that has the post: whoever stays in a post that a reform gave away goes with it.
_STAYS = """
SELECT o.unit, e.kind, GREATEST(g.since, o.since), LEAST(g.until, o.until)
  FROM personnel_posting g
  JOIN personnel_post o ON o.code = g.post AND DATERANGE(o.since, o.until) && DATERANGE(g.since, g.until)
  JOIN personnel_person e ON e.id = g.person_id
 WHERE g."full" AND o.unit = ANY(%s) AND (g.until IS NULL OR g.until > %s) AND (o.until IS NULL OR o.until > %s)
"""
_STRENGTH = """
SELECT o.unit, e.kind, COUNT(*)
  FROM personnel_posting g
  JOIN personnel_post o ON o.code = g.post AND o.since <= %(day)s AND (o.until IS NULL OR o.until > %(day)s)
  JOIN personnel_person e ON e.id = g.person_id
 WHERE g."full" AND g.since <= %(day)s AND (g.until IS NULL OR g.until > %(day)s)
 GROUP BY 1, 2
"""


_HEADS = """
SELECT o.unit, COUNT(*)
  FROM personnel_posting g
  JOIN personnel_post o ON o.code = g.post AND o.since <= %(day)s AND (o.until IS NULL OR o.until > %(day)s)
 WHERE g."full" AND o.leads AND g.since <= %(day)s AND (g.until IS NULL OR g.until > %(day)s)
 GROUP BY 1
"""


def heads_on(day: date) -> dict[str, int]:
    """How many people sit in a post that heads its unit, by unit; units that nobody heads are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, {"day": day})
        return dict(cursor.fetchall())


def stays_in(units: Collection[str], since: date) -> dict[tuple[str, str], list[Stay]]:
    """Who counts to these units at any time from ``since`` on, by (unit, kind)."""
    found: dict[tuple[str, str], list[Stay]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [list(units), since, since])
        for unit, kind, begins, ends in cursor.fetchall():
            found.setdefault((unit, kind), []).append(Stay(begins, ends))
    return found


def strength_on(day: date) -> dict[tuple[str, str], int]:
    """People by (unit, kind) on that day."""
    with connection.cursor() as cursor:
        cursor.execute(_STRENGTH, {"day": day})
        return {(unit, kind): count for unit, kind, count in cursor.fetchall()}


def strength_in(tree: Tree, day: date) -> dict[tuple[str, str], int]:
    """
    The same at the units of a day's tree. Posts go to the heir on the day itself; of a day to come, people of a unit
    that ends until then are counted where they will be, and not lost.
    """
    return _standing(tree, strength_on(day))


def heads_in(tree: Tree, day: date) -> dict[str, int]:
    """How many people sit in a post that heads its unit, at the units of a day's tree, as with ``strength_in``."""
    found = _standing(tree, {(unit, ""): count for unit, count in heads_on(day).items()})
    return {unit: count for (unit, _kind), count in found.items()}


def _standing(tree: Tree, counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    heirs = first_heirs() if any(unit not in tree.units for unit, _kind in counts) else {}
    found: Counter[tuple[str, str]] = Counter()
    for (unit, kind), count in counts.items():
        found[tree.standing(unit, heirs), kind] += count
    return dict(found)


def quotas_on(day: date) -> dict[tuple[str, str], int]:
    """Places by (unit, kind) on that day."""
    return {key: places for key, places in _sums(day).items() if key[0] != FORCE and places}


def booked_after(unit: str, day: date) -> list[tuple[str, date, int]]:
    """(kind, day, how many places more or less) that are booked for a unit for days after this one."""
    rows = QuotaLine.objects.filter(unit=unit, booking__day__gt=day).values("kind", "booking__day")
    found = rows.annotate(places=Sum("delta")).exclude(places=0).order_by("booking__day", "kind")
    return list(found.values_list("kind", "booking__day", "places"))


def totals_on(day: date) -> dict[str, int]:
    """Places approved for the whole force on that day, by kind."""
    return {kind: -places for (unit, kind), places in _sums(day).items() if unit == FORCE}


def _sums(day: date) -> dict[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.unit, l.kind, SUM(l.delta) FROM personnel_quotaline l JOIN personnel_booking b"
            " ON b.id = l.booking_id WHERE b.day <= %s GROUP BY 1, 2",
            [day],
        )
        return {(unit, kind): int(places) for unit, kind, places in cursor.fetchall()}
