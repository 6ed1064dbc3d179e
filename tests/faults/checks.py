"""
What must hold afterwards. Each check compares two ledgers that know nothing of each other, and names what is wrong.

A *mark* says one act in one line ("report KEY", "acknowledged 17"). What the writers were told is one multiset of
marks, what the house's tables hold is another; both differences must be empty.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.faults.ears import Ear
from tests.faults.gateway import Taken
from tests.faults.writers import Act, Ledger

Ask = Callable[[str], Sequence[Sequence[Any]]]
Share = Callable[[datetime, datetime], float]  # what part of the machine was the house's, between two times

LATE_S = 2.0  # a due rung, once its clock and its database are there
AFTER_STOP_S = 1.0  # a message already in a courier's hand
SHOWN = 5

_WORDS = """
    SELECT purpose, text FROM ledger_sealed
    WHERE purpose IN ('report.words', 'added.words', 'scene.note') AND text IS NOT NULL"""
_OFFERS = "SELECT incident_id FROM incidents_assignment"
_STEPS = """
    SELECT split_part(kind, '.', 2), split_part(subject, ':', 2) FROM ledger_entry
    WHERE kind IN ('assignment.acknowledged', 'assignment.en_route', 'assignment.on_scene')"""
_LOOKS = "SELECT DISTINCT split_part(record, ':', 2) FROM ledger_look"
_KEYS = "SELECT key FROM ledger_doneonce WHERE answer IS NOT NULL"
_PURPOSES = {"report.words": "report", "added.words": "words", "scene.note": "note"}
# Each act with the entries it must leave in the record, and each of these entries with an act.
_ENTRIES = """
    SELECT name, acts, entries FROM (VALUES
      ('incident.received', (SELECT count(*) FROM incidents_incident),
        (SELECT count(*) FROM ledger_entry WHERE kind = 'incident.received')),
      ('incident.words_added', (SELECT count(*) FROM incidents_addedwords),
        (SELECT count(*) FROM ledger_entry WHERE kind = 'incident.words_added')),
      ('assignment.offered', (SELECT count(*) FROM incidents_assignment),
        (SELECT count(*) FROM ledger_entry WHERE kind = 'assignment.offered')),
      ('assignment.reported', (SELECT count(*) FROM incidents_assignment WHERE reported_at IS NOT NULL),
        (SELECT count(*) FROM ledger_entry WHERE kind = 'assignment.reported')),
      ('ladder.climbed', (SELECT count(*) FROM orders_rung WHERE done IS NOT NULL),
        (SELECT count(*) FROM ledger_entry WHERE kind = 'ladder.climbed'))
    ) AS pairs (name, acts, entries) WHERE acts <> entries"""
_CLIMBED = """
    SELECT facts->>'ladder', facts->>'rung', count(*) FROM ledger_entry WHERE kind = 'ladder.climbed'
    GROUP BY 1, 2 HAVING count(*) > 1"""
# What an act says of itself is when it was asked for; others can see it from when it was written (`recorded`).
_RUNGS = """
    SELECT r.ladder_id, r.code, greatest(r.due, s.recorded), e.recorded, l.stopped FROM orders_rung r
    JOIN orders_ladder l ON l.id = r.ladder_id
    JOIN ledger_entry s ON s.kind = 'ladder.started' AND s.subject = l.subject
      AND (s.facts->>'ladder')::bigint = r.ladder_id
    LEFT JOIN ledger_entry e ON e.kind = 'ladder.climbed' AND e.subject = l.subject
      AND (e.facts->>'ladder')::bigint = r.ladder_id AND (e.facts->>'rung')::int = r.n
    WHERE r.due > l.started"""
_STOPPED = """
    SELECT d.id, e.recorded FROM orders_delivery d JOIN orders_rung r ON r.id = d.rung_id
    JOIN orders_ladder l ON l.id = r.ladder_id
    LEFT JOIN ledger_entry e ON e.kind = 'ladder.stopped' AND e.subject = l.subject
      AND (e.facts->>'ladder')::bigint = l.id
    WHERE d.channel = 'sms'"""
_HEARD = "SELECT seq, scopes FROM ledger_entry ORDER BY seq"


@dataclass(frozen=True)
class Outage:
    """From when to when nobody could climb: the clock or the database was down (project time)."""

    down: datetime
    up: datetime


# ---- acts ----------------------------------------------------------------------


def held(ask: Ask) -> Counter[str]:
    """What the house's own tables say was done, as marks."""
    found: Counter[str] = Counter()
    for purpose, text in ask(_WORDS):
        found[f"{_PURPOSES[purpose]} {json.loads(text)}"] += 1
    found.update(f"offer {incident}" for (incident,) in ask(_OFFERS))
    found.update(f"{kind} {order}" for kind, order in ask(_STEPS))
    found.update(f"look {incident}" for (incident,) in ask(_LOOKS))
    return found


def acts(ledger: Ledger, there: Counter[str], keys: Iterable[str]) -> list[str]:
    """Nothing acknowledged is lost or doubled, nothing is there that nobody asked for or that was refused. R1."""
    acked, refused = ledger.of("acked"), ledger.of("refused")
    told = Counter(act.mark for act in acked)
    lost = Counter(mark for mark in told if mark not in there)
    doubled = Counter({mark: n - told[mark] for mark, n in there.items() if 0 < told[mark] < n})
    nowhere = Counter(mark for mark in there if not told[mark])
    told_keys, kept = Counter(act.key for act in acked if act.kind != "look"), Counter(keys)
    unasked = (f"{act.mark} ({(act.answer or {}).get('code')})" for act in refused if act.kind != "nonsense")
    wrong = _named("LOST: acknowledged, and not there", lost)
    wrong += _named("DOUBLED: there more often than acknowledged", doubled)
    wrong += _named("OUT OF NOWHERE: there, and never acknowledged", nowhere)
    wrong += _named("LOST: keys acknowledged, and not kept", told_keys - kept)
    wrong += _named("OUT OF NOWHERE: keys kept, and never acknowledged", kept - told_keys)
    wrong += _named("REFUSED, though it follows from what was acknowledged", Counter(unasked))
    wrong += _named("NEVER ANSWERED", Counter(act.mark for act in ledger.of("unknown", "under way")))
    return wrong


