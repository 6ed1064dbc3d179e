"""The room changes hands: the outgoing signs what is open, the incoming signs for it with his own password."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import shift
from oneroom.apps.incidents.services.handover import begin_handover, drop_handover, sign_handover
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import actor_of
from oneroom.engine.values import BadInput
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do
from oneroom.web.passwords import find_account, must_be_fresh

router = Router(tags=["handovers"])


@router.post("handovers")
def begin(request: HttpRequest, asked: shapes.NewHandover) -> dict[str, Any]:
    """The commander signs what is open at this minute; the incoming is to sign next."""
    return do(
        request, asked,
        lambda by, at: {
            "id": begin_handover(incoming=asked.incoming, until=asked.until, words=asked.note, by=by, at=at)
        },
    )  # fmt: skip


@router.post("handovers/{int:pk}/sign")
def sign(request: HttpRequest, pk: int, asked: shapes.Signature) -> dict[str, Any]:
    """
    The incoming signs, at whoever's screen it is: the password says who he is. Command passes at this second.

    No key is needed: a second signature finds the handover over, and the password is kept nowhere.
    """
    row = shift.handover_for(pk, by=actor(request))
    account = find_account(request, row.incoming.username, asked.password)
    if account is None:
        raise BadInput("password", "This is not the password of the person who takes over.")
    must_be_fresh(account)
    sign_handover(row.pk, by=actor_of(account), at=now())
    return {"ok": True}


@router.post("handovers/{int:pk}/drop")
def drop(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """Taken back before it was signed."""
    return do(
        request, asked, lambda by, at: drop_handover(shift.handover_for(pk, by=by).pk, by=by, at=at)
    )  # fmt: skip
