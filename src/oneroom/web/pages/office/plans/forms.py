"""
What a planner types becomes changes of a plan: of the organisation, or by hand (engine/simulate/changes.py).

Stations are typed by code or by name, crews by code or by callsign, several by commas. Where a form begins with today's
values, only what differs from them becomes a change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from oneroom.apps.plans.queries import Today
from oneroom.engine.escalation import answer_ladder
from oneroom.engine.simulate.changes import read_hand
from oneroom.engine.simulate.world import Habits
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput

_BREAKS = re.compile(r"[\n,;，；、]+")
POLICY_ONE = ("skill_missing_s", "kit_missing_s")  # seconds of travel, whatever the grade
POLICY_GRADES = ("other_area_s", "run_s")  # one for each grade
GRADES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Added:
    """What a form adds to the plan."""

    changes: tuple[dict[str, Any], ...] = ()
    hand: tuple[dict[str, Any], ...] = ()


class Typed:
    """The fields of a form, and what there is on the day of the plan."""

    def __init__(self, post: QueryDict, today: Today, hand: Sequence[Mapping[str, Any]]) -> None:
        self.post, self.today = post, today
        self.stations = {s.code: (s.code, s.zh, s.en) for s in today.stations}
        self.crews = {c.code: (c.code, *today.callsigns.get(c.code, ("", ""))) for c in today.crews}
        self.crews |= {h["code"]: (h["code"],) for h in hand if h["do"] == "add_crew"}

    def text(self, name: str, *, longest: int = 80, required: bool = True) -> str:
        """What stands in a field."""
        return plain(name, self.post.get(name), longest=longest, required=required)

    def station(self, name: str) -> str:
        """The code of the station that a field names."""
        return self._station(name, self.text(name))

    def stations_of(self, name: str) -> list[str]:
        """The codes of several."""
        return [self._station(name, said) for said in self._several(name)]

    def crews_of(self, name: str) -> list[str]:
        """The codes of the crews that a field names, each once."""
        found: dict[str, None] = {}
        for said in self._several(name):
            code = _named(name, said, self.crews)
            if code is None:
                raise BadInput(name, "There is no crew %(name)s on that day.", name=said)
            found[code] = None
        return list(found)

    def whole(self, name: str) -> int:
        """A whole number."""
        said = self.text(name, longest=9)
        if not (said.isascii() and said.isdecimal()):
            raise BadInput(name, "This is not a number that can be taken here.")
        return int(said)

    def number(self, name: str) -> float:
        """A number; a comma may stand for the point."""
        said = self.text(name, longest=24).replace(",", ".").replace(chr(0x2212), "-")
        if not re.fullmatch(r"-?\d{1,6}(\.\d{1,12})?", said):
            raise BadInput(name, "This is not a number that can be taken here.")
        return float(said)

    def _several(self, name: str) -> list[str]:
        return [part.strip() for part in _BREAKS.split(self.text(name, longest=8000)) if part.strip()]

    def _station(self, name: str, said: str) -> str:
        code = _named(name, said, self.stations)
        if code is None:
            raise BadInput(name, "There is no station %(name)s on that day.", name=said)
        return code


def _named(name: str, said: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """The code of what is called so; None where nothing is. Raises ``BadInput`` where several are."""
    if said in known:
        return said
    hits = [code for code, names in known.items() if said.casefold() in (n.casefold() for n in names if n)]
    if len(hits) > 1:
        raise BadInput(name, "Several are called %(name)s: give the code.", name=said)
    return hits[0] if hits else None


def added(post: QueryDict, today: Today, hand: Sequence[Mapping[str, Any]]) -> Added:
    """What the form adds. Raises ``BadInput`` naming its field."""
    make = FORMS.get(post.get("do", ""))
    if make is None:
        raise BadInput("do", "There is no such choice here. Pick one of the list.")
    found = make(Typed(post, today, hand))
    try:
        read_hand(list(found.hand))
    except BadInput as refused:
        raise BadInput((refused.field or "").rpartition(".")[2], refused.message, **refused.params) from None
    return found


def _merge(typed: Typed) -> Added:
    into = typed.station("into")
    units = [code for code in dict.fromkeys(typed.stations_of("units")) if code != into]
    if not units:
        raise BadInput("units", "Name at least one more station, besides the one that stays.")
    return Added(changes=({"do": "merge", "units": units, "into": into},))


def _move(typed: Typed) -> Added:
    crews = typed.crews_of("crews")
    if typed.text("unit", required=False):
        to: dict[str, Any] = {"unit": typed.station("unit")}
    elif typed.text("lon", required=False) or typed.text("lat", required=False):
        to = {"lon": typed.number("lon"), "lat": typed.number("lat")}
    else:
        raise BadInput("unit", "Say where the crew is to stand: at a station, or at a point of the map.")
    return Added(hand=tuple({"do": "move_crew", "crew": crew, "to": to} for crew in crews))


def _add(typed: Typed) -> Added:
    code = typed.text("code", longest=24)
    if code in typed.crews:
        raise BadInput("code", "There is a crew %(name)s already.", name=code)
    crew = {
        "do": "add_crew", "code": code, "unit": typed.station("unit"), "officers": typed.whole("officers"),
        "skills": typed.post.getlist("skills"), "kit": [], "watch": _watch(typed),
    }  # fmt: skip
    return Added(hand=(crew,))


def _remove(typed: Typed) -> Added:
    return Added(hand=tuple({"do": "remove_crew", "crew": crew} for crew in typed.crews_of("crews")))


def _hours(typed: Typed) -> Added:
    return Added(hand=({"do": "watch", "crews": typed.crews_of("crews"), **_watch(typed)},))


def _watch(typed: Typed) -> dict[str, Any]:
    days = [int(day) for day in typed.post.getlist("days") if day in "0123456" and len(day) == 1]
    if not days:
        raise BadInput("days", "Choose at least one day of the week.")
    return {"on": typed.text("on", longest=5), "hours": typed.number("hours"), "days": days}


def _policy(typed: Typed) -> Added:
    was = typed.today.policy
    differs: dict[str, float | list[float]] = {}
    for name in POLICY_ONE:
        value = typed.number(name)
        if value != was[name]:
            differs[name] = value
    for name in POLICY_GRADES:
        values = [typed.number(f"{name}.{grade}") for grade in GRADES]
        if values != [float(x) for x in was[name]]:
            differs[name] = values
    if not differs:
        raise BadInput(POLICY_ONE[0], "This is as it is today. Change a number first.")
    return Added(hand=({"do": "policy", **differs},))


def _divert(typed: Typed) -> Added:
    if typed.post.get("on") not in ("yes", "no"):
        raise BadInput("on", "There is no such choice here. Pick one of the list.")
    if typed.post["on"] == "no":
        return Added(hand=({"do": "divert", "on": False},))
    more = {"gain_s": typed.number("gain_s"), "up_to_grade": typed.whole("up_to_grade")}
    return Added(hand=({"do": "divert", "on": True, **more},))


def ladder_today() -> list[tuple[int, list[tuple[str, int]]]]:
    """By grade the rungs after the first, and when they come today."""
    return [(grade, [(rung.code, rung.after_s) for rung in answer_ladder(grade)[1:]]) for grade in GRADES]


def _ladder(typed: Typed) -> Added:
    found = []
    for grade, rungs in ladder_today():
        after = [0, *(typed.whole(f"{code}.{grade}") for code, _s in rungs)]
        if after != [0, *(s for _code, s in rungs)]:
            if sorted(after) != after:
                raise BadInput(f"{rungs[0][0]}.{grade}", "Each rung comes after the one before it.")
            found.append({"do": "ladder", "grade": grade, "after_s": after})
    if not found:
        raise BadInput("again.1", "This is as it is today. Change a number first.")
    return Added(hand=tuple(found))


def next_today() -> str:
    """The rung at which the room sends another crew today."""
    return Habits().next_at


def _next(typed: Typed) -> Added:
    rung = typed.text("rung", longest=24)
    if rung == next_today():
        raise BadInput("rung", "This is as it is today. Choose another rung.")
    return Added(hand=({"do": "next_at", "rung": rung},))


def _need(typed: Typed) -> Added:
    grade, category = typed.text("grade", required=False), typed.text("category", required=False)
    return Added(
        hand=({
            "do": "need", "category": category or None, "grade": int(grade) if grade in ("1", "2", "3", "4") else None,
            "crews": typed.whole("crews"),
        },)
    )  # fmt: skip


FORMS: dict[str, Callable[[Typed], Added]] = {
    "merge": _merge, "move_crew": _move, "add_crew": _add, "remove_crew": _remove, "watch": _hours,
    "policy": _policy, "divert": _divert, "ladder": _ladder, "next_at": _next, "need": _need,
}  # fmt: skip
