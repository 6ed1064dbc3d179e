"""
What stops a reform from being signed, as far as the structure itself goes (rows T05, T08, T09, B02).

Every fault names what it is about and what it is, as a code with its parameters: the screen words it, a test compares
it. People, posts, open matters and rights are asked of those who keep them (``settings.GUARDS``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely import STRtree, area, intersection, unary_union
from shapely.geometry.base import BaseGeometry

from oneroom.engine.organisation.changes import Outcome
from oneroom.engine.organisation.facts import Duty, Facts, System
from oneroom.engine.organisation.figures import Share, system_shares
from oneroom.engine.organisation.tree import Tree, tree_on

# Two drawings of one border differ by some metres: less than this share of a unit's area is no gap and no overlap.
DRAWN_LOOSELY = 0.001
MANAGEMENT = (System.OVERSIGHT, System.SUPPORT)


@dataclass(frozen=True, slots=True)
class Fault:
    """
    ``code`` says what is wrong, ``subject`` with what (a unit's code or a function). ``says`` is the sentence of one
    that another app found, the key of its translation; ``facts`` fill its %(name)s places.
    """

    code: str
    subject: str
    facts: Mapping[str, Any]
    says: str = ""


def faults(before: Facts, outcome: Outcome, day: date) -> list[Fault]:
    """
    Everything that is orphaned on the day of the reform and would not be without it, in a fixed order.

    ``no_parent``: it answers to a unit that has ended. ``second_root``: it answers to nobody, and inherits none that
    did; of a force that is founded, the first is the top. ``loop``: it answers to itself in the end. ``no_heir``: it
    ended and nobody has what it had. ``no_system``: it is in none of the four systems. ``no_owner``: a function nobody
    answers for any more.
    """
    was, is_ = tree_on(before, day), tree_on(outcome.facts, day)
    known = {outcome.heir_of(code) for code in was.roots()} if was.units else {*is_.roots()[:1]}
    found = [Fault("no_parent", code, {"parent": is_.units[code].parent}) for code in is_.lost]
    found += [Fault("second_root", code, {}) for code in is_.roots() if code not in known and code not in is_.lost]
    found += [Fault("loop", code, {}) for code in is_.loops]
    for code, fate in sorted(outcome.fates.items()):
        if outcome.heir_of(code) not in is_.units:
            found.append(Fault("no_heir", code, {"how": fate.how}))
    found += [Fault("no_system", code, {}) for code, unit in is_.units.items() if unit.system is None]
    owned = _owned(is_, outcome.facts.duties_on(day))
    lost = _owned(was, before.duties_on(day)) - owned
    return found + [Fault("no_owner", function, {}) for function in sorted(lost)]


def over_limit(tree: Tree, percent: int) -> list[Fault]:
    """Units that manage and support are at most so many per cent of all (row B02); ``limit`` with both numbers."""
    shares = system_shares(tree)
    part, whole = sum(shares[system].part for system in MANAGEMENT), len(tree.units)
    if not whole or 100 * part <= percent * whole:
        return []
    return [Fault("limit", "management", {"part": part, "whole": whole, "percent": percent})]


def grown_over_limit(was: Tree, is_: Tree, percent: int) -> list[Fault]:
    """
    The same of a reform: what it makes over the limit, or more so. One that lowers the share of a force above it, or
    leaves it, passes: else such a force could not be mended step by step. What founds a force is not held against it.
    """
    found = over_limit(is_, percent)
    if not found or not was.units:
        return []
    before, after = (Share(sum(system_shares(tree)[system].part for system in MANAGEMENT), len(tree.units))
                     for tree in (was, is_))  # fmt: skip
    return found if after.part * before.whole > before.part * after.whole else []


def area_faults(before: Mapping[str, BaseGeometry], after: Mapping[str, BaseGeometry]) -> list[Fault]:
    """
    Ground that somebody answered for and nobody does (``uncovered``, with its share of the old area), and ground for
    which two answer (``covered_twice``, with the other unit). Areas by unit's code; any one plane, the same for all.

    Only what the change makes is named: two areas that were drawn over each other before, and still are, stay as they
    were. Ground is the same where the object is, so that thousands of unchanged areas cost nothing.
    """
    codes = sorted(after)
    shapes = [after[code] for code in codes]
    index = STRtree(shapes)
    found = []
    for code, old in sorted(before.items()):
        if after.get(code) is old:
            continue
        near = [shapes[n] for n in index.query(old, predicate="intersects")]
        share = float(area(old.difference(unary_union(near))) / area(old))
        if share > DRAWN_LOOSELY:
            found.append(Fault("uncovered", code, {"share": round(100 * share, 2)}))
    fresh = [n for n, code in enumerate(codes) if before.get(code) is not shapes[n]]
    pairs = {tuple(sorted((n, int(m)))) for n in fresh for m in index.query(shapes[n], predicate="intersects")}
    for n, m in sorted(pairs):
        if n == m:
            continue
        both = float(area(intersection(shapes[n], shapes[m])))
        if both > DRAWN_LOOSELY * min(float(area(shapes[n])), float(area(shapes[m]))):
            found.append(Fault("covered_twice", codes[n], {"other": codes[m]}))
    return found


def _owned(tree: Tree, duties: Iterable[Duty]) -> set[str]:
    return {duty.function for duty in duties if duty.unit in tree.units}
