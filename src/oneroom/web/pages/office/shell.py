"""The office's frame: who may open what, and the same list as the navigation shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named

from oneroom.apps.incidents.codes import SAFE_CONTACT
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of the office: its name in ``urls.py``, its word, and the right that opens it."""

    view: str
    name: str | Promise
    right: Right

    @property
    def path(self) -> str:
        """Its address."""
        return reverse(self.view)


# Groups and places in the order in which people look for them. A screen that does not exist yet is not named.
GROUPS: tuple[tuple[str | Promise, tuple[Place, ...]], ...] = (
    (
        named("office", "Run"),
        (
            Place("office-board", _("Station board"), Right.SEE_BOARD),
            Place("office-days", _("Days"), Right.SEE_BOARD),
            Place("office-incidents", _("Incidents"), Right.SEE_MATTERS),
            Place("office-duty", _("Rosters"), Right.ROSTER),
            Place("office-posting", _("Posting"), Right.SEE_BOARD),
            Place("office-force", _("Mobile force"), Right.SEE_FORCE),
        ),
    ),
    (
        named("office", "Reshape"),
        (
            Place("office-organisation", _("Organisation"), Right.SEE_ORGANISATION),
            Place("office-establishment", _("Posts"), Right.SEE_POSTS),
            Place("office-people", _("People"), Right.SEE_PEOPLE),
            Place("office-rotation", _("Rotation"), Right.SEE_ROTATION),
            Place("office-reforms", _("Reforms"), Right.SEE_ORGANISATION),
            Place("office-plans", named("simulation", "Plans"), Right.SEE_PLANS),
        ),
    ),
    (
        named("office", "Staff"),
        (
            Place("office-seats", _("Posts one by one"), Right.SEE_POSTS),
            Place("office-villages", _("Villages"), Right.SEE_POSTS),
            Place("office-moves", _("Moves"), Right.SEE_PEOPLE),
            Place("office-deviations", _("Deviations"), Right.SEE_PEOPLE),
            Place("office-register", _("Training, meetings, exams"), Right.SEE_PEOPLE),
            Place("office-rules", _("Rule documents"), Right.SEE_PEOPLE),
            Place("office-awards", _("Awards"), Right.SEE_PEOPLE),
            Place("office-care", _("Care"), Right.CARE),
        ),
    ),
    (
        named("office", "Oversight"),
        (
            Place("office-record", _("Record"), Right.SEARCH_RECORD),
            Place("office-heads", _("Signed heads"), Right.VERIFY_RECORD),
            Place("office-tracks", _("Tracks"), Right.SEE_TRACK),
            Place("office-alarms", _("Alarms"), Right.SEE_ALARMS),
            Place("office-unusual", _("Unusual looking"), Right.INSPECT),
            Place("office-posts", _("Oversight posts"), Right.SEE_OVERSIGHT_POSTS),
            Place("office-openings", _("Broken glass"), Right.INSPECT),
            Place("office-retention", _("What is kept"), Right.SEE_RETENTION),
            Place("office-transparency", _("Transparency report"), Right.PUBLISH_REPORT),
            Place("office-signatures", _("Second signatures"), Right.COUNTERSIGN),
            Place("office-vouching", _("Locked out"), Right.COMMAND),
        ),
    ),
    (
        named("office", "Administration"),
        (
            Place("office-accounts", _("Accounts"), Right.MANAGE_ACCOUNTS),
            Place("office-signatures", _("Second signatures"), Right.SIGN_ACCESS),
            Place("office-consoles", _("Secured consoles"), Right.MANAGE_ACCOUNTS),
        ),
    ),
)


def places(by: Actor) -> list[tuple[str | Promise, list[Place]]]:
    """What this person may open, by group; groups without any are left out."""
    found = [(group, [p for p in mine if by.may(p.right)]) for group, mine in GROUPS]
    return [(group, mine) for group, mine in found if mine]


def first_place(by: Actor) -> Place | None:
    """Where this person begins."""
    found = places(by)
    return found[0][1][0] if found else None


def elsewhere(by: Actor) -> list[tuple[str | Promise, list[Place]]]:
    """This person's screens outside the office, as one more group: nobody has to sign out to come back to his post."""
    room = Place("room", named("screen", "Room"), Right.DISPATCH)
    intake = Place("intake", named("screen", "Intake"), Right.TAKE_CALL)
    glass = Place("office-glass", _("Break the glass"), Right.BREAK_GLASS)
    mine = [p for p in (room, intake, glass) if by.may(p.right)]
    if rings(by):
        mine.append(Place("terminal", named("screen", "Phone"), Right.CREW_ACT))
    return [(_("Your other screens"), mine)] if mine else []


def rings(by: Actor) -> bool:
    """Whether orders, or what nobody answers, ring on this person's phone."""
    return any(by.may(right) for right in (Right.CREW_ACT, Right.SEE_STATION, Right.COMMAND))


def needs(right: Right) -> Callable[[View], View]:
    """Only for those who hold the right; to everybody else there is no such page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not actor(request).may(right):
                raise NotFound
            return view(request, *args, **kwargs)

        return run

    return decorate


def frame(request: HttpRequest, here: str, **more: Any) -> dict[str, Any]:
    """What the frame around every page of the office needs; ``here`` is the place it belongs to."""
    by = actor(request)
    return {"places": [*places(by), *elsewhere(by)], "here": here, "script_words": script_words(), **more}


def script_words() -> dict[str, object]:
    """Sentences that scripts of the office say."""
    return {
        "stale": gettext("not heard for {age}"), "done": gettext("Done: {what}"), "join": gettext(", "),
        "hours": gettext("{h} h {m}"), "days": gettext("{d} d {h} h"),
        "offline": gettext("No connection. Nothing was sent; try again."), "failed": gettext("That did not work."),
        "needTime": gettext("How many minutes ago? Digits only."), "callerName": gettext("Caller"),
        "recording": gettext("Recording of the call"),
        "callerPhone": gettext("Telephone"), "address": gettext("Address"), "safe": gettext("Safe to contact"),
        "safeWords": {code: str(word) for code, word in SAFE_CONTACT.items()}, "added": gettext("Added"),
        "fromScene": gettext("From the scene"), "ofMatter": gettext("from {reference}, merged into this"),
        "erased": gettext("erased"),
        "nothingSaid": gettext("Nothing was noted."), "looked": gettext("Your look is recorded."),
    }  # fmt: skip
