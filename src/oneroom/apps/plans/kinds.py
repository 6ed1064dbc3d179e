"""
The kinds of questions that can be put to the simulator: how their settings are read, and who answers them.

A kind is a row here: ``read`` makes of what was typed the settings that are kept (``BadInput`` names the field), and
``answer`` is where the function stands that computes it: fn(run, tick) gives (results, what was assumed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oneroom.engine.values import BadInput

Asked = Mapping[str, Any]
LEVELS = (0.8, 0.9, 0.95, 0.99)
MOST_DISTRICTS = 1000
MOST_RUNS, MOST_DAYS, MOST_WARM, MOST_REPLAYED = 200, 366, 14, 31


@dataclass(frozen=True, slots=True)
class Kind:
    """How settings are read, who computes, and whether the question is about a scenario."""

    read: Callable[[Asked], dict[str, Any]]
    answer: str
    of_scenario: bool = True


def read_compare(asked: Asked) -> dict[str, Any]:
    """So many days that count after so many that only fill the city, so many times, with seeds from this one on."""
    return {
        "days": whole(asked, "days", 1, MOST_DAYS, 28), "warm_days": whole(asked, "warm_days", 0, MOST_WARM, 1),
        **_chance(asked),
    }  # fmt: skip


def read_replay(asked: Asked) -> dict[str, Any]:
    """The calls from one day to the day before another: those that were, under both worlds."""
    since, until = _day(asked, "since"), _day(asked, "until")
    if not since < until:
        raise BadInput("until", "The end comes after the beginning.")
    if (until - since).days > MOST_REPLAYED:
        raise BadInput("until", "At most %(most)d days are replayed at once.", most=MOST_REPLAYED)
    return {"since": since.isoformat(), "until": until.isoformat(), **_chance(asked)}


def read_districts(asked: Asked) -> dict[str, Any]:
    """
    Whose ground is divided (``of``: station or brigade, ``units`` by code, none: all), into how many districts where
    they are brigades, what stays (``keep`` units, ``borders`` pairs), and what is shared out.
    """
    of, work = asked.get("of", "station"), asked.get("work", "calls")
    if of not in ("station", "brigade"):
        raise BadInput("of", "There is no such choice here. Pick one of the list.")
    if work not in ("calls", "ground"):
        raise BadInput("work", "There is no such choice here. Pick one of the list.")
    borders = [_codes({"borders": pair}, "borders") for pair in asked.get("borders") or []]
    if any(len(set(pair)) != 2 for pair in borders):
        raise BadInput("borders", "A border lies between two units.")
    return {
        "of": of, "work": work, "units": _codes(asked, "units"), "keep": _codes(asked, "keep"), "borders": borders,
        "drive": bool(asked.get("drive")), "count": whole(asked, "count", 1, MOST_DISTRICTS, 66),
        "tolerance": whole(asked, "tolerance", 1, 50, 5), "seed": whole(asked, "seed", 0, 2**31 - 1, 1),
    }  # fmt: skip


def _codes(asked: Asked, name: str) -> list[str]:
    found = asked.get(name) or []
    if not isinstance(found, list) or len(found) > MOST_DISTRICTS or not all(isinstance(c, str) for c in found):
        raise BadInput(name, "Units are named by their codes, at most %(most)d.", most=MOST_DISTRICTS)
    return list(dict.fromkeys(found))


def _chance(asked: Asked) -> dict[str, Any]:
    level = asked.get("level", 0.95)
    if isinstance(level, bool) or level not in LEVELS:
        raise BadInput("level", "There is no such choice here. Pick one of the list.")
    runs = whole(asked, "runs", 1, MOST_RUNS, 10)
    if runs < 2:
        raise BadInput("runs", "One run proves nothing: an interval needs at least two.")
    return {"runs": runs, "seed": whole(asked, "seed", 0, 2**31 - 1, 1), "level": float(level)}


def whole(asked: Asked, name: str, least: int, most: int, usual: int) -> int:
    """A whole number of the settings. Raises ``BadInput`` naming it."""
    value = asked.get(name)
    value = usual if value is None else value
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(name, "This is a whole number from %(least)d to %(most)d.", least=least, most=most)
    return value


def _day(asked: Asked, name: str) -> date:
    value = asked.get(name)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value or "")
    except (TypeError, ValueError):
        raise BadInput(name, "A day looks like 2026-12-01.") from None


KINDS: dict[str, Kind] = {
    "compare": Kind(read_compare, "oneroom.apps.plans.comparing.compare"),
    "replay": Kind(read_replay, "oneroom.apps.plans.comparing.replay"),
    "districts": Kind(read_districts, "oneroom.apps.plans.districting.answer"),
}
