"""
The fields of the forms of a plan: what each is called, what it begins with, and what was typed where one was refused.

Where a form changes a number of today it begins with today's number, so that nobody has to look it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.plans.queries import Today
from oneroom.web.pages.office.plans.forms import GRADES, POLICY_GRADES, POLICY_ONE, ladder_today, next_today
from oneroom.web.pages.office.plans.words import DOES, KINDS, POLICY, RUNGS
from oneroom.web.pages.room.words import SKILLS

RUNS_OFFERED, RUNS_USUAL, DAYS_USUAL = (10, 30), 10, 28


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field. ``kind`` says how it is drawn: text, number, time, date, choice, one (of few), several.

    ``listed`` is the id of a list of offers; ``options`` are (value, word) pairs, ``chosen`` those that are chosen.
    """

    id: str
    name: str
    word: Any
    value: str = ""
    kind: str = "text"
    options: tuple[tuple[str, Any], ...] = ()
    chosen: tuple[str, ...] = ()
    listed: str = ""
    need: bool = False
    bad: bool = False
    only: str = ""  # shown only with this choice of the run's kind


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers by grade: heads over the columns, and a row of fields for each grade."""

    heads: tuple[Any, ...]
    rows: tuple[tuple[str, tuple[Field, ...]], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its code, its word, whether it is open, its fields, a grid under them, and whether it has a map."""

    do: str
    word: Any
    open: bool
    fields: tuple[Field, ...]
    grid: Grid | None = None
    on_map: bool = False


class _Making:
    """Fields of one form, filled with what was typed where this form was refused."""

    def __init__(self, do: str, given: QueryDict | Mapping[str, Any], bad: str) -> None:
        self.do = do
        self.mine = bool(given) and do in (given.get("do"), given.get("act"))
        self.given, self.bad = given, bad

    def field(self, name: str, word: Any, value: Any = "", **more: Any) -> Field:
        said = str(self.given.get(name, "")) if self.mine else str(value)
        return Field(f"{self.do}-{name}", name, word, said, bad=self.mine and self.bad == name, **more)

    def several(self, name: str, word: Any, options: Sequence[tuple[str, Any]], chosen: Sequence[str]) -> Field:
        typed = self.given.getlist(name) if self.mine and isinstance(self.given, QueryDict) else chosen
        return Field(
            f"{self.do}-{name}", name, word, kind="several", options=tuple(options), chosen=tuple(typed),
            bad=self.mine and self.bad == name,
        )  # fmt: skip

    def form(self, *fields: Field, grid: Grid | None = None, on_map: bool = False) -> Form:
        return Form(self.do, DOES.get(self.do, ""), self.mine, fields, grid, on_map)


def change_forms(today: Today, given: QueryDict | Mapping[str, Any], bad: str) -> list[Form]:
    """A form for each kind of change."""
    return [_MAKERS[do](_Making(do, given, bad), today) for do in DOES]


def run_form(given: QueryDict | Mapping[str, Any], bad: str) -> tuple[Field, ...]:
    """What is asked of a run."""
    m = _Making("run", given, bad)
    kinds = tuple((code, KINDS[code]) for code in ("compare", "replay"))
    return (
        m.field("kind", _("Which calls"), "compare", kind="one", options=kinds),
        m.field("days", _("Days a run"), DAYS_USUAL, kind="number", only="compare"),
        m.field("warm_days", _("Days before, not counted"), 1, kind="number", only="compare"),
        m.field("since", _("From the day"), kind="date", only="replay"),
        m.field("until", _("until before"), kind="date", only="replay"),
        m.field("runs", pgettext("simulation", "Runs"), RUNS_USUAL, kind="number", listed="runs-offered"),
        m.field("seed", _("Seed"), 1, kind="number"),
    )


def _merge(m: _Making, _today: Today) -> Form:
    return m.form(
        m.field("into", _("The station that stays"), listed="stations", need=True),
        m.field("units", _("Stations that go into it"), listed="stations", need=True),
    )


