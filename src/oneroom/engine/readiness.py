"""
Readiness of the mobile force: levels with the time to turn out, what is below what is required, what a drill came to.

The founding text names standing readiness and rapid-response units and gives no levels (row T25): four levels are the
house's reading, the first for a unit that sits beside its vehicles. Nobody is named: a unit turns out, not a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# level -> seconds from the call until the unit rolls, with at least its least strength
LEVELS: dict[int, int] = {1: 5 * 60, 2: 15 * 60, 3: 60 * 60, 4: 4 * 60 * 60}


def below(*, level: int, required: int, present: int, least: int) -> tuple[str, ...]:
    """What a unit is short of, as codes: ``level`` (slower than required) and ``strength`` (too few are there)."""
    return (*(("level",) if level > required else ()), *(("strength",) if present < least else ()))


@dataclass(frozen=True, slots=True)
class Drill:
    """
    What a drill came to, measured between two entries of the record: seconds, against the level at the call.

    ``took_s`` is None while nobody has turned out.
    """

    called: datetime
    limit_s: int
    turned_out: datetime | None = None
    strength: int = 0
    least: int = 0

    @property
    def took_s(self) -> int | None:
        """From the call until the unit rolled."""
        return None if self.turned_out is None else round((self.turned_out - self.called).total_seconds())

    @property
    def held(self) -> bool:
        """In time, and with enough."""
        return self.took_s is not None and self.took_s <= self.limit_s and self.strength >= self.least
