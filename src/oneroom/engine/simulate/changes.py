"""
Changes of a plan that a planner makes by hand (`hand.py`), as data: read from JSON values and written as such.

    [{"do": "move_crew", "crew": "P2", "to": {"unit": "st-1"}},
     {"do": "add_crew", "code": "N1", "unit": "st-1", "officers": 2, "watch": {"on": "20:00", "hours": 12}}]

They are made one after another over what the day's facts and the changes of the organisation give (`making.py`).
What is read is what was written; a refusal names the change by its place and its field: ``hand.2.crew``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from typing import Any

from oneroom.engine import escalation
from oneroom.engine.dispatch import DivertPolicy, Policy
from oneroom.engine.simulate.hand import (
    ALL_DAY,
    AddCrew,
    Hand,
    MoveCrew,
    RemoveCrew,
    SetBeat,
    SetDivert,
    SetLadder,
    SetNeed,
    SetNext,
    SetPolicy,
    SetWatch,
    Where,
)
from oneroom.engine.simulate.world import DAY_S, EVERY_DAY, Watch
from oneroom.engine.values import BadInput

MOST = 500  # changes by hand of one plan
SHORTEST_H = 0.5  # a watch: what is shorter is a slip of the pen
LEAST = {"metres_per_s": 0.1}  # of a policy: it divides
NO_CHOICE = "There is no such choice here. Pick one of the list."
RUNGS = tuple(rung.code for rung in escalation.answer_ladder(1))


def read_hand(
    said: Any, *, skills: Collection[str] | None = None, kit: Collection[str] | None = None
) -> tuple[Hand, ...]:
    """
    The changes of JSON values. Raises ``BadInput`` naming the change and its field.

    ``skills`` and ``kit`` are those that the house knows; None: any code is taken.
    """
    if not isinstance(said, list):
        raise BadInput("hand", "Changes by hand are a list.")
    if len(said) > MOST:
        raise BadInput("hand", "A plan has at most %(most)d changes by hand.", most=MOST)
    found = []
    for n, row in enumerate(said):
        try:
            change = _read(row)
            if isinstance(change, AddCrew):
                _known("skills", change.skills, skills)
                _known("kit", change.kit, kit)
            found.append(change)
        except BadInput as refused:
            raise BadInput(f"hand.{n}.{refused.field}", refused.message, **refused.params) from None
    return tuple(found)


def write_hand(changes: Sequence[Hand]) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_write(change) for change in changes]


def _write(change: Hand) -> dict[str, Any]:
    match change:
        case MoveCrew(crew, to):
            place = {"unit": to.unit} if to.unit is not None else {"lon": to.lon, "lat": to.lat}
            return {"do": "move_crew", "crew": crew, "to": place}
        case AddCrew(code, unit, officers, skills, kit, watch):
            return {"do": "add_crew", "code": code, "unit": unit, "officers": officers, "skills": list(skills),
                    "kit": list(kit), "watch": _write_watch(watch)}  # fmt: skip
        case RemoveCrew(crew):
            return {"do": "remove_crew", "crew": crew}
        case SetWatch(crews, watch):
            return {"do": "watch", "crews": list(crews), **_write_watch(watch)}
        case SetBeat(crew, places):
            return {"do": "beat", "crew": crew, "places": [list(place) for place in places]}
        case SetNeed(crews, category, grade):
            return {"do": "need", "category": category, "grade": grade, "crews": crews}
        case SetPolicy(values):
            listed = {name: list(value) if isinstance(value, tuple) else value for name, value in values}
            return {"do": "policy", **listed}
        case SetDivert(on, gain_s, up_to_grade):
            more = {"gain_s": gain_s, "up_to_grade": up_to_grade}
            return {"do": "divert", "on": on, **{name: value for name, value in more.items() if value is not None}}
        case SetLadder(grade, after_s):
            return {"do": "ladder", "grade": grade, "after_s": list(after_s)}
        case SetNext(rung):
            return {"do": "next_at", "rung": rung}


def _write_watch(watch: Watch) -> dict[str, Any]:
    on = f"{watch.on_s // 3600:02d}:{watch.on_s % 3600 // 60:02d}"
    return {"on": on, "hours": watch.lasts_s / 3600, "days": list(watch.days)}


def _read(row: Any) -> Hand:
    if not isinstance(row, dict) or not isinstance(row.get("do"), str) or row["do"] not in _READERS:
        raise BadInput("do", "A change by hand is one of %(kinds)s.", kinds=", ".join(sorted(_READERS)))
    reader, names = _READERS[row["do"]]
    for name in row:
        if name not in names and name != "do":
            raise BadInput(str(name)[:24], "There is no field of this name.")
    return reader(row)


def _read_move(row: dict[str, Any]) -> Hand:
    to = row.get("to")
    if not isinstance(to, dict):
        raise BadInput("to", "Say where the crew is to stand: at a unit, or at a point of the map.")
    if to.get("unit") is not None:
        return MoveCrew(_code(row, "crew"), Where(_code(to, "unit")))
    lon, lat = _degrees("to", [to.get("lon"), to.get("lat")])
    return MoveCrew(_code(row, "crew"), Where(None, lon, lat))


def _read_add(row: dict[str, Any]) -> Hand:
    watch = _watch(_object(row, "watch")) if row.get("watch") is not None else ALL_DAY
    return AddCrew(
        _code(row, "code"), _code(row, "unit"), _whole(row, "officers", 1, 12, 2), _codes(row, "skills", empty=True),
        _codes(row, "kit", empty=True), watch,
    )  # fmt: skip


def _read_beat(row: dict[str, Any]) -> Hand:
    places = row.get("places")
    if not isinstance(places, list) or len(places) > 20:
        raise BadInput("places", "A beat is a list of at most 20 points of the map.")
    return SetBeat(_code(row, "crew"), tuple(_degrees("places", place) for place in places))


def _read_need(row: dict[str, Any]) -> Hand:
    category = _code(row, "category") if row.get("category") not in (None, "") else None
    grade = _whole(row, "grade", 1, 4) if row.get("grade") is not None else None
    return SetNeed(_whole(row, "crews", 1, 12), category, grade)


def _read_policy(row: dict[str, Any]) -> Hand:
    values: list[tuple[str, Any]] = []
    for name, usual in _POLICY.items():
        if name not in row:
            continue
        if isinstance(usual, tuple):
            if not isinstance(row[name], list) or len(row[name]) != len(usual):
                raise BadInput(name, "Four numbers are wanted: one for each grade.")
            values.append((name, tuple(_number(name, value) for value in row[name])))
        else:
            values.append((name, _number(name, row[name], LEAST.get(name, 0.0))))
    if not values:
        raise BadInput("do", "Say what is to be worth how much.")
    return SetPolicy(tuple(values))


def _read_divert(row: dict[str, Any]) -> Hand:
    if not isinstance(row.get("on"), bool):
        raise BadInput("on", NO_CHOICE)
    gain_s = _number("gain_s", row["gain_s"]) if row.get("gain_s") is not None else None
    up_to = _whole(row, "up_to_grade", 1, 3) if row.get("up_to_grade") is not None else None
    return SetDivert(row["on"], gain_s, up_to)


def _read_ladder(row: dict[str, Any]) -> Hand:
    after = row.get("after_s")
    if (
        not isinstance(after, list)
        or not all(isinstance(s, int) and not isinstance(s, bool) for s in after)
        or len(after) != len(RUNGS)
        or after[0] != 0
        or sorted(after) != after
        or after[-1] > DAY_S
    ):
        raise BadInput(
            "after_s", "A ladder has %(count)d whole numbers of seconds: the first is 0, and none is less than the"
            " one before it.", count=len(RUNGS),
        )  # fmt: skip
    return SetLadder(_whole(row, "grade", 1, 4), tuple(after))


def _read_next(row: dict[str, Any]) -> Hand:
    if row.get("rung") not in RUNGS[1:]:
        raise BadInput("rung", NO_CHOICE)
    return SetNext(row["rung"])


def _read_watch(row: dict[str, Any]) -> Hand:
    return SetWatch(_codes(row, "crews"), _watch(row))


_POLICY = {field.name: getattr(Policy(), field.name) for field in fields(Policy)}
_WATCH = frozenset({"on", "hours", "days"})
_READERS: dict[str, tuple[Callable[[dict[str, Any]], Hand], frozenset[str]]] = {
    "move_crew": (_read_move, frozenset({"crew", "to"})),
    "add_crew": (_read_add, frozenset({"code", "unit", "officers", "skills", "kit", "watch"})),
    "remove_crew": (lambda row: RemoveCrew(_code(row, "crew")), frozenset({"crew"})),
    "watch": (_read_watch, _WATCH | {"crews"}),
    "beat": (_read_beat, frozenset({"crew", "places"})),
    "need": (_read_need, frozenset({"category", "grade", "crews"})),
    "policy": (_read_policy, frozenset(_POLICY)),
    "divert": (_read_divert, frozenset(field.name for field in fields(DivertPolicy)) | {"on"}),
    "ladder": (_read_ladder, frozenset({"grade", "after_s"})),
    "next_at": (_read_next, frozenset({"rung"})),
}
DOES = tuple(_READERS)


def _watch(said: dict[str, Any]) -> Watch:
    on = said.get("on")
    hour, colon, minute = on.partition(":") if isinstance(on, str) else ("", "", "")
    fits = colon and hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2
    if not fits or int(hour) > 23 or int(minute) > 59:
        raise BadInput("on", "A time of day looks like 08:00.")
    hours = _number("hours", said.get("hours"))
    if not SHORTEST_H <= hours <= 24:
        raise BadInput("hours", "A watch lasts from half an hour to 24 hours.")
    days = said.get("days", list(EVERY_DAY))
    if not isinstance(days, list) or not days or not all(type(day) is int and day in EVERY_DAY for day in days):
        raise BadInput("days", "Days of the week are numbers: 0 is Monday, 6 is Sunday.")
    return Watch(int(hour) * 3600 + int(minute) * 60, round(hours * 3600), tuple(sorted(set(days))))


def _code(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 24 or not value.isprintable():
        raise BadInput(name, "This is a code of at most %(longest)d characters.", longest=24)
    return value


def _codes(row: dict[str, Any], name: str, *, empty: bool = False) -> tuple[str, ...]:
    value = row.get(name, [] if empty else None)
    if not isinstance(value, list) or not (value or empty):
        raise BadInput(name, "This is a list of codes.")
    return tuple(_code({name: each}, name) for each in value)


def _known(name: str, said: Collection[str], known: Collection[str] | None) -> None:
    if known is not None and not set(said) <= set(known):
        raise BadInput(name, NO_CHOICE)


def _object(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row[name]
    if not isinstance(value, dict) or not value.keys() <= _WATCH:
        raise BadInput(name, "A watch says from when (on), for how many hours, and on which days.")
    return value


def _number(name: str, value: Any, least: float = 0.0) -> float:
    """A number of seconds, or one that is set off against them: a day at most."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= DAY_S:
        raise BadInput(name, "This is a number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{DAY_S:,}")
    return float(value)


def _whole(row: dict[str, Any], name: str, least: int, most: int, usual: int | None = None) -> int:
    value = row.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(name, "This is a whole number from %(least)d to %(most)d.", least=least, most=most)
    return value


def _degrees(name: str, said: Any) -> tuple[float, float]:
    numbers = isinstance(said, list | tuple) and len(said) == 2
    if not numbers or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in said):
        raise BadInput(name, "A point of the map is a longitude and a latitude, in degrees.")
    if not (abs(said[0]) <= 180 and abs(said[1]) <= 90):
        raise BadInput(name, "A point of the map is a longitude and a latitude, in degrees.")
    return float(said[0]), float(said[1])
