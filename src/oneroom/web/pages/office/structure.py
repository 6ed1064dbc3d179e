"""Figures of the structure in words: what each counts, its value, and beside it that of another day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.orgs.codes import KINDS, SYSTEMS
from oneroom.engine.organisation.facts import Spell, System
from oneroom.engine.organisation.figures import Share
from oneroom.engine.organisation.summary import Summary
from oneroom.web.pages.room.words import local

LETTERS = {System.COMMAND: "C", System.OVERSIGHT: "O", System.OPERATIONS: "P", System.SUPPORT: "S"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the day, beside that of the other day where one is asked for; ``means`` is its definition."""

    name: Any
    is_: str
    was: str | None = None
    means: Any = ""
    by: str = ""


FIGURES: tuple[tuple[Any, Callable[[Summary], float | Share | None], Any], ...] = (
    (lazy("Units"), lambda s: s.units, lazy("Every unit that is there on the day.")),
    (lazy("Stations"), lambda s: s.stations, lazy("Units of the kind police station.")),
    (lazy("Levels down to a station"), lambda s: s.levels,
     lazy("The longest path of command from the top to a station, both counted.")),
    (lazy("Widest span"), lambda s: s.span, lazy("The most units that answer to one directly.")),
    (lazy("Hops, room to station"), lambda s: s.hops,
     lazy("The median of desks that an order passes from the command room to a station.")),
    (lazy("Oversight and support"), lambda s: s.management, lazy("Units of these two systems, of all units.")),
    (lazy("Doubled functions"), lambda s: len(s.doubled),
     lazy("Functions for which units side by side, under one parent, both answer.")),
    (lazy("Legal units"), lambda s: s.legal, lazy("Branches and counties with a legal unit directly below them.")),
    (lazy("One room, two teams"), lambda s: s.two_teams,
     lazy("Town stations below which a room and at least two teams stand.")),
)  # fmt: skip


def figures(is_: Summary, was: Summary | None) -> list[Figure]:
    """All figures; what there is nothing of on either day is left out."""
    found = []
    for name, count, means in FIGURES:
        now, then = count(is_), count(was) if was is not None else None
        if _nothing(now) and (was is None or _nothing(then)):
            continue
        found.append(Figure(name, said(now), said(then) if was is not None else None, means, change(then, now)))
    return found


def systems(is_: Summary, was: Summary | None) -> list[tuple[str, Figure]]:
    """Units of each of the four systems."""
    found = []
    for s in System:
        then = str(was.systems[s].part) if was is not None else None
        found.append((LETTERS[s], Figure(SYSTEMS[s], str(is_.systems[s].part), then)))
    return found


def kinds(is_: Summary, was: Summary) -> list[Figure]:
    """Kinds of which there are more or fewer: the largest difference first."""
    differ = [kind for kind in {*is_.kinds, *was.kinds} if is_.kinds[kind] != was.kinds[kind]]
    differ.sort(key=lambda kind: (-abs(is_.kinds[kind] - was.kinds[kind]), kind))
    return [
        Figure(KINDS.get(k, k), str(is_.kinds[k]), str(was.kinds[k]), "", change(was.kinds[k], is_.kinds[k]))
        for k in differ
    ]


def said(value: float | Share | None) -> str:
    """A number as people read it: shares with what they are of."""
    if value is None or (isinstance(value, Share) and not value.whole):
        return "–"
    if isinstance(value, Share):
        return f"{value.percent:.1f} % ({value.part}/{value.whole})"
    return f"{value:g}"


def change(was: float | Share | None, is_: float | Share | None) -> str:
    """How much more or less, and in per cent of what was: −195, −67.9 %."""
    if was is None or is_ is None or isinstance(was, Share) or isinstance(is_, Share) or was == is_:
        return ""
    difference = is_ - was
    sign = "+" if difference > 0 else "−"
    part = f", {sign}{abs(100 * difference / was):.1f} %" if was else ""
    return f"{sign}{abs(difference):g}{part}"


def _nothing(value: float | Share | None) -> bool:
    return value is None or (isinstance(value, Share) and not value.whole)


def unit_name(unit: Spell) -> str:
    """What the unit is called in the reader's language."""
    return local(unit.name_zh, unit.name_en or unit.name_zh)


def kind_name(unit: Spell) -> str:
    """What kind of unit it is."""
    return str(KINDS.get(unit.kind, unit.kind))


def letter(unit: Spell) -> str:
    """The letter of its system."""
    return LETTERS[unit.system] if unit.system is not None else ""
