"""An act that arrives twice is done once, and answered the same."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import rfc8785
from django.conf import settings

from oneroom.apps.ledger.models import DoneOnce
from oneroom.apps.ledger.prepared import run
from oneroom.apps.ledger.services.record import at_last, awaited, can_wait, service
from oneroom.engine.values import Actor, BadInput, Conflict

_BEGUN = """
INSERT INTO ledger_doneonce (actor, key, fingerprint, answer, at) VALUES (%s, %s, %s, NULL, %s)
ON CONFLICT (actor, key) DO NOTHING"""
_DONE = "UPDATE ledger_doneonce SET answer = %s::jsonb WHERE actor = %s AND key = %s"
# With the name that the same statement gives in place of what stood for it.
_DONE_NAMED = """
UPDATE ledger_doneonce SET answer = replace(%s::text, %s::text, (SELECT name FROM named))::jsonb
WHERE actor = %s AND key = %s"""


@service
def once(
    act: Callable[[], Mapping[str, Any]], *, key: str, asked: Mapping[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    """
    Do ``act`` and keep its answer under (actor, key); a repeat gets the kept answer and does nothing.

    ``asked`` is what was asked for: the same key with other content raises Conflict. A second request that
    comes while the first still runs waits for it (unique index), then gets its answer.
    """
    if not 8 <= len(key) <= 80 or not key.isascii() or not key.isprintable():
        raise BadInput("Idempotency-Key", "The key of an act has 8 to 80 plain characters.")
    fingerprint = _fingerprint(asked)
    if run(_BEGUN, [by.id, key, fingerprint, at]).rowcount == 0:
        kept = DoneOnce.objects.get(actor=by.id, key=key)
        if bytes(kept.fingerprint) != fingerprint:
            raise Conflict("This was already sent with other content. Nothing was changed; reload and try again.")
        return dict(kept.answer or {})
    can_wait()
    answer = dict(act())

    def name_it(stood: str, name: str) -> None:
        answer.update({field: name for field, said in answer.items() if said == stood})

    if (stands := awaited(name_it)) is not None:
        at_last(_DONE_NAMED, json.dumps(answer), stands, by.id, key)
    else:
        at_last(_DONE, json.dumps(answer), by.id, key)
    return answer


def _fingerprint(asked: Mapping[str, Any]) -> bytes:
    """
    Keyed, because what was asked may be short (a caller's code) or guessable (a report that was erased since).

    Raises BadInput for numbers that JSON cannot hold exactly.
    """
    try:
        said = rfc8785.dumps(dict(asked))
    except rfc8785.CanonicalizationError as odd:
        raise BadInput("number", "There is a number here that cannot be taken: too large, or not a number.") from odd
    return hmac.new(f"once:{settings.SECRET_KEY}".encode(), said, hashlib.sha256).digest()
