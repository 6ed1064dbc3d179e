"""Reading the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db.models import Q
from shapely import STRtree, points
from shapely.geometry import shape

from oneroom.apps.ledger.prepared import run
from oneroom.apps.orgs.models import OrgUnit


def units(kind: str | None = None) -> list[OrgUnit]:
    """Units that have not ended, by code."""
    rows = OrgUnit.objects.filter(valid_to=None)
    return list((rows.filter(kind=kind) if kind else rows).order_by("code"))


def find_unit(code: str) -> OrgUnit | None:
    """A unit by its code."""
    return OrgUnit.objects.filter(code=code).first()


def heirs_since(pk: int) -> dict[int, str]:
    """A unit and, where it has ended, the first of its heirs, and theirs, in turn: their ids and codes."""
    found: dict[int, str] = {}
    at: int | None = pk
    while at is not None and at not in found:
        found[at], at = OrgUnit.objects.values_list("code", "heir_id").get(pk=at)
    return found


def is_room(pk: int) -> bool:
    """Whether this unit is the room."""
    return OrgUnit.objects.filter(pk=pk, kind=OrgUnit.Kind.COMMAND_ROOM).exists()


def names() -> dict[int, tuple[str, str]]:
    """(Chinese, English) name of every unit, ended ones too: old records still name them."""
    return {pk: (zh, en) for pk, zh, en in OrgUnit.objects.values_list("pk", "name_zh", "name_en")}


def names_by_code(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(Chinese, English) name of these units, ended ones too."""
    rows = OrgUnit.objects.filter(code__in=set(codes)).values_list("code", "name_zh", "name_en")
    return {code: (zh, en) for code, zh, en in rows}


def codes_named(text: str) -> list[str]:
    """Codes of the units that have this code, or in whose name it stands."""
    fits = Q(code=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    return list(OrgUnit.objects.filter(fits, valid_to=None).values_list("code", flat=True))


# With the version of each row: whoever is drawn anew is read anew.
NEAR_DEG = 0.02  # 2 km: on the water, or in a gap between areas, somebody is the nearest area's
_WITH_AREAS = (
    "SELECT id, xmin::text, ctid::text FROM orgs_orgunit"
    " WHERE valid_to IS NULL AND kind = %s AND area IS NOT NULL ORDER BY id"
)


def station_at(lon: float, lat: float) -> OrgUnit | None:
    """
    The station whose area holds the point, or None where no area is drawn.

    A point on the water or in a gap between drawn areas belongs to the nearest area within 2 km.
    """
    [found] = stations_at([(lon, lat)])
    return OrgUnit.objects.get(pk=found) if found is not None else None


def stations_named(places: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    """(Chinese, English) names of the stations at many points, as `station_at` finds them; empty ones for none."""
    found = stations_at(places)
    rows = OrgUnit.objects.filter(pk__in={pk for pk in found if pk is not None})
    named = {pk: (zh, en) for pk, zh, en in rows.values_list("pk", "name_zh", "name_en")}
    return [named[pk] if pk is not None else ("", "") for pk in found]


def stations_at(places: Sequence[tuple[float, float]]) -> list[int | None]:
    """The station of each point by its id."""
    stamp = tuple(run(_WITH_AREAS, [OrgUnit.Kind.STATION.value]))
    if not stamp:
        return [None] * len(places)
    tree = _area_tree(stamp)
    found: list[int | None] = []
    for place in places:
        point = points(*place)
        inside = tree.query(point, predicate="intersects")
        index = int(inside[0]) if len(inside) else int(tree.nearest(point))
        near = len(inside) or tree.geometries[index].distance(point) <= NEAR_DEG
        found.append(stamp[index][0] if near else None)
    return found


@lru_cache(maxsize=4)
def _area_tree(stamp: tuple[tuple[int, str, str], ...]) -> STRtree:
    """Outlines of these units, kept while none of their rows changes: a reform may draw a station that stays."""
    areas = dict(OrgUnit.objects.filter(pk__in=[pk for pk, *_version in stamp]).values_list("pk", "area"))
    return STRtree([shape(areas[pk]) for pk, *_version in stamp])
