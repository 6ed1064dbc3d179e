"""Waiting for what another process does: on the condition itself, with an end to patience."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0  # nobody waits so long for what works; a busy machine fails no test
PATIENCE_MS = PATIENCE_S * 1000


def until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    """Return as soon as `condition()` holds; fail if it has not after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {patience_s:g} s in vain.")
        time.sleep(0.02)
    return True
