"""
The monthly transparency report (scope G11): what the record says of a month, in counts that single out nobody.

It is folded from the record alone, so whoever has an export makes the very same bytes. A count from 1 to 4 where
persons could be singled out says only that it is fewer than five; the total that would tell it is left out with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oneroom.engine.measures.loop import KINDS as LOOP_KINDS
from oneroom.engine.measures.loop import MEASURES, Loop, spread

FEWER_THAN = 5
FEW = "<5"
VERSION = 1
ON_TIME_S = 2.0
Said = Mapping[str, Any]  # an entry or a look, as its canonical bytes say it

# Kind of entry -> (group, the fact that tells its cells apart).
_BY_FACT = {
    "track.opened": ("tracks", "purpose"), "glass.broken": ("glass", "why"),
    "glass.reviewed": ("glass_found", "finding"),
    "signature.given": ("two_persons", "act"), "signature.ended": ("two_persons_not", "cause"),
    "look.flagged": ("flags", "rule"), "look.judged": ("flags_found", "finding"),
    "record.searched": ("searches", "purpose"), "list.exported": ("exports", "list"),
    "incident.disclosed": ("dossiers", "form"), "hold.placed": ("holds", "reason"),
}  # fmt: skip
_RIGHTS = {"incident.withdrawn": "withdrawn", "incident.rated": "rated"}
# Order of the report.
GROUPS = (
    "sources", "categories", "grades", "telephone", "steps", "help", "looks", "searches", "tracks", "glass",
    "glass_found", "glass_waits", "two_persons", "two_persons_not", "flags", "flags_found", "exports", "dossiers",
    "gone", "erased", "holds", "holds_over", "holds_run", "rights",
)  # fmt: skip
# Counts of machines and of whole batches: they single out nobody.
_PLAIN = frozenset({"steps", "gone"})
NOT_COUNTED = ("complaints", "alarms")
_COUNTED = {
    "call.answered", "call.abandoned", "ladder.climbed", "sos.raised", "retention.applied", "incident.deidentified",
    "hold.released", "incident.words_added",
}  # fmt: skip
KINDS = frozenset(LOOP_KINDS | set(_BY_FACT) | set(_RIGHTS) | _COUNTED)
EVER = ("hold.placed", "hold.released")  # read from the beginning: what is held is older than the month


@dataclass(frozen=True, slots=True)
class Month:
    """A month where the force is."""

    name: str  # 2026-10
    zone: str

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return self._first(0)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return self._first(1)

    def _first(self, more: int) -> datetime:
        year, month = int(self.name[:4]), int(self.name[5:])
        year, month = year + (month - 1 + more) // 12, (month - 1 + more) % 12 + 1
        return datetime(year, month, 1, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


def month(name: str, zone: str) -> Month:
    """The month "2026-10". Raises ValueError for what is none."""
    found = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
    return Month(f"{found:%Y-%m}", zone)


def last_whole(at: datetime, zone: str) -> Month:
    """The month before the one in which this instant lies."""
    here = at.astimezone(ZoneInfo(zone)).replace(day=1) - timedelta(days=1)
    return Month(f"{here:%Y-%m}", zone)


@dataclass(slots=True)
class _Fold:
    month: Month
    loop: Loop = field(default_factory=Loop)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in GROUPS})
    categories: dict[str, str] = field(default_factory=dict)
    waits: set[str] = field(default_factory=set)  # glass that nobody reviewed
    held: set[int] = field(default_factory=set)
    drills: set[str] = field(default_factory=set)

    def take(self, said: Said) -> None:
        """One more entry."""
        kind, at, facts = said["kind"], _instant(said["at"]), said["facts"]
        inside = self.month.since <= at < self.month.until
        if kind in EVER and at < self.month.until:
            (self.held.add if kind == "hold.placed" else self.held.discard)(facts["hold"])
        if kind == "incident.received" and facts.get("drill"):
            self.drills.add(said["matter"])
        if said["matter"] in self.drills:
            return
        if kind in LOOP_KINDS and (inside or said["matter"] in self.loop.calls):
            self._matter(kind, at, said)
        if kind == "glass.reviewed":
            self.waits.discard(said["subject"])
        if inside:
            self._count(kind, said, facts)

    def _matter(self, kind: str, at: datetime, said: Said) -> None:
        facts = said["facts"]
        self.loop.take(kind, at, said["subject"], said["matter"], facts)
        if kind == "incident.classified" and said["matter"] in self.loop.calls:
            self.categories[said["matter"]] = facts["category"]

    def _count(self, kind: str, said: Said, facts: Mapping[str, Any]) -> None:
        if kind in _BY_FACT:
            group, fact = _BY_FACT[kind]
            self.counts[group][str(facts.get(fact, ""))] += 1
        if kind in _RIGHTS:
            self.counts["rights"][_RIGHTS[kind]] += 1
        match kind:
            case "incident.words_added" if facts.get("source") == "caller":
                self.counts["rights"]["words_added"] += 1
            case "call.answered" | "call.abandoned":
                late = "answered_15" if facts["waited_s"] <= 15 else "answered_later"
                self.counts["telephone"][late if kind == "call.answered" else "abandoned"] += 1
            case "ladder.climbed":
                late_s = (_instant(said["recorded"]) - _instant(facts["due"])).total_seconds()
                self.counts["steps"]["on_time" if late_s <= ON_TIME_S else "late"] += 1
            case "sos.raised":
                self.counts["help"]["raised"] += 1
            case "glass.broken":
                self.waits.add(said["subject"])
            case "retention.applied":
                self.counts["gone"][facts["kept"]] += facts["count"]
            case "incident.deidentified" if facts["cause"] == "two_signed":
                self.counts["erased"]["on_request"] += 1
            case "hold.released":
                self.counts["holds_over"]["released"] += 1


def report(
    of: Month, acts: Iterable[Said], looks: Iterable[Said], *, heads: Mapping[str, Any], simulated: bool
) -> bytes:
    """
    The bytes of a month's report: sorted, compact JSON and a line end.

    ``acts`` and ``looks`` are the record in order, up to ``heads`` (chain -> seq and hash); entries of other kinds than
    ``KINDS`` may be left out. ``simulated`` says that no real person is in it.
    """
    fold = _Fold(of)
    for said in acts:
        fold.take(said)
    for said in looks:
        if of.since <= _instant(said["at"]) < of.until:
            fold.counts["looks"][said["purpose"]] += 1
    counted = fold.loop.counted()
    fold.counts["sources"].update(call.source for call in counted)
    fold.counts["grades"].update(str(call.grade) for call in counted if call.grade)
    fold.counts["categories"].update(fold.categories.get(call.matter) or "none" for call in counted)
    fold.counts["glass_waits"]["not_reviewed"] += len(fold.waits)
    fold.counts["holds_run"]["held"] += len(fold.held)
    orders = fold.loop.orders(counted)
    said_of = {
        "month": of.name, "zone": of.zone, "since": _stamp(of.since), "until": _stamp(of.until), "version": VERSION,
        "simulated": simulated, "fewer_than": FEWER_THAN, "heads": dict(heads), "not_counted": list(NOT_COUNTED),
        "groups": {name: group(fold.counts[name], plain=name in _PLAIN) for name in GROUPS},
        "measures": {name: _measure(name, orders) for name in MEASURES},
    }  # fmt: skip
    return json.dumps(said_of, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def group(counts: Mapping[str, int], *, plain: bool = False) -> dict[str, Any]:
    """The cells of a group and their total; a small cell hides its number, and the total by which one could find it."""
    cells: dict[str, int | str] = {
        code: FEW if not plain and n < FEWER_THAN else n for code, n in sorted(counts.items()) if n
    }
    total = None if FEW in cells.values() else sum(counts.values())
    return {"cells": cells, "total": total}


def digest(content: bytes) -> str:
    """What is noted when a report is published."""
    return hashlib.sha256(content).hexdigest()


def _measure(name: str, orders: Iterable[Any]) -> dict[str, Any]:
    found = spread(MEASURES[name], orders)
    if found.n < FEWER_THAN:
        return {"orders": FEW if found.n else 0, "promise_s": found.measure.promise_s}
    return {
        "orders": found.n, "promise_s": found.measure.promise_s, "percent": round(100 * found.within / found.n),
        "median_s": None if found.median_s is None else round(found.median_s),
    }  # fmt: skip


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
