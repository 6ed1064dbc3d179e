"""Who sees which reform plans: whoever may see the organisation may see what is planned with it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from oneroom.apps.people.models import Signature
from oneroom.apps.reforms.models import Aim, ReformPlan
from oneroom.engine.roles import Right
from oneroom.engine.signatures import RULES, Act
from oneroom.engine.values import Actor, NotFound


def plans_for(*, by: Actor) -> QuerySet[ReformPlan]:
    """All of them, to whom the organisation is open; the next day first."""
    if not by.may(Right.SEE_ORGANISATION):
        raise NotFound
    return ReformPlan.objects.select_related("drafted_by", "signature__signed_by").order_by("-day", "-pk")


def aims_for(*, by: Actor) -> QuerySet[Aim]:
    """Aims that hold, to whom the organisation is open."""
    if not by.may(Right.SEE_ORGANISATION):
        raise NotFound
    return Aim.objects.filter(ended_at=None).select_related("plan").order_by("pk")


def plan_for(pk: int, *, by: Actor) -> ReformPlan:
    """One of them."""
    found = plans_for(by=by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def waits_for(row: ReformPlan, *, by: Actor) -> Signature | None:
    """The request that waits for its second signature, to who asked for it or may sign it."""
    found = Signature.objects.filter(act=Act.REFORM, about=f"reform:{row.pk}", ended_at=None).first()
    if found is None or not (found.asked_by_id == by.id or by.may(RULES[Act.REFORM].sign)):
        return None
    return found


def plan_names(pks: Iterable[int]) -> dict[int, str]:
    """What plans are called; a list of what waits for a signature names them."""
    return dict(ReformPlan.objects.filter(pk__in=set(pks)).values_list("pk", "name"))
