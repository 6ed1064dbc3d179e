"""
Rotation: who is due in twelve, six and three months and why, what two persons set aside, rounds of moves (T39, T40).

The list names people on the screen, for who may see it; as a file and on paper it says posts and days alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.personnel.access_rotation import DueLine, due_on, exemptions_asked, rounds_for, why_due
from oneroom.apps.personnel.queries import times_and_people
from oneroom.apps.personnel.services import ask_exemption, draft_round
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local, named
from oneroom.web.tables import Choice, Column, Table, Text
from oneroom.web.takeout import again, respond

AHEAD = {
    "0": lazy("reached"), "3": lazy("within 3 months"), "6": lazy("within 6 months"), "12": lazy("within 12 months"),
}  # fmt: skip
RULE_WORDS = {
    "sensitive_years": lazy("five years in a sensitive post"), "post_years": lazy("ten years in one post"),
}  # fmt: skip
SOURCES = {"sensitive_years": "T39", "post_years": "T39"}
STATES = {
    "planning": lazy("being planned"), "draft": lazy("draft"), "impossible": lazy("no plan"),
    "asked": lazy("waits for the second signature"), "signed": lazy("signed"), "withdrawn": lazy("taken back"),
}  # fmt: skip
_SORTS: dict[str, Callable[[DueLine], Any]] = {
    "on": lambda r: r.due.on, "unit": lambda r: r.unit, "name": lambda r: r.name, "pk": lambda r: r.person,
}  # fmt: skip


class Lines(list[DueLine]):
    """Lines that a table narrows, sorts and counts as it does rows of the database."""

    def order_by(self, *fields: str) -> Lines:
        rows = list(self)
        for name in reversed(fields):
            rows.sort(key=_SORTS[name.lstrip("-")], reverse=name.startswith("-"))
        return Lines(rows)

    def only(self, keep: Callable[[DueLine], bool]) -> Lines:
        """Those of whom it is true."""
        return Lines(row for row in self if keep(row))

    def count(self, *_nothing: Any) -> int:
        return len(self)


def table_of(units: Mapping[str, str]) -> Table:
    """The due list; ``units`` are names by code."""
    return Table(
        "rotation_due", lazy("Rotation"), order="on",
        columns=(
            Column("on", lazy("Full on"), lambda r: r.due.on, sort=("on", "name"), n=True),
            Column("ahead", lazy("How near"), lambda r: AHEAD[str(r.due.ahead)]),
            Column("name", lazy("Full name"), lambda r: r.name, sort=("name",), exported=False,
                   link=lambda r: reverse("office-rotation-person", args=[r.person])),
            Column("unit", lazy("Unit"), lambda r: units.get(r.unit, r.unit), sort=("unit", "on")),
            Column("post", lazy("Post"), lambda r: local(r.post_zh, r.post_en)),
            Column("code", lazy("Code of the post"), lambda r: r.post),
            Column("rule", lazy("Rule"), lambda r: RULE_WORDS[r.rule]),
            Column("since", lazy("Counted since"), lambda r: r.due.since, n=True),
            Column("exempt", lazy("Set aside until"), lambda r: r.due.exempt_until, n=True),
        ),
        filters=(
            Choice("ahead", lazy("How near"), lambda: AHEAD,
                   lambda rows, v: rows.only(lambda r: r.due.ahead <= int(v))),
            Choice("rule", lazy("Rule"), lambda: RULE_WORDS, lambda rows, v: rows.only(lambda r: r.rule == v)),
            Text("unit", lazy("Unit"),
                 lambda rows, v: rows.only(lambda r: v.lower() in f"{r.unit} {units.get(r.unit, '')}".lower())),
            Text("on", lazy("On the day"), lambda rows, _v: rows),
        ),
        empty=lazy("Nobody reaches a limit within a year."),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ROTATION)
def rotation(request: HttpRequest) -> HttpResponseBase:
    """The due list; by POST its file or print, without a name."""
    return _page(request)


@never_cache
@require_http_methods(["POST"])
@needs(Right.POST_PEOPLE)
def new_round(request: HttpRequest) -> HttpResponseBase:
    """Ask the planner for a round."""
    said = request.POST
    try:
        pk = draft_round(
            said.get("name", ""), typed_day(said.get("day", ""), field="day"), months=_whole(said.get("months", "0")),
            units=said.get("units", "").replace("，", " ").replace(",", " ").split(),
            most_percent=_whole(said.get("percent", "")), helpers="helpers" in said, keep_skills="skills" in said,
            by=actor(request), at=now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused)
    return redirect("office-round", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ROTATION)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Why somebody is due; by POST ask that two persons set a limit aside."""
    by, at, refused = actor(request), now(), None
    row, found = why_due(pk, localtime(at).date(), by=by)
    if request.method == "POST":
        said = request.POST
        try:
            by.must(Right.POST_PEOPLE)
            until = typed_day(said.get("until", ""), field="until")
            if until is None:
                raise BadInput("until", "This is needed.")
            post, _colon, rule = said.get("of", "").partition(":")
            ask_exemption(pk, post, rule, until=until, words=said.get("why", ""), by=by, at=at)
            return redirect("office-rotation-person", pk)
        except NotFound:
            raise
        except Refused as no:
            refused = no
    today = localtime(at).date()
    names = {w.post.code: local(w.post.name_zh, w.post.name_en or w.post.name_zh) for w in found}
    shown = frame(
        request, "office-rotation", p=row, posts=[_why(w, today) for w in found], today=today, said=request.POST,
        asked=[
            (RULE_WORDS[a["rule"]], names.get(a["post"], a["post"]), a["until"]) for a in exemptions_asked(pk, at=at)
        ],
        may_ask=by.may(Right.POST_PEOPLE), refused=worded(refused) if refused else "",
        bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    return render(request, "office/rotation_person.html", shown, status=refused.status if refused else 200)


def _why(why: Any, today: date) -> dict[str, Any]:
    post = why.post
    return {
        "code": post.code, "name": local(post.name_zh, post.name_en or post.name_zh), "spells": why.spells,
        "away": why.away, "sensitive": post.sensitive,
        "limits": [
            {"rule": rule, "word": RULE_WORDS[rule], "source": SOURCES[rule], "since": t.since, "on": t.on,
             "stopped": t.stopped_days, "exempt": until, "over": today >= t.on}
            for rule, t, until in why.limits
        ],
    }  # fmt: skip


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponseBase:
    by, at = actor(request), now()
    today = localtime(at).date()
    day = typed_day((request.POST if request.method == "POST" else request.GET).get("on", ""), field="on") or today
    lines = Lines(due_on(day, by=by))
    table = table_of({code: local(zh, en) for code, (zh, en) in names_by_code({r.unit for r in lines}).items()})
    times, people = times_and_people(today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1))
    shell = frame(
        request, "office-rotation", day=day, rounds=[(r, named(STATES, r.state)) for r in rounds_for(by=by)[:50]],
        may_draft=by.may(Right.POST_PEOPLE), times=times, people=people, given=request.POST, months=AHEAD,
        counts=[(AHEAD[code], sum(r.due.ahead <= int(code) for r in lines)) for code in AHEAD],
        refused=worded(refused) if refused else "", bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    if refused is not None:
        return again(request, table, lines, by=by, frame=shell, template="office/rotation.html", refused=refused)
    if request.method == "POST":  # a file or paper says posts and days, and nobody's name
        table = replace(table, columns=tuple(c for c in table.columns if c.exported))
    return respond(request, table, lines, by=by, frame=shell, template="office/rotation.html")


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def words_of(codes: Sequence[str], words: Mapping[str, Any]) -> str:
    """Codes as words, one after the other."""
    return _(", ").join(named(words, code) for code in codes)
