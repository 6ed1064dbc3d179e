"""
A storm evening: for two hours five times as many calls as usual, many of them about the same thing.

What a room is tested by: more matters than crews, several callers for one fallen tree, grave calls between small ones.
A pure function of seed and beginning, like an ordinary day; the calls of the day go on beside it.
"""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from oneroom.project.demo.calls import CALLS_PER_CREW_AND_DAY, Call, Streets, event, sentences, table

LASTS = timedelta(hours=2)
TIMES = 5.0  # as many calls as usual at the height of it
RISES = timedelta(minutes=15)
SEEN_BY_MANY = 0.75
_OF_GRADE = {1: 0.5, 2: 1.0, 3: 1.2, 4: 0.6}
STEP = timedelta(seconds=30)


def strength(since: datetime, now: datetime) -> float:
    """How many times the usual calls come at a moment: up within a quarter of an hour, and down as fast at the end."""
    passed, left = now - since, since + LASTS - now
    if passed < timedelta() or left <= timedelta():
        return 1.0
    return 1.0 + (TIMES - 1.0) * min(1.0, passed / RISES, left / RISES)


def storm(seed: int, since: datetime, where: Streets, *, crews: int, zone: ZoneInfo) -> list[Call]:
    """What the storm brings beyond the usual calls, in order of time."""
    chance = Random(f"oneroom storm {seed} {since:%Y%m%d%H%M}")
    said = sentences()["storm"]
    weights = [_OF_GRADE[one["grade"]] for one in said]
    usual = table()["hour_share"][since.astimezone(zone).hour] / 3600 * CALLS_PER_CREW_AND_DAY * crews  # a second
    found: list[Call] = []
    at = since
    while at < since + LASTS:
        callers = usual * STEP.total_seconds() * (strength(since, at) - 1.0)
        while callers > chance.random():
            one = chance.choices(said, weights)[0]
            moment = at + timedelta(seconds=round(chance.uniform(0, STEP.total_seconds()), 1))
            key = f"{seed}-storm-{since:%m%d%H%M}-{len(found):04d}"
            calls = event(key, moment, where, chance, one["category"], one, seen_by_many=SEEN_BY_MANY)
            found += calls
            callers -= len(calls)
        at += STEP
    return sorted((call for call in found if call.at < since + LASTS), key=lambda call: call.at)
