"""Orders as the phone shows them: words in the language of the page, times, the next promise. No personal field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oneroom.apps.incidents import codes
from oneroom.apps.incidents.queries import Row, crew_verbs, live
from oneroom.apps.orders.queries import Running, running
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import CREW_STATES, STAGES, kind_named, local

TO_DO = {
    "offered": _("New order: sign for it"),
    "acknowledged": _("Signed for: set off"),
    "en_route": _("On the way"),
    "on_scene": _("On scene: report and you are free"),
}
ENDS = {
    "cleared": _("Left without a report"),
    "returned": _("The room took it back: not yours"),
    "lapsed": _("Not answered in time: another crew was sent"),
    "withdrawn": _("The room took you off this order"),
    "diverted": _("You were sent to a graver call"),
}
# The four buttons: verb, label, what it means, the field that holds when it was done, the state it needs.
STEPS = (
    ("acknowledge", _("Sign for it"), _("tells the room you saw it"), "acknowledged_at", "offered"),
    ("set_out", _("Set off"), _("the room sees you coming"), "en_route_at", "acknowledged"),
    ("arrive", _("Arrived"), _("say a word within minutes"), "on_scene_at", "en_route"),
    ("report", pgettext_lazy("terminal", "Report"), _("ends it: you are free again"), "reported_at", "on_scene"),
)


@dataclass(frozen=True, slots=True)
class Promise:
    """The time left to the next promise, and its name."""

    stage: str
    label: Any
    started: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four big buttons."""

    n: int
    verb: str
    label: Any
    meaning: Any
    at: datetime | None
    look: str  # is-done, is-now, is-later
    why_not: Any = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One crew's order. ``live`` while the crew is on it."""

    id: int
    incident: int
    reference: str
    grade: int
    grade_word: Any
    category: Any
    place: str
    lon: float | None
    lat: float | None
    state: str
    live: bool
    lead: bool
    drill: bool
    offered_at: datetime
    ended_at: datetime | None
    how: Any
    promise: Promise | None
    may_return: bool = False
    return_not_his: bool = False
    asked_well: bool = False  # the crew is asked whether all is well, and has not said so
    return_asked: Any = ""
    may_speak: bool = False
    raises: tuple[tuple[int, Any], ...] = ()  # graver grades that the crew may say it is
    steps: tuple[Step, ...] = ()
    others: tuple[tuple[str, Any], ...] = ()


def order(sent: Any, *, by: Actor, ladders: dict[str, list[Running]]) -> Order:
    """An assignment as a row of the list."""
    matter = sent.incident
    is_live = sent.state in TO_DO
    own = [r for r in ladders.get(f"incident:{matter.pk}", []) if r.subject == f"assignment:{sent.pk}"]
    verbs = crew_verbs(sent, by=by)
    return Order(
        sent.pk, matter.pk, matter.reference, matter.grade, codes.GRADES[matter.grade],
        _kind(matter), place_of(matter),
        matter.lon, matter.lat, sent.state, is_live, sent.lead, matter.drill, sent.offered_at, sent.ended_at,
        TO_DO[sent.state] if is_live else codes.OUTCOMES.get(sent.outcome, ENDS.get(sent.state, sent.state)),
        _promise(own) if is_live else None,
        may_return="ask_return" in verbs and not sent.return_reason and by.may(Right.SCENE_REPORT),
        return_not_his="ask_return" in verbs and not sent.return_reason and not by.may(Right.SCENE_REPORT),
        asked_well=is_live and any(r.stage == "welfare" and r.climbed for r in own),
        return_asked=codes.RETURN_REASONS.get(sent.return_reason, ""),
        may_speak=is_live and sent.state != "offered",
        raises=tuple((g, word) for g, word in codes.GRADES.items() if is_live and g < matter.grade),
        steps=_steps(sent, by=by),
    )  # fmt: skip


def _kind(matter: Any) -> str:
    """What it is, as finely as the room knows it: a burglary is approached otherwise than a robbery."""
    if matter.final_category:
        return kind_named(matter.final_category, matter.final_subcategory)
    return kind_named(matter.category, matter.subcategory) or str(_("not yet classified"))


def how() -> dict[str, str]:
    """What a row says in each state, for taps that the server has not heard of yet."""
    return {state: str(said) for state, said in TO_DO.items()} | {"cleared": str(_("Reported; not sent yet"))}


def others_on(row: Row, *, own_crew: int) -> tuple[tuple[str, Any], ...]:
    """(callsign, state) of the other crews that are on the same matter now."""
    return tuple(
        (local(a.crew.callsign_zh, a.crew.callsign_en), CREW_STATES[SHOWS[a.state]])
        for a in live(row)
        if a.crew_id != own_crew
    )


def ladders_of(sent: list[Any]) -> dict[str, list[Running]]:
    """The running ladders of these assignments' matters."""
    return running({f"incident:{a.incident_id}" for a in sent})


def place_of(matter: Any) -> str:
    """The public place in the language of the page; the point where it has no name."""
    name = local(matter.place_zh, matter.place_en)
    if name or matter.lat is None:
        return name
    return f"{matter.lat:.5f}, {matter.lon:.5f}"


SHOWS = {"offered": "assigned", "acknowledged": "assigned", "en_route": "en_route", "on_scene": "on_scene"}


def _promise(ladders: list[Running]) -> Promise | None:
    first = min(ladders, key=lambda r: r.deadline, default=None)
    if first is None:
        return None
    return Promise(first.stage, STAGES[first.stage][0], first.started, first.deadline)


def _steps(sent: Any, *, by: Actor) -> tuple[Step, ...]:
    steps = []
    for n, (verb, label, meaning, field, needs) in enumerate(STEPS, start=1):
        done_at = getattr(sent, field)
        look = "is-done" if done_at else "is-now" if sent.state == needs else "is-later"
        why_not = _("An officer of your crew signs the report.") if _not_his(verb, by) and not done_at else ""
        steps.append(Step(n, verb, label, meaning, done_at, "is-later" if why_not else look, why_not))
    return tuple(steps)


def _not_his(verb: str, by: Actor) -> bool:
    """An auxiliary assists: he may not sign a report (workflow §2.10)."""
    return verb == "report" and not by.may(Right.SCENE_REPORT)
