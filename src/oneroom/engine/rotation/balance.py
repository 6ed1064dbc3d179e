"""Whether strength follows work, and who leads what (row T40: 动态平衡, all leaders of sixteen branches rotated)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from oneroom.engine.rotation.facts import Force


def balance(work: Mapping[str, int], strength: Mapping[str, int]) -> dict[str, Fraction | None]:
    """Work for each head, by unit, the most loaded first; None where there is work and nobody. Any one count."""
    loads = {u: Fraction(n, strength[u]) if strength.get(u) else None for u, n in work.items() if n or strength.get(u)}
    return dict(sorted(loads.items(), key=lambda load: (load[1] is not None, -(load[1] or 0), load[0])))


def leaders_of(force: Force, day: date, units: Iterable[str]) -> frozenset[str]:
    """Who leads one of these units on that day: the ``must`` of a round that rotates all of them."""
    wanted = set(units)
    return frozenset(
        name
        for post, people in force.holders(day).items()
        if force.posts[post].leads and force.posts[post].unit in wanted
        for name in people
    )
