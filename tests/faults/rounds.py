"""
One round: start the house, load it, kill everything once at random instants, let it come back, compare.

Instants, writers' choices and the provider's delays come from the seed; what the scheduler makes of them does not, so a
seed gives the same plan and not the same run. Each kill is printed with the state that it hit.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from oneroom.apps.ledger.time import now
from tests.faults import checks
from tests.faults.ears import Ear
from tests.faults.force import Force
from tests.faults.house import DATABASE, House
from tests.faults.machine import Machine
from tests.faults.silent import Silent
from tests.faults.trail import End, Stood, trail
from tests.faults.writers import Ledger, Person, Writer, all_stopped

WARM_S, SPAN_S, QUIET_S = 2.0, 12.0, 8.0
BACK_S = 120.0  # for one part to be at work again
LEAST = 500  # acknowledged writes in each round
LONGEST_S = 300.0  # of load, whatever was reached
FROZEN_S = 3.0
LEASE_S = 75.0  # a lost message is found after 60 s
WRITTEN_S = 5.0  # for positions that were accepted just now
AGAIN = 20  # acknowledged acts of each round that are sent once more

_SESSIONS = """
    SELECT application_name, state, wait_event_type, count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> 'proof' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
_HEAD = """
    SELECT count(*) FILTER (WHERE NOT granted), count(*) FILTER (WHERE granted) FROM pg_locks
    WHERE locktype = 'transactionid'"""
_IN_HAND = "SELECT state, count(*) FROM orders_delivery WHERE state IN ('queued', 'sending') GROUP BY 1 ORDER BY 1"


@dataclass
class Kill:
    """One SIGKILL, or a freeze of some seconds: what, when after the load began, until when it was not at work."""

    part: str
    at_s: float
    freeze: bool = False
    hit: str = ""
    killed: float = 0.0  # monotonic
    down: datetime | None = None
    up: datetime | None = None