def kept_keys(ask: Ask) -> list[str]:
    return [key for (key,) in ask(_KEYS)]


def entries(ask: Ask) -> list[str]:
    """Each act has its entry in the record, each entry its act; no rung climbed twice. R1, R4."""
    wrong = [f"RECORD: {acts} acts, {found} entries of {name}" for name, acts, found in ask(_ENTRIES)]
    return wrong + [f"DOUBLED: rung {rung} of ladder {ladder} climbed {n} times" for ladder, rung, n in ask(_CLIMBED)]


def again(act: Act, status: int | None, said: Any) -> list[str]:
    """An acknowledged act that is sent once more gets the same answer, and does nothing (the sets come after)."""
    if status == 200 and said == act.answer:
        return []
    return [f"REPEATED: {act.mark} was answered {act.answer}, and with the same key now {status} {said}"]


# ---- rungs and messages ----------------------------------------------------------


def rungs(ask: Ask, outages: Sequence[Outage], now: datetime, share: Share) -> tuple[list[str], int, float, float]:
    """
    Each due rung happened within two seconds of being due and possible. R3.

    ``share`` is the part of the machine that was the house's between two times: with half of it, it has twice the time.
    Gives what is wrong, how many rungs fell due, and the worst lateness (s): of what was possible, and by the wall.
    """
    wrong, seen, worst, by_wall = [], 0, 0.0, 0.0
    for ladder, code, due, climbed, stopped in ask(_RUNGS):
        possible = _possible(due, outages)
        until = climbed or stopped or now
        late_s = (until - possible).total_seconds()
        if climbed is None and (due > now if stopped is None else late_s <= LATE_S):
            continue  # not due yet, or answered in time
        seen += 1
        worst, by_wall = max(worst, late_s), max(by_wall, (until - due).total_seconds())
        if late_s > LATE_S and late_s > (limit_s := LATE_S / share(possible, until)):
            what = "climbed" if climbed else "did not climb"
            wrong.append(
                f"LATE: rung {code} of ladder {ladder} {what}, {late_s:.1f} s after it was due and possible "
                f"(limit {limit_s:.1f} s)"
            )
    return _few(wrong), seen, worst, by_wall


def _possible(due: datetime, outages: Sequence[Outage]) -> datetime:
    at = due
    for outage in sorted(outages, key=lambda each: each.down):
        if outage.down - timedelta(seconds=LATE_S) <= at < outage.up:
            at = outage.up
    return at


def messages(log: Sequence[Taken], ask: Ask) -> list[str]:
    """By the provider's own log: each message once, at most one repeat that says so, none after the answer. R4."""
    wrong = []
    stopped = dict(ask(_STOPPED))
    plain, marked = Counter(t.delivery for t in log if not t.repeat), Counter(t.delivery for t in log if t.repeat)
    wrong += [f"DOUBLED: message {d} came {n} times without saying so" for d, n in plain.items() if n > 1]
    wrong += [f"DOUBLED: message {d} was repeated {n} times" for d, n in marked.items() if n > 1]
    for taken in log:
        if taken.delivery not in stopped:
            wrong.append(f"OUT OF NOWHERE: message {taken.delivery} has no rung")
        elif (end := stopped[taken.delivery]) and (taken.at - end).total_seconds() > AFTER_STOP_S:
            late_s = (taken.at - end).total_seconds()
            wrong.append(f"AFTER THE ANSWER: message {taken.delivery} left {late_s:.1f} s after its ladder stopped")
    return _few(wrong)


# ---- streams ---------------------------------------------------------------------


def streams(ears: Iterable[Ear], ask: Ask) -> list[str]:
    """Each open screen heard everything that concerned it, once, in order, over all interruptions. R15."""
    record = [(seq, set(scopes)) for seq, scopes in ask(_HEARD)]
    wrong = []
    for ear in ears:
        due = [seq for seq, scopes in record if seq > ear.since and not scopes.isdisjoint(ear.scopes)]
        heard = list(ear.heard)
        wrong += [f"STREAM {ear.name}: {fault}" for fault in ear.faults[:SHOWN]]
        wrong += _named(f"STREAM {ear.name}: gap", Counter(due) - Counter(heard))
        wrong += _named(f"STREAM {ear.name}: heard what was not for it", Counter(heard) - Counter(due))
    return wrong


def caught_up(ear: Ear, ask: Ask) -> bool:
    """Whether an ear has heard the last entry that concerns it."""
    record = [(seq, set(scopes)) for seq, scopes in ask(_HEARD)]
    last = max((seq for seq, scopes in record if not scopes.isdisjoint(ear.scopes)), default=0)
    return last <= ear.since or bool(ear.heard and ear.heard[-1] >= last)


def _named(what: str, found: Counter[Any]) -> list[str]:
    if not found:
        return []
    some = ", ".join(str(mark) for mark in list(found)[:SHOWN])
    more = f" … {sum(found.values())} in all" if sum(found.values()) > SHOWN else ""
    return [f"{what}: {some}{more}"]


def _few(wrong: list[str]) -> list[str]:
    return wrong if len(wrong) <= SHOWN else [*wrong[:SHOWN], f"… {len(wrong)} of these in all"]
