"""
Who goes to a simulated call: `engine.dispatch` is asked as the live room asks it, with the crews of this moment.

`rank`, `best_set` and `could_be_diverted` are called through their package, so that whoever replaces or changes one of
them changes the live room and every simulated one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from oneroom.engine import dispatch
from oneroom.engine.roads import INF
from oneroom.engine.simulate.force import Force
from oneroom.engine.simulate.ground import MS, Ground, Searcher
from oneroom.engine.simulate.matters import Found, Order
from oneroom.engine.simulate.world import DAY_S, Kind, World

LOOKED_AT = 8  # crews that are ranked at first; more where a crew farther off could still be the better one
ADVISED = 3  # proposals that an order remembers


@dataclass(frozen=True, slots=True)
class Asked:
    """What is still wanted for a call at a junction: ``want`` crews, and skills and kit that nobody there brings."""

    junction: int
    area: int
    grade: int
    want: int
    skills: int
    kit: int
    mute: Collection[int]  # crews that did not answer this call


@dataclass(frozen=True, slots=True)
class Chosen:
    """Crews to send, in the order of arrival; whom to take from a lesser matter, if anybody; the list that was seen."""

    crews: tuple[Found, ...]
    diverted: Found | None
    advised: tuple[str, ...]


class Room:
    """Decides for one run; it holds no state but the room its searches work in."""

    def __init__(self, world: World, ground: Ground, force: Force):
        self._world, self._ground, self._force = world, ground, force
        self._search = Searcher(ground, len(world.crews))
        skills = [*(kind.skills for kind in world.kinds), *(crew.skills for crew in world.crews)]
        self._wide = max(bits.bit_length() for bits in skills)  # kit stands above the skills in one mask

    def who_goes(self, now: float, asked: Asked, orders: Sequence[Order | None], kinds: Sequence[Kind]) -> Chosen:
        """``orders`` by crew, ``kinds`` of all calls by call, for whoever might be taken from a lesser matter."""
        hour = int(now % DAY_S // 3600)
        ranking, far_ms = self._ranked(now, hour, asked)
        best_free_s = min((p.travel_s for p in ranking.proposals), default=np.inf)
        diverted = self._diverted(now, hour, asked, best_free_s, orders, kinds)
        count = asked.want - (diverted is not None)
        crews = [self._force.index_of[crew] for crew in self._chosen(ranking, asked, count)]
        found = tuple(self._force.found(crew, far_ms[crew]) for crew in crews)
        return Chosen(found, diverted, tuple(str(p.crew_id) for p in ranking.proposals[:ADVISED]))

    def _ranked(self, now: float, hour: int, asked: Asked) -> tuple[dispatch.Ranking, dict[int, int]]:
        """
        The free crews in order: so many of the nearest that nobody left out could come before those wanted; and the
        milliseconds that each of them is away at the speed of traffic.
        """
        force, looked_at = self._force, max(LOOKED_AT, 4 * asked.want)
        need = dispatch.Need(asked.grade, asked.skills, asked.kit, asked.area)
        node, lead = force.places(now, force.free, asked.mute)
        speed, divert = self._world.habits.speed[asked.grade - 1], self._world.divert
        whole = (
            asked.want > 1 or asked.skills or asked.kit or (divert is not None and asked.grade <= divert.up_to_grade)
        )
        while True:
            index, ms = self._search.first(hour, asked.junction, node, lead, looked_at)
            travel_s = ms / (MS * speed)
            ranking = dispatch.rank(
                need, force.candidates(index, travel_s), self._world.policy, first=None if whole else ADVISED
            )
            if len(index) < looked_at or _settled(ranking, asked.want, float(travel_s[-1])):
                return ranking, dict(zip(index.tolist(), ms.tolist(), strict=True))
            looked_at *= 4

    def _chosen(self, ranking: dispatch.Ranking, asked: Asked, count: int) -> tuple[int, ...]:
        """The best set for what is asked; where nothing is but one crew, the first of the list."""
        if count <= 0 or not ranking.proposals:
            return ()
        if count == 1 and not asked.skills and not asked.kit:
            return (ranking.proposals[0].crew_id,)
        bits, members = asked.skills | asked.kit << self._wide, []
        for p in ranking.proposals:
            crew = self._world.crews[self._force.index_of[p.crew_id]]
            seconds = sum(part.seconds for part in p.parts if not part.code.startswith("lacks_"))
            brings = (crew.skills | crew.kit << self._wide) & bits
            members.append(dispatch.Member(p.crew_id, seconds, p.travel_s, brings))
        return dispatch.best_set(members, count=count, asked=bits).crew_ids

    def _diverted(
        self, now: float, hour: int, asked: Asked, best_free_s: float, orders: Sequence[Order | None],
        kinds: Sequence[Kind],
    ) -> Found | None:  # fmt: skip
        """The crew that `dispatch.could_be_diverted` names first, where this city takes crews from lesser matters."""
        policy = self._world.divert
        if policy is None or asked.grade > policy.up_to_grade or best_free_s < policy.gain_s:
            return None
        busy = self._force.on_orders(now, orders, kinds, self._ground)
        if not busy.count:
            return None
        speed = MS * self._world.habits.speed[asked.grade - 1]
        late_ms = (best_free_s - policy.gain_s) * speed + 1  # who comes later than that gains too little
        index, ms = self._search.first(
            hour, asked.junction, busy.node, busy.lead, busy.count, limit_ms=int(min(late_ms, INF))
        )
        travel_s = ms / speed
        found = dispatch.could_be_diverted(
            asked.grade, self._force.candidates(index, travel_s), leaves_grade=busy.grade[index],
            on_scene=busy.on_scene[index], best_free_s=best_free_s, policy=policy,
        )  # fmt: skip
        if not found:
            return None
        first = found[0].index
        crew = int(index[first])
        return Found(crew, int(busy.node[crew]), int(busy.lead[crew]), int(ms[first]))


def _settled(ranking: dispatch.Ranking, want: int, farthest_s: float) -> bool:
    """Whether nobody beyond the farthest looked at could be among the first: no score is less than its travel."""
    return len(ranking.proposals) >= want and ranking.proposals[want - 1].score_s < round(farthest_s)
