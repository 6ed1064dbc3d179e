"""Where districts sit: at stations, each in a block of its own, or where nobody sits yet, in the middle of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oneroom.engine.siting.districting.blocks import Blocks
from oneroom.engine.siting.districting.divide import Divided, Terms, divide
from oneroom.engine.values import BadInput

_TRIED = 64  # blocks of a district that are looked at as its middle


def seats_apart(blocks: Blocks, wanted: Sequence[int]) -> tuple[int, ...]:
    """
    A block for each station, its own unless one before it sits there: then the nearest by road that is free.

    Raises BadInput where there are more stations than blocks around them.
    """
    taken: dict[int, int] = {}
    seats: list[int] = []
    for block in wanted:
        if block in taken:
            far = blocks.times_from([block])[0]
            far[[*taken, *wanted]] = np.inf
            block = int(far.argmin())
            if not np.isfinite(far[block]):
                raise BadInput(
                    "seats", "Two stations stand in one piece of ground: each district needs one of its own."
                )
        taken[block] = len(seats)
        seats.append(int(block))
    return tuple(seats)


def chosen_seats(
    blocks: Blocks, count: int, *, among: Sequence[int] | None = None, kept: Sequence[int] = ()
) -> tuple[int, ...]:
    """
    ``count`` seats far from each other by road, each where there is work for it: ``kept`` first, then one after the
    other the block with the most work times drive to the nearest seat. ``among``: only these.
    """
    allowed = np.arange(len(blocks)) if among is None else np.unique(np.asarray(among, np.int64))
    if count > len(allowed):
        raise BadInput("count", "%(count)d districts are more than the %(blocks)d pieces of ground that there are.",
                       count=count, blocks=len(allowed))  # fmt: skip
    part = blocks.parts()
    seats = [int(seat) for seat in kept][:count]
    near = blocks.times_from(seats).min(axis=0) if seats else np.full(len(blocks), np.inf)
    while len(seats) < count:
        free = allowed[~np.isin(allowed, seats)]
        bare = free[~np.isfinite(near[free])]
        if len(bare):  # a part of the ground in which nobody sits yet: the one with the most work first
            load = np.bincount(part, weights=blocks.work)
            bare = bare[part[bare] == part[bare[load[part[bare]].argmax()]]]
            seat = int(bare[blocks.work[bare].argmax()])
        else:
            worth = (blocks.work[free] + 1e-9) * near[free]
            seat = int(free[worth.argmax()])
        seats.append(seat)
        near = np.minimum(near, blocks.times_from([seat])[0])
    return tuple(seats)


def divide_anew(
    blocks: Blocks, count: int, terms: Terms | None = None, *, among: Sequence[int] = (), turns: int = 3
) -> Divided:
    """
    ``count`` districts whose seats are chosen as well: stations of ``among`` as far as there are any, then anywhere.

    Seats move to the middle of what was found around them and the ground is divided anew (Lloyd 1982), the evenest is
    taken. Raises BadInput.
    """
    terms = terms or Terms()
    stations = list(dict.fromkeys(int(block) for block in among))
    seats = chosen_seats(blocks, min(count, len(stations)), among=stations) if stations else ()
    seats = chosen_seats(blocks, count, kept=seats)
    best: Divided | None = None
    for turn in range(turns + 1):
        found = divide(
            blocks, seats, replace(terms, rounds=terms.rounds if turn == turns else max(2, terms.rounds // 3))
        )
        if best is None or max(found.worst, terms.tolerance) <= max(best.worst, terms.tolerance):
            best = found
        seats = _centred(blocks, found, set(stations))
        if seats == found.seats:
            break
    return best if best is not None else found


def _centred(blocks: Blocks, found: Divided, stations: set[int]) -> tuple[int, ...]:
    """Each seat where its district's work is nearest: at a station of it where it sits at one, else anywhere in it."""
    seats = []
    for district, seat in enumerate(found.seats):
        which = np.flatnonzero(found.of == district)
        open_to = [n for n, block in enumerate(which.tolist()) if seat not in stations or block in stations]
        tried = open_to[:: max(1, len(open_to) // _TRIED)]
        far = blocks.within(which).times_from(tried) @ (blocks.work[which] + 1e-9)
        seats.append(int(which[tried[int(far.argmin())]]))
    return tuple(seats)
