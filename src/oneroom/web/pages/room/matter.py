"""The right column: the open matter, its crews with what the room may do for them, and its record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import (
    AGENCIES,
    CATEGORIES,
    GRADES,
    INVALID_REASONS,
    OUTCOMES,
    REASONS,
    RETURN_REASONS,
)
from oneroom.apps.incidents.queries import Row, crew_verbs, row_of, story, verbs
from oneroom.apps.ledger.excerpt import Excerpt, verify_matter
from oneroom.apps.ledger.queries import Line, head_seq
from oneroom.apps.orders.queries import Running
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.lifecycle.incident import OPEN, TO_SEND, WITH_CREWS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.after import AfterView, after_view
from oneroom.web.pages.room.clocks import LadderView, ladder
from oneroom.web.pages.room.queue import RowView, row_view
from oneroom.web.pages.room.timeline import Shown, shown
from oneroom.web.pages.room.words import GLYPHS, MATTER_STATES, ORDER_STATES, kind_named, local, named

# Rows as queries give them; a screen names no table (DESIGN §2, rule 5).
Incident = Any
Assignment = Any

# verb of the assignment table -> (words on the button, address that does it, fixed part of what is sent)
ORDER_ACTS: dict[str, tuple[Any, str, dict[str, str]]] = {
    "acknowledge": (lazy("Signed by radio"), "step", {"verb": "acknowledge"}),
    "set_out": (lazy("Set out"), "step", {"verb": "set_out"}),
    "arrive": (lazy("On scene"), "step", {"verb": "arrive"}),
    "clear": (lazy("Leave, nothing to report"), "clear", {}),
    "return": (lazy("Take back, not theirs"), "take-off", {"verb": "return"}),
    "lapse": (lazy("Give up waiting"), "take-off", {"verb": "lapse"}),
    "withdraw": (lazy("Withdraw"), "take-off", {"verb": "withdraw"}),
}
# Done by a form of its own ("report"), asked for by crews only ("ask_return"), or waiting for its screen ("divert":
# it needs the graver call, which this panel does not name).
OTHER_ORDER_VERBS = frozenset({"report", "ask_return", "divert"})
FORWARD = ("acknowledge", "set_out", "arrive")
STEPS = (
    lazy("Taken"), lazy("Graded"), lazy("Sent"), lazy("Signed"), lazy("On scene"), lazy("Reported"), lazy("Reviewed"),
    lazy("Closed"), lazy("Call-back"),
)  # fmt: skip
# What of a matter itself has an address; "hold", "merge", "call_back" and "reopen" come with their screens.
MATTER_ACTS = frozenset({"classify", "review", "close", "transfer", "invalidate", "cancel"})


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what it says, where it goes, what it sends."""

    verb: str
    label: str
    url: str
    body: dict[str, str]
    forward: bool


@dataclass(frozen=True, slots=True)
class CrewOn:
    """A crew that is or was on the matter."""

    id: int
    crew_id: int
    name: str
    state: str
    word: str
    glyph: str
    lead: bool
    live: bool
    since: datetime
    times: tuple[tuple[str, datetime], ...]
    return_reason: str
    acts: tuple[Act, ...]
    may_report: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the line of a matter's life."""

    name: str
    css: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MatterView:
    """Everything about the open matter but its personal fields."""

    row: RowView
    incident: Incident
    place: str
    station: str
    state: str
    category: str
    kind: str
    outcome: str
    open: bool
    to_send: bool
    may_send: bool
    may_look: bool
    verbs: frozenset[str]
    raises: tuple[tuple[int, str], ...]
    lowers: tuple[tuple[int, str], ...]
    crews: tuple[CrewOn, ...]
    ladders: tuple[LadderView, ...]
    steps: tuple[Step, ...]
    after: AfterView
    lines: list[Shown]
    seal: Excerpt
    head: int


def matter_view(incident: Incident, *, merged: Iterable[int] | None = None, by: Actor, at: datetime) -> MatterView:
    """The open matter for this person at this minute; ``merged`` are those that count to it, if they are known."""
    row = row_of(incident)
    entries = story(incident.pk, merged=merged)
    names = {a.crew_id: local(a.crew.callsign_zh, a.crew.callsign_en) for a in row.crews}
    view = row_view(row, at=at)
    may_send = by.may(Right.DISPATCH)
    can_change = by.may(Right.TAKE_CALL) and incident.state in OPEN
    grades = [(g, str(word)) for g, word in GRADES.items()]
    return MatterView(
        row=view, incident=incident, place=view.place,
        station=local(incident.unit.name_zh, incident.unit.name_en) if incident.unit else "",
        state=named(MATTER_STATES, incident.state),
        category=_categories(incident), kind=_kind(incident), outcome=named(OUTCOMES, incident.outcome),
        open=incident.state in OPEN, to_send=incident.state in TO_SEND,
        may_send=may_send and incident.state in (*TO_SEND, *WITH_CREWS),
        may_look=by.may(Right.OPEN_PERSONAL) and incident.state in OPEN,
        verbs=frozenset(verbs(incident, by=by)) & MATTER_ACTS,
        raises=tuple(g for g in grades if can_change and g[0] < incident.grade),
        lowers=tuple(g for g in grades if can_change and by.may(Right.COMMAND) and g[0] > incident.grade),
        crews=tuple(_crew_on(a, by) for a in _live_first(row.crews)),
        ladders=tuple(ladder(r, at=at, who=names.get(r.crew_id or 0, "")) for r in row.ladders if _speaks(r)),
        steps=tuple(_steps(row, entries)), after=after_view(incident, by=by, at=at), lines=shown(entries),
        seal=verify_matter(*{e.matter for e in entries}), head=head_seq(),
    )  # fmt: skip


