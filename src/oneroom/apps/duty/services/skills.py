"""What a crew can: what valid certificates of its members say (row B09)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from oneroom.apps.duty.models import Crew, CrewMember
from oneroom.apps.ledger.services import note, service
from oneroom.apps.personnel.queries import skills_of_accounts
from oneroom.engine.values import Actor


@service
def renew_skills(crew_ids: Collection[int], *, day: date, by: Actor, at: datetime) -> int:
    """
    Let these crews be able to what their members are certified for on the day; gives how many changed.

    A crew none of whose members is entered as a person of the force keeps the skills that it was formed with.
    """
    riding: dict[int, list[int]] = {}
    for crew_id, account_id in CrewMember.objects.filter(crew_id__in=crew_ids).values_list("crew_id", "account_id"):
        riding.setdefault(crew_id, []).append(account_id)
    known = skills_of_accounts({a for accounts in riding.values() for a in accounts}, day)
    changed = 0
    for crew in Crew.objects.filter(pk__in=riding).order_by("pk"):
        mine = [known[a] for a in riding[crew.pk] if a in known]
        skills = sorted(set().union(*mine))
        if mine and skills != crew.skills:
            changed += 1
            Crew.objects.filter(pk=crew.pk).update(skills=skills)
            scopes = ("room", f"unit:{crew.unit_id}", f"crew:{crew.pk}")
            note("crew.skills", f"crew:{crew.pk}", by=by, at=at, to=scopes, crew=crew.pk, skills=skills)
    return changed
