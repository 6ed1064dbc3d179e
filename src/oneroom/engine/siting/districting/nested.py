"""
Each brigade's ground divided into its own districts, each district working with the stations in it (row T17: 20 → 66).

How many districts a brigade gets follows its work (Sainte-Laguë 1910), at least one each. A district sits at one of the
brigade's stations as long as there are any left, so that each works with one; where a brigade has more districts than
stations, the others sit in the middle of the work and share the station nearest to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.siting.districting.blocks import Blocks
from oneroom.engine.siting.districting.divide import Divided, Terms
from oneroom.engine.siting.districting.seats import divide_anew
from oneroom.engine.values import BadInput

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Nested:
    """
    ``of`` (n,) district of each block; ``brigade`` (k,) whose each is; ``stations`` (k,) indices of the stations that
    each works with, never none. ``strayed``: blocks that went to a neighbouring brigade, as no road joined them to
    their own. ``each`` (brigades,) how its ground was divided.
    """

    of: Ints
    brigade: tuple[int, ...]
    seats: tuple[int, ...]
    stations: tuple[tuple[int, ...], ...]
    strayed: tuple[int, ...]
    each: tuple[Divided, ...]


def apportioned(work: Sequence[float], count: int, most: Sequence[int]) -> tuple[int, ...]:
    """``count`` districts by work, each brigade at least one and at most ``most``. Raises BadInput."""
    if not len(work) <= count <= sum(most):
        raise BadInput("count", "%(count)d districts cannot be shared out: each of %(brigades)d brigades has at least"
                       " one, and there are %(blocks)d pieces of ground.", count=count, brigades=len(work),
                       blocks=sum(most))  # fmt: skip
    given = [1] * len(work)
    for _ in range(count - len(work)):
        open_ = [b for b in range(len(work)) if given[b] < most[b]]
        due = max(open_, key=lambda b: (work[b] / (2 * given[b] + 1), -b))
        given[due] += 1
    return tuple(given)


def nested(blocks: Blocks, brigade: Ints, stations: Sequence[int], count: int, terms: Terms | None = None) -> Nested:
    """
    ``count`` districts for brigades 0 to max; ``brigade`` (n,) whose ground each block is, ``stations`` a block each.

    Pins and today's districts in the terms number the districts over all brigades; only `seed`, `tolerance`, `rounds`
    and `handling_s` are used here. Raises BadInput.
    """
    terms = replace(terms or Terms(), pins={}, was=None)
    many = int(brigade.max(initial=-1)) + 1
    if len(brigade) != len(blocks) or (brigade < 0).any() or not np.isin(np.arange(many), brigade).all():
        raise BadInput("brigades", "Each piece of ground belongs to one brigade, and each brigade has some.")
    if not len(stations):
        raise BadInput("seats", "There is no station for a district to work with.")
    mine, strayed = _together(blocks, brigade.copy(), many)
    work = np.bincount(mine, weights=blocks.work, minlength=many)
    sizes = np.bincount(mine, minlength=many)
    given = apportioned(work.tolist(), count, sizes.tolist())
    of = np.empty(len(blocks), np.int32)
    seats: list[int] = []
    whose: list[int] = []
    each: list[Divided] = []
    for b in range(many):
        which = np.flatnonzero(mine == b)
        place = {int(block): n for n, block in enumerate(which)}
        ground = blocks.within(which)
        own = list(dict.fromkeys(place[s] for s in stations if s in place))
        part = divide_anew(ground, given[b], terms, among=own)
        of[which] = part.of + len(seats)
        seats += [int(which[seat]) for seat in part.seats]
        whose += [b] * given[b]
        each.append(part)
    return Nested(of, tuple(whose), tuple(seats), _stations(blocks, of, seats, stations), strayed, tuple(each))


def _together(blocks: Blocks, brigade: Ints, many: int) -> tuple[Ints, tuple[int, ...]]:
    """Each brigade's ground in one piece: what no road joins to its largest part goes to a neighbour."""
    strayed: set[int] = set()
    for _turn in range(4):
        loose = []
        for b in range(many):
            which = np.flatnonzero(brigade == b)
            part = blocks.within(which).parts()
            if part.max() > 0:
                load = np.bincount(part, weights=blocks.work[which]) + 1e-9 * np.bincount(part)
                loose += which[part != load.argmax()].tolist()
        if not loose:
            return brigade, tuple(sorted(strayed))
        left = set(loose)
        while left:
            ready = [
                x for x in sorted(left) if any(n not in left and brigade[n] != brigade[x] for n in blocks.joined(x))
            ]
            if not ready:
                raise BadInput(
                    "brigades", "No road leads to %(blocks)d pieces of ground from the rest.", blocks=len(left)
                )
            for block in ready:
                near = next(n for n in blocks.joined(block).tolist() if n not in left)
                strayed.add(block)
                brigade[block] = brigade[near]
                left.discard(block)
    raise BadInput("brigades", "The ground of the brigades does not hang together by road.")


def _stations(blocks: Blocks, of: Ints, seats: Sequence[int], stations: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Those that stand in a district; of a district without one, the nearest to its seat."""
    inside: list[list[int]] = [[] for _ in seats]
    for n, block in enumerate(stations):
        inside[of[block]].append(n)
    for d, seat in enumerate(seats):
        if not inside[d]:
            far = blocks.times_from([seat])[0]
            inside[d].append(min(range(len(stations)), key=lambda n: (float(far[stations[n]]), n)))
    return tuple(tuple(found) for found in inside)
