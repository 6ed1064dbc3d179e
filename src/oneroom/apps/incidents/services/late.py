"""Booking what was done while the database was away: each line once, in order, and what clashes before a person."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError

from oneroom.apps.incidents.models import LateAct
from oneroom.apps.incidents.services.matter import known
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotFound, Refused

log = logging.getLogger(__name__)

S = LateAct.State
RESULTS = ("done_since", "not_needed", "told_crew")
NUMBER = "other_number"  # it was there already: what was answered meanwhile names another reference


@dataclass(frozen=True, slots=True)
class Late:
    """
    Line ``n`` of a journal: ``act`` lets it happen and gives the services' answer, ``told`` is what was answered then,
    ``content`` what was typed, which is kept where it cannot be booked.
    """

    journal: str
    n: int
    kind: str
    act: Callable[[], Mapping[str, Any]]
    told: Mapping[str, Any]
    about: Mapping[str, Any]
    content: Mapping[str, Any] | None
    by: Actor
    at: datetime

    def happen(self) -> LateAct:
        """Its row, as booked, not saved yet. Raises Refused."""
        row = self.row()
        row.answer = dict(self.act())
        row.state, row.booked_at = S.BOOKED, now()
        if any(row.answer.get(name) != row.told[name] for name in ("id", "assignments") if name in row.told):
            row.state, row.cause = S.CLASHED, NUMBER
        return row

    def row(self) -> LateAct:
        """What is known of it before anything came of it."""
        told, about = dict(self.told), dict(self.about)
        return LateAct(
            journal=self.journal, n=self.n, act=self.kind, account_id=self.by.id, at=self.at, told=told, about=about
        )


class DoesNotFit(Exception):
    """Among several lines is one that a person must look at: nothing of them is booked."""


@service
def book_together(lines: Sequence[Late | Callable[[], object]]) -> None:
    """
    Let lines of a journal happen in order, all of them in one transaction, which costs each of them far less.

    Raises whatever one of them raises, and DoesNotFit: then each is to be booked by itself.
    """
    rows = []
    for line in lines:
        if not isinstance(line, Late):
            line()
            continue
        rows.append(line.happen())
        if rows[-1].state != S.BOOKED:
            raise DoesNotFit
    LateAct.objects.bulk_create(rows)


def book_late(line: Late) -> LateAct:
    """
    Let one line of a journal happen now, or find that it did: its row says which.

    A refusal becomes a clash, with what was typed sealed beside it; so does a fault of ours, which must not hold up the
    lines after it. A database that goes away again, or keeps nothing new, raises, and the line is booked another time.
    """
    done = LateAct.objects.filter(journal=line.journal, n=line.n).first()
    if done is not None:
        return done
    try:
        return _book(line)
    except Refused as refused:
        return _clash(line, refused.code, str(refused.message), refused.params)
    except (OperationalError, InterfaceError, InternalError):
        raise
    except Exception:
        log.exception("line %d of journal %s could not be booked", line.n, line.journal)
        return _clash(line, "fault", "Something broke on our side.", {})


def booked_lines(journal: str, lines: Iterable[int]) -> set[int]:
    """Which of these lines have their row already."""
    return set(LateAct.objects.filter(journal=journal, n__in=list(lines)).values_list("n", flat=True))


@service
def _book(line: Late) -> LateAct:
    row = line.happen()
    row.save(force_insert=True)
    if row.state == S.CLASHED:
        _note_clash(row, None, by=line.by, at=line.at)
    return row


@service
def _clash(line: Late, cause: str, said: str, params: Mapping[str, Any]) -> LateAct:
    row = line.row()
    row.state, row.cause, row.said, row.booked_at = S.CLASHED, cause[:24], said, now()
    row.about = {**row.about, "params": {k: v for k, v in params.items() if isinstance(v, int | str)}}
    commitment = None
    if line.content:
        matter = row.about.get("incident")
        name = f"incident:{matter}" if matter else f"late:{row.journal}:{row.n}"
        row.content, commitment = seal(dict(line.content), matter=name, purpose="late.words", at=line.at)
    row.save(force_insert=True)
    _note_clash(row, commitment, by=line.by, at=line.at)
    return row


def _note_clash(row: LateAct, words: str | None, *, by: Actor, at: datetime) -> None:
    note(
        "late.clashed", f"late:{row.pk}", by=by, at=at, to=("room",), late=row.pk, act=row.act, cause=row.cause,
        incident=row.about.get("incident"), crew=next(iter(row.about.get("crews", ())), None), words=words,
    )  # fmt: skip


@service
def all_booked(*, acts: int, clashes: int, since: datetime, until: datetime, at: datetime) -> None:
    """A journal is empty again."""
    note(
        "late.booked", "journal:late", by=SYSTEM, at=at, to=("room",), acts=acts, clashes=clashes, since=since,
        until=until,
    )  # fmt: skip


@service
def settle_late(pk: int, *, result: str, by: Actor, at: datetime) -> None:
    """Somebody of the room looked at what clashed, and says what became of it."""
    by.must(Right.DISPATCH)
    known("result", result, RESULTS)
    row = LateAct.objects.select_for_update().filter(pk=pk).exclude(state=S.BOOKED).first()
    if row is None:
        raise NotFound
    if row.state == S.SETTLED:
        raise Conflict("Somebody has answered this already.")
    LateAct.objects.filter(pk=pk).update(state=S.SETTLED, settled_by=by.id, settled_at=at, result=result)
    note("late.settled", f"late:{pk}", by=by, at=at, to=("room",), late=pk, act=row.act, result=result)
