"""
Recusal (公务回避): whether somebody who rides with a crew, or judges its report, is related to somebody in a matter.

Only what people declared themselves is compared, by the machine: whoever assigns is told that there is a relation and
by what it was found, never whose, and decides. It changes no ranking (Police Law 45; workflow §2.10). Whoever is sure
to be related, to the caller or to somebody who was sent, judges no report of it and closes nothing: others can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Q

from oneroom.apps.duty.models import CrewMember
from oneroom.apps.incidents.models import Report
from oneroom.apps.ledger.queries import told_to
from oneroom.apps.ledger.services import compared
from oneroom.apps.people.models import Account, Relation
from oneroom.apps.personnel.models import Kinship
from oneroom.engine.unusual import Rule, own
from oneroom.engine.values import Actor

NUMBER, NAME = "number", "name"  # a number is surer than a name, which others have too
CREW = "crew"  # a declared relative was sent to the matter
SURE = frozenset({NUMBER, CREW})
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
    found: dict[int, str] = {}
    for account, by in _calling(incident_id, [*_outside(declared), *_in_the_force(kin, riders)]):
        if found.get(riders[account]) != NUMBER:
            found[riders[account]] = by
    return found


def own_relation(incident_id: int, *, by: Actor) -> str:
    """
    What stands against this person as the judge of a matter, or nothing: ``number``, he or a relative whom he declared
    called; ``crew``, a declared relative was sent; ``name``, a caller is called like one of them, who may be another.
    """
    me = Account.objects.filter(pk=by.id).values_list("name", "mobile").first()
    if me is None:
        return ""  # the machine has no relatives
    outside = list(Relation.objects.filter(account_id=by.id, ended_at=None).select_related("person"))
    mine = Q(person__account_id=by.id) | Q(relative__account_id=by.id)
    kin = list(Kinship.objects.filter(mine, ended_at=None).select_related("person__account", "relative__account"))
    in_the_force = _in_the_force(kin, {by.id: 0})
    found = {how for _account, how in _calling(incident_id, [(by.id, *me), *_outside(outside), *in_the_force])}
    if NUMBER in found:
        return NUMBER
    relatives = {one.account_id for row in kin for one in (row.person, row.relative)} - {by.id, None}
    if relatives and not relatives.isdisjoint(_sent(incident_id)):
        return CREW
    return NAME if found else ""


def _sent(incident_id: int) -> set[int]:
    """Accounts of those who rode with a crew when it was sent to the matter: they stand with its order."""
    scopes = [scope for told in told_to([f"incident:{incident_id}"], "assignment.offered") for scope in told]
    return {int(scope.partition(":")[2]) for scope in scopes if scope.startswith("account:")}


def _calling(incident_id: int, relatives: list[_Relative]) -> Iterator[tuple[int, str]]:
    """Of these, whose name or number a caller of the matter has: the account that has him, and by what."""
    reports = Report.objects.filter(incident_id=incident_id, caller__isnull=False).select_related("caller")
    said = compared([report.caller for report in reports if report.caller is not None])
    for caller in filter(None, said.values()):
        called = {"caller_name": caller.get("name", ""), "caller_phone": caller.get("phone", "")}
        for account, name, number in relatives:
            by = _FOUND.get(own(name=name, mobile=number, **called) or Rule.KIN)
            if by is not None:
                yield account, by


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
