"""
The loop's figures of days, folded from the record once and kept up to date by what is new.

Each process keeps the fold of the few days somebody looks at; a look folds only what was written since the last. So
the first look of a day costs what the day holds, every other next to nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from django.db import connection

from oneroom.apps.ledger.queries import folded, head_seq
from oneroom.engine.measures.loop import KINDS, WITH_FACTS, Loop

_KEPT = 4
_LATE_BY = timedelta(hours=1)  # an entry may be written before the time it says it happened, by clocks that differ


class _Kept:
    """A fold and the number of the last entry it took."""

    def __init__(self) -> None:
        self.loop, self.last, self.lock = Loop(), 0, threading.Lock()


_folds: OrderedDict[tuple[str, datetime], _Kept] = OrderedDict()
_guard = threading.Lock()


def loop_since(since: datetime) -> Loop:
    """Everything that happened to matters received from this instant on, as the record stands now."""
    kept = _kept_for(since)
    with kept.lock:
        head = head_seq()
        if head < kept.last:  # another record: a database that was begun anew
            kept.loop, kept.last = Loop(), 0
        if head > kept.last:
            found = folded(KINDS, with_facts=WITH_FACTS, since=since - _LATE_BY, after=kept.last)
            for seq, kind, at, subject, matter, facts in found:
                kept.loop.take(kind, at, subject, matter, facts)
                kept.last = seq
            kept.last = max(kept.last, head)
        return kept.loop


def _kept_for(since: datetime) -> _Kept:
    key = (str(connection.settings_dict["NAME"]), since)
    with _guard:
        kept = _folds.setdefault(key, _Kept())
        _folds.move_to_end(key)
        while len(_folds) > _KEPT:
            _folds.popitem(last=False)
        return kept


def forget() -> None:
    """Begin all folds anew (tests)."""
    with _guard:
        _folds.clear()
