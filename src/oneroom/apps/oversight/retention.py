"""
The keeping of terms: one job goes through all classes, in bounded batches, each with an entry of its own.

A batch that fails is tried again one by one, so that one thing that cannot go stops no other; a class that fails stops
no other class. What is due is settled by ``engine.retention``, what of it stays by the legal holds.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from oneroom.apps.ledger.queries import entries_of_kind
from oneroom.apps.ledger.retention import Keeper
from oneroom.apps.ledger.services import note, service
from oneroom.apps.oversight.holds import held
from oneroom.apps.oversight.models import Alarm
from oneroom.engine.retention import RULES, Due, due
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor

log = logging.getLogger(__name__)
_ROUND = 5  # batches of a class in one turn: much to delete is done over many turns
_done: dict[tuple[str, str], datetime] = {}  # up to when a class of a database is known to be clean
_HOUR = timedelta(hours=1)


class NotAllGone(Exception):
    """Something that is due did not go: the classes concerned."""


def keep_terms(at: datetime) -> int:
    """What the clock does: let go what is due; how many things went. Raises NotAllGone after all else was done."""
    return _keep([code for code in RULES if not _keeper(code).of_machine], at)


def _keep(codes: Sequence[str], at: datetime) -> int:
    name = str(connection.settings_dict["NAME"])
    orders = {code: due(code, at, term=settings.RETENTION[code]) for code in codes}
    waiting = [code for code, order in orders.items() if _done.get((name, code)) != order.before]
    if not waiting:
        return 0
    holds, gone, failed = held(at), 0, []
    for code in waiting:
        order = Due(code, orders[code].before, orders[code].term, holds)
        try:
            count, clean = _class(order, at)
        except Exception:
            log.exception("what is due of %s did not go", code)
            failed.append(code)
            continue
        gone += count
        if clean:
            _done[name, code] = order.before
    if failed:
        raise NotAllGone(", ".join(failed))
    return gone


def keep_class(code: str, at: datetime) -> int:
    """What is due of one class, as this machine has it, in one turn; how many went. Raises NotAllGone."""
    due_now = due(code, at, term=settings.RETENTION[code])
    return _class(Due(code, due_now.before, due_now.term, held(at)), at)[0]


def keep_all(at: datetime) -> int:
    """Everything that is due, however much, whatever was done before (commands, tests)."""
    _done.clear()
    total = 0
    while gone := _keep(list(RULES), at):
        total += gone
    return total


def _keeper(code: str) -> Keeper:
    found: Keeper = import_string(settings.RETAINED[code])
    return found


def _class(order: Due, at: datetime) -> tuple[int, bool]:
    """How many went, and whether none is left. Raises NotAllGone where one would not go."""
    keeper = _keeper(order.code)
    gone, stuck = 0, set[Any]()
    for _n in range(_ROUND):
        keys = list(keeper.find(order, frozenset(stuck), keeper.batch))
        if not keys:
            break
        try:
            _let_go(keeper, keys, order, at)
            gone += len(keys)
        except DatabaseError as away:
            if not connection.is_usable():
                raise
            gone += _one_by_one(keeper, keys, order, at, stuck, away)
        except Exception as fault:
            gone += _one_by_one(keeper, keys, order, at, stuck, fault)
    else:
        keys = [None]  # perhaps more: at the next turn
    if stuck:
        raise NotAllGone(order.code)
    return gone, not keys


def _one_by_one(
    keeper: Keeper, keys: Sequence[Any], order: Due, at: datetime, stuck: set[Any], fault: Exception
) -> int:  # fmt: skip
    log.warning("a batch of %s did not go (%s): one by one", order.code, type(fault).__name__)
    gone = 0
    for key in keys:
        try:
            _let_go(keeper, [key], order, at)
            gone += 1
        except Exception:
            log.exception("one of %s did not go", order.code)
            stuck.add(key)
    return gone


@service
def _let_go(keeper: Keeper, keys: Collection[Any], order: Due, at: datetime) -> None:
    keeper.forget(list(keys), order, at)
    note(
        "retention.applied", f"retention:{order.code}", by=SYSTEM, at=at, kept=order.code, count=len(keys),
        term_h=round(order.term / _HOUR, 2), before=order.before, held=len(order.holds.matters),
    )  # fmt: skip


def _alarms(order: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = Alarm.objects.filter(what=Alarm.What.OVER, at__lt=order.before).exclude(pk__in=without)
    return list(rows.order_by("at").values_list("pk", flat=True)[:limit])


def _forget_alarms(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    of = list(Alarm.objects.filter(pk__in=pks).values_list("of_id", flat=True))
    Alarm.objects.filter(pk__in=[*pks, *of]).delete()


alarms = Keeper(_alarms, _forget_alarms, batch=2000)


def gone_since(since: datetime, *, by: Actor) -> dict[str, tuple[int, datetime]]:
    """(how many went, when last) by class, as the record says; erasures that two persons signed are no term's."""
    by.must(Right.SEE_RETENTION)
    found: dict[str, tuple[int, datetime]] = {}
    for line in entries_of_kind("retention.applied", since=since):
        count, _last = found.get(line.facts["kept"], (0, line.at))
        found[line.facts["kept"]] = (count + line.facts["count"], line.at)
    return found
