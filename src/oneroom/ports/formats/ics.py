"""
Duties as an iCalendar file (RFC 5545), as calendar programs subscribe to it, and read back.

A duty keeps its UID for ever; SEQUENCE says which word is the newer one, and what was taken back stays in the file as
STATUS:CANCELLED, so that a program that already shows it takes it away. Times are the house's, with its VTIMEZONE.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

PRODUCT = "-//OneRoom//Duties//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty: ``summary`` and ``place`` in the reader's language, times with a zone, ``changed`` when it was told."""

    uid: str
    sequence: int
    begins: datetime
    ends: datetime
    summary: str
    place: str
    changed: datetime
    cancelled: bool = False


def write(entries: Iterable[Entry], *, name: str, zone: str) -> bytes:
    """The whole calendar of one person."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    here = ZoneInfo(zone)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        event.add("dtstamp", entry.changed.astimezone(ZoneInfo("UTC")))
        event.add("dtstart", entry.begins.astimezone(here))
        event.add("dtend", entry.ends.astimezone(here))
        event.add("summary", entry.summary)
        event.add("location", entry.place)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def read(data: bytes) -> list[Entry]:
    """The duties of such a file, in its order. Raises ValueError for what is no calendar."""
    calendar = Calendar.from_ical(data)
    return [
        Entry(
            str(event["uid"]), int(event.get("sequence", 0)), event.decoded("dtstart"), event.decoded("dtend"),
            str(event.get("summary", "")), str(event.get("location", "")), event.decoded("dtstamp"),
            str(event.get("status", "")).upper() == "CANCELLED",
        )
        for event in calendar.walk("VEVENT")
    ]  # fmt: skip
