"""The dated facts of the organisation, read from the tables and written back as what changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from oneroom.apps.orgs.models import UnitArea, UnitFate, UnitFunction, UnitSpell
from oneroom.engine.organisation.changes import Fate
from oneroom.engine.organisation.facts import Duty, Facts, Spell, System
from oneroom.engine.organisation.tree import Tree, tree_of

_SPELL = ("code", "kind", "name_zh", "since", "until", "name_en", "rank", "system", "parent", "area_id")


def facts() -> Facts:
    """All of them, past and to come."""
    duties = UnitFunction.objects.values_list("function", "unit", "since", "until")
    return Facts(tuple(_spells(UnitSpell.objects.all())), tuple(Duty(*row) for row in duties))


def tree_on(day: date) -> Tree:
    """The tree as it stands on that day, past or to come: one query."""
    return tree_of(_spells(UnitSpell.objects.filter(_holds(day))))


def duties_on(day: date) -> list[Duty]:
    """Who answers for what on that day."""
    rows = UnitFunction.objects.filter(_holds(day)).order_by("function", "unit")
    return [Duty(*row) for row in rows.values_list("function", "unit", "since", "until")]


def owners_on(function: str, day: date) -> list[str]:
    """The codes of the units that answer for a function on that day (rows T06, B08)."""
    return [duty.unit for duty in duties_on(day) if duty.function == function]


def spells_of(code: str) -> list[Spell]:
    """What a unit has been, is and will be, oldest first; none where nobody knows the code."""
    return sorted(_spells(UnitSpell.objects.filter(code=code)), key=lambda spell: spell.since)


def fates() -> dict[str, tuple[str, ...]]:
    """Who has what each unit had that has ended or will."""
    return {code: tuple(heirs) for code, heirs in UnitFate.objects.values_list("code", "heirs")}


def first_heirs() -> dict[str, str | None]:
    """Of each unit that has ended or will, the one that has what it had; None where nobody has."""
    return {code: heirs[0] if heirs else None for code, heirs in fates().items()}


def fates_of(day: date) -> dict[str, Fate]:
    """What became of the units that ended on that day, or will."""
    rows = UnitFate.objects.filter(on=day).values_list("code", "how", "heirs")
    return {code: Fate(how, tuple(heirs)) for code, how, heirs in rows}


def forget_fates(codes: Collection[str], day: date) -> None:
    """These units do not end on that day after all."""
    UnitFate.objects.filter(on=day, code__in=codes).delete()


def reform_days() -> list[date]:
    """The days on which something begins or ends, newest first."""
    since = UnitSpell.objects.values_list("since", flat=True).distinct()
    until = UnitSpell.objects.exclude(until=None).values_list("until", flat=True).distinct()
    return sorted({*since, *(day for day in until if day is not None)}, reverse=True)


def area_digest(geometry: dict[str, Any]) -> str:
    """The name of this ground: the hash of its outline."""
    return hashlib.sha256(json.dumps(geometry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def area_key(geometry: dict[str, Any]) -> str:
    """The name under which this ground is kept; keeps it."""
    digest = area_digest(geometry)
    UnitArea.objects.get_or_create(digest=digest, defaults={"geometry": geometry})
    return digest


def areas(digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The ground behind these names, as GeoJSON."""
    return dict(UnitArea.objects.filter(pk__in=set(digests)).values_list("pk", "geometry"))


def write(before: Facts, after: Facts) -> None:
    """Make the tables say ``after``, which was made of ``before``; what both say is not touched."""
    gone, new = set(before.spells) - set(after.spells), set(after.spells) - set(before.spells)
    for spell in sorted(gone, key=lambda s: (s.code, s.since)):
        UnitSpell.objects.filter(code=spell.code, since=spell.since).delete()
    UnitSpell.objects.bulk_create(
        UnitSpell(**dict(zip(_SPELL, _row(spell), strict=True)))
        for spell in sorted(new, key=lambda s: (s.code, s.since))
    )
    lost, given = set(before.duties) - set(after.duties), set(after.duties) - set(before.duties)
    for duty in lost:
        UnitFunction.objects.filter(function=duty.function, unit=duty.unit, since=duty.since).delete()
    UnitFunction.objects.bulk_create(
        UnitFunction(function=d.function, unit=d.unit, since=d.since, until=d.until)
        for d in sorted(given, key=lambda d: (d.function, d.unit, d.since))
    )


def _holds(day: date) -> Q:
    return Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))


def _spells(rows: Any) -> list[Spell]:
    made = []
    for code, kind, zh, since, until, en, rank, system, parent, area in rows.values_list(*_SPELL):
        made.append(Spell(code, kind, zh, since, until, en, rank, System(system) if system else None, parent, area))
    return made


def _row(s: Spell) -> tuple[Any, ...]:
    return (s.code, s.kind, s.name_zh, s.since, s.until, s.name_en, s.rank, s.system, s.parent, s.area)
