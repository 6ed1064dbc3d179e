"""
Filters of the queue as data: what is typed, what it takes, and which rows it lets through.

A filter narrows what is calm. What needs the room is always shown: nobody can filter an alarm away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import CATEGORIES, GRADES
from oneroom.apps.incidents.queries import Row, acted_on, live
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.engine.roads.spelling import search_text
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import MATTER_STATES, local, named

_OPEN_STATES = ("received", "classified", "waiting", "dispatched", "in_progress", "reported", "reviewed")


@dataclass(frozen=True, slots=True)
class Filter:
    """
    ``words`` are what is typed for it; ``values`` gives code and word of each choice, ``{}`` for a filter that is only
    on or off, None for free text. ``passes(row, value, mine)`` says whether a calm row is shown; ``mine`` are the
    matters that this person acted on.
    """

    label: Any
    words: tuple[str, ...]
    values: Callable[[], Mapping[str, str]] | None
    passes: Callable[[Row, str, Collection[int]], bool]


def _place(row: Row, text: str, _mine: Collection[int]) -> bool:
    wanted = "".join(text.lower().split())
    said = search_text(row.incident.place_zh, row.incident.place_en)
    return wanted in "".join(said.lower().split()) or wanted in row.incident.reference.replace("-", "")


def _stations() -> dict[str, str]:
    return {str(pk): local(*both) for pk, both in unit_names().items()}


FILTERS: dict[str, Filter] = {
    "grade": Filter(
        lazy("Grade"), ("grade", "等级"), lambda: {str(g): f"P{g} {word}" for g, word in GRADES.items()},
        lambda row, value, _mine: str(row.incident.grade) == value,
    ),
    "state": Filter(
        lazy("State"), ("state", "状态"), lambda: {s: str(MATTER_STATES[s]) for s in _OPEN_STATES},
        lambda row, value, _mine: row.incident.state == value,
    ),
    "category": Filter(
        lazy("Category"), ("category", "kind", "类别"), lambda: {c: str(word) for c, word in CATEGORIES.items()},
        lambda row, value, _mine: row.incident.category == value,
    ),
    "station": Filter(
        lazy("Station"), ("station", "派出所", "所"), _stations,
        lambda row, value, _mine: str(row.incident.unit_id) == value,
    ),
    "mine": Filter(
        lazy("Mine: I acted on it"), ("mine", "我的"), dict,
        lambda row, _value, mine: row.incident.pk in mine,
    ),
    "free": Filter(lazy("Nobody is sent"), ("unsent", "未派"), dict, lambda row, _value, _mine: not live(row)),
    "held": Filter(
        lazy("Held"), ("held", "缓派"), dict,
        lambda row, _value, _mine: row.incident.state == "waiting" and row.incident.held_until is not None,
    ),
    "supervised": Filter(
        lazy("Supervised"), ("supervised", "督办件"), dict,
        lambda row, _value, _mine: row.incident.supervised,
    ),
    "drill": Filter(lazy("Drills"), ("drills", "演练"), dict, lambda row, _value, _mine: row.incident.drill),
    "place": Filter(lazy("Place or number"), ("place", "地点"), None, _place),
}  # fmt: skip

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on, in words."""

    code: str
    value: str
    word: str


def chosen(asked: Mapping[str, str]) -> list[Chosen]:
    """The filters of an address that there are; what is unknown is left out, since an old link must still open."""
    found = []
    for code, one in FILTERS.items():
        value = asked.get(code, "").strip()[:_LONGEST]
        if not value:
            continue
        choices = one.values() if one.values else None
        if choices is None:
            found.append(Chosen(code, value, f"{one.label}: {value}"))
        elif not choices:
            found.append(Chosen(code, "1", str(one.label)))
        elif value in choices:
            found.append(Chosen(code, value, named(choices, value)))
    return found


def passing(rows: Iterable[Row], on: list[Chosen], *, by: Actor) -> list[Row]:
    """The rows that every filter lets through."""
    found = list(rows)
    mine = acted_on((r.incident.pk for r in found), by=by) if any(c.code == "mine" for c in on) else set()
    return [row for row in found if all(FILTERS[c.code].passes(row, c.value, mine) for c in on)]


def vocabulary_of_filters() -> list[dict[str, Any]]:
    """What the command line knows of them: code, label, what is typed, and the choices (None for free text)."""
    return [
        {
            "code": code,
            "label": str(one.label),
            "words": one.words,
            "values": dict(one.values()) if one.values else None,
        }
        for code, one in FILTERS.items()
    ]  # fmt: skip
