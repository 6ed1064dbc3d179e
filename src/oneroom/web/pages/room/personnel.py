"""Entries of personnel as sentences: what happened, never to whom, since a list carries no personal field."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.personnel.codes import BASES, BOOKED_BY, LEFT_BY, SETTLED, SITTINGS
from oneroom.web.pages.room import sentences as say
from oneroom.web.pages.room.words import SKILLS

STAFF = lazy("Staff")
SENTENCES: dict[str, tuple[Any, say.Sentence]] = {
    "crew.member_left": (lazy("Orders"), say.crew(lazy("%(crew)s: somebody has left the crew for good"))),
    "crew.skills": (lazy("Orders"), say.crew(lazy("What %(crew)s can changed, by certificates"))),
    "quota.booked": (STAFF, say.coded(lazy("Places of the establishment booked: %(code)s"), "basis", BOOKED_BY)),
    "posts.begun": (STAFF, say.plain(lazy("Posts begin on %(day)s: %(count)s"))),
    "post.ended": (STAFF, say.plain(lazy("A post ends on %(day)s"))),
    "villages.entered": (STAFF, say.plain(lazy("Villages entered: %(count)s"))),
    "person.entered": (STAFF, say.plain(lazy("Somebody serves in the force: number %(person)s of the register"))),
    "person.posted": (STAFF, say.coded(lazy("Somebody takes a post: %(code)s"), "basis", BASES)),
    "rotation.exempted": (STAFF, say.plain(lazy("A limit of years in a post is set aside until %(until)s"))),
    "round.drafted": (STAFF, say.plain(lazy("A round of moves from %(day)s was asked for"))),
    "round.planned": (STAFF, say.plain(lazy("A round of moves was planned: %(moves)s"))),
    "round.altered": (STAFF, say.plain(lazy("A move of a round was changed by hand"))),
    "round.signed": (STAFF, say.plain(lazy("A round of moves was signed: %(moves)s from %(day)s"))),
    "round.withdrawn": (STAFF, say.plain(lazy("A round of moves was taken back"))),
    "person.left": (STAFF, say.coded(lazy("Somebody left the force: %(code)s"), "cause", LEFT_BY)),
    "person.moved": (STAFF, say.plain(lazy("A move took effect: roles that ended at the former unit: %(roles)s"))),
    "person.unavailable": (STAFF, say.plain(lazy("Somebody is unavailable until %(until)s"))),
    "people.imported": (STAFF, say.plain(lazy("People taken over from a file: %(count)s"))),
    "deviations.found": (STAFF, say.plain(lazy("Deviations of postings taken over: %(count)s"))),
    "deviation.settled": (STAFF, say.coded(lazy("A deviation was settled: %(code)s"), "how", SETTLED)),
    "certificate.given": (STAFF, say.coded(lazy("A certificate was given: %(code)s"), "skill", SKILLS)),
    "certificate.ended": (STAFF, say.coded(lazy("A certificate counts no more: %(code)s"), "skill", SKILLS)),
    "kin.declared": (STAFF, say.plain(lazy("A kinship within the force was declared"))),
    "kin.ended": (STAFF, say.plain(lazy("A declared kinship was taken back"))),
    "sitting.held": (STAFF, say.coded(lazy("Held and entered: %(code)s"), "sitting_kind", SITTINGS)),
    "policy.published": (STAFF, say.plain(lazy("A rule document was published: %(rule)s, version %(number)s"))),
    "policy.ended": (STAFF, say.plain(lazy("A rule document is not in force from %(day)s on"))),
    "policy.acknowledged": (STAFF, say.plain(lazy("Somebody read a rule document"))),
    "budget.set": (STAFF, say.plain(lazy("Budget of %(year)s set: %(item)s"))),
    "awards.scaled": (STAFF, say.plain(lazy("The table of awards changed: %(award_kind)s"))),
    "grades.scaled": (STAFF, say.plain(lazy("Table of grades: %(grade)s changes from %(day)s on"))),
    "person.graded": (STAFF, say.plain(lazy("An auxiliary has grade %(grade)s from %(day)s on"))),
    "award.given": (STAFF, say.plain(lazy("An award was given"))),
    "welfare.noted": (STAFF, say.plain(lazy("A word of care was written"))),
    "welfare.ended": (STAFF, say.plain(lazy("A word of care was erased"))),
}
