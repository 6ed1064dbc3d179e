"""Who may see which call for help. Unknown and forbidden look the same."""

from __future__ import annotations

from oneroom.apps.orders.models import Sos
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def sos_for(pk: int, *, by: Actor) -> Sos:
    """A call for help: any for the room, those of his station for a chief, one's own and one's crew's."""
    row = Sos.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    own = row.account_id == by.id or (by.may(Right.CREW_ACT) and by.crew_id is not None and by.crew_id == row.crew_id)
    if not (own or by.may(Right.SEE_ROOM) or by.heads(row.unit_id)):
        raise NotFound
    return row
