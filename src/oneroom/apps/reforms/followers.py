"""What reform plans do when something happened elsewhere (named in settings.FOLLOWERS)."""

from __future__ import annotations

from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.values import Actor

S = ReformPlan.State


def back_to_draft(entry: Noted, *, by: Actor) -> None:
    """The second signature was refused, taken back or not given in time: the plan is a draft again."""
    if entry.facts["act"] == "reform":
        kind, _colon, pk = entry.matter.partition(":")
        if kind == "reform":
            ReformPlan.objects.filter(pk=int(pk), state=S.ASKED).update(state=S.DRAFT, digest="")