@dataclass
class Proof:
    """All that goes on over several rounds."""

    house: House
    force: Force
    ledger: Ledger
    ears: list[Ear]
    log: list[checks.Taken]
    seed: int
    tell: Callable[[str], None]
    machine: Machine
    founded: Counter[str]
    outages: list[checks.Outage] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)  # of the web and the database
    stood: list[Stood] = field(default_factory=list)  # when no position could be written
    kills: int = 0
    worst_s: float = 0.0  # of all rungs, after it was possible
    resumed_s: float = 0.0  # of all screens, after the web was back
    stopped: datetime | None = None  # since when the whole house stands still, between rounds

    def person(self, name: str) -> Person:
        return Person(self.house.url, name, self.force.sessions[name], self.ledger, threading.Event())

    # ---- one round ----
    def round(self, number: int) -> list[str]:
        chance = Random(f"{self.seed}:{number}")
        started_s = self.house.start()
        if self.stopped is not None:
            self.outages.append(checks.Outage(self.stopped, now()))
        parts = sorted(self.house.parts())
        plan = [Kill(part, WARM_S + chance.uniform(0, SPAN_S)) for part in [*parts, DATABASE]]
        plan += [Kill(chance.choice([*parts, DATABASE]), WARM_S + chance.uniform(0, SPAN_S))]
        plan += [Kill(chance.choice(parts), WARM_S + chance.uniform(0, SPAN_S), freeze=True)]
        self.tell(f"round {number}: up in {started_s:.1f} s, parts {', '.join(parts)}; {len(plan)} blows to come")
        before = self.ledger.acked
        began = time.monotonic()
        writers = self._writers(number)
        silent = Silent(self, number)
        for writer in [*writers, silent]:
            writer.start()
        while self.ledger.acked < before + len(writers) and time.monotonic() - began < BACK_S:
            time.sleep(0.05)  # the first ones wait until the roads are read
        began, began_at = time.monotonic(), now()
        threads = [threading.Thread(target=self._kill, args=(kill, began), daemon=True) for kill in plan]
        for thread in threads:
            thread.start()
        self._until_enough(threads, began, before)
        loaded_s = time.monotonic() - began
        silent.stopping.set()
        all_stopped(writers, self.tell)
        silent.join(BACK_S)
        share = self.machine.share(began_at, now())
        self.tell(
            f"  {self.ledger.acked - before} writes acknowledged in {loaded_s:.0f} s of load, "
            f"with {share:.0%} of the machine"
        )
        wrong = self._compare(self.ledger.acked - before)
        self.stopped = now()
        self.house.stop()
        return wrong

    def _writers(self, number: int) -> list[Writer]:
        from tests.town import corner

        names = ["market", "north", "south", "west", "east"]
        many = sum(name.startswith("desk-") for name in self.force.sessions)
        return [
            Writer(
                n, self.person(f"desk-{n}"), self.person(f"w{n}"), self.force.crews[f"crew-w{n}"],
                corner(names[n % len(names)]), f"{self.seed}:{number}:{n}",
            )
            for n in range(many)
        ]  # fmt: skip

    def _until_enough(self, kills: list[threading.Thread], began: float, before: int) -> None:
        for thread in kills:
            thread.join(LONGEST_S)
        self.kills += len(kills)
        time.sleep(QUIET_S)  # whole again, and still at work: rungs fall due with nobody to blame
        while self.ledger.acked - before < LEAST and time.monotonic() - began < LONGEST_S:
            time.sleep(0.2)

    # ---- a kill ----
    def _kill(self, kill: Kill, began: float) -> None:
        time.sleep(max(0.0, began + kill.at_s - time.monotonic()))
        kill.hit = self._state()
        kill.down = now()
        if kill.freeze:
            self._freeze(kill)
            return
        greeted = [ear.hellos for ear in self.ears]
        pid, before = self.house.kill(kill.part)
        kill.killed = time.monotonic()
        if kill.part in ("web", DATABASE):
            self.ends.append(End(kill.part, before, now()))
        if kill.part == DATABASE:
            self.house.revive_database()
        while not self.house.up(kill.part, before) or (kill.part == DATABASE and not self.house.clock_up()):
            if time.monotonic() - kill.killed > BACK_S:
                self.tell(f"  {kill.part} does not come back within {BACK_S:g} s")
                break
            time.sleep(0.1)
        kill.up = now()
        if kill.part in ("clock", DATABASE):
            self.outages.append(checks.Outage(kill.down, kill.up))
        if kill.part == DATABASE:
            self.stood.append(Stood(before, kill.up))
        back = f"back in {time.monotonic() - kill.killed:.1f} s"
        if kill.part == "web":
            back += self._screens_back(greeted)
        self.tell(f"  {kill.at_s:5.1f} s  kill -9 {kill.part} ({pid}), {back}; it hit {kill.hit}")

    def _freeze(self, kill: Kill) -> None:
        """SIGSTOP and, seconds later, SIGCONT: it goes on with what it believed, and must not do it twice. R4."""
        assert kill.down is not None
        pid = self.house.freeze(kill.part, FROZEN_S)
        self.outages.append(checks.Outage(kill.down, now()))  # it may have held the head of the record
        if kill.part == "web":
            self.stood.append(Stood(kill.down, now()))
        self.tell(f"  {kill.at_s:5.1f} s  froze {kill.part} ({pid}) for {FROZEN_S:g} s; it hit {kill.hit}")

    def _screens_back(self, greeted: list[int]) -> str:
        """How long after the web's return every open screen was greeted again. R15."""
        began = time.monotonic()
        while time.monotonic() - began < BACK_S:
            if all(ear.hellos > before for ear, before in zip(self.ears, greeted, strict=True)):
                took_s = max(0.0, time.monotonic() - began)
                self.resumed_s = max(self.resumed_s, took_s)
                return f" and all screens {took_s:.1f} s later"
            time.sleep(0.05)
        return f", but not all screens within {BACK_S:g} s"

    def _state(self) -> str:
        """What was going on at this moment, in words."""
        acts = ", ".join(f"{n} {kind}" for kind, n in sorted(self.ledger.under_way().items())) or "none"
        said = [f"acts under way: {acts}"]
        sessions = self.house.ask(_SESSIONS)
        if sessions is None:
            return f"{said[0]}; the database is away"
        busy = [
            f"{n} × {name.removeprefix('oneroom ') or name} {state}{f' waiting ({wait})' if wait == 'Lock' else ''}"
            for name, state, wait, n in sessions
            if state and state != "idle"
        ]
        said.append("sessions: " + (", ".join(busy) or "all idle"))
        hand = self.house.ask(_IN_HAND) or []
        if hand:
            said.append("messages: " + ", ".join(f"{n} {state}" for state, n in hand))
        return "; ".join(said)

    # ---- afterwards ----
    def _compare(self, acked: int) -> list[str]:
        from django.db import connection

        from oneroom.apps.ledger.verify import verify

        connection.close()  # it may have been killed with the database
        wrong = []
        if acked < LEAST:
            wrong.append(f"LOAD: {acked} writes acknowledged in this round, {LEAST} are needed for it to say anything")
        wrong += self._send_again()
        wrong += self._acts()
        wrong += checks.entries(self.rows)
        for chain in ("acts", "looks"):
            verdict = verify(chain)
            if verdict.fault is not None:
                wrong.append(f"CHAIN {chain}: {verdict.fault} at {verdict.seq}: {verdict.detail}")
            else:
                self.tell(f"  chain of {chain}: {verdict.rows} rows verify")
        late, fell_due, worst, by_wall = checks.rungs(self.rows, self.outages, now(), self.machine.share)
        self.tell(
            f"  {fell_due} rungs fell due: worst {worst:.2f} s after it was possible, {by_wall:.1f} s by the wall"
        )
        self.worst_s = max(self.worst_s, worst)
        wrong += late
        wrong += checks.messages(self.log, self.rows)
        wrong += self._trail()
        wrong += self._streams()
        return wrong

    def _acts(self) -> list[str]:
        there = checks.held(self.rows)
        unknown = sum(act.tries > 1 for act in self.ledger.of("acked"))
        refused = len(self.ledger.of("refused"))
        self.tell(
            f"  so far {self.ledger.acked} acknowledged ({unknown} of them unknown at first), {refused} refused; "
            f"{sum(there.values())} there"
        )
        return checks.acts(self.ledger, there - self.founded, checks.kept_keys(self.rows))

    def _send_again(self) -> list[str]:
        chance = Random(f"{self.seed}:again:{len(self.ledger.acts)}")
        sendable = [act for act in self.ledger.of("acked") if act.kind != "look"]
        wrong = []
        for act in chance.sample(sendable, min(AGAIN, len(sendable))):
            status, said = self.person(act.who).send(act.path, act.body, act.key)
            wrong += checks.again(act, status, said)
        return wrong

    def _trail(self) -> list[str]:
        deadline = time.monotonic() + WRITTEN_S
        while True:  # the last ones may still wait for their writing
            found = trail(self.ledger.fixes, self.rows, self.ends, self.machine.share, self.stood)
            if not found.wrong or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        self.tell(
            f"  {len(self.ledger.fixes)} positions accepted, {found.went} of them went with an end, the oldest "
            f"{found.oldest_s:.2f} s before it"
        )
        return found.wrong

    def _streams(self) -> list[str]:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not all(checks.caught_up(ear, self.rows) for ear in self.ears):
            time.sleep(0.2)
        heard = ", ".join(f"{ear.name} {len(ear.heard)} in {ear.hellos} connections" for ear in self.ears)
        self.tell(f"  streams heard: {heard}")
        return checks.streams(self.ears, self.rows)

    # ---- at the very end ----
    def summary(self) -> str:
        """The figures of all rounds in a line."""
        return (
            f"{self.ledger.acked} writes acknowledged, {self.kills} blows; rungs at most {self.worst_s:.2f} s late, "
            f"screens back {self.resumed_s:.1f} s after the web at the latest, {len(self.log)} messages at the provider"
        )

    def settle(self) -> list[str]:
        """A message that a killed courier had in hand is sent once more after its lease: at the end none is left."""
        left: list[tuple[object, ...]] = self.rows(_IN_HAND)
        if not left:
            return []
        self.house.start()
        deadline = time.monotonic() + LEASE_S
        while (left := self.rows(_IN_HAND)) and time.monotonic() < deadline:
            time.sleep(0.2)
        self.house.stop()
        wrong = [f"LEFT BEHIND: {n} messages still {state}" for state, n in left]
        return wrong + checks.messages(self.log, self.rows)

    def rows(self, question: str) -> list[tuple[object, ...]]:
        found = self.house.ask(question)
        if found is None:
            raise SystemExit("The database does not answer any more; nothing can be compared.")
        return found
