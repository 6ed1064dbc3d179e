"""An act that arrives twice is done once, and answered the same."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import rfc8785
from django.conf import settings

from oneroom.apps.ledger.models import DoneOnce
from oneroom.apps.ledger.prepared import run
from oneroom.apps.ledger.services.record import at_last, service
from oneroom.engine.values import Actor, BadInput, Conflict

_BEGUN = """
INSERT INTO ledger_doneonce (actor, key, fingerprint, answer, at) VALUES (%s, %s, %s, NULL, %s)
ON CONFLICT (actor, key) DO NOTHING"""
_DONE = "UPDATE ledger_doneonce SET answer = %s::jsonb WHERE actor = %s AND key = %s"
_AT_ONCE = "INSERT INTO ledger_doneonce (actor, key, fingerprint, answer, at) VALUES (%s, %s, %s, %s::jsonb, %s)"
_KNOWN = """
SELECT actor, key FROM ledger_doneonce JOIN unnest(%s::bigint[], %s::text[]) AS asked(actor, key) USING (actor, key)"""

_new: ContextVar[Collection[tuple[int, str]]] = ContextVar("new", default=())


@contextmanager
def looked_up(keys: Collection[tuple[int, str]]) -> Iterator[None]:
    """
    Many acts that follow each other ask together whether they were done: ``keys`` are (actor, key) of each.

    What was not done by then is kept with its answer in one row, at the very end. Somebody quicker than that breaks the
    transaction (IntegrityError), and nothing of it is done: each is to be done by itself then.
    """
    known = set(run(_KNOWN, [[actor for actor, _key in keys], [key for _actor, key in keys]]).fetchall())
    token = _new.set({pair for pair in keys if pair not in known})
    try:
        yield
    finally:
        _new.reset(token)


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
    if (by.id, key) in _new.get():
        answer = dict(act())
        at_last(_AT_ONCE, by.id, key, fingerprint, json.dumps(answer), at)
        return answer
    if run(_BEGUN, [by.id, key, fingerprint, at]).rowcount == 0:
        kept = DoneOnce.objects.get(actor=by.id, key=key)
        if bytes(kept.fingerprint) != fingerprint:
            raise Conflict("This was already sent with other content. Nothing was changed; reload and try again.")
        return dict(kept.answer or {})
    answer = dict(act())
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
