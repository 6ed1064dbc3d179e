"""
One rendering for all who see the same: fifty consoles ask for the same queue in the same second.

The first who asks after a change makes it, the others wait for it. What is shared is keyed by all that a page follows
from (address, language, rights, unit), and never older than a second, since pages also show what has become late.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

FRESH_S = 1.0
_WAIT_S = 5.0
_MOST = 256


@dataclass(slots=True)
class _Held:
    seq: int
    at: float
    made: Future[tuple[bytes, bytes]] = field(default_factory=Future)


_lock = threading.Lock()
_held: dict[Hashable, _Held] = {}


def once(
    key: Hashable, seq: int, make: Callable[[], bytes], *, fresh_s: float | None = None
) -> tuple[bytes, bytes]:  # fmt: skip
    """
    What ``make`` gives, or gave within the last second (or ``fresh_s``) for the same key and the same record; plain and
    compressed.

    A shared page holds nothing of one person and no form token, so its length tells nobody anything (BREACH).
    """
    with _lock:
        found = _held.get(key)
        age_s = FRESH_S if fresh_s is None else fresh_s
        ours = found is None or found.seq != seq or time.monotonic() - found.at > age_s
        if ours or found is None:
            if len(_held) >= _MOST:
                _held.clear()
            found = _held[key] = _Held(seq, time.monotonic())
    if not ours:
        return found.made.result(_WAIT_S)
    try:
        plain = make()
        found.made.set_result((plain, gzip.compress(plain, 5, mtime=0)))
    except BaseException as fault:
        with _lock:
            if _held.get(key) is found:
                del _held[key]
        found.made.set_exception(fault)
        raise
    return found.made.result()


def forget() -> None:
    """Nothing is held any more: another test has another record."""
    with _lock:
        _held.clear()
