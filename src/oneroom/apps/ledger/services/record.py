"""
Services and the entries they leave.

A service may call services; the *outermost* one is the transaction, and writes all noted entries in one
insert as its very last statement, under a row lock on the chain head. Appending in mid-transaction would
deadlock (two services holding rows in another order), and a number given before the commit would let
readers of "seq > last" miss rows. See docs/adr/0001-ledger.md.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from oneroom.apps.ledger.prepared import run as run_prepared
from oneroom.apps.ledger.services import chain, seams
from oneroom.apps.ledger.words import commitments
from oneroom.engine import events
from oneroom.engine.values import Actor

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

_work: ContextVar[list[Noted] | None] = ContextVar("noted", default=None)
# mark -> text, of the texts that wait for the number of the entry that commits to them
_given: ContextVar[dict[str, int] | None] = ContextVar("given", default=None)
_end: ContextVar[_End] = ContextVar("end")
_later: ContextVar[dict[tuple[Any, ...], Callable[[], object]]] = ContextVar("later")


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry before it has a number."""

    kind: str
    subject: str
    matter: str
    at: datetime
    actor: int
    on_behalf: int | None
    via: str
    scopes: tuple[str, ...]
    facts: dict[str, Any]


@dataclass(slots=True)
class _End:
    """What the last statement of an act does beside writing its entries."""

    last: list[chain.Last] = field(default_factory=list)
    named: chain.Named | None = None
    depth: int = 1  # of services in services
    waits: bool = False  # the outermost one can wait for the name until then


def service(act: Callable[P, T]) -> Callable[P, T]:
    """Make a function a service: all of it and its entries happen, or nothing of it."""

    @functools.wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _work.get() is not None:
            return _within(act, *args, **kwargs)
        noted: list[Noted] = []
        later: dict[tuple[Any, ...], Callable[[], object]] = {}
        given: dict[str, int] = {}
        end, commits, written = _End(), not transaction.get_connection().in_atomic_block, None
        token, token_later = _work.set(noted), _later.set(later)
        token_given, token_end = _given.set(given), _end.set(end)
        try:
            with transaction.atomic():
                result = act(*args, **kwargs)
                last = end.last.pop() if end.last and noted else None
                for one in end.last:
                    run_prepared(one.sql, one.values)
                if noted:
                    texts = _texts(noted, given) if given else None
                    written = chain.append_entries(noted, named=end.named, last=last, texts=texts, commits=commits)
        finally:
            _work.reset(token)
            _later.reset(token_later)
            _given.reset(token_given)
            _end.reset(token_end)
        if end.named is not None and written is not None:
            end.named.heard(written.fetchall()[0][1])
        for key, then in later.items():
            try:
                then()
            except Exception:
                log.exception("%s did not happen after its act", key)
        return result

    return run


def _within(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A service in a service: part of it."""
    end = _end.get()
    end.depth += 1
    try:
        return act(*args, **kwargs)
    finally:
        end.depth -= 1


def given(mark: str, sealed: int) -> None:
    """A text was sealed: the entry of this act that holds its mark is the one to compare it with."""
    waiting = _given.get()
    if waiting is not None:
        waiting[mark] = sealed


def waits_for_entry(sealed: int) -> bool:
    """Whether this text was given by the act that is being done."""
    return sealed in (_given.get() or {}).values()


def _texts(noted: list[Noted], given: dict[str, int]) -> dict[int, int]:
    """Which of the entries commits to each text of this act."""
    return {
        given[mark]: n
        for n, entry in enumerate(noted)
        for mark in commitments(entry.kind, entry.facts)
        if mark in given
    }


def at_last(sql: str, *values: Any) -> None:
    """
    Change a row of this act's own with its last statement: one way to the database and back less.

    While an act holds what others wait for (the day's counter, the head of the chain), each of them waits for that way.
    """
    _end.get().last.append(chain.Last(sql, values))


def named_at_last(named: chain.Named) -> None:
    """
    Give something of this act a name for which others wait until this one has committed: by its last statement.

    Within another act, which may want to know the name, it is given at once.
    """
    end = _end.get()
    if end.named is None and (end.waits or end.depth == 1):
        end.named = named
    else:
        named.now()


def can_wait() -> None:
    """The service that says so, where it is the outermost, wants no name of its act before it is written."""
    _end.get().waits = _end.get().depth == 1


def awaited(then: Callable[[str, Any], object]) -> str | None:
    """What stands for the name that this act's last statement gives, if one does; ``then(what stands, name)`` after."""
    end = _end.get()
    if end.named is None:
        return None
    stands, heard = end.named.stands, end.named.heard

    def both(name: Any) -> None:
        heard(name)
        then(stands, name)

    end.named = replace(end.named, heard=both)
    return stands


def afterwards(then: Callable[..., object], **values: Any) -> None:
    """
    Once this act is written and holds no lock any more, do that too, once for the same values.

    For what may take long and is no part of the act: it is not undone, nor refused, if that fails.
    """
    if _work.get() is None:
        raise RuntimeError("nothing to come after: outside a service")
    _later.get()[(then.__qualname__, *sorted(values.items()))] = functools.partial(then, **values)


def note(
    kind: str,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    to: Iterable[str] = (),
    matter: str = "",
    on_behalf: int | None = None,
    **facts: Any,
) -> None:
    """
    Note an entry; followers of its kind (``settings.FOLLOWERS``) act at once, in the same transaction.

    ``at`` is when it happened, ``to`` the scopes whose open screens hear of it, ``on_behalf`` the account
    for whom somebody else spoke (a dispatcher entering what a crew says by radio).
    Raises RuntimeError outside a service, ValueError if the facts are not of the declared shape.
    """
    noted = _work.get()
    if noted is None:
        raise RuntimeError(f"{kind} noted outside a service")
    plain = events.check(kind, facts)
    entry = Noted(kind, subject, matter, at, by.id, on_behalf, by.via, tuple(sorted(set(to))), plain)
    noted.append(entry)
    seams.tell_followers(entry, by=by)
