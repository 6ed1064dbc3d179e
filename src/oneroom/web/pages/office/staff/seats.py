"""Posts one by one: where, what they ask for, who sits there; posts begin and end here (rows B14, B17, B44, T39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import codes_named, names_by_code
from oneroom.apps.personnel.codes import KINDS, RANKS, WATCHES
from oneroom.apps.personnel.registers import held_posts, holders, posts_for
from oneroom.apps.personnel.services import NewPost, begin_posts, end_post
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import Acts, a_day, a_number, day_of_list, listed, units_named
from oneroom.web.pages.room.words import SKILLS, local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text

MOST = 500  # posts of one form
_STATES = {"vacant": lazy("vacant"), "held": in_sense("post", "held")}
MARKS = {
    "front_line": lazy("front line"), "leads": lazy("heads the unit"), "chief": lazy("first of the unit"),
    "sensitive": lazy("sensitive"), "selected": lazy("by selection"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A post with the name of its unit and who sits there."""

    row: Any
    unit: str
    person: Any

    @property
    def holder(self) -> str:
        return self.person.name if self.person else ""

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    @property
    def marks(self) -> str:
        said = [str(word) for key, word in MARKS.items() if getattr(self.row, key)]
        return _(", ").join([*said, *([named(WATCHES, self.row.function)] if self.row.function else [])])

    @property
    def asks(self) -> str:
        said = [named(RANKS, self.row.rank)] if self.row.rank else []
        said += [self.row.exam] if self.row.exam else []
        return _(", ").join([*said, *(str(named(SKILLS, skill)) for skill in self.row.skills)])


def table_of(day: date) -> Table:
    """The list on that day."""

    def ready(rows: Sequence[Any]) -> list[Line]:
        names, held = names_by_code({row.unit for row in rows}), holders([row.code for row in rows], day)
        return [
            Line(row, local(*names[row.unit]) if row.unit in names else row.unit, held.get(row.code))
            for row in rows
        ]  # fmt: skip

    def in_state(rows: Rows, state: str) -> Rows:
        held = held_posts(day)
        return rows.filter(code__in=held) if state == "held" else rows.exclude(code__in=held)

    return Table(
        "posts_each", lazy("Posts one by one"), order="number", prepare=ready,
        columns=(
            Column("number", lazy("Code of the post"), lambda r: r.row.code, sort=("code",)),
            Column("name", lazy("Post"), lambda r: local(r.row.name_zh, r.row.name_en or r.row.name_zh),
                   sort=("name_zh",)),
            Column("unit", lazy("Unit"), lambda r: r.unit, sort=("unit", "code")),
            Column("kind", lazy("Kind"), lambda r: named(KINDS, r.row.kind), sort=("kind", "code")),
            Column("marks", in_sense("post", "What it is"), lambda r: r.marks),
            Column("place", lazy("Division (code)"), lambda r: r.row.place, sort=("place", "code")),
            Column("asks", lazy("Asks for"), lambda r: r.asks),
            Column("since", lazy("There since"), lambda r: r.row.since, sort=("since",), n=True),
            Column("until", lazy("Until"), lambda r: r.row.until, sort=("until",), n=True),
            Column("holder", lazy("Who sits there"), lambda r: r.holder or _("vacant"), exported=False,
                   link=lambda r: reverse("office-person", args=[r.person.pk]) if r.person else ""),
            Column("state", lazy("State"), lambda r: _STATES["held" if r.holder else "vacant"]),
        ),
        filters=(
            Choice("state", lazy("State"), lambda: _STATES, in_state),
            Choice("kind", lazy("Kind"), lambda: KINDS, lambda rows, v: rows.filter(kind=v)),
            Choice("mark", in_sense("post", "What it is"), lambda: MARKS, lambda rows, v: rows.filter(**{v: True})),
            Text("unit", lazy("Unit"), lambda rows, v: rows.filter(unit__in=codes_named(v))),
            Text("post", lazy("Code or name"),
                 lambda rows, v: rows.filter(code__startswith=v.lower()) | rows.filter(name_zh__icontains=v)
                 | rows.filter(name_en__icontains=v)),
            Text("on", lazy("On the day"), lambda rows, _v: rows),
        ),
        empty=lazy("There is no post yet."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_POSTS)
def seats(request: HttpRequest) -> HttpResponseBase:
    """The list on the day ``on``; by POST posts begin, one ends, or the list goes out without names."""
    by = actor(request)
    day = day_of_list(request)
    said = request.POST
    return listed(
        request, table_of(day), posts_for(day, by=by), by=by, here="office-seats", template="office/staff/seats.html",
        acts=_acts(by) if by.may(Right.PLAN_POSTS) else {},
        more=lambda: {
            "day": day, "kinds": KINDS, "skills": SKILLS, "ranks": RANKS, "watches": WATCHES, "units": units_named(by),
            "ticks": [(key, word, said.get(key) == "yes") for key, word in MARKS.items()],
        },
    )  # fmt: skip


def _acts(by: Actor) -> Acts:
    def begin(said: Mapping[str, str]) -> None:
        code = plain("post", said.get("post"), longest=20, required=True).lower()
        many = a_number({"many": said.get("many") or "1"}, "many", most=MOST)
        codes = [code] if many == 1 else [f"{code}-{n}" for n in range(1, many + 1)]
        marks = {key: said.get(key) == "yes" for key in MARKS}
        function = said["function"] if said.get("function") in WATCHES else ""
        skills = (said["skill"],) if said.get("skill") in SKILLS else ()
        new = [
            NewPost(
                each, said.get("unit", ""), said.get("kind", ""), said.get("name_zh", ""), said.get("name_en", ""),
                exam=plain("exam", said.get("exam"), longest=24).lower(), skills=skills,
                village=said.get("village", ""), rank=said.get("rank", ""), function=function,
                place=plain("place", said.get("place"), longest=6), **marks,
            )
            for each in codes
        ]  # fmt: skip
        begin_posts(new, day=a_day(said, "since"), by=by, at=now())

    def end(said: Mapping[str, str]) -> None:
        end_post(plain("ends", said.get("ends"), longest=24, required=True), day=a_day(said, "until"), by=by, at=now())

    return {"begin": begin, "end": end}
