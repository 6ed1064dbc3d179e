"""How much of the force stands in stations (row T12), auxiliaries apart, and how far it is scattered (row T47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.engine.establishment import Kind
from oneroom.engine.organisation.figures import Share, front_line, scattered
from oneroom.engine.organisation.tree import Tree
from oneroom.web.pages.office.structure import Figure, said, unit_name

_NAMED = 20  # of the units in which few serve
SMALL = 5  # officers: a unit with fewer cannot keep one on duty around the clock
_SCATTERED = lazy("Sworn officers of units in which few serve, of all: how far the strength is scattered.")
Strength = Mapping[tuple[str, str], int]  # people by (unit, kind)
_KINDS: tuple[tuple[Kind, Any, Any], ...] = (
    (Kind.SWORN, lazy("Officers in stations"),
     lazy("Sworn officers in full posts of stations and of what is below them, of all in and below the unit shown.")),
    (Kind.AUXILIARY, lazy("Auxiliaries in stations"), lazy("The same of auxiliaries, who do not count as strength.")),
)  # fmt: skip


def in_stations(
    tree: Tree, strength: Strength, *, under: str = "", before: tuple[Tree, Strength] | None = None
) -> list[Figure]:  # fmt: skip
    """Of the whole tree or of a unit; kinds of which there is nobody are left out."""
    found = []
    for kind, name, means in _KINDS:
        is_ = _share(tree, strength, kind, under)
        was = _share(*before, kind, under) if before is not None else None
        if is_.whole or (was is not None and was.whole):
            found.append(Figure(name, said(is_), said(was) if was is not None else None, means, _points(was, is_)))
    is_, was = (_scattered(tree, strength, under), _scattered(*before, under) if before is not None else None)
    if is_.whole or (was is not None and was.whole):
        name = _("Officers in units of fewer than %(n)d") % {"n": SMALL}
        found.append(Figure(name, said(is_), said(was) if was is not None else None, _SCATTERED, _points(was, is_)))
    return found


def officers(strength: Strength) -> dict[str, int]:
    """Sworn officers by unit."""
    return {unit: n for (unit, of), n in strength.items() if of == Kind.SWORN}


def small_units(tree: Tree, strength: Strength) -> list[tuple[str, str, int]]:
    """Code and name of units in which few officers serve, with how many: the fewest first (row T47)."""
    mine = officers(strength)
    few = scattered(mine, tree.units, least=SMALL)[1][:_NAMED]
    return [(unit, unit_name(tree.units[unit]), mine[unit]) for unit in few]


def after(strength: Strength, tree: Tree, heirs: Mapping[str, str | None]) -> dict[tuple[str, str], int]:
    """The same people once those of units that end are with their heirs in this tree."""
    moved: Counter[tuple[str, str]] = Counter()
    for (unit, kind), n in strength.items():
        moved[tree.standing(unit, heirs), kind] += n
    return dict(moved)


def _share(tree: Tree, strength: Strength, kind: Kind, under: str) -> Share:
    mine = {unit: n for (unit, of), n in strength.items() if of == kind}
    tops = [under] if under in tree.units else list(tree.roots())
    shares = [front_line(tree, mine, under=top) for top in tops]
    return Share(sum(s.part for s in shares), sum(s.whole for s in shares))


def _scattered(tree: Tree, strength: Strength, under: str) -> Share:
    mine = officers(strength)
    units = [under, *tree.under(under)] if under in tree.units else tree.units
    return scattered(mine, units, least=SMALL)[0]


def _points(was: Share | None, is_: Share) -> str:
    if was is None or was.percent is None or is_.percent is None or was == is_:
        return ""
    difference = is_.percent - was.percent
    return f"{'+' if difference >= 0 else '−'}{abs(difference):.1f}"
