"""The crews of a running city as arrays: who is on duty, free, where; what `dispatch` asks about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine import dispatch
from oneroom.engine.simulate import moving
from oneroom.engine.simulate.ground import MS, Ground
from oneroom.engine.simulate.matters import Found, Order, Outcome
from oneroom.engine.simulate.world import DAY_S, Kind, World

Ints = NDArray[np.int32]
BEGINS, READY, ENDS = range(3)


@dataclass(frozen=True)
class Busy:
    """
    Crews on an order that could still be taken from it: ``count`` of them. The arrays are over all crews, ``node`` -1
    for the others.
    """

    count: int
    node: Ints
    lead: Ints
    grade: NDArray[np.int64]
    on_scene: NDArray[np.bool_]


class Force:
    """State of all crews; one position per array index, in the order of ``world.crews``."""

    def __init__(self, world: World, ground: Ground, outcome: Outcome):
        crews = world.crews
        self._world, self._ground, self.outcome = world, ground, outcome
        self.index_of = {crew.id: i for i, crew in enumerate(crews)}
        self._led = np.array([c.led for c in crews])
        # One row for each column of `dispatch.Candidates` that is whole numbers: crews are taken out of all at once.
        self._facts = np.array([(c.id, c.officers, c.skills, c.kit, c.area, 0) for c in crews], np.int64).T.copy()
        self._runs = self._facts[-1]
        self._watch = np.array([c.watch for c in crews])
        self._post = np.array([c.post for c in crews], np.int32)
        n = len(crews)
        self.free = np.zeros(n, np.bool_)  # on duty, ready, without an order, answering
        self._duty, self._ready, self._busy, self._mute = (np.zeros(n, np.bool_) for _ in range(4))
        self._mode, self._at, self._since = (
            np.zeros(n, np.int8).astype(np.int32),
            self._post.copy(),
            np.zeros(n, np.int64),
        )
        self._node, self._lead = np.empty(n, np.int32), np.empty(n, np.int32)
        self._begun_s, self._duty_since = np.zeros(n), np.zeros(n)
        self._muted_until, self._counts_from = np.zeros(n), 0.0
        self._yes, self._zero = np.ones(n, np.bool_), np.zeros(n)

    # Watches

    def turns(self, end_s: float) -> list[tuple[float, int]]:
        """
        When watches begin, are ready and end: (second, what and which); one that runs at the start begins then.

        Who is relieved goes on until the others are ready: kit and matters pass from hand to hand.
        """
        found = []
        first_day = self._world.begins.weekday()
        for number, watch in enumerate(self._world.watches):
            whole = watch.lasts_s == DAY_S and len(watch.days) == 7
            for day in range(-1, int(end_s // DAY_S) + 1):
                on = day * DAY_S + watch.on_s
                off = on + watch.lasts_s
                if (first_day + day) % 7 not in watch.days or off <= 0:
                    continue
                if whole and day >= 0 and (day > 0 or watch.on_s > 0):
                    continue  # such a crew never goes off duty
                found.append((max(0.0, float(on)), 3 * number + BEGINS))
                ready = on + self._world.habits.handover_s if on > 0 else 0.0
                found.append((max(0.0, float(ready)), 3 * number + READY))
                if not whole:
                    found.append((float(off + self._world.habits.handover_s), 3 * number + ENDS))
        order = {BEGINS: 1, READY: 2, ENDS: 0}
        return sorted(found, key=lambda turn: (turn[0], order[turn[1] % 3], turn[1]))

    def turn(self, now: float, number: int) -> None:
        """A watch begins, is ready, or ends; who has an order ends his watch when it is over."""
        what, mine = number % 3, np.flatnonzero(self._watch == number // 3)
        if what == BEGINS:
            fresh = mine[~self._duty[mine]]
            self._duty_since[fresh[~self._busy[fresh]]] = now  # who still works on from his last watch goes on counting
            self._duty[mine] = True
            self._ready[fresh], self._mute[fresh], self._runs[mine] = False, False, 0
            idle = mine[~self._busy[mine]]
            self._mode[idle], self._at[idle], self._since[idle] = moving.BEAT, self._post[idle], round(now * MS)
        elif what == READY:
            self._ready[mine] = True
        else:
            self._duty[mine] = False
            idle = mine[~self._busy[mine]]
            self.outcome.duty_s[idle] += now - self._duty_since[idle]
        self._freed(mine)

    def close(self, now: float) -> None:
        """The run is over: count what is under way."""
        counts = self._duty | self._busy
        self.outcome.duty_s[counts] += now - self._duty_since[counts]
        self.outcome.worked_s[self._busy] += now - self._begun_s[self._busy]

    def count_from(self, now: float) -> None:
        """What was until now does not count: the city was only being filled."""
        self.outcome.worked_s[:], self.outcome.duty_s[:], self.outcome.overtime_s = 0.0, 0.0, 0.0
        self._duty_since, self._begun_s = np.maximum(self._duty_since, now), np.maximum(self._begun_s, now)
        self._counts_from = now

    # Orders

    def begin(self, now: float, crew: int) -> None:
        self._busy[crew], self.free[crew] = True, False
        self._runs[crew] += 1
        self._begun_s[crew] = now

    def end(self, now: float, crew: int, *, at: int, lead_ms: int) -> None:
        """Its order is over: it goes back to its post, or off duty where its watch is over."""
        self._busy[crew] = False
        self.outcome.worked_s[crew] += now - self._begun_s[crew]
        self._mode[crew], self._at[crew], self._since[crew] = moving.BACK, at, round(now * MS) + lead_ms
        if not self._duty[crew]:
            self.outcome.duty_s[crew] += now - self._duty_since[crew]
            self.outcome.overtime_s += now - max(self._off_since(now, crew), self._counts_from)
        self._freed(crew)

    def mute(self, crew: int, *, until_s: float) -> None:
        self._mute[crew], self._muted_until[crew] = True, until_s
        self._freed(crew)

    def heard(self, now: float, crew: int) -> None:
        """It may be asked again, unless a later order went unanswered too."""
        if now >= self._muted_until[crew]:
            self._mute[crew] = False
            self._freed(crew)

    def _freed(self, which: NDArray[np.int64] | int) -> None:
        self.free[which] = self._duty[which] & self._ready[which] & ~self._busy[which] & ~self._mute[which]

    def _off_since(self, now: float, crew: int) -> float:
        """When the crew's watch ended last."""
        watch = self._world.watches[self._world.crews[crew].watch]
        off = (watch.on_s + watch.lasts_s + self._world.habits.handover_s) % DAY_S
        return now - (now - off) % DAY_S

    # Places

    def places(self, now: float, asked: NDArray[np.bool_], without: Collection[int] = ()) -> tuple[Ints, Ints]:
        """(next junction, milliseconds until there) of the crews asked about; -1 for the others."""
        ground, graph, now_ms = self._ground, self._ground.graph, round(now * MS)
        moving.settle_places(
            now_ms, asked, self._mode, self._at, self._since, self._post, ground.beat_start, ground.beat_node,
            ground.beat_ms, ground.home, ground.home_row, graph.arc_head,
            ground.by_hour[now_ms // (3600 * MS) % 24].arc_ms, self._node, self._lead,
        )  # fmt: skip
        for crew in without:
            self._node[crew] = -1
        return self._node, self._lead

    def found(self, crew: int, far_ms: int) -> Found:
        """A crew as `places` found it last."""
        return Found(crew, int(self._node[crew]), int(self._lead[crew]), far_ms)

    def on_orders(self, now: float, orders: Sequence[Order | None], kinds: Sequence[Kind], ground: Ground) -> Busy:
        """Crews that are called, under way or at a scene, and where; not those that do their paperwork."""
        n, count = len(orders), 0
        node, lead = np.full(n, -1, np.int32), np.zeros(n, np.int32)
        grade, on_scene = np.zeros(n, np.int64), np.zeros(n, np.bool_)
        for crew, order in enumerate(orders):
            if order is None or order.state == "paper" or not self._duty[crew]:
                continue
            count += 1
            kind = kinds[order.call]
            grade[crew], on_scene[crew] = kind.grade, order.state == "there"
            node[crew], lead[crew] = order.node, order.lead_ms
            if order.state == "there":
                node[crew], lead[crew] = order.goal, 0
            elif order.state == "under_way":
                node[crew], lead[crew] = _on_the_way(order, now, ground, self._world.habits.speed[kind.grade - 1])
        return Busy(count, node, lead, grade, on_scene)

    def candidates(self, index: Ints, travel_s: NDArray[np.float64]) -> dispatch.Candidates:
        """These crews as `dispatch.rank` wants them; their places are known to the second."""
        n = len(index)
        crew_id, officers, skills, kit, area, runs = self._facts[:, index]
        return dispatch.Candidates(
            crew_id, travel_s, self.free[index], self._yes[:n], officers, self._led[index], skills, kit, area, runs,
            self._zero[:n], self._zero[:n],
        )  # fmt: skip


def _on_the_way(order: Order, now: float, ground: Ground, speed: float) -> tuple[int, int]:
    """The next junction of its way, and the milliseconds until the crew is there."""
    if order.way is None:
        order.way = ground.way(int(order.offered_s % DAY_S // 3600), order.node, order.goal)
    gone = (now - order.left_s) * MS * speed - order.lead_ms
    if gone < 0:
        return order.node, round(-gone)
    passed, ms = order.way
    step = int(np.searchsorted(ms, gone))
    return (int(passed[step]), round(float(ms[step]) - gone)) if step < len(passed) else (order.goal, 0)
