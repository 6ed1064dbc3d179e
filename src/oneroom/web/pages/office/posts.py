"""Which unit is overseen by whom, and which by nobody: the matrix of oversight posts, with its gaps (row T45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.codes import KINDS
from oneroom.apps.orgs.facts import reform_days
from oneroom.apps.oversight.posts import Posts, posts_on, units_of
from oneroom.apps.people.queries import staff_names
from oneroom.engine.organisation.oversight import Standing
from oneroom.engine.roles import Right
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text, asked, for_reader
from oneroom.web.takeout import respond

TODAY = "today"
_STANDINGS = {
    Standing.COVERED: lazy("covered"),
    Standing.NOBODY: lazy("nobody is posted"),
    Standing.ANSWERS_TO_IT: lazy("who is posted answers to its head"),
}
_GAPS = "gaps"
_SHOWN = {_GAPS: lazy("all gaps"), **{s.value: word for s, word in _STANDINGS.items()}}


@dataclass(frozen=True, slots=True)
class _Line:
    """A unit of the matrix with what stands beside it; ``officers`` and ``above`` are accounts."""

    row: Any
    posts: Posts
    names: Mapping[int, str]

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    @property
    def officers(self) -> Sequence[int]:
        return self.posts.officers.get(self.row.code, ())

    @property
    def above(self) -> tuple[str, Sequence[int]]:
        """The name of the nearest unit above that has somebody, and who that is; else those of the force as a whole."""
        found = self.posts.above(self.row.code)
        if found is None:
            return (_("the whole force"), self.posts.of_all) if self.posts.of_all else ("", ())
        unit = self.posts.tree.units[found[0]]
        return local(unit.name_zh, unit.name_en), found[1]

    def named(self, accounts: Sequence[int]) -> str:
        """Names; behind that of somebody who does not count alone here, that he does not."""
        return _(", ").join(
            _("%(name)s (answers to this unit)") % {"name": self.names[who]}
            if self.row.code in self.posts.bound.get(who, ())
            else self.names[who]
            for who in accounts
        )

    def parent(self) -> str:
        above = self.posts.tree.units.get(self.row.parent or "")
        return local(above.name_zh, above.name_en) if above is not None else ""


def _numbers(accounts: Sequence[int]) -> str:
    return _(", ").join(str(n) for n in accounts)


def _days() -> dict[str, Any]:
    today = localtime(now()).date()
    to_come = sorted(day for day in reform_days() if day > today)
    return {TODAY: lazy("today"), **{day.isoformat(): f"{day:%Y-%m-%d}" for day in to_come}}


def _table(posts: Posts) -> Table:
    def ready(rows: Sequence[Any]) -> list[_Line]:
        above = [posts.above(row.code) for row in rows]
        people = {who for row in rows for who in posts.officers.get(row.code, ())}
        people |= {who for found in above if found for who in found[1]} | set(posts.of_all)
        names = staff_names(people)
        return [_Line(row, posts, names) for row in rows]

    def of(rows: Rows, value: str) -> Rows:
        wanted = set(Standing) - {Standing.COVERED} if value == _GAPS else {Standing(value)}
        return rows.filter(code__in=[code for code, s in posts.standings.items() if s in wanted])

    stands = Choice("stands", lazy("Overseen"), lambda: _SHOWN, of)
    return replace(TABLE, prepare=ready, filters=(stands, *TABLE.filters, Text("unit", lazy("Unit"), _named)))


def _named(rows: Rows, text: str) -> Rows:
    return rows.filter(name_zh__icontains=text) | rows.filter(name_en__icontains=text)


TABLE = Table(
    "posts", lazy("Oversight posts"), order="unit",
    columns=(
        Column("unit", lazy("Unit"), lambda r: local(r.row.name_zh, r.row.name_en), sort=("code",)),
        Column("kind", lazy("Kind"), lambda r: named(KINDS, r.row.kind), sort=("kind",)),
        Column("parent", lazy("Answers to"), lambda r: r.parent(), sort=("parent",)),
        Column("stands", lazy("Overseen"), lambda r: str(_STANDINGS[r.posts.standings[r.row.code]])),
        Column("officers", lazy("Posted here"), lambda r: r.named(r.officers), exported=False),
        Column("accounts", lazy("Accounts posted here"), lambda r: _numbers(r.officers), n=True),
        Column("above", lazy("Nearest above"), lambda r: r.above[0]),
        Column("over", lazy("Posted above"), lambda r: r.named(r.above[1]), exported=False),
    ),
    filters=(Choice("on", lazy("On the day"), _days, lambda rows, _v: rows, default=TODAY),),
    empty=lazy("There is no station, detention centre or traffic brigade on that day."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_OVERSIGHT_POSTS)
def posts(request: HttpRequest) -> HttpResponseBase:
    """The matrix on a day, with how many units are covered; a file of it holds accounts, no names."""
    by, at = actor(request), now()
    shown = posts_on(_day(request, at), by=by, at=at)
    shell = frame(
        request, "office-posts", about=_("each station, detention centre and traffic brigade"),
        share=shown.share, day=shown.day, on=request.GET.get("on", ""),
        gaps=[(s.value, word, _count(shown, s)) for s, word in _STANDINGS.items() if s is not Standing.COVERED],
    )  # fmt: skip
    return respond(
        request, for_reader(_table(shown), by), units_of(shown), by=by, frame=shell, template="office/posts.html"
    )


def _day(request: HttpRequest, at: datetime) -> date:
    """The day asked for: today, or one on which the organisation changes."""
    on = asked(request, TABLE).values["on"]
    return localtime(at).date() if on == TODAY else date.fromisoformat(on)


def _count(posts: Posts, standing: Standing) -> int:
    return sum(s is standing for s in posts.standings.values())
