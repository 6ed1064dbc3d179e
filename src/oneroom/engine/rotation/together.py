"""
A round that breaks a rule about several people at once, worked out again with those rules.

Rules that count get a price: what it is worth to a unit that one more pilot comes, raised until one does (Lagrange;
Geoffrion 1974). The prices give a bound that no plan can beat. Where the plan found so costs as much, it is proved;
where not, CP-SAT decides among the pairs that a better plan could hold, which are few (``exact``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oneroom.engine.rotation.exact import Exact
from oneroom.engine.rotation.matching import Ints
from oneroom.engine.rotation.prices import FAR, Best, Matrix, Pairs, best, detour, nearest
from oneroom.engine.rotation.rounds import Ready
from oneroom.engine.rotation.sides import Count, Side, apart, counts, kin_side, related, too_near

TURNS = 60
# More pairs than these are not given to CP-SAT; where no way is known yet, of each person the best few.
MOST_PAIRS, FEW = 20_000, 4


@dataclass(frozen=True, slots=True)
class Solved:
    """
    ``where``: each person's seat, None where no way was found. ``least``: no way costs less. ``proved``: this is the
    least, or there is none. ``rules``: the fewest that must give way, where there is none.
    """

    where: Ints | None
    least: int
    proved: bool
    rules: tuple[Side, ...] = ()


def solve(round_: Ready, offered: Matrix, first: Best) -> Solved:
    """The cheapest way of seating everybody with all rules. ``first``: the cheapest without those about several."""
    search = _Search(round_, offered, first)
    search.climb()
    if search.stuck is None:
        search.part_relatives()
    if search.where is not None and search.total == search.least:
        return Solved(search.where, search.least, True)
    return search.decide()


class _Search:
    """Prices of the rules that count, the best bound, the best way so far."""

    def __init__(self, round_: Ready, offered: Matrix, first: Best):
        self.round, self.offered, self.now = round_, offered, first
        self.counts, self.kin = counts(round_), list(related(round_))
        self.pairs = replace(round_.pairs, cost=round_.pairs.cost.copy())
        self.price = [0] * len(self.counts)
        self.least = first.total
        self.bound: tuple[Best, Pairs] = (first, round_.pairs)  # what gave ``least``
        self.where: Ints | None = None
        self.total = 0
        self.stuck: Side | None = None

    def climb(self, *, bounds: bool = True) -> bool:
        """Raise prices until all counts are right; False where that does not come about."""
        for _ in range(TURNS):
            short = [k for k, count in enumerate(self.counts) if count.short(self.now.where, self.round.stay) > 0]
            if not short:
                return self._keep()
            steps = [self._step(self.counts[k]) for k in short]  # all of them by the same prices
            for k, step in zip(short, steps, strict=True):
                if step is None:
                    self.stuck = self.counts[k].side
                    return False
                self.price[k] += step
                self._charge(self.counts[k], step)
            found = best(self.pairs, self.offered)
            if found is None:
                return False
            self.now = found
            value = found.total + sum(p * c.least for p, c in zip(self.price, self.counts, strict=True))
            if bounds and value > self.least:
                self.least, self.bound = value, (found, replace(self.pairs, cost=self.pairs.cost.copy()))
        return False

    def part_relatives(self) -> None:
        """Keep relatives apart by closing to one of them what is too near to the other: a way, not always the best."""
        for _ in range(TURNS):
            near = too_near(self.round, self.now.where, self.kin)
            if not near:
                return
            can = self.pairs.can.copy()
            movers = []
            for i, j in near:
                mover, closed = min((self._regret(i, j), self._regret(j, i)))[1:]
                can[mover, closed] = False
                movers.append(mover)
            self.offered &= can
            self.pairs = replace(self.pairs, can=can)
            theirs = replace(self.pairs, can=can[movers], cost=self.pairs.cost[movers])
            self.offered[movers] |= nearest(theirs)
            found = best(self.pairs, self.offered)
            if found is None:
                return
            self.now = found
            if not self.climb(bounds=False):
                return

    def _regret(self, mover: int, other: int) -> tuple[int, int, list[int]]:
        """What it costs at least that one of two relatives stays away from the other, who it is, and from what."""
        closed = apart(self.round, int(self.now.where[other]))
        open_ = self.pairs.can[mover].copy()
        open_[closed] = False
        gain = self.now.gain(self.pairs, slice(mover, mover + 1))[0]
        return int(gain[open_].min(initial=FAR)), mover, closed.tolist()

    def decide(self) -> Solved:
        """What CP-SAT makes of the pairs that matter."""
        matters, whole = self._matter()
        if self.where is not None and not whole:  # near enough, and it says by how much
            return Solved(self.where, self.least, False)
        row, column = np.nonzero(matters)
        exact = Exact(self.round, row, column, (self.counts, self.kin))
        found = exact.cheapest(self.where)
        if found.where is not None:
            proved = found.total == self.least or (whole and found.closed)
            return Solved(found.where, found.total if proved else self.least, proved)
        if self.where is not None:
            return Solved(self.where, self.least, False)
        if whole and found.closed:
            return Solved(None, self.least, True, exact.giving_way())
        return Solved(None, self.least, False, (self.stuck,) if self.stuck else ())

    def _matter(self) -> tuple[Matrix, bool]:
        """The pairs that a way as good as the best so far could hold, and whether these are all of them."""
        pairs = self.round.pairs
        if self.where is None and int(pairs.can.sum()) <= MOST_PAIRS:
            return pairs.can, True
        answer, priced = self.bound
        gain = np.where(pairs.can, answer.gain(priced, slice(None)), np.iinfo(np.int64).max)
        if self.where is not None:
            matters = pairs.can & (gain <= self.total - self.least)
            if int(matters.sum()) <= MOST_PAIRS:
                return matters, True
        few = min(FEW, gain.shape[1])
        matters = pairs.can & (gain <= np.partition(gain, few - 1, axis=1)[:, few - 1 : few])
        rows = np.arange(len(gain))
        for where in (self.where, answer.where, self.now.where):
            if where is not None:
                matters[rows, where] = True
        return matters, False

    def _keep(self) -> bool:
        """A way that holds all rules, if it is better than the one before."""
        where = self.now.where
        if too_near(self.round, where, self.kin):
            return True
        total = int(self.round.pairs.cost[np.arange(len(where)), where].sum())
        if self.where is None or total < self.total:
            self.where, self.total = where, total
        return True

    def _step(self, count: Count) -> int | None:
        """What it costs that one more comes, and one: that is what it is then worth. None where nobody can."""
        r, where, cost = self.round, self.now.where, self.pairs.cost
        own = cost[np.arange(len(where)), where]
        least = FAR // 2
        if count.columns is None:
            rows = count.rows[where[count.rows] != r.stay[count.rows]]
            goals = {int(c): rows[r.stay[rows] == c] for c in np.unique(r.stay[rows])}
        else:
            rows = count.rows[~np.isin(where[count.rows], count.columns)]
            goals = {int(c): rows[self.pairs.can[rows, c]] for c in count.columns}
        for column, comers in goals.items():
            if len(comers):
                room = detour(self.pairs, self.offered, where, column)
                least = min(least, int((cost[comers, column] - own[comers] + room[where[comers]]).min()))
        return None if least >= FAR // 2 else max(least, 0) + 1

    def _charge(self, count: Count, step: int) -> None:
        if count.columns is None:
            self.pairs.cost[count.rows, self.round.stay[count.rows]] -= step
        else:
            self.pairs.cost[np.ix_(count.rows, count.columns)] -= step


def broken_sides(round_: Ready, where: Ints) -> list[Side]:
    """Which rules about several a way of seating people breaks, in a fixed order."""
    found = [c.side for c in counts(round_) if c.short(where, round_.stay) > 0]
    return found + [kin_side(round_, i, j) for i, j in too_near(round_, where, list(related(round_)))]
