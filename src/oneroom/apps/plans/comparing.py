"""
Today and a plan under the same calls and people, and what may be said of the difference: the results of a run.

`compare` draws calls as the last weeks had them; `replay` takes those of days that were, and only what people do is
drawn. A figure without end (calls that nobody comes to) is kept as "inf", for which JSON has no number. See
`docs/simulation.md` for what to believe of either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
from django.utils.timezone import get_current_timezone
from numpy.typing import NDArray

from oneroom.apps.ledger.time import now
from oneroom.apps.plans.models import Run
from oneroom.apps.plans.spreading import spread
from oneroom.apps.plans.troubles import Trouble
from oneroom.apps.plans.world import Worlds, days_between, worlds_of
from oneroom.engine import coverage, roads
from oneroom.engine.simulate.demand import Demand, Recorded
from oneroom.engine.simulate.ground import made_ready
from oneroom.engine.simulate.rates import hours_seen, rates, weights
from oneroom.engine.simulate.runs import Compared, Days, Interval, one_of_each
from oneroom.engine.simulate.runs import compare as compared
from oneroom.engine.simulate.score import REACHED_S, Figures
from oneroom.engine.simulate.world import World

Tick = Callable[[int, int], None]
HOURS = 168
OFFICER_HOURS = 40  # a week of one officer, leave and sickness left out: the statutory working week
_AREA = ("response_mean_s.area", "calls.area", "unreached.area")


def compare(run: Run, tick: Tick) -> dict[str, Any]:
    """Calls as the last weeks had them, so many days, under both worlds."""
    assert run.day is not None
    worlds = worlds_of(run.changes, run.hand, run.day, at=now())
    asked = run.asked
    demands = _drawn(worlds)
    span = Days(asked["days"], asked["warm_days"])
    return _both(worlds, demands, span, asked, tick)


def replay(run: Run, tick: Tick) -> dict[str, Any]:
    """
    The calls of days that were, under both worlds; people are drawn anew each time. Those of the day before fill the
    city and are not counted: else every crew would be idle at the first midnight.
    """
    assert run.day is not None
    asked = run.asked
    since, until = (date.fromisoformat(asked[name]) for name in ("since", "until"))
    before = since - timedelta(days=1)
    worlds = worlds_of(run.changes, run.hand, run.day, at=now(), replayed=days_between(before, until))
    if not (worlds.record.calls.at >= days_between(since, until)[0].timestamp()).any():
        raise Trouble("no_calls")
    worlds.assumed.append({"code": "replay_filled", "day": before.isoformat()})
    return _both(worlds, _recorded(worlds, asked["seed"]), Days((until - since).days, 1), asked, tick)


def _drawn(worlds: Worlds) -> tuple[Demand, Demand]:
    """How often calls come and where, as the record has it; the plan's world has its own areas."""
    record, zone = worlds.record, get_current_timezone()
    local = [datetime.fromtimestamp(float(at), zone) for at in record.calls.at]
    hour = np.array([when.weekday() * 24 + when.hour for when in local], np.int64)
    sent = record.sent[record.kind]
    since = record.since.astimezone(zone)
    length = max(1, -int(-(record.until - record.since).total_seconds() // 3600))
    seen = hours_seen(since.weekday() * 24 + since.hour, length)
    rate = rates(np.bincount(hour, weights=sent, minlength=HOURS), seen)
    places = np.column_stack([worlds.cell, worlds.area_today, worlds.area_plan])
    unique, place = np.unique(places, axis=0, return_inverse=True)
    weight = weights(np.asarray(place).ravel(), hour % 24, len(unique))
    share = np.bincount(record.kind, weights=sent, minlength=len(record.kinds)).astype(np.float64)
    node = worlds.cells.node[unique[:, 0]]
    today, plan = unique[:, 1].astype(np.int32), unique[:, 2].astype(np.int32)
    return Demand(rate, node, today, weight, share, today), Demand(rate, node, plan, weight, share, today)


def _recorded(worlds: Worlds, seed: int) -> tuple[Recorded, Recorded]:
    """The calls that were; of kinds to which nobody is always sent, so many as usual are left out by chance."""
    record = worlds.record
    goes = np.random.default_rng([seed, 7]).random(len(record.calls)) < record.sent[record.kind]
    begins = worlds.today.begins.timestamp()
    at_s, node = record.calls.at[goes] - begins, worlds.cells.node[worlds.cell[goes]]
    today, plan, kind = worlds.area_today[goes], worlds.area_plan[goes], record.kind[goes]
    return Recorded(at_s, node, today, kind, today), Recorded(at_s, node, plan, kind, today)


def _both(
    worlds: Worlds, demands: tuple[Demand, Demand] | tuple[Recorded, Recorded], span: Days, asked: dict[str, Any],
    tick: Tick,
) -> dict[str, Any]:  # fmt: skip
    """Run both worlds under the same seeds and say what they come to."""
    seeds = range(asked["seed"], asked["seed"] + asked["runs"])
    tick(0, len(seeds))
    both = (worlds.today, worlds.plan)
    each = partial(one_of_each, both, demands, (made_ready(worlds.today), made_ready(worlds.plan)), span)
    today: list[Figures] = []
    plan: list[Figures] = []
    for before, after in spread(each, seeds):
        today.append(before)
        plan.append(after)
        tick(len(plan), len(seeds))
    found = compared(today, plan, level=asked["level"])
    return {
        "figures": {name: _told(each) for name, each in found.items() if not name.startswith(("reached.", *_AREA))},
        "areas": _areas(worlds, found, today, span), "reached": _reached(found), "coverage": _coverage(worlds),
        "cost": _cost(worlds), "calls": found["calls"].today.mean, "runs": len(seeds), "days": span.days,
        "level": asked["level"],
        "assumed": [*worlds.assumed, {"code": "nothing_closed"}, {"code": "officer_hours", "hours": OFFICER_HOURS}],
    }  # fmt: skip


def _told(each: Compared) -> dict[str, Any]:
    return {
        "today": _three(each.today), "plan": _three(each.plan), "difference": _three(each.difference),
        "clear": each.clear,
    }  # fmt: skip


def _three(each: Interval) -> list[float | str]:
    return [x if isfinite(x) else str(x) for x in (each.mean, each.low, each.high)]


def _areas(worlds: Worlds, found: dict[str, Compared], today: Sequence[Figures], span: Days) -> list[dict[str, Any]]:
    """
    Each area of today that any call came from, with its own figures, who loses most first; one whose calls came in
    fewer than two runs has none of them, and comes last.
    """
    rows = []
    for number, (code, zh, en) in enumerate(worlds.areas):
        calls = float(np.mean([run.get(f"calls.area{number}", 0.0) for run in today])) / span.days
        if not calls:
            continue
        row: dict[str, Any] = {"unit": code, "zh": zh, "en": en, "calls_day": calls}
        name = f"response_mean_s.area{number}"
        if name in found:
            row |= {**_told(found[name]), "unreached": _told(found[f"unreached.area{number}"])}
        rows.append(row)
    return sorted(rows, key=lambda row: -float(row["difference"][0]) if "difference" in row else float("inf"))


def _reached(found: dict[str, Compared]) -> dict[str, Any]:
    """By grade, which share of its calls somebody had reached after so many seconds."""
    told = {}
    for grade in (1, 2, 3, 4):
        each = [found.get(f"reached.grade{grade}.{s}") for s in REACHED_S]
        known = [one for one in each if one is not None]
        if len(known) == len(REACHED_S):
            told[str(grade)] = {
                "s": list(REACHED_S),
                **{which: [list(part) for part in zip(*(_three(getattr(one, which)) for one in known), strict=True)]
                   for which in ("today", "plan")},
            }  # fmt: skip
    return told


def _coverage(worlds: Worlds) -> dict[str, Any]:
    """
    Crews at their posts in one hour of the week, for both worlds that with the fewest in either: which part of calls
    and ground they reach on the roads of that hour, with nothing closed.
    """
    weight = np.bincount(worlds.cell, minlength=len(worlds.cells)).astype(np.float64)
    on = [_on_duty(world) for world in (worlds.today, worlds.plan)]
    crews = np.array([each.sum(axis=1) for each in on])
    hour = int(np.lexsort((crews.sum(axis=0), crews.min(axis=0)))[0])
    told: dict[str, Any] = {"calls": {}, "ground": {}, "crews": crews[:, hour].tolist(), "hour": hour}
    for world, each in zip((worlds.today, worlds.plan), on, strict=True):
        posts = roads.points_at_nodes(world.graph, [world.crews[n].post for n in np.flatnonzero(each[hour])])
        reach = coverage.reach(worlds.cells, roads.metric(world.graph, hour=hour % 24), posts)
        for s in coverage.LIMITS_S:
            for name, of in (("calls", weight), ("ground", np.ones(len(weight)))):
                told[name].setdefault(str(s), []).append(coverage.share(reach.within(s), of))
    return told


def _on_duty(world: World) -> NDArray[np.bool_]:
    """Which crews are on duty in which hour of the week, (168, crews)."""
    on: NDArray[np.bool_] = np.zeros((HOURS, len(world.crews)), np.bool_)
    for n, crew in enumerate(world.crews):
        watch = world.watches[crew.watch]
        for day in watch.days:
            begins = day * 24 + watch.on_s / 3600
            hours = np.arange(int(np.ceil(begins)), max(int(begins + watch.lasts_s / 3600), int(np.ceil(begins)) + 1))
            on[hours % HOURS, n] = True
    return on


def _cost(worlds: Worlds) -> dict[str, list[float]]:
    """
    What a plan costs in people: crews, their hours in a week, and how many officers work those hours. Seats are not
    officers: one car manned around the clock takes more than two watches of it.
    """
    told: dict[str, list[float]] = {"crews": [], "officers": [], "crew_hours_week": []}
    for world, codes in ((worlds.today, worlds.crews_today), (worlds.plan, worlds.crews_plan)):
        watches = [world.watches[crew.watch] for crew in world.crews]
        hours = [watch.lasts_s * len(watch.days) / 3600 for watch in watches]
        told["crews"].append(float(len(set(codes))))
        told["officers"].append(
            sum(h * crew.officers for h, crew in zip(hours, world.crews, strict=True)) / OFFICER_HOURS
        )
        told["crew_hours_week"].append(sum(hours))
    return told
