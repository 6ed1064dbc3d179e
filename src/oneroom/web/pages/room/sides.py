"""The four sides of the open matter: 情 what it is, 指 who is sent, 勤 who is on duty, 舆 what the public says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from oneroom.apps.duty.queries import board, posts
from oneroom.apps.incidents.codes import CONTACT_WAYS, REASONS, SAFE_CONTACT, SOURCES
from oneroom.apps.incidents.contact import WHY_NOT, may_contact
from oneroom.apps.incidents.protocol import plan_for
from oneroom.apps.incidents.queries import callers_of, questionings_of
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor
from oneroom.web.pages.room.asked import Asked, asked_views
from oneroom.web.pages.room.board import CrewView, crew_views
from oneroom.web.pages.room.words import KIT, kind_named, named

Incident = Any

# code, sign, word; the signs are the four of the founding texts (情指勤舆) and stand in both languages.
SIDES = (
    ("analysis", "情", lazy("Situation")),
    ("command", "指", pgettext_lazy("side of a matter", "Command")),
    ("duty", "勤", lazy("On duty")),
    ("feedback", "舆", lazy("The public")),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One tab; ``count`` is shown where there is something to see, 0 where not."""

    code: str
    sign: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class CrewLine:
    """A crew of the matter's station."""

    id: int
    name: str
    glyph: str
    state: str
    on_board: str
    runs: int


@dataclass(frozen=True, slots=True)
class DutyView:
    """Who answers at this minute, and what the station has left."""

    commander: str
    chief: str
    crews: tuple[CrewLine, ...]
    free: int


@dataclass(frozen=True, slots=True)
class CallerView:
    """A caller without name or number: which one, how the report came, whether and how contact is safe."""

    id: int
    n: int  # from 1, as everywhere: "caller 2 of" the matter's number
    source: str
    at: datetime
    safe: str
    stars: int | None
    withdrawn: bool
    text_only: bool
    no_call: str  # why nobody telephones this caller; empty where one may
    overridden: datetime | None  # until when two persons let him be reached all the same, by ``way``
    way: str
    may_write: bool
    has_said: bool  # words stand with the rating


@dataclass(frozen=True, slots=True)
class SidesView:
    """What the four panels show beside the matter itself."""

    panels: tuple[Side, ...]
    may_compare: bool
    kind_at_call: str
    kind_found: str
    reasons: str
    plan: str
    asked: tuple[Asked, ...]
    origin: str
    merged: tuple[tuple[int, str], ...]
    merged_into: tuple[int, str] | None
    duty: DutyView
    callers: tuple[CallerView, ...]
    may_override: bool


def _why_not(report: Any, way: str, at: datetime) -> str:
    verdict = may_contact(report, way, at=at)
    return "" if verdict.ok else str(WHY_NOT[verdict.why])


def sides_view(
    incident: Incident, *, live: int, into: tuple[int, str] | None, merged: tuple[tuple[int, str], ...], by: Actor,
    at: datetime,
) -> SidesView:  # fmt: skip
    """
    The four sides for this person at this minute; ``live`` is how many crews are on it, ``into`` what it counts to and
    ``merged`` what counts to it.
    """
    callers = tuple(
        CallerView(
            r.pk, n, named(SOURCES, r.source), r.received_at, named(SAFE_CONTACT, r.safe_contact),
            r.stars, r.withdrawn, r.text_only, _why_not(r, "phone", at),
            r.overridden_until if r.overridden_until and at < r.overridden_until else None,
            named(CONTACT_WAYS, r.overridden_way) if r.overridden_way else "",
            by.may(Right.TAKE_CALL) and incident.state in OPEN and not _why_not(r, "page", at),
            r.rating_words_id is not None,
        )
        for n, r in enumerate(callers_of(incident), start=1)
    )  # fmt: skip
    duty = _duty(incident, at)
    counts = {"analysis": len(merged), "command": live, "duty": duty.free, "feedback": len(callers)}
    found = (incident.final_category, incident.final_subcategory)
    turned = bool(incident.final_category) and found != (incident.category, incident.subcategory)
    return SidesView(
        panels=tuple(Side(code, sign, str(word), counts[code]) for code, sign, word in SIDES),
        may_compare=by.may(Right.TAKE_CALL) and incident.state in OPEN,
        kind_at_call=kind_named(incident.category, incident.subcategory) or _("not yet classified"),
        kind_found=kind_named(*found) if turned else "",
        reasons=_(", ").join(named(REASONS, r) for r in incident.reasons), plan=_plan(incident),
        origin=named(SOURCES, incident.origin), asked=tuple(asked_views(questionings_of(incident))),
        merged=merged, merged_into=into, duty=duty, callers=callers,
        may_override=by.may(Right.OVERRIDE_CONTACT),
    )  # fmt: skip


def _plan(incident: Incident) -> str:
    """What the response plan of its kind and grade asks for, in words."""
    if not incident.category:
        return ""
    plan = plan_for(incident.category, incident.subcategory, incident.grade)
    asked = [_("crews: %(n)s") % {"n": plan.crews}, *(named(KIT, code) for code in (*plan.skills, *plan.kit))]
    return _(", ").join(asked)


def _duty(incident: Incident, at: datetime) -> DutyView:
    held = posts(at)

    def names(role: Role, unit_id: int | None) -> str:
        found = [post.name for post in held if (post.role, post.unit_id) == (role.value, unit_id)]
        return _(", ").join(found) or _("nobody is entered")

    station = board(unit_id=incident.unit_id) if incident.unit_id is not None else []
    crews = tuple(_line(view) for view in crew_views(station, at=at))
    free = sum(1 for c in station if c.state == "available")
    chief = names(Role.DUTY_CHIEF, incident.unit_id) if incident.unit_id is not None else ""
    return DutyView(names(Role.SHIFT_COMMANDER, None), chief, crews, free)


def _line(c: CrewView) -> CrewLine:
    on_board = _("%(officers)s + %(auxiliaries)s") % {"officers": c.officers, "auxiliaries": c.auxiliaries}
    return CrewLine(c.id, c.name, c.glyph, c.word, on_board, c.runs)