def act_words() -> dict[str, Any]:
    """What the forms of acts offer to choose from, wherever a matter is shown with its acts."""
    return {
        "categories": CATEGORIES, "grades": GRADES, "grade_reasons": REASONS, "outcomes": OUTCOMES,
        "agencies": AGENCIES, "invalid_reasons": INVALID_REASONS, "warning_reasons": WARNING_REASONS,
    }  # fmt: skip


def _speaks(running: Running) -> bool:
    """A ladder is shown once somebody beyond the first was told: until then its clock says enough."""
    return any(step.n > 0 for step in running.climbed)


def _categories(incident: Incident) -> str:
    """As classified at the call and, where the scene says otherwise, as it turned out."""
    first = kind_named(incident.category, incident.subcategory) or _("not yet classified")
    final = kind_named(incident.final_category, incident.final_subcategory)
    return f"{first} → {final}" if final and final != first else first


def _kind(incident: Incident) -> str:
    """The code of what it is, as lists to choose from have it: both levels with a dot."""
    category, subcategory = incident.category, incident.subcategory
    if incident.final_category:
        category, subcategory = incident.final_category, incident.final_subcategory
    return f"{category}.{subcategory}" if subcategory else category


def _live_first(crews: Iterable[Assignment]) -> list[Assignment]:
    return sorted(crews, key=lambda a: (a.state not in LIVE, not a.lead, a.pk))


def _crew_on(a: Assignment, by: Actor) -> CrewOn:
    may = crew_verbs(a, by=by)
    acts = [
        Act(verb, str(ORDER_ACTS[verb][0]), f"/api/assignments/{a.pk}/{ORDER_ACTS[verb][1]}", ORDER_ACTS[verb][2],
            verb in FORWARD)
        for verb in may
        if verb in ORDER_ACTS and (verb != "return" or a.return_reason)
    ]  # fmt: skip
    times = [
        (str(STEPS[2]), a.offered_at), (str(STEPS[3]), a.acknowledged_at), (_("Set out"), a.en_route_at),
        (str(STEPS[4]), a.on_scene_at), (str(STEPS[5]), a.reported_at),
    ]  # fmt: skip
    crew_state = {"offered": "assigned", "acknowledged": "assigned"}.get(a.state, a.state)
    return CrewOn(
        a.pk, a.crew_id, local(a.crew.callsign_zh, a.crew.callsign_en), a.state, named(ORDER_STATES, a.state),
        GLYPHS.get(crew_state, crew_state) if a.state in LIVE else "off", a.lead, a.state in LIVE, a.state_since,
        tuple((name, at) for name, at in times if at), named(RETURN_REASONS, a.return_reason), tuple(acts),
        "report" in may, named(OUTCOMES, a.outcome),
    )  # fmt: skip


def _steps(row: Row, entries: list[Line]) -> list[Step]:
    """Taken, graded, sent, signed, on scene, reported, closed: the first time of each, by any crew."""
    i, crews = row.incident, row.crews

    def first(field: str) -> datetime | None:
        return min((t for a in crews if (t := getattr(a, field))), default=None)

    reviewed = next((e.at for e in reversed(entries) if e.kind == "incident.reviewed"), None)
    called = next((e.at for e in reversed(entries) if e.kind == "incident.called_back" and e.facts["ended"]), None)
    graded = next((e.at for e in entries if e.kind == "incident.classified"), None)
    times = [
        i.received_at, graded, first("offered_at"), first("acknowledged_at"),
        first("on_scene_at"), first("reported_at"), reviewed, i.closed_at,
        called,
    ]  # fmt: skip
    last = max((n for n, t in enumerate(times) if t), default=-1)
    return [
        Step(str(name), "done" if n <= last else "now" if n == last + 1 and i.state in OPEN else "", t)
        for n, (name, t) in enumerate(zip(STEPS, times, strict=True))
    ]
