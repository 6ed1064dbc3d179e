"""Reading the organisation."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q
from shapely import STRtree, points
from shapely.geometry import shape

from oneroom.apps.orgs.models import OrgUnit


def units(kind: str | None = None) -> list[OrgUnit]:
    """Units that have not ended, by code."""
    rows = OrgUnit.objects.filter(valid_to=None)
    return list((rows.filter(kind=kind) if kind else rows).order_by("code"))


def find_unit(code: str) -> OrgUnit | None:
    """A unit by its code."""
    return OrgUnit.objects.filter(code=code).first()


def names() -> dict[int, tuple[str, str]]:
    """(Chinese, English) name of every unit, ended ones too: old records still name them."""
    return {pk: (zh, en) for pk, zh, en in OrgUnit.objects.values_list("pk", "name_zh", "name_en")}


def station_at(lon: float, lat: float) -> OrgUnit | None:
    """
    The station whose area holds the point, or None where no area is drawn.

    A point on the water or in a gap between drawn areas belongs to the nearest area within 2 km.
    """
    stamp = tuple(
        OrgUnit.objects.filter(Q(valid_to=None), kind=OrgUnit.Kind.STATION, area__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not stamp:
        return None
    tree = _area_tree(stamp)
    point = points(lon, lat)
    inside = tree.query(point, predicate="intersects")
    index = int(inside[0]) if len(inside) else int(tree.nearest(point))
    if not len(inside) and tree.geometries[index].distance(point) > 0.02:
        return None
    return OrgUnit.objects.get(pk=stamp[index])


@lru_cache(maxsize=4)
def _area_tree(pks: tuple[int, ...]) -> STRtree:
    """Areas are facts of a unit that never change while it lives (a reform ends it and begins another)."""
    areas = dict(OrgUnit.objects.filter(pk__in=pks).values_list("pk", "area"))
    return STRtree([shape(areas[pk]) for pk in pks])
