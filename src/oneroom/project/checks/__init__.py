"""
What is wrong with this installation, in sentences: `oneroom check`.

Each check is one function that yields findings and asks one thing. A check that itself breaks is a finding too: what
could not be looked at is not well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``grave``: calls, orders or the record are in danger; otherwise something to know."""

    sentence: str
    grave: bool = True


Check = Callable[[], Iterator[Finding]]


def findings(checks: dict[str, Check]) -> dict[str, list[Finding]]:
    """What each check found, by its name; an empty list where all is well."""
    return {name: _asked(name, check) for name, check in checks.items()}


def _asked(name: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:
        where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        return [Finding(f"What is called “{name}” here could not be looked at: {type(error).__name__}{where}.")]
