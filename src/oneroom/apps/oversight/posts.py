"""The matrix of oversight posts: which units have somebody named who may oversee them (row T45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from oneroom.apps.orgs.facts import duties_on, tree_on
from oneroom.apps.orgs.models import UnitSpell
from oneroom.apps.people.overseeing import bound, held, officers
from oneroom.engine.organisation import oversight
from oneroom.engine.organisation.figures import Share
from oneroom.engine.organisation.oversight import Standing
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor


@dataclass(frozen=True, slots=True)
class Posts:
    """
    Of one day: how each unit stands that must be overseen, who is posted there, and who counts.

    ``bound`` are the units each officer answers to; ``of_all`` are posted over the force as a whole.
    """

    day: date
    tree: Tree
    standings: Mapping[str, Standing]
    officers: Mapping[str, Sequence[int]]
    bound: Mapping[int, frozenset[str]]
    of_all: Sequence[int]

    @property
    def share(self) -> Share:
        """How many of the units are covered."""
        return oversight.coverage(self.standings)

    def counting(self, unit: str) -> list[int]:
        """Those posted at the unit who do not answer to its head."""
        return [who for who in self.officers.get(unit, ()) if unit not in self.bound.get(who, ())]

    def above(self, unit: str) -> tuple[str, list[int]] | None:
        """The nearest unit above with somebody posted who counts, and who; None where there is none."""
        for code in self.tree.path(unit)[1:]:
            if posted := self.counting(code):
                return code, posted
        return None


def posts_on(day: date, *, by: Actor, at: datetime) -> Posts:
    """As the organisation is on ``day``, today or to come, with the people who are posted now."""
    by.must(Right.SEE_OVERSIGHT_POSTS)
    tree = tree_on(day)
    rows = held(tree, at=at)
    posted, answers = officers(rows), bound(rows, tree)
    units = oversight.overseen(tree, duties_on(day))
    standings = {code: oversight.standing(code, posted.get(code, ()), bound=answers) for code in units}
    of_all = [who for who, role, unit in rows if role == oversight.OVERSEES and unit is None]
    return Posts(day, tree, standings, posted, answers, of_all)


def units_of(posts: Posts) -> QuerySet[UnitSpell]:
    """The units of the matrix as they are on its day."""
    holds = Q(since__lte=posts.day) & (Q(until=None) | Q(until__gt=posts.day))
    return UnitSpell.objects.filter(holds, code__in=list(posts.standings))
