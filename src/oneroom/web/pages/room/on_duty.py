"""Entries about duties as sentences: swaps, vehicles, the mobile force and its drills."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.web.pages.room import sentences as say

STAFF = lazy("Staff")
# Why not, as who is asked, or who plans, says it: codes, so that nobody's health is written down.
SWAP_REASONS = {
    "cannot": lazy("cannot on that day"),
    "other_plans": lazy("has other plans"),
    "not_fair": lazy("would not be fair"),
    "rest": lazy("too little rest"),
    "skills": lazy("a skill would be missing"),
    "cover": lazy("too few would be there"),
    "too_late": lazy("asked too late"),
    "other_plan": lazy("the roster is about to change"),
}
SWAP_STATES = {
    "asked": lazy("asked"),
    "accepted": lazy("accepted, waits for who plans"),
    "approved": lazy("approved"),
    "refused": lazy("refused"),
    "withdrawn": lazy("taken back"),
    "lapsed": lazy("over undecided"),
}
ROOM = lazy("Control")
SENTENCES: dict[str, tuple[Any, say.Sentence]] = {
    "standby.ordered": (ROOM, say.crew(lazy("%(crew)s was told to stand by at a place"))),
    "standby.acknowledged": (ROOM, say.crew(lazy("%(crew)s signed to stand by"))),
    "standby.there": (ROOM, say.crew(lazy("%(crew)s stands by at the place"))),
    "standby.declined": (ROOM, say.crew(lazy("%(crew)s cannot stand by there"))),
    "standby.ended": (ROOM, say.crew(lazy("%(crew)s stands by no more"))),
    "roster.unavailable": (STAFF, say.plain(lazy("Somebody is unavailable for the roster, days: %(days)s"))),
    "crew.line": (STAFF, say.crew(lazy("%(crew)s: whose line it also serves was set"))),
    "gear.entered": (STAFF, say.plain(lazy("A vehicle or a piece of kit was entered"))),
    "gear.moved": (STAFF, say.plain(lazy("A vehicle or a piece of kit is elsewhere, or in another state"))),
    "gear.inherited": (STAFF, say.plain(lazy("A unit ended: %(count)s vehicles and pieces of kit are its heir's"))),
    "force.inherited": (STAFF, say.plain(lazy("A unit ended: %(count)s units of the mobile force are its heir's"))),
    "crew.kit": (STAFF, say.crew(lazy("%(crew)s carries something else"))),
    "force.entered": (STAFF, say.plain(lazy("Mobile force: unit %(force)s was entered"))),
    "force.readiness": (
        STAFF,
        say.plain(lazy("Mobile force: unit %(force)s stands at level %(level)s with %(present)s")),
    ),
    "force.based": (STAFF, say.plain(lazy("Mobile force: unit %(force)s has its base at a place on the map"))),
    "force.below": (STAFF, say.plain(lazy("Mobile force: unit %(force)s is below what is required"))),
    "force.ready": (STAFF, say.plain(lazy("Mobile force: unit %(force)s holds what is required"))),
    "force.drill_called": (STAFF, say.plain(lazy("DRILL: unit %(force)s of the mobile force was called out"))),
    "force.turned_out": (STAFF, say.plain(lazy("DRILL: unit %(force)s of the mobile force rolled, with %(strength)s"))),
    "force.drill_ended": (STAFF, say.plain(lazy("DRILL: unit %(force)s of the mobile force did not turn out"))),
    "swap.asked": (STAFF, say.plain(lazy("A swap of duties was asked for"))),
    "swap.accepted": (STAFF, say.plain(lazy("A swap of duties was accepted by the other one"))),
    "swap.refused": (STAFF, say.coded(lazy("A swap of duties was refused: %(code)s"), "reason", SWAP_REASONS)),
    "swap.withdrawn": (STAFF, say.plain(lazy("A swap of duties was taken back"))),
    "swap.approved": (STAFF, say.plain(lazy("A swap of duties was approved; the roster is version %(version)s now"))),
    "swap.lapsed": (STAFF, say.plain(lazy("A swap of duties is over undecided"))),
}
