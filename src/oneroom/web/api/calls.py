"""The telephone exchange's door, and what a desk does with a call."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import desk, services
from oneroom.apps.ledger.time import now
from oneroom.engine.values import BadInput, Refused
from oneroom.ports.feeds import calls
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do
from oneroom.web.limits import limit

log = logging.getLogger(__name__)
router = Router(tags=["calls"])


class NoFeed(Refused):
    """The token is wrong, or this house takes no such feed."""

    status = 401
    code = "no_feed"
    message = "This feed is not known here. Check its token."


class Kept(Refused):
    """Our own fault: the payload is kept and can be taken later."""

    status = 202
    code = "kept"
    message = "This was kept, and could not be taken yet."


@router.post("calls", auth=None)
def take(request: HttpRequest) -> dict[str, Any]:
    """One event of a call. What came is kept first; what is wrong with it is said and lies in quarantine."""
    if not calls.may_feed(request.headers.get("Authorization", ""), settings.CALLS_TOKEN):
        limit(request, "calls-token", times=60, seconds=60)
        raise NoFeed
    at = now()
    kept = services.keep_payload(request.body[: calls.MAX_BYTES + 1], at=at)
    try:
        taken = services.take_event(calls.parse(request.body, now=at), at=at)
    except Refused as refused:
        services.judge_payload(kept, reason=f"{refused.field or ''}:{refused.code}")
        raise
    except Exception as error:
        log.exception("an event of the exchange could not be taken; payload %d", kept)
        services.judge_payload(kept, reason=type(error).__name__)
        raise Kept from error
    services.judge_payload(kept)
    return {"call": taken.pk, "state": taken.state}


@router.get("calls")
def mine(request: HttpRequest) -> dict[str, Any]:
    """What rings for me or for everybody, and what I have: no number."""
    return {
        "calls": [
            {
                "id": c.pk, "state": c.state, "desk": c.desk, "mine": c.account_id == actor(request).id,
                "ringing_at": c.ringing_at, "answered_at": c.answered_at, "placed": c.lon is not None,
                "radius_m": c.radius_m,
            }
            for c in desk.calls_for(by=actor(request))
        ],
        "now": now(),
    }  # fmt: skip


@router.post("calls/{int:pk}/open")
def open_call(request: HttpRequest, pk: int, asked: shapes.Open) -> dict[str, Any]:
    """Number and network place: "call" takes it to this desk, "return_call" calls an abandoned one back."""
    return services.open_call(pk, purpose=asked.purpose, by=actor(request), at=now())


@router.post("calls/{int:pk}/return")
def returned(request: HttpRequest, pk: int, asked: shapes.Result) -> dict[str, Any]:
    """An abandoned call was called back."""
    if asked.result == "rang_again":
        raise BadInput("result", "There is no such choice: %(choice)s.", choice=asked.result)
    return do(request, asked, lambda by, at: services.return_call(pk, result=asked.result, by=by, at=at))
