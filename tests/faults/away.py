"""
`python -m tests.faults.away`: the database is taken from a house at work, and given back (R6). Exit 0 if all held.

It is killed (`--how kill`) or stopped (`--how hang`), with all its children, or its disk is full (`--how full`: as
root, on a small disk in memory), for `--seconds`; desks and crews work on, and the web process is killed once in the
middle. Then what everybody was told is compared with what the database holds.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from tests.faults.disk_full import fill
from tests.faults.house import DATABASE, House
from tests.faults.stand import SETTINGS, own_folder, set_up, small_disk, stand, verdict

SEED, DESKS, SILENT = 11, 24, 3
PAUSE_S, WORDS = 0.4, 3  # lines to each call: some forty calls a minute, four times what the busiest room takes
SIZE_MB = 400
LONGEST_S, BOOKED_S, PATIENCE_S = 5.0, 60.0, 1200.0  # with a twentieth of the machine a minute is twenty
WAITS_S = 30.0  # then a desk goes on with something else, and does this when the database is back


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.away", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--how", choices=["kill", "hang", "full"], default="kill")
    asked = parser.parse_args()
    with own_folder() as folder, small_disk(folder / "db", SIZE_MB) if asked.how == "full" else nullcontext():
        wrong = _prove(folder, asked.seconds, asked.how)
    verdict(wrong, "nothing that was acknowledged meanwhile is lost or doubled")


def _prove(folder: Path, seconds: float, how: str) -> list[str]:
    set_up(folder)
    from tests.faults.gateway import Gateway

    with (
        Gateway(str(SEED)) as gateway,
        House(folder, settings=SETTINGS, sms_url=gateway.url) as house,
    ):
        proof = stand(house, gateway, SEED, writers=DESKS, silent=SILENT)
        try:
            return Away(proof, gateway, folder).run(seconds, how)
        finally:
            house.stop()
            proof.machine.stop()


def _in_time(ask: Callable[[], object]) -> bool:
    """Whether it comes about within half a minute: a machine that others use is slow to begin."""
    deadline = time.monotonic() + 30
    while not ask():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True


class Away:
    """One outage. ``proof`` is a house with its force, as the crash proof has it."""

    def __init__(self, proof: Any, gateway: Any, folder: Path):
        self.proof, self.house, self.gateway = proof, proof.house, gateway
        self.journal, self.ballast = folder / "home" / "journal" / "journal", folder / "db" / "ballast"
        self.people = {name: proof.person(name) for name in proof.force.sessions}
        self.stop = threading.Event()
        self.slowest_s, self.slowest = 0.0, ""
        self.began = time.monotonic()
        self.acked_away = 0

    def run(self, seconds: float, how: str) -> list[str]:
        """The whole story; what was found wrong."""
        from oneroom.apps.ledger.time import now
        from tests.faults import checks

        self.house.start()
        for name, person in self.people.items():
            if not _in_time(person.ticket):
                return [f"{name} gets no ticket while all is well: {person.why}"]
        self._order("s0", "before")
        time.sleep(6)  # the board is read each two seconds
        before = self.proof.ledger.acked
        desks = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(4)]
        with self._taken(how):
            began, began_at = time.monotonic(), now()
            self.began = began
            for desk in desks:
                desk.start()
            self._wait(began + seconds / 2)
            self._order("s1", "away")
            self.house.kill("web")
            self._wait(began + seconds)
            self.acked_away = self.proof.ledger.acked - before
            journal = self.journal.read_bytes()
            lines, rungs = journal.count(b"\n"), journal.count(b'"kind":"rung"')
            rings = self.people["s1"].rings()
        back, back_at = time.monotonic(), now()
        share = self.proof.machine.share(began_at, back_at)
        self.stop.set()
        while self.journal.read_bytes()[:1] != b"\0" and time.monotonic() - back < PATIENCE_S:
            time.sleep(0.1)
        booked_s, share_after = time.monotonic() - back, self.proof.machine.share(back_at, now())
        for desk in desks:
            desk.join(120)
        acts = self.proof.ledger.of("acked")
        longest = max(acts, key=lambda act: act.ended - act.began)
        print(
            f"{how} for {seconds:g} s: {self.acked_away} acts acknowledged while it was away "
            f"({dict(Counter(a.kind for a in self.proof.ledger.of('acked')))}), slowest answer {self.slowest_s:.2f} s "
            f"({self.slowest}), "
            f"longest until it was done {longest.ended - longest.began:.1f} s ({longest.kind}, {longest.tries} tries); "
            f"{lines} lines of journal, {rungs} of them rungs, all booked {booked_s:.1f} s after it was back; "
            f"with {share:.0%} of the machine while it was away, and {share_after:.0%} after; "
            f"{len(self.gateway.direct)} messages straight to the gateway",
            flush=True,
        )
        wrong = [] if booked_s < BOOKED_S / share_after else [f"NOT BOOKED: lines were left after {booked_s:.0f} s"]
        if self.acked_away < seconds / 2:
            wrong.append(f"LOAD: only {self.acked_away} acts")
        if not rings:
            wrong.append("SILENT: the phone of a crew that was sent while it was away did not ring")
        if self.slowest_s > LONGEST_S / share:  # with half of the machine it has twice the time
            wrong.append(f"SLOW: somebody waited {self.slowest_s:.1f} s")
        return wrong + self._compare(checks)

    def _compare(self, checks: Any) -> list[str]:
        from django.db import connection

        from oneroom.apps.ledger.verify import verify

        connection.close()  # it was killed with the database
        proof = self.proof
        self._try_again()
        there = checks.held(proof.rows)
        wrong = checks.acts(proof.ledger, there - proof.founded, checks.kept_keys(proof.rows))
        wrong += checks.entries(proof.rows)
        wrong += proof._send_again()
        clashed = self.house.ask("SELECT act, cause, said FROM incidents_lateact WHERE state <> 'booked'") or []
        wrong += [f"CLASH: {row}" for row in clashed]
        late = self.house.ask(
            "SELECT e.kind, count(*) FROM ledger_entry e WHERE e.via = 'journal' GROUP BY 1 ORDER BY 1"
        )
        print(f"entries that came by the journal: {dict(late or [])}", flush=True)
        doubled = [key for key, n in Counter(self.gateway.direct).items() if n > 1]
        wrong += [f"DOUBLED: message {key} went straight to the gateway twice" for key in doubled]
        both = self.house.ask(
            "SELECT count(*) FROM ledger_entry WHERE via = 'journal' AND recorded > at + interval '1 second'"
        )
        if not both or not both[0][0]:
            wrong.append("TIMES: no entry has two times")
        for chain in ("acts", "looks"):
            if (verdict := verify(chain)).fault is not None:
                wrong.append(f"CHAIN {chain}: {verdict.fault} at {verdict.seq}")
        return wrong

    def _try_again(self) -> None:
        """What had to wait is done now: words on a matter that was taken in the very moment of the cut, on no board."""
        waited = self.proof.ledger.of("unknown")
        for act in waited:
            status, said = self.people[act.who].send(act.path, act.body, act.key)
            if status is not None and status < 300:
                act.state, act.answer, act.ended = "acked", said, time.monotonic()
        print(f"{len(waited)} acts had to wait until it was back: {dict(Counter(a.kind for a in waited))}", flush=True)

    # ---- who works meanwhile ----
    def _work(self, n: int) -> None:
        """A desk: calls and words all the time, and each of its crews once through all steps."""
        crews = iter(range(n, DESKS, 4))
        count = 0
        while not self.stop.is_set():
            count += 1
            incident = self._call(f"desk-{n}", f"{n}:{count}")
            if incident is None:
                continue
            for line in range(WORDS):
                key = f"away:words:{n}:{count}:{line}"
                self._do(f"desk-{n}", "words", f"incidents/{incident}/words", {"words": key}, key, f"words {key}")
                self.stop.wait(PAUSE_S)
            if count % 8 == 1 and (crew := next(crews, None)) is not None:
                self._story(f"desk-{n}", incident, f"w{crew}")
            self.stop.wait(PAUSE_S * 4)

    def _story(self, desk: str, incident: int, crew: str) -> None:
        order = self._send(desk, incident, crew)
        for verb, kind in (("acknowledge", "acknowledged"), ("set_out", "en_route"), ("arrive", "on_scene")):
            if order is not None:
                key = f"away:{verb}:{order}"
                self._do(crew, verb, f"assignments/{order}/step", {"verb": verb}, key, f"{kind} {order}")
                self.stop.wait(PAUSE_S)

    def _order(self, crew: str, mark: str) -> None:
        """One that nobody will answer."""
        incident = self._call("desk-0", f"silent-{mark}")
        if incident is not None:
            self._send("desk-0", incident, crew)

    def _call(self, desk: str, mark: str) -> int | None:
        from tests.town import corner

        lon, lat = corner("market")
        key = f"away:report:{mark}"
        call = {"words": key, "category": "dispute", "grade": 1, "location": {"lon": lon, "lat": lat}}
        taken = self._do(desk, "report", "incidents", call, key, f"report {key}")
        return taken["id"] if taken else None

    def _send(self, desk: str, incident: int, crew: str) -> int | None:
        crews = {"crews": [self.proof.force.crews[f"crew-{crew}"]]}
        sent = self._do(
            desk, "offer", f"incidents/{incident}/offer", crews, f"away:offer:{incident}", f"offer {incident}"
        )
        return sent["assignments"][0] if sent else None

    def _do(self, who: str, kind: str, path: str, body: dict[str, Any], key: str, mark: str) -> Any:
        person = self.people[who]
        said = person.do(kind, path, body, key, mark, patience_s=WAITS_S)
        if person.slowest_s > self.slowest_s:
            self.slowest_s, self.slowest = person.slowest_s, f"{kind} at {time.monotonic() - self.began:.0f} s"
        return said

    def _wait(self, until_s: float) -> None:
        time.sleep(max(0.0, until_s - time.monotonic()))

    @contextmanager
    def _taken(self, how: str) -> Iterator[None]:
        if how == "kill":
            self.house.kill(DATABASE)
            yield
            self.house.revive_database()
            return
        if how == "full":
            fill(self.ballast)
            yield
            self.ballast.unlink()
            if self.house.ask("SELECT 1") is None:  # it died of it
                self.house.revive_database()
            return
        everybody = self.house.database_processes()
        for process in everybody:
            process.suspend()
        try:
            yield
        finally:
            for process in everybody:
                with suppress(Exception):
                    process.resume()


if __name__ == "__main__":
    main()
