"""Figures of the structure in words: what each counts, its value, and beside it that of another day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.orgs.codes import FUNCTIONS, KINDS, PARTS_OF_FUNCTIONS, SYSTEMS
from oneroom.engine.organisation.facts import Spell, System
from oneroom.engine.organisation.figures import Share, bases_of, system_shares
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.summary import LEAST, Summary, levels_below, levels_changed, room_of
from oneroom.engine.organisation.tree import Tree
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


# Name, how it is read, what it counts, and of a share how many per cent the texts ask for (0: none).
FIGURES: tuple[tuple[Any, Callable[[Summary], float | Share | None], Any, int], ...] = (
    (lazy("Units"), lambda s: s.units, lazy("Every unit that is there on the day."), 0),
    (lazy("Stations"), lambda s: s.stations, lazy("Units of the kind police station."), 0),
    (lazy("Levels down to a station"), lambda s: s.levels,
     lazy("The longest path of command from the top to a station, both counted."), 0),
    (lazy("Widest span"), lambda s: s.span, lazy("The most units that answer to one directly."), 0),
    (lazy("Hops, room to station"), lambda s: s.hops,
     lazy("The median of desks that an order passes from the command room to a station."), 0),
    (lazy("Oversight and support"), lambda s: s.management, lazy("Units of these two systems, of all units."), 0),
    (lazy("Doubled functions"), lambda s: len(s.doubled),
     lazy("Functions for which units side by side, under one parent, both answer."), 0),
    (lazy("Legal units"), lambda s: s.legal, lazy("Branches and counties with a legal unit directly below them."),
     LEAST["legal"]),
    (lazy("One room, two teams"), lambda s: s.two_teams,
     lazy("Town stations below which a room and at least two teams stand."), LEAST["two_teams"]),
)  # fmt: skip
_MOST = 8  # branches whose levels are named


def figures(is_: Summary, was: Summary | None) -> list[Figure]:
    """All figures; what there is nothing of on either day is left out."""
    found = []
    for name, count, means, least in FIGURES:
        now, then = count(is_), count(was) if was is not None else None
        if _nothing(now) and (was is None or _nothing(then)):
            continue
        by = _reached(now, least) if least else change(then, now)
        found.append(Figure(name, said(now), said(then) if was is not None else None, means, by))
    return found


def _reached(now: float | Share | None, least: int) -> str:
    if not isinstance(now, Share) or not now.whole:
        return ""
    return (_("✓ at least %(n)d %%") if now.reaches(least) else _("▲ below %(n)d %%")) % {"n": least}


def systems(is_: Summary, was: Summary | None) -> list[tuple[str, Figure]]:
    """Units of each of the four systems."""
    found = []
    for s in System:
        then = str(was.systems[s].part) if was is not None else None
        found.append((LETTERS[s], Figure(SYSTEMS[s], str(is_.systems[s].part), then)))
    return found


def system_strength(
    now: tuple[Tree, Mapping[str, int]], then: tuple[Tree, Mapping[str, int]] | None
) -> list[tuple[str, Figure]]:  # fmt: skip
    """What share of the officers each system has (row T09), of a tree and its officers by unit; nothing of nobody."""
    is_, was = system_shares(*now), system_shares(*then) if then is not None else None
    if not any(share.whole for shares in (is_, was or {}) for share in shares.values()):
        return []
    means = _("Sworn officers in full posts of units of this system, of all.")
    return [
        (LETTERS[s], Figure(_("%(system)s: officers") % {"system": SYSTEMS[s]}, said(is_[s]),
                            said(was[s]) if was is not None else None, means))
        for s in System
    ]  # fmt: skip


def of_unit(tree: Tree, before: Tree | None, code: str) -> list[Figure]:
    """Where a unit stands on its path of command (row T07), beside the day it is compared with."""
    if code not in tree.units:
        return []
    counts: tuple[tuple[Any, Callable[[Tree], int | None], Any], ...] = (
        (_("Level of command"), lambda t: len(t.path(code)),
         _("Units on the path of command from the top to it, both counted.")),
        (_("Answer to it directly"), lambda t: t.span(code) or None, _("Units whose next above it is.")),
        (_("Levels from it to a station"), lambda t: levels_below(t, code) or None,
         _("The longest path of command from it down to a station, both counted.")),
        (_("Hops, room to a crew of it"), lambda t: _crew_hops(t, code),
         _("Desks that an order passes from the command room to the unit, and the one to its crew.")),
    )  # fmt: skip
    found = []
    for name, count, means in counts:
        now, then = count(tree), count(before) if before is not None and code in before.units else None
        if now is not None:
            found.append(Figure(name, str(now), str(then) if then is not None else None, means))
    return found


def _crew_hops(tree: Tree, code: str) -> int | None:
    room = room_of(tree)
    hops = tree.hops(room, to=code) if room is not None else None
    return None if hops is None else hops + 1


def reformed(p: Proposal) -> list[Figure]:
    """What a plan does to the structure beyond its counts: its mergers as a ratio (T05), levels of branches (T08)."""
    found, (gone, into) = [], p.merged
    if into:
        by = f"{change(gone, into)}, {gone / into:.2f} : 1" if gone != into else ""
        means = _("Units that go into others by mergers, and the units that have what they had.")
        found.append(Figure(_("Merged units"), str(into), str(gone), means, by))
    for code, before, after in levels_changed(p.was, p.will_be)[:_MOST]:
        name = _("Levels in %(unit)s") % {"unit": unit_name(p.will_be.units[code])}
        means = _("The longest path of command from it down to a station, both counted.")
        found.append(Figure(name, str(after), str(before), means))
    return found


def kinds(is_: Summary, was: Summary) -> list[Figure]:
    """Kinds of which there are more or fewer: the largest difference first."""
    differ = [kind for kind in {*is_.kinds, *was.kinds} if is_.kinds[kind] != was.kinds[kind]]
    differ.sort(key=lambda kind: (-abs(is_.kinds[kind] - was.kinds[kind]), kind))
    return [
        Figure(KINDS.get(k, k), str(is_.kinds[k]), str(was.kinds[k]), _bases(was.kinds[k], is_.kinds[k]),
               change(was.kinds[k], is_.kinds[k]))
        for k in differ
    ]  # fmt: skip


def _bases(was: int, is_: int) -> str:
    """Of which wholes the cut, printed as a whole per cent, could be: what a published figure leaves open (row B06)."""
    cut = was - is_
    percent = int(100 * cut / was + 0.5) if was else 0
    if cut <= 0 or not 1 <= percent < 100:
        return ""
    bases = bases_of(cut, percent)
    said = {"cut": cut, "percent": percent, "least": bases[0], "most": bases[-1]}
    return _("Printed as %(cut)d or %(percent)d %%, it fits any whole from %(least)d to %(most)d.") % said


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


def function_name(code: str) -> str:
    """The word for a function, also of its part that another level has; one that the house does not know as it is."""
    for end, words in PARTS_OF_FUNCTIONS.items():
        whole = code.removesuffix(end)
        if whole != code and whole in FUNCTIONS:
            return str(words) % {"function": FUNCTIONS[whole]}
    return str(FUNCTIONS.get(code, code))


def kind_name(unit: Spell) -> str:
    """What kind of unit it is."""
    return str(KINDS.get(unit.kind, unit.kind))


def letter(unit: Spell) -> str:
    """The letter of its system."""
    return LETTERS[unit.system] if unit.system is not None else ""
