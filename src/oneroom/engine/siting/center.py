"""
p-center: the sites from which the farthest is nearest (Hakimi 1964); also "is the whole city within two hours?".

Exact: the answer is one of the distances there are, so it is found by halving their list, each step a covering question
(Daskin 2000). Farthest-first sites bound it from above, and half of that from below where distances are a metric
(Hochbaum & Shmoys 1985); on one-way streets they are not, so the lower end is taken from the points themselves.
"""

from __future__ import annotations

import numpy as np

from oneroom.engine.siting.covering import SECONDS, lscp
from oneroom.engine.siting.ground import Ground, Sited, Unanswerable, nearest_open


def p_center(ground: Ground, count: int, *, seconds: float = SECONDS) -> Sited:
    """
    ``count`` sites; ``value`` is the distance of the worst point, ``bound`` is never above the best there is.

    Points without demand count nothing; those that no site reaches are named in ``out_of_reach``. ``seconds`` for each
    step; a step that does not end in time leaves a gap, which the answer states. Raises Unanswerable.
    """
    unreached = ground.out_of_reach(ground.far - 1)
    weight = ground.weight.copy()
    weight[list(unreached)] = 0.0
    asked = np.flatnonzero(weight > 0)
    if not len(asked):
        raise Unanswerable("there is no demand that a site could reach")
    wanted = ground.wanted(count)
    part = Ground(ground.ms[asked], weight[asked], ground.standing, ground.shut, ground.far)
    sites = farthest_first(part, wanted)
    times = part.ms[:, part.usable]
    worst = int(part.ms[:, list(sites)].min(axis=1).max())
    lengths = np.unique(times[times <= worst])
    floor = int(times.min(axis=1).max())  # even with every site open, one point is that far
    lengths = lengths[lengths >= floor]
    low, high, sure = 0, int(np.searchsorted(lengths, worst)), True
    bound = floor
    while low < high:
        middle = (low + high) // 2
        answer = lscp(part, int(lengths[middle]), seconds=seconds)
        if answer.value <= wanted:
            sites, high = answer.sites, middle
        else:
            sure = sure and answer.bound > wanted
            low = middle + 1
        if sure:
            bound = int(lengths[low])
    value = int(part.ms[:, list(sites)].min(axis=1).max())
    return Sited(
        tuple(sorted(sites)), value, min(bound, value), nearest_open(ground, tuple(sites)), unreached, asked=count
    )


def farthest_first(ground: Ground, count: int) -> tuple[int, ...]:
    """Sites one after the other, each the nearest to the point that is worst off (Gonzalez 1985)."""
    times = ground.ms.astype(np.int64)
    times[:, list(ground.shut)] = ground.far
    opened = list(ground.standing) or [int(times.max(axis=0).argmin())]
    near = times[:, opened].min(axis=1)
    while len(opened) < count:
        worst = int(near.argmax())
        site = int(times[worst].argmin())
        if site in opened:
            break
        opened.append(site)
        near = np.minimum(near, times[:, site])
    return tuple(opened)
