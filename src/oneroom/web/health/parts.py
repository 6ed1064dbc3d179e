"""
What is known of each part of the house, and what it comes to.

A part whose last sign is older than its limit, or that gave none, is never well: no data is not green.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"  # something of the house is not as it should be; this process does its work
    FAILED = "failed"  # this process cannot do its work


_WORSE = [State.OK, State.DEGRADED, State.FAILED]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part, as far as is known: ``age_s`` since it last showed a sign (None: never), ``limit_s`` the age from which
    it counts as silent. ``wrong`` says that the sign itself was bad; ``vital`` that this process is of no use without.
    """

    name: str
    age_s: float | None
    limit_s: float
    wrong: bool = False
    vital: bool = False
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def state(self) -> State:
        if self.age_s is not None and self.age_s < self.limit_s and not self.wrong:
            return State.OK
        return State.FAILED if self.vital else State.DEGRADED

    def told(self) -> dict[str, object]:
        age_s = None if self.age_s is None else round(self.age_s, 3)
        return {"state": self.state, "age_s": age_s, "limit_s": self.limit_s, **self.figures}


def troubles(parts: Iterable[Part]) -> list[str]:
    """
    What somebody has to hear of although all processes are at work, as kinds of alarms (`oversight.kinds`). An archive
    that was never seen to take anything is one, too, when there was time for it.
    """
    found = {part.name: part for part in parts}
    backup, disk, journal = (found.get(name) for name in ("backup", "disk", "journal"))
    waited_s = float(str(backup.figures.get("unseen_s", 0.0))) if backup is not None else 0.0
    behind = backup is not None and backup.state != State.OK and (backup.age_s is not None or waited_s > backup.limit_s)
    wrong = {
        "backup_behind": behind,
        "disk_short": disk is not None and disk.wrong,
        "journal_aside": journal is not None and bool(journal.figures.get("put_aside")),
    }
    return [kind for kind, is_so in wrong.items() if is_so]


def overall(parts: Iterable[Part]) -> State:
    """The worst of them; of none at all nothing is known, so that is no health."""
    return max((part.state for part in parts), key=_WORSE.index, default=State.FAILED)
