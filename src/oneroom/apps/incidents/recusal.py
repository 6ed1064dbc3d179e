"""
Recusal (公务回避): whether somebody who rides with a crew has declared the caller of a matter to be a relative.

Only what people declared themselves is compared, by the machine: whoever assigns is told that there is a relation and
by what it was found, never whose, and decides. It changes no ranking (Police Law 45; workflow §2.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from oneroom.apps.duty.models import CrewMember
from oneroom.apps.incidents.models import Report
from oneroom.apps.ledger.services import compared
from oneroom.apps.people.models import Relation
from oneroom.apps.personnel.models import Kinship
from oneroom.engine.unusual import Rule, own

NUMBER, NAME = "number", "name"  # a number is surer than a name, which others have too
_FOUND = {Rule.OWN_NUMBER: NUMBER, Rule.OWN_NAME: NAME}
_Relative = tuple[int, str, str]  # the account that has him, his name, his number


def related_crews(incident_id: int, crew_ids: Iterable[int]) -> dict[int, str]:
    """Of these crews, those with a declared relative of the caller aboard, and by what: ``number`` or ``name``."""
    asked = list(crew_ids)
    outside = Relation.objects.filter(ended_at=None, account__crewmember__crew__in=asked).select_related("person")
    aboard = Q(person__account__crewmember__crew__in=asked) | Q(relative__account__crewmember__crew__in=asked)
    inside = Kinship.objects.filter(aboard, ended_at=None).select_related("person__account", "relative__account")
    declared, kin = list(outside), list(inside.distinct())
    if not declared and not kin:
        return {}
    riders = dict(CrewMember.objects.filter(crew__in=asked).values_list("account_id", "crew_id"))
    relatives = [*_outside(declared), *_in_the_force(kin, riders)]
    reports = Report.objects.filter(incident_id=incident_id, caller__isnull=False).select_related("caller")
    said = compared([report.caller for report in reports if report.caller is not None])
    found: dict[int, str] = {}
    for caller in filter(None, said.values()):
        called = {"caller_name": caller.get("name", ""), "caller_phone": caller.get("phone", "")}
        for account, name, number in relatives:
            by = _FOUND.get(own(name=name, mobile=number, **called) or Rule.KIN)
            if by is not None and found.get(riders[account]) != NUMBER:
                found[riders[account]] = by
    return found


def _outside(rows: list[Relation]) -> list[_Relative]:
    """Relatives outside the force, whose names and numbers are sealed."""
    said = compared([row.person for row in rows])
    people = [(row.account_id, said.get(row.person_id) or {}) for row in rows]
    return [(account, person.get("name", ""), person.get("phone", "")) for account, person in people]


def _in_the_force(rows: list[Kinship], riders: Mapping[int, int]) -> list[_Relative]:
    """Colleagues who are relatives, whoever of the two declared it."""
    found: list[_Relative] = []
    for kin in rows:
        for one, other in ((kin.person, kin.relative), (kin.relative, kin.person)):
            account = one.account_id
            if account is not None and account in riders:
                found.append((account, other.name, other.account.mobile if other.account else ""))
    return found
