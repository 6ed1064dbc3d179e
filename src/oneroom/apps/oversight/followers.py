"""What oversight does when something happened elsewhere."""

from __future__ import annotations

from oneroom.apps.ledger.services.record import Noted
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.engine.values import Actor

DOOR = "door"
RECORD = "record"
FORCE = "force"


def alarm_of_vouch(entry: Noted, *, by: Actor) -> None:
    """A commander let somebody in whose account is locked: the room sees it as long as it lasts."""
    raise_alarm("vouched", f"account:{entry.facts['account']}", part=DOOR, at=entry.at, vouch=entry.facts["vouch"])


def vouch_over(entry: Noted, *, by: Actor) -> None:
    """It is over."""
    end_alarm("vouched", f"account:{entry.facts['account']}", part=DOOR, at=entry.at)


def alarm_of_words(entry: Noted, *, by: Actor) -> None:
    """Somebody opened a text that is not the one that was recorded."""
    raise_alarm(
        "words_altered", f"text:{entry.facts['text']}", part=RECORD, matter=entry.matter, at=entry.at,
        entry=entry.facts.get("entry"),
    )  # fmt: skip


def alarm_of_force(entry: Noted, *, by: Actor) -> None:
    """A unit of the mobile force is below what is required of it (T25)."""
    raise_alarm("force_below", f"force:{entry.facts['force']}", part=FORCE, at=entry.at)


def force_ready(entry: Noted, *, by: Actor) -> None:
    """It holds what is required again."""
    end_alarm("force_below", f"force:{entry.facts['force']}", part=FORCE, at=entry.at)
