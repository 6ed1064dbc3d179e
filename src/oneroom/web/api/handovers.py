"""The room changes hands: the outgoing signs what is open, the incoming signs for it with his own password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import get_current_timezone
from ninja import Router

from oneroom.apps.incidents import shift
from oneroom.apps.incidents.services.handover import begin_handover, drop_handover, sign_handover
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import use_code
from oneroom.engine.values import BadInput
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do
from oneroom.web.passwords import find_account, must_be_fresh, tried

router = Router(tags=["handovers"])


@router.post("handovers")
def begin(request: HttpRequest, asked: shapes.NewHandover) -> dict[str, Any]:
    """
    The commander signs what is open at this minute; the incoming is to sign next.

    ``until`` with its offset, or without one as the force's clocks show it: a desk's own zone counts for nothing.
    """
    until = _of_the_force("until", asked.until)
    return do(
        request, asked,
        lambda by, at: {"id": begin_handover(incoming=asked.incoming, until=until, words=asked.note, by=by, at=at)},
    )  # fmt: skip


@router.post("handovers/{int:pk}/sign")
def sign(request: HttpRequest, pk: int, asked: shapes.Signature) -> dict[str, Any]:
    """
    The incoming signs, at whoever's screen it is: password and code say who he is, at his own screen the password.
    Command passes at this second.

    No key is needed: a second signature finds the handover over, and the password is kept nowhere.
    """
    by = actor(request)
    row = shift.handover_for(pk, by=by)
    asks_code = settings.SECOND_FACTOR and by.id != row.incoming_id  # his own session showed a second factor already
    account = find_account(request, row.incoming.username, asked.password, whole=not asks_code)
    if account is None:
        raise BadInput("password", "This is not the password of the person who takes over.")
    must_be_fresh(account)
    if asks_code:
        with tried(request, account.username, way="code") as right:
            factor = use_code(account.pk, asked.code, at=now())
            right(factor is not None)
        if factor is None:
            raise BadInput("code", "This code is not right, or was used already. Take the next one.")
    sign_handover(row.pk, by=actor_of(account), at=now())
    return {"ok": True}


@router.post("handovers/{int:pk}/drop")
def drop(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """Taken back before it was signed."""
    return do(
        request, asked, lambda by, at: drop_handover(shift.handover_for(pk, by=by).pk, by=by, at=at)
    )  # fmt: skip


def _of_the_force(field: str, said: datetime) -> datetime:
    """A time without an offset, as the force's clocks show it. Of an hour that they show twice, the first."""
    if said.tzinfo is not None:
        return said
    meant = said.replace(tzinfo=get_current_timezone())
    before, after = meant.utcoffset(), meant.replace(fold=1).utcoffset()  # PEP 495: they differ where clocks are set
    if before is not None and after is not None and before < after:
        raise BadInput(field, "Clocks are set forward then: this time does not come.")
    return meant
