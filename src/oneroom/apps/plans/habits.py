"""How people answered, set out and drove, fitted on the orders of the last weeks."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from oneroom.apps.incidents.models import Assignment
from oneroom.apps.ledger.queries import entries_recorded
from oneroom.apps.plans.record import orders
from oneroom.engine.escalation import answer_ladder
from oneroom.engine.simulate.rates import LEAST, share, span_of
from oneroom.engine.simulate.world import Habits

Assumed = list[dict[str, Any]]
_SPEEDS = (0.5, 2.0)  # a factor outside of this is an entry that came late, not a car
_MOST_SILENT = 0.5
_STEPS = (
    "incident_id", "crew_id", "incident__received_at", "incident__grade", "offered_at", "acknowledged_at",
    "en_route_at", "on_scene_at", "ended_at", "travel_s",
)  # fmt: skip


def habits_of(since: datetime, until: datetime) -> tuple[Habits, Assumed]:
    """
    The habits of that time; whatever is on record less than thirty times stays as the simulator assumes it.

    A call whose first crew was busy or off duty when it came has waited for that crew: the simulator makes calls wait
    by itself, so how long the room decides is fitted on the others. Silent are those who had not answered when the room
    sends another crew, and those whom one more ring woke before.
    """
    usual = Habits()
    free = _became_free(since, until)
    next_s = {
        grade: next(rung.after_s for rung in answer_ladder(grade) if rung.code == usual.next_at)
        for grade in (1, 2, 3, 4)
    }
    times: dict[str, list[float]] = {"decide": [], "answer": [], "mobilise": []}
    drives: dict[int, list[float]] = defaultdict(list)
    missed, asked, seen = 0, 0, set()
    rows = orders(since, until).order_by("incident_id", "offered_at").values_list(*_STEPS)
    for incident, crew, received, grade, offered, signed, left, there, ended, travel_s in rows:
        if incident not in seen:
            seen.add(incident)
            freed = free.get(crew, [])
            after = bisect_right(freed, received)
            if after == len(freed) or freed[after] > offered:
                times["decide"].append((offered - received).total_seconds())
        took_s = (signed - offered).total_seconds() if signed is not None else np.inf
        if took_s <= next_s[grade]:
            asked += 1
            times["answer"].append(took_s)
        elif ended is None or (ended - offered).total_seconds() >= next_s[grade]:
            asked, missed = asked + 1, missed + 1  # who was called back before had no time to be silent
        if signed is not None and left is not None:
            times["mobilise"].append((left - signed).total_seconds())
        if left is not None and there is not None and travel_s and (there - left).total_seconds() > 0:
            drives[grade].append(travel_s / (there - left).total_seconds())
    assumed: Assumed = []
    fitted: dict[str, Any] = {}
    for what, mine in times.items():
        found = span_of(mine)
        fitted[what] = found or getattr(usual, what)
        assumed.append(
            {"code": "span_fitted" if found else "span_default", "what": what, "median_s": fitted[what].median_s,
             "sigma": fitted[what].sigma, "n": len(mine)}
        )  # fmt: skip
    silent = usual.silent
    if asked >= LEAST:
        silent = min(share(missed, asked, usual=usual.silent * (1 - usual.wakes)) / (1 - usual.wakes), _MOST_SILENT)
    assumed.append({"code": "silent_fitted" if asked >= LEAST else "silent_default", "share": silent, "n": asked})
    known = [grade for grade in (1, 2, 3, 4) if len(drives[grade]) >= LEAST]
    one, two, three, four = (
        float(np.clip(np.median(drives[grade]), *_SPEEDS)) if grade in known else usual.speed[grade - 1]
        for grade in (1, 2, 3, 4)
    )
    assumed.append({"code": "speed", "by_grade": [one, two, three, four], "fitted": known})
    habits = replace(usual, **fitted, silent=silent, speed=(one, two, three, four))
    assumed.append({"code": "habits", "wakes": habits.wakes, "handover_s": habits.handover_s, "mute_s": habits.mute_s})
    return habits, assumed


def _became_free(since: datetime, until: datetime) -> dict[int, list[datetime]]:
    """When each crew was free anew, from whatever it was at: a drill and a matter of its own keep it busy, too."""
    found: dict[int, list[datetime]] = defaultdict(list)
    ended = Assignment.objects.filter(ended_at__gt=since, ended_at__lte=until)
    for crew, at in ended.values_list("crew_id", "ended_at"):
        if at is not None:
            found[crew].append(at)
    for line in entries_recorded(("crew.on_duty",), since=since):
        found[int(line.facts["crew"])].append(line.at)
    return {crew: sorted(times) for crew, times in found.items()}
