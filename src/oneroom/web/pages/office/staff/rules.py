"""
Rule documents: version, in force from, looked at again, and how many have not yet read it (rows T41, B36).

Counts by unit, no names, and no content: that somebody says he read it is all that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.access import units_for
from oneroom.apps.personnel.registers import policies_for, policy_for, readers, reading_of
from oneroom.apps.personnel.services import end_policy, publish_policy
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.staff.page import Acts, a_day, a_number, listed
from oneroom.web.pages.room.words import local
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import respond

_STATES = {"in_force": lazy("in force"), "to_come": lazy("to come"), "over": lazy("no longer in force")}
_REVIEW = {"due": lazy("to be looked at again")}


@dataclass(frozen=True, slots=True)
class Line:
    """A version with how many have read it, of how many."""

    row: Any
    read: int
    serving: int

    @property
    def pk(self) -> int:
        return int(self.row.pk)


def table_of(day: date, by: Actor) -> Table:
    """The list on that day."""

    def ready(rows: Sequence[Any]) -> list[Line]:
        read, serving = readers([row.pk for row in rows], day, by=by)
        return [Line(row, read.get(row.pk, 0), serving) for row in rows]

    def in_state(rows: Rows, state: str) -> Rows:
        if state == "over":
            return rows.filter(ended__lte=day)
        rows = rows.filter(Q(ended=None) | Q(ended__gt=day))
        return rows.filter(effective__lte=day) if state == "in_force" else rows.filter(effective__gt=day)

    return Table(
        "rules", lazy("Rule documents"), order="topic", prepare=ready,
        columns=(
            Column("title", lazy("Document"), lambda r: local(r.row.title_zh, r.row.title_en or r.row.title_zh),
                   sort=("title_zh",), link=lambda r: reverse("office-rule", args=[r.pk])),
            Column("rule", in_sense("list", "Code"), lambda r: r.row.code, sort=("code",)),
            Column("version", lazy("Version"), lambda r: r.row.version, n=True),
            Column("topic", lazy("Topic"), lambda r: r.row.topic, sort=("topic", "code", "version")),
            Column("effective", lazy("In force from"), lambda r: r.row.effective, sort=("effective",), n=True),
            Column("review", lazy("Looked at again on"),
                   lambda r: f"{r.row.review} · {_('due')}" if _due(r.row, day) else r.row.review,
                   sort=("review",), n=True),
            Column("ended", lazy("Ended"), lambda r: r.row.ended, sort=("ended",), n=True),
            Column("read", lazy("Have read it"), lambda r: r.read, n=True),
            Column("unread", lazy("Not yet"), lambda r: r.serving - r.read, n=True),
        ),
        filters=(
            Choice("state", lazy("State"), lambda: _STATES, in_state, default="in_force"),
            Choice("due", lazy("Review"), lambda: _REVIEW, lambda rows, _v: rows.filter(review__lte=day)),
            Text("about", lazy("Topic"), lambda rows, v: rows.filter(topic=v.lower())),
        ),
        empty=lazy("No rule document is published."),
    )  # fmt: skip


def _due(row: Any, day: date) -> bool:
    return row.review <= day and (row.ended is None or row.ended > day)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def rules(request: HttpRequest) -> HttpResponseBase:
    """The list; by POST a new version, or the end of one."""
    by, at = actor(request), now()
    return listed(
        request, table_of(localtime(at).date(), by), policies_for(by=by), by=by, here="office-rules",
        template="office/staff/rules.html", acts=_acts(by) if by.may(Right.KEEP_PEOPLE) else {},
    )  # fmt: skip


def _acts(by: Actor) -> Acts:
    def publish(said: Mapping[str, str]) -> None:
        publish_policy(
            code=said.get("rule", ""), title_zh=said.get("title_zh", ""), title_en=said.get("title_en", ""),
            topic=said.get("topic", ""), effective=a_day(said, "effective"), review=a_day(said, "review"), by=by,
            at=now(),
        )  # fmt: skip

    def end(said: Mapping[str, str]) -> None:
        end_policy(a_number(said, "policy", most=99_999_999), day=a_day(said, "ended"), by=by, at=now())

    return {"publish": publish, "end": end}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def rule(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who has not yet read a version: by unit, as a count."""
    by, day = actor(request), localtime(now()).date()
    row = policy_for(pk, by=by)
    reading = reading_of(row.pk, day, by=by)
    table = Table(
        "rule_readers", lazy("Who has not yet read it"), order="unit",
        columns=(
            Column("unit", lazy("Unit"), lambda r: local(r.name_zh, r.name_en), sort=("code",)),
            Column("serving", lazy("Serve there"), lambda r: reading.serving.get(r.code, 0), n=True),
            Column("read", lazy("Have read it"), lambda r: reading.read.get(r.code, 0), n=True),
            Column("unread", lazy("Not yet"), lambda r: reading.serving.get(r.code, 0) - reading.read.get(r.code, 0),
                   n=True),
        ),
        filters=(Text("unit", lazy("Unit"), _named),), empty=lazy("Nobody serves in a unit yet."),
    )  # fmt: skip
    serving, read = sum(reading.serving.values()), sum(reading.read.values())
    shell = frame(
        request, "office-rules", rule=row, title=local(row.title_zh, row.title_en or row.title_zh), serving=serving,
        keeps=by.may(Right.KEEP_PEOPLE),
        read=read, unread=serving - read, without=reading.serving.get("", 0) - reading.read.get("", 0),
    )  # fmt: skip
    rows = units_for(by=by).filter(code__in=[unit for unit in reading.serving if unit])
    return respond(request, table, rows, by=by, frame=shell, template="office/staff/rule.html")


def _named(rows: Rows, text: str) -> Rows:
    return rows.filter(name_zh__icontains=text) | rows.filter(name_en__icontains=text) | rows.filter(code=text)
