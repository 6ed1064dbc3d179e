"""
One run of a simulated city: calls come, the room decides by the live room's own rules, crews move and work.

Who goes is said by `engine.dispatch` (`room.py`) and whom an unanswered order reaches by `engine.escalation`, asked
through their packages, never copied: whoever changes them there changes both worlds. What happens is told as entries of
the record's kinds (`Told`), in order of time, so that `engine.measures` count a simulated day as they count a lived
one. Nothing here asks a clock or draws a number: chance comes with the calls (`demand.py`).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from datetime import timedelta
from heapq import heappop, heappush
from typing import Any

import numpy as np

from oneroom.engine import escalation
from oneroom.engine.simulate.demand import ANSWER, MOBILISE, PAPER, SCENE, SILENT, STATION, Calls
from oneroom.engine.simulate.force import Force
from oneroom.engine.simulate.ground import MS, Ground, made_ready, unreachable
from oneroom.engine.simulate.matters import Found, Matter, Order, Outcome, Told
from oneroom.engine.simulate.room import Asked, Room
from oneroom.engine.simulate.world import DAY_S, Unrunnable, World

RETRIED = 50  # so many of those that wait are looked at when a crew is free, as in the live room
RINGS = ("crew", "crew_lead", "crew_second")


def run(
    world: World, calls: Calls, told: Told, *, days: int, ground: Ground | None = None, since_s: float = 0.0
) -> Outcome:
    """
    Run so many days, telling each entry; ``ground`` (`made_ready`) may be shared by runs on the same roads and posts.
    What the outcome counts is counted from ``since_s`` on: before, the city is only filled.

    What is under way at the end stays under way. Raises Unrunnable for a call that no post can reach, with the number
    of such places, or of a kind that the world does not have.
    """
    lost = unreachable(world, calls.node)
    if len(lost):
        raise Unrunnable(
            f"{len(lost)} places of calls cannot be reached by road from any post, junction {lost[0]} first"
        )
    if len(calls) and not 0 <= int(calls.kind.min()) <= int(calls.kind.max()) < len(world.kinds):
        raise Unrunnable("a call is of a kind that this city does not know")
    return _Run(world, calls, told, ground or made_ready(world), days * DAY_S, since_s).go()


class _Run:
    def __init__(self, world: World, calls: Calls, told: Told, ground: Ground, end_s: float, since_s: float):
        self.world, self.calls, self.told, self.ground = world, calls, told, ground
        self.since_s, self.end_s = since_s, end_s
        self.habits = world.habits
        self.out = Outcome(np.zeros(len(world.crews)), np.zeros(len(world.crews)))
        self.force = Force(world, ground, self.out)
        self.room = Room(world, ground, self.force)
        self.ladders = world.ladders or [escalation.answer_ladder(grade) for grade in (1, 2, 3, 4)]
        self.events: list[tuple[float, int, Callable[[float, Any], None], Any]] = []
        self.laid = 0
        self.matters: dict[int, Matter] = {}
        self.orders: list[Order | None] = [None] * len(world.crews)
        self.order_count = 0
        self.waiting: list[tuple[int, float, int]] = []
        self.at_s, self.kinds = calls.at_s.tolist(), [world.kinds[kind] for kind in calls.kind.tolist()]
        self.nodes, self.areas, self.decide = calls.node.tolist(), calls.area.tolist(), calls.decide.tolist()

    def go(self) -> Outcome:
        for second, number in self.force.turns(self.end_s):
            self.lay(second, self.turn, number)
        if self.since_s > 0:
            self.lay(self.since_s, self.count, None)
        if self.at_s:
            self.lay(self.at_s[0], self.received, 0)
        events, end_s, count = self.events, self.end_s, 0
        while events and events[0][0] < end_s:
            now, _number, act, about = heappop(events)
            act(now, about)
            count += 1
        self.force.close(end_s)
        self.out.left_over, self.out.events = len(self.waiting), count
        return self.out

    def count(self, now: float, _about: None) -> None:
        self.force.count_from(now)
        self.out.lapsed = self.out.diverted = self.out.waited = 0

    def lay(self, at_s: float, act: Callable[[float, Any], None], about: Any) -> None:
        self.laid += 1
        heappush(self.events, (at_s, self.laid, act, about))

    def tell(self, kind: str, now: float, subject: str, call: int, facts: dict[str, Any]) -> None:
        self.told(kind, self.world.begins + timedelta(seconds=now), subject, f"incident:{call + 1}", facts)

    def step(self, kind: str, now: float, order: Order, **facts: Any) -> None:
        facts |= {"assignment": order.id, "incident": order.call + 1, "crew": self.world.crews[order.crew].id}
        self.tell("assignment." + kind, now, f"assignment:{order.id}", order.call, facts)

    # Calls

    def received(self, now: float, call: int) -> None:
        if call + 1 < len(self.at_s):
            self.lay(self.at_s[call + 1], self.received, call + 1)
        kind, area = self.kinds[call], self.areas[call]
        subject = f"incident:{call + 1}"
        self.tell(
            "incident.received", now, subject, call,
            {"incident": call + 1, "report": call + 1, "source": "phone", "safe_contact": "unknown",
             "grade": kind.grade, "unit": area},
        )  # fmt: skip
        self.lay(now + (kind.decide or self.habits.decide).at(self.decide[call]), self.classified, call)

    def classified(self, now: float, call: int) -> None:
        kind = self.kinds[call]
        self.tell(
            "incident.classified", now, f"incident:{call + 1}", call,
            {"incident": call + 1, "category": kind.category, "grade": kind.grade, "reasons": [],
             "unit": self.areas[call]},
        )  # fmt: skip
        self.matters[call] = Matter()
        self.decided(now, call)

    def decided(self, now: float, call: int) -> None:
        """Send what the plan still asks for; what nobody can be sent for waits."""
        matter, kind = self.matters.get(call), self.kinds[call]
        if matter is None:
            return
        want = kind.crews - len(matter.live) - matter.done
        if want > 0:
            want -= self.send(now, call, matter, want)
        if want > 0 and not matter.waits:
            matter.waits = True
            self.out.waited += 1
            insort(self.waiting, (kind.grade, self.at_s[call], call))
        elif want <= 0:
            self.no_longer_waits(call, matter)

    def no_longer_waits(self, call: int, matter: Matter) -> None:
        if matter.waits:
            matter.waits = False
            self.waiting.remove((self.kinds[call].grade, self.at_s[call], call))

    def send(self, now: float, call: int, matter: Matter, want: int) -> int:
        """Ask who goes, and send them; how many were sent."""
        kind, skills, kit = self.kinds[call], self.kinds[call].skills, self.kinds[call].kit
        for order in matter.live:
            crew = self.world.crews[order.crew]
            skills, kit = skills & ~crew.skills, kit & ~crew.kit
        asked = Asked(self.nodes[call], self.areas[call], kind.grade, want, skills, kit, matter.mute)
        chosen = self.room.who_goes(now, asked, self.orders, self.kinds)
        crews = list(chosen.crews)
        if chosen.diverted is not None:
            crews.insert(0, chosen.diverted)
            left = self.orders[chosen.diverted.crew]
            if left is not None:
                self.step("diverted", now, left, graver=call + 1)
                self.out.diverted += 1
                self.over(now, left, at=chosen.diverted.node, lead_ms=chosen.diverted.lead_ms)
                self.lay(now, self.decided, left.call)  # after this one: its crews are chosen already
        for who in crews:
            self.offer(now, call, matter, who, list(chosen.advised))
        return len(crews)

    # Orders

    def offer(self, now: float, call: int, matter: Matter, who: Found, advised: list[str]) -> None:
        """The crew is told to go; where it was found it waits until it sets out."""
        crew = who.crew
        normal, even = self.calls.behaviour(call, matter.sent)
        self.order_count += 1
        order = Order(
            self.order_count, call, crew, normal, even, who.node, who.lead_ms, who.far_ms,
            self.nodes[call], now,
        )  # fmt: skip
        self.orders[crew] = order
        self.force.begin(now, crew)
        grade = self.kinds[call].grade
        self.step("offered", now, order, grade=grade, lead=not matter.live, advised=advised)
        matter.live.append(order)
        matter.sent += 1
        order.rings = self._rings_needed(even[SILENT])
        self.climb(now, order)

    def _rings_needed(self, even: float) -> int:
        """How often a crew's phones ring before it notices: once for most; for the silent ones, by the same chance."""
        silent, wakes = self.habits.silent, self.habits.wakes
        if even >= silent:
            return 1
        rings, left = 2, even / silent
        while left < 1 - wakes and rings < 10:
            left /= 1 - wakes
            rings += 1
        return rings

    def climb(self, now: float, order: Order) -> None:
        """The next rung of an order that nobody signed for."""
        if order.state != "offered":
            return
        kind = self.kinds[order.call]
        rungs = self.ladders[kind.grade - 1]
        rung = rungs[order.rung]
        self.tell(
            "ladder.climbed", now, f"assignment:{order.id}", order.call,
            {"ladder": order.id, "rung": rung.n, "rung_code": rung.code, "told": len(rung.tell), "skipped": False,
             "due": self.world.begins + timedelta(seconds=order.offered_s + rung.after_s), "stage": "answer",
             "crew": self.world.crews[order.crew].id},
        )  # fmt: skip
        order.rung += 1
        if any(who in RINGS for who in rung.tell):
            order.rings -= 1
            if order.rings == 0:
                self.lay(now + self.habits.answer.at(order.normal[ANSWER]), self.acknowledged, order)
        if rung.code == self.habits.next_at and order.rings > 0:
            self.lapsed(now, order)
        elif order.rung < len(rungs):
            self.lay(order.offered_s + rungs[order.rung].after_s, self.climb, order)

    def lapsed(self, now: float, order: Order) -> None:
        self.step("lapsed", now, order)
        self.out.lapsed += 1
        self.matters[order.call].mute.add(order.crew)
        self.over(now, order, at=order.node, lead_ms=order.lead_ms, mute_s=self.habits.mute_s)
        self.lay(now, self.decided, order.call)

    def acknowledged(self, now: float, order: Order) -> None:
        if order.state == "offered":
            order.state = "signed"
            self.step("acknowledged", now, order)
            mobilise = self.kinds[order.call].mobilise or self.habits.mobilise
            self.lay(now + mobilise.at(order.normal[MOBILISE]), self.set_out, order)

    def set_out(self, now: float, order: Order) -> None:
        if order.state == "signed":
            order.state, order.left_s = "under_way", now
            self.step("en_route", now, order)
            speed = self.habits.speed[self.kinds[order.call].grade - 1]
            self.lay(now + order.far_ms / (MS * speed), self.arrived, order)

    def arrived(self, now: float, order: Order) -> None:
        if order.state == "under_way":
            order.state = "there"
            self.step("on_scene", now, order)
            scene = self.kinds[order.call].scene
            self.lay(now + scene.at(order.normal[SCENE]), self.reported, order)

    def reported(self, now: float, order: Order) -> None:
        if order.state != "there":
            return
        order.state = "paper"
        self.step("reported", now, order, outcome="handled")
        kind, crew = self.kinds[order.call], self.world.crews[order.crew]
        at, drive_s = order.goal, 0.0
        if order.even[STATION] < kind.station_share:
            passed, ms = self.ground.way(int(now % DAY_S // 3600), at, crew.post)
            if len(passed):
                at, drive_s = crew.post, float(ms[-1]) / MS
        order.node = at
        self.lay(now + drive_s + kind.paper.at(order.normal[PAPER]), self.cleared, order)

    def cleared(self, now: float, order: Order) -> None:
        if order.state != "paper":
            return
        self.step("cleared", now, order)
        matter = self.matters[order.call]
        matter.done += 1
        self.over(now, order, at=order.node, lead_ms=0)
        if not matter.live:  # its crews have reported and are gone: nobody more is sent
            self.no_longer_waits(order.call, matter)
            del self.matters[order.call]

    def over(self, now: float, order: Order, *, at: int, lead_ms: int, mute_s: float = 0.0) -> None:
        """The order is no more; the crew is free where it is, or goes off duty, or is not asked for a time."""
        order.state = "over"
        self.orders[order.crew] = None
        self.matters[order.call].live.remove(order)
        self.force.end(now, order.crew, at=at, lead_ms=lead_ms)
        if mute_s:
            self.force.mute(order.crew, until_s=now + mute_s)
            self.lay(now + mute_s, self.heard_again, order.crew)
        else:
            self.lay(now, self.somebody_free, order.crew)

    # Crews

    def heard_again(self, now: float, crew: int) -> None:
        self.force.heard(now, crew)
        self.somebody_free(now, crew)

    def turn(self, now: float, number: int) -> None:
        """A watch begins, is ready or ends."""
        self.force.turn(now, number)
        self.somebody_free(now, -1)

    def somebody_free(self, now: float, crew: int) -> None:
        """What waits is looked at anew, the gravest and then oldest first."""
        if not self.waiting or (crew >= 0 and not self.force.free[crew]):
            return
        for _grade, _since, call in self.waiting[:RETRIED]:
            if not self.force.free.any():
                return
            self.decided(now, call)
