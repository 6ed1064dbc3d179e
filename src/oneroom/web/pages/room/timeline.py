"""The timeline of a matter: every entry as a line with who, when, for whom and how late it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents.queries import references
from oneroom.apps.incidents.reads import Read
from oneroom.apps.ledger.queries import Line
from oneroom.apps.orders.queries import rungs_of
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.apps.people.queries import staff_names
from oneroom.web.pages.looks import FIELDS, PURPOSES
from oneroom.web.pages.room.sentences import Names, codes
from oneroom.web.pages.room.wording import LATE, MACHINE, OTHER_MATTERS, TALK, sentence
from oneroom.web.pages.room.words import named

# The demo may run 60 times as fast as the world: below this, the two times differ by the machine, not by a person.
_LATE_ENTRY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. ``day`` is set on the first line of a day; ``group`` is the filter it belongs to (``LINE_KINDS``)."""

    seq: int
    at: datetime
    channel: str
    what: str
    meta: str
    group: str
    late: bool
    day: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One look at the matter: when, why, by whom, at what."""

    at: datetime
    why: str
    who: str
    what: str


# The filters of the timeline: everything, what people did, what was said on any channel, orders and what rang; and who
# read of it, which is no entry and comes apart.
LINE_KINDS = (
    ("all", lazy("All")), ("acts", lazy("Acts")), ("talk", lazy("Talk")), ("orders", lazy("Orders")),
    ("reads", lazy("Reads")),
)  # fmt: skip
_SKIPPED = "delivery.skipped"


def group_of(kind: str) -> str:
    """The narrowest filter that shows this kind of entry: machine (only "all"), talk, orders or act."""
    if kind in MACHINE:
        return "machine"
    if kind in TALK:
        return "talk"
    return "orders" if kind.startswith(("assignment.", "ladder.", "delivery.")) else "act"


def shown(entries: list[Line]) -> list[Shown]:
    """Newest first, as the room reads it; three statements for the names, one for the rungs."""
    names = names_for(entries)
    entries = folded(entries, rungs_of(e.facts["delivery"] for e in entries if e.kind == _SKIPPED))
    lines: list[Shown] = []
    for entry in reversed(entries):
        channel, what = sentence(entry.kind, entry.facts, names)
        previous = lines[-1].at if lines else None
        changed = previous is None or localtime(previous).date() != localtime(entry.at).date()
        day = entry.at if changed else None
        group, late = group_of(entry.kind), entry.kind in LATE
        lines.append(Shown(entry.seq, entry.at, channel, what, _meta(entry, names), group, late, day))
    return lines


def folded(entries: Iterable[Line], rungs: Mapping[int, int]) -> list[Line]:
    """
    The entries, of which those that say that a rung had no way out are one: at the first, with all ways and how many.

    A rung without a gateway would say it once for each person and channel, and bury what people did.
    """
    kept: list[Line] = []
    place: dict[int, int] = {}
    for entry in entries:
        rung = rungs.get(entry.facts["delivery"]) if entry.kind == _SKIPPED else None
        if rung is None:
            kept.append(entry)
        elif rung not in place:
            place[rung] = len(kept)
            kept.append(replace(entry, facts={**entry.facts, "channels": [entry.facts["channel"]], "times": 1}))
        else:
            first = kept[place[rung]]
            channels = list(dict.fromkeys([*first.facts["channels"], entry.facts["channel"]]))
            facts = {**first.facts, "channels": channels, "times": first.facts["times"] + 1}
            kept[place[rung]] = replace(first, facts=facts)
    return kept


def read_lines(reads: Iterable[Read]) -> list[ReadLine]:
    """Looks in words."""
    reads = list(reads)
    names = staff_names({r.account for r in reads if r.account})
    return [
        ReadLine(
            r.at, named(PURPOSES, r.purpose), names.get(r.account or 0) or _("a colleague"),
            codes(FIELDS, list(r.fields)),
        )
        for r in reads
    ]  # fmt: skip


def names_for(entries: Iterable[Line]) -> Names:
    """The names that these entries need."""
    entries = list(entries)
    people = {e.actor for e in entries} | {e.on_behalf for e in entries if e.on_behalf}
    people |= {e.facts["account"] for e in entries if isinstance(e.facts.get("account"), int)}
    matters = {e.facts[name] for e in entries for name in OTHER_MATTERS if name in e.facts}
    return Names(staff_names(people - {0}), callsigns(), unit_names(), references(matters) if matters else {})


def _meta(entry: Line, names: Names) -> str:
    parts = []
    if entry.on_behalf:
        said = {"who": names.person(entry.on_behalf), "by": names.person(entry.actor)}
        parts.append(_("%(who)s by radio, entered by %(by)s") % said)
    elif entry.actor:
        parts.append(names.person(entry.actor))
    elif entry.via == "citizen":
        parts.append(_("the caller"))
    if entry.recorded - entry.at >= _LATE_ENTRY:
        parts.append(_("entered late, at %(time)s") % {"time": f"{localtime(entry.recorded):%H:%M:%S}"})
    return " · ".join(parts)