def _move(m: _Making, _today: Today) -> Form:
    return m.form(
        m.field("crews", _("Crews"), listed="crews", need=True),
        m.field("unit", _("to the station"), listed="stations"),
        m.field("lon", _("or to the point: longitude"), kind="number"), m.field("lat", _("latitude"), kind="number"),
        on_map=True,
    )  # fmt: skip


def _watch(m: _Making) -> tuple[Field, ...]:
    week = [(str(n), WEEKDAYS_ABBR[n]) for n in range(7)]
    return (
        m.field("on", _("On duty from"), "08:00", kind="time"), m.field("hours", _("for hours"), "12", kind="number"),
        m.several("days", _("Days"), week, tuple("0123456")),
    )  # fmt: skip


def _add(m: _Making, _today: Today) -> Form:
    return m.form(
        m.field("code", _("Code of the new crew"), need=True),
        m.field("unit", _("at the station"), listed="stations", need=True),
        m.field("officers", _("Officers"), 2, kind="number"), *_watch(m),
        m.several("skills", _("Skills"), tuple(SKILLS.items()), ()),
    )  # fmt: skip


def _remove(m: _Making, _today: Today) -> Form:
    return m.form(m.field("crews", _("Crews"), listed="crews", need=True))


def _hours(m: _Making, _today: Today) -> Form:
    return m.form(m.field("crews", _("Crews"), listed="crews", need=True), *_watch(m))


def _policy(m: _Making, today: Today) -> Form:
    one = [m.field(name, POLICY[name], f"{today.policy[name]:g}", kind="number") for name in POLICY_ONE]
    rows = tuple(
        (f"P{g}", tuple(m.field(f"{name}.{g}", f"{POLICY[name]}, P{g}", f"{today.policy[name][g - 1]:g}", kind="number")
                        for name in POLICY_GRADES))
        for g in GRADES
    )  # fmt: skip
    return m.form(*one, grid=Grid(tuple(POLICY[name] for name in POLICY_GRADES), rows))


def _divert(m: _Making, today: Today) -> Form:
    grades = tuple((str(g), f"P{g}") for g in GRADES[:3])
    return m.form(
        m.field("on", _("Divert crews"), "yes", kind="one", options=(("yes", _("yes")), ("no", _("no")))),
        m.field("up_to_grade", _("for calls up to"), today.divert["up_to_grade"], kind="choice", options=grades),
        m.field("gain_s", _("if earlier by (s)"), f"{today.divert['gain_s']:g}", kind="number"),
    )


def _ladder(m: _Making, _today: Today) -> Form:
    rows = tuple(
        (f"P{g}", tuple(m.field(f"{code}.{g}", f"{RUNGS[code]}, P{g}", s, kind="number") for code, s in rungs))
        for g, rungs in ladder_today()
    )
    return m.form(grid=Grid(tuple(RUNGS[code] for code, _s in ladder_today()[0][1]), rows))


def _next(m: _Making, _today: Today) -> Form:
    rungs = tuple((code, RUNGS[code]) for code, _s in ladder_today()[0][1])
    said = _("Another crew is sent when the ladder reaches")
    return m.form(m.field("rung", said, next_today(), kind="choice", options=rungs))


def _need(m: _Making, _today: Today) -> Form:
    kinds = (("", _("all kinds")), *CATEGORIES.items())
    grades = (("", _("all grades")), *((str(g), f"P{g}") for g in GRADES))
    return m.form(
        m.field("category", _("Kind of call"), kind="choice", options=kinds),
        m.field("grade", _("Grade"), kind="choice", options=grades),
        m.field("crews", _("need crews"), 1, kind="number"),
    )


_MAKERS: dict[str, Any] = {
    "merge": _merge, "move_crew": _move, "add_crew": _add, "remove_crew": _remove, "watch": _hours,
    "policy": _policy, "divert": _divert, "ladder": _ladder, "next_at": _next, "need": _need,
}  # fmt: skip
