"""What the rules say of an order, and which skills count: facts of personnel before ``engine.rotation``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.conf import settings

from oneroom.apps.personnel.codes import RULES
from oneroom.apps.personnel.facts import counting, force_on, overrides_on
from oneroom.apps.personnel.models import Certificate, Person
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.rotation.appointing import Line, objections
from oneroom.engine.rotation.verdict import Override, Verdict
from oneroom.engine.values import Objected, Reason

NAMED = 20  # reasons in one refusal; whoever has more mends these first


def objections_to(
    lines: Sequence[Line], *, day: date, overrides: tuple[Override, ...] = ()
) -> list[tuple[Line, list[Verdict]]]:
    """What stands against each of these lines on the day, by all rules; those without any are left out."""
    people = [int(line.person) for line in lines]
    force = force_on(day, people, [line.post for line in lines])
    aside = (*overrides, *overrides_on(day, people))
    return objections(
        force, lines, day, overrides=aside, counting=counting(leave_stops=settings.LEAVE_STOPS_ROTATION)
    )  # fmt: skip


def refuse(found: Sequence[tuple[Line, Sequence[Verdict]]], numbers: dict[str, str]) -> None:
    """Raise ``Objected`` with every reason; ``numbers`` are badges by person. A relative is not named."""
    reasons = [
        Reason(f"must_{v.rule}", RULES[v.rule], said(v) | {"number": numbers[line.person]}, v.two_may)
        for line, verdicts in found
        for v in verdicts
    ]
    if reasons:
        raise Objected(reasons[:NAMED], more=len(reasons) - NAMED)


def said(verdict: Verdict) -> dict[str, str | int]:
    """What a sentence about a verdict needs: codes as they are, days as text; never who is related."""
    facts = verdict.facts
    return {
        "missing": ", ".join(facts.get("missing", ())),
        "days": facts.get("days", 0),
        "needed": facts.get("needed", 0),
        "since": facts["since"].isoformat() if "since" in facts else "",
        "on": facts["on"].isoformat() if "on" in facts else "",
    }


def numbers_of(people: Collection[str]) -> dict[str, str]:
    """Badges by person."""
    rows = Person.objects.filter(pk__in=[int(pk) for pk in people]).values_list("pk", "number")
    return {str(pk): number for pk, number in rows}


def skills_on(people: Sequence[int], day: date) -> dict[int, set[str]]:
    """Skills with a certificate that holds on the day, by person."""
    found: dict[int, set[str]] = {}
    rows = Certificate.objects.filter(not_over(day), person_id__in=people, since__lte=day)
    for person, skill in rows.values_list("person_id", "skill"):
        found.setdefault(person, set()).add(skill)
    return found
