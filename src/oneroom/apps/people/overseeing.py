"""Who is posted where to oversee, and to whom each of them answers (row T45; engine.organisation.oversight)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.orgs.facts import fates, tree_on
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Grant, lasting
from oneroom.engine.organisation.oversight import APART_FROM_THE_LINE, OVERSEES, Standing, answers_to, standing
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Role

Held = list[tuple[int, str, str | None]]  # (account, role, code of its unit: None for a role of the whole force)


def held(tree: Tree, *, at: datetime) -> Held:
    """
    The roles that people hold at ``at``, each at the unit that has, in this tree, what theirs has.

    So a tree of a day to come shows who would stay posted where if nobody were given anything more.
    """
    rows = Grant.objects.filter(lasting(at), account__is_active=True).order_by("account_id", "pk")
    heirs = fates()
    found = rows.values_list("account_id", "role", "unit__code")
    return [(who, role, code and _now_at(code, tree, heirs)) for who, role, code in found]


def _now_at(code: str, tree: Tree, heirs: dict[str, tuple[str, ...]]) -> str:
    """The unit that has what this one had; empty where nobody has it."""
    seen: set[str] = set()
    while code and code not in tree.units:
        seen.add(code)
        code = next((heir for heir in heirs.get(code, ()) if heir not in seen), "")
    return code


def officers(rows: Held) -> dict[str, list[int]]:
    """Who is posted at each unit to oversee it."""
    found: dict[str, list[int]] = defaultdict(list)
    for who, role, unit in rows:
        if role == OVERSEES and unit:
            found[unit].append(who)
    return dict(found)


def bound(rows: Held, tree: Tree) -> dict[int, frozenset[str]]:
    """The units whose heads each person answers to, by what else he does than oversee."""
    works: dict[int, list[str]] = defaultdict(list)
    for who, role, unit in rows:
        if Role(role) not in APART_FROM_THE_LINE and unit:
            works[who].append(unit)
    return {who: answers_to(tree, units) for who, units in works.items()}


def alone_over_his_own(account_id: int, role: Role, unit_id: int | None, *, at: datetime) -> bool:
    """
    Would this person with this role oversee, alone or with others who may not either, a unit whose head he answers to?

    As a tree of today has it; a unit where that is so already is a gap, and stands in the matrix.
    """
    if unit_id is None:
        return False
    code = OrgUnit.objects.values_list("code", flat=True).get(pk=unit_id)
    tree = tree_on(localtime(at).date())
    before = held(tree, at=at)
    after = [*before, (account_id, role.value, code)]
    was, would = officers(before), officers(after)
    answered, answers = bound(before, tree), bound(after, tree)
    return any(
        standing(unit, posted, bound=answers) is Standing.ANSWERS_TO_IT
        and standing(unit, was.get(unit, ()), bound=answered) is not Standing.ANSWERS_TO_IT
        for unit, posted in would.items()
        if account_id in posted
    )
