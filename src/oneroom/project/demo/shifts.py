"""
When the simulated city changes its watch: who should be on duty at a moment, and when each crew comes and goes.

Two watches of twelve hours, as in the rosters of a patrol force. The incoming crew comes a little early and the
outgoing one goes a little late, so a street is never without; a crew on a call finishes it first.
"""

from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo


class Watch(StrEnum):
    """Day from eight to twenty, night from twenty to eight."""

    DAY = "day"
    NIGHT = "night"


CREWS = 200  # on duty by day, unless somebody wants a smaller force
# Nights are quieter: the fitted log has a third of the midday's calls at four in the morning.
NIGHT_SHARE = 0.6
BEGINS = {Watch.DAY: time(8), Watch.NIGHT: time(20)}
LASTS = timedelta(hours=12)
EARLY_S = (120.0, 900.0)  # before its watch begins
LATE_S = (15.0, 300.0)  # after it has ended


def watch_at(now: datetime, zone: ZoneInfo) -> Watch:
    """The watch on duty."""
    return Watch.DAY if 8 <= now.astimezone(zone).hour < 20 else Watch.NIGHT


def began(now: datetime, zone: ZoneInfo) -> datetime:
    """When the watch on duty began."""
    local = now.astimezone(zone)
    since = datetime.combine(local.date(), BEGINS[watch_at(now, zone)], zone)
    return since if since <= local else since - timedelta(days=1)


def ends(now: datetime, zone: ZoneInfo) -> datetime:
    """When the watch on duty is relieved."""
    return began(now, zone) + LASTS


def should_serve(watch: Watch, number: int, now: datetime, zone: ZoneInfo) -> bool:
    """Whether crew ``number`` of this watch is, or should come, on duty now (whatever order it may still have)."""
    if watch is watch_at(now, zone):
        return True
    since = began(now, zone)
    if since + timedelta(seconds=LATE_S[1]) <= now < since + LASTS - timedelta(seconds=EARLY_S[1]):
        return False  # asked for every crew several times a second: most of the day needs no draw
    chance = Random(f"oneroom relief {number} {since:%Y%m%d%H}")
    early, late = chance.uniform(*EARLY_S), chance.uniform(*LATE_S)
    return (since + LASTS - now).total_seconds() <= early or (now - since).total_seconds() < late
