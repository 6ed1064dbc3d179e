"""
`python -m tests.faults.ends`: an abrupt end at the three worst moments for positions, each brought about on purpose.

The rounds of the crash proof hit them by chance alone, and once did. What is accepted here waits in the web for a
quarter of a second, so each blow is tried again until it came before the writing.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from oneroom.apps.ledger.time import now
from tests.faults.house import DATABASE, House
from tests.faults.stand import house_in, own_folder, verdict
from tests.faults.trail import HELD_S, Accepted, End, Stood, Verdict, trail
from tests.faults.writers import Ledger, Person
from tests.waiting import until

if TYPE_CHECKING:
    from tests.faults.force import Force

TRIES = 20
UP_S = 60.0
STOOD_S = 3.0  # as long as a part is frozen in the rounds
AWAY_S = 6.0
EVERY_S = 0.1
SPARE_S = 1.0  # from the request to the web's look at it, on a busy machine


class Phone:
    """The device of one crew, with a ticket of its own, over connections of its own."""

    def __init__(self, house: House, force: Force):
        self.house, self.crew = house, force.crews["crew-w0"]
        person = Person(house.url, "w0", force.sessions["w0"], Ledger(), threading.Event())
        until((lambda: person.ticket() is not None), UP_S)  # the first pages of a house take long
        self._ticket = person.ticket()
        self._at = now() - timedelta(hours=1)

    def fix(self) -> dict[str, Any]:
        self._at += timedelta(milliseconds=37)
        return {"lon": 121.46, "lat": 31.22, "at": self._at.isoformat()}

    def send(self, fix: dict[str, Any]) -> socket.socket:
        """On its way: the wire on which the answer will come."""
        body = json.dumps({"fixes": [fix]})
        head = (
            f"POST /positions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._ticket}\r\n"
            f"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        wire = socket.create_connection(("127.0.0.1", self.house.port), timeout=10)
        wire.sendall(f"{head}{body}".encode())
        return wire

    def status(self, fix: dict[str, Any]) -> int:
        with self.send(fix) as wire:
            return answer(wire)

    def mark(self, fix: dict[str, Any]) -> str:
        return f"fix {self.crew} {fix['at']}"


def answer(wire: socket.socket) -> int:
    """The status that is read there, 0 for none."""
    try:
        line = wire.recv(64).split(b" ", 2)
    except OSError:
        return 0
    return int(line[1]) if len(line) > 1 else 0


class Proof:
    """The house and the phone, and what is wrong with them."""

    def __init__(self, house: House, force: Force):
        self.house, self.phone = house, Phone(house, force)
        self.wrong: list[str] = []

    def until(self, what: str, holds: Callable[[], bool], seconds: float = UP_S) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                self.wrong.append(f"NOT WITHIN {seconds:g} s: {what}")
                return
            time.sleep(0.05)

    def judge(self, fixes: list[Accepted], end: End, *stood: Stood) -> Verdict:
        return trail(fixes, self.rows, [end], lambda _begin, _end: 1.0, stood)

    def rows(self, question: str) -> list[tuple[object, ...]]:
        found = self.house.ask(question)
        if found is None:
            raise SystemExit("The database does not answer any more; nothing can be compared.")
        return found

    def accepted(self, fix: dict[str, Any]) -> Accepted:
        sent = now()
        status = self.phone.status(fix)
        if status != 202:
            raise SystemExit(f"A position is answered by {status} while all is well.")
        return Accepted(self.phone.mark(fix), sent, now())

    def web(self) -> psutil.Process:
        self.until("the web is up", self.house.web_up)
        return self.house.parts()["web"]

    # ---- the three ----
    def dies_with_its_answer_on_the_wire(self) -> tuple[Verdict, Accepted, End]:
        """The answer is there to be read, the web is killed, and only then somebody reads it."""
        web, fix = self.web(), self.phone.fix()
        sent = now()
        with self.phone.send(fix) as wire:
            select.select([wire], [], [], 10)
            before = now()
            web.kill()
            web.wait(10)
            end = End("web", before, now())
            if (status := answer(wire)) != 202:
                raise SystemExit(f"A position is answered by {status} while all is well.")
        taken = Accepted(self.phone.mark(fix), sent, now())
        return self.judge([taken], end), taken, end

    def stands_still_and_dies(self) -> tuple[Verdict, Accepted, End]:
        """The web stands still before the writing, and is killed before it goes on."""
        web = self.web()
        fix = self.accepted(self.phone.fix())
        down = now()
        web.suspend()
        time.sleep(STOOD_S)
        before = now()
        web.kill()
        web.wait(10)
        end = End("web", before, now())
        return self.judge([fix], end, Stood(down, end.after)), fix, end

    def dies_while_nothing_can_be_written(self) -> tuple[int, int]:
        """No more than two seconds of trail are accepted while the database is away; the phone keeps the rest."""
        self.web()
        self.until("positions are accepted", lambda: self.phone.status(self.phone.fix()) == 202)
        _pid, down = self.house.kill(DATABASE)
        taken: list[Accepted] = []
        kept = []
        began = time.monotonic()
        while time.monotonic() - began < AWAY_S:
            fix, sent = self.phone.fix(), now()
            status = self.phone.status(fix)
            if status == 202:
                taken.append(Accepted(self.phone.mark(fix), sent, now()))
            elif status == 503:
                kept.append(fix)
            else:
                self.wrong.append(f"A position is answered by {status} while the database is away")
            time.sleep(EVERY_S)
        _pid, before = self.house.kill("web")
        end = End("web", before, now())
        self.house.revive_database()
        stood = Stood(down, now())
        if not kept:
            self.wrong.append("NOT REFUSED: positions were accepted all the time while nothing could be written")
        span_s = (taken[-1].sent - taken[0].told).total_seconds() if taken else 0.0
        if span_s > HELD_S + SPARE_S:
            self.wrong.append(f"TOO MANY: positions were accepted over {span_s:.1f} s")
        self.until("the web is up again", self.house.web_up)
        for fix in kept:  # as a phone does (terminal-place.js)
            self.until("what was refused is accepted", lambda fix=fix: self.phone.status(fix) == 202)
        marks = {self.phone.mark(fix) for fix in kept}
        self.until("what was refused and sent again is there", lambda: marks <= self.there(), 10)
        self.wrong += self.judge(taken, end, stood).wrong if span_s <= HELD_S else []
        return len(taken), len(kept)

    def there(self) -> set[str]:
        rows: list[tuple[Any, ...]] = self.rows("SELECT crew_id, at FROM duty_fix")
        return {f"fix {crew} {at.isoformat()}" for crew, at in rows}

    def hit(self, what: str, blow: Callable[[], tuple[Verdict, Accepted, End]]) -> tuple[Accepted, End]:
        """Strike until it came before the writing."""
        for _try in range(TRIES):
            found, fix, end = blow()
            self.wrong += [f"{what}: {sentence}" for sentence in found.wrong]
            if found.went or found.wrong:
                return fix, end
        raise SystemExit(f"{what}: written before the blow, {TRIES} times.")


def main() -> None:
    with own_folder() as folder:
        wrong = _prove(folder)
    verdict(wrong, "an abrupt end takes what was accepted in two seconds, and nothing else")


def _prove(folder: Path) -> list[str]:
    with house_in(folder, writers=1, silent=1) as (house, force):
        house.start()
        proof = Proof(house, force)
        fix, end = proof.hit("answered and dead", proof.dies_with_its_answer_on_the_wire)
        read_s = (fix.told - end.after).total_seconds()
        print(f"killed with its answer on the wire: lost, and read {read_s * 1000:.1f} ms after the end", flush=True)
        fix, end = proof.hit("stood still and dead", proof.stands_still_and_dies)
        age_s = (end.before - fix.told).total_seconds()
        print(f"killed while it stood still: lost, accepted {age_s:.1f} s before the end", flush=True)
        taken, kept = proof.dies_while_nothing_can_be_written()
        print(f"database away for {AWAY_S:g} s: {taken} accepted, {kept} refused, sent again and there", flush=True)
        return proof.wrong


if __name__ == "__main__":
    main()
