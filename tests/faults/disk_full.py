"""
`python -m tests.faults.disk_full`: the database's disk is full under load, and empty again; with `--how files` it has
room for bytes, but for no file more.

The data lies on a small disk in memory (tmpfs), which only root may make: exit code 5 where that is not so. Calls go
on from the journal meanwhile, what is not on its list is refused in words, and pages are read. Prints what was seen;
exit code 1 with a sentence for each thing that did not hold.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from tests.faults.house import House
from tests.faults.stand import house_in, own_folder, small_disk, verdict

SIZE_MB = 220
FULL_S = 30.0
LONGEST_S = 5.0
BACK_S = 30.0
REFUSED = {503, 507}  # 503: it died of it, and recovers
WAITS = {"en": "must wait until there is room", "zh-hans": "须等腾出空间"}


class Proof:
    """A desk of the house, what it was told, and what was wrong so far."""

    def __init__(self, house: House, cookies: dict[str, str]) -> None:
        self.house, self.wrong = house, list[str]()
        self._client = httpx.Client(base_url=house.url, cookies=cookies, timeout=30, trust_env=False)
        self._token = cookies["csrftoken"]
        self.told: dict[str, int] = {}
        self.codes = Counter[str]()
        self.odd = Counter[str]()
        self.slowest_s = 0.0
        self.first = 0  # a matter from before
        self.waited = Counter[str]()

    def has_badge(self) -> bool:
        """A stream ticket as each open page fetches it: with it comes the badge by which one is known later."""
        return self._client.get("/api/ticket", headers={"Accept": "application/json"}).status_code == 200

    def begin(self) -> None:
        """A desk at work while all is well: five calls, its badge, and a board that knows of them."""
        for n in range(5):
            self.call(f"before-{n:06}")
        if not self.has_badge():
            self.wrong.append("the desk got no ticket while all was well")
        time.sleep(6)  # the board is read each two seconds
        if set(self.told.values()) != {200}:
            self.wrong.append(f"while all was well: {self.told}")

    def call(self, key: str) -> int:
        """A call is taken; the status. An answer without a sentence is wrong."""
        from tests.town import corner

        lon, lat = corner("market")
        body = {"source": "phone", "words": "Somebody shouts in the yard " * 30, "category": "dispute", "grade": 3,
                "location": {"lon": lon, "lat": lat}}  # fmt: skip
        headers = {"Idempotency-Key": key, "X-CSRFToken": self._token, "Accept-Language": "en"}
        began = time.monotonic()
        answer = self._client.post("/api/incidents", json=body, headers=headers)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.told[key] = answer.status_code
        if answer.status_code == 200 and not self.first:
            self.first = answer.json()["id"]
        if answer.status_code >= 400:
            self.codes[answer.json()["code"]] += 1
        if answer.status_code not in {200, *REFUSED}:
            self.odd[answer.text[:200]] += 1
        if answer.status_code >= 400 and not answer.json().get("message"):
            self.wrong.append(f"call {key}: {answer.status_code} without a sentence")
        return answer.status_code

    def waits(self, language: str) -> int:
        """An act that is not on the journal's list; the status. A refusal says in words that it must wait."""
        headers = {"Idempotency-Key": f"grade-{len(self.told):06}", "X-CSRFToken": self._token,
                   "Accept-Language": language}  # fmt: skip
        answer = self._client.post(f"/api/incidents/{self.first}/grade", json={"grade": 2}, headers=headers)
        said = answer.json()
        if answer.status_code == 507 and said["code"] == "database_full" and WAITS[language] in said["message"]:
            self.waited[language] += 1
        return answer.status_code

    def reads(self) -> int:
        """The room's page."""
        began = time.monotonic()
        status = self._client.get("/room/", headers={"Accept": "text/html"}).status_code
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return status

    def healthy(self) -> int:
        return self._client.get("/healthz").status_code


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--how", choices=list(FILL), default="bytes")
    parser.add_argument("--seconds", type=float, default=FULL_S)
    asked = parser.parse_args()
    with own_folder() as folder, small_disk(folder / "db", SIZE_MB):
        wrong = _prove(folder, FILL[asked.how], asked.seconds)
    verdict(wrong, "a full disk refuses in words and loses nothing")


def _prove(folder: Path, filled: Callable[[Path], None], full_s: float) -> list[str]:
    with house_in(folder, writers=2, silent=1) as (house, force):
        house.start()
        proof = Proof(house, force.sessions["desk-0"])
        proof.begin()
        filled(folder / "db" / "ballast")
        writes, others, pages, health, n = Counter[int](), Counter[int](), Counter[int](), Counter[int](), 0
        began = time.monotonic()
        while time.monotonic() - began < full_s:
            writes[proof.call(f"full-{n:06}")] += 1
            others[proof.waits(("en", "zh-hans")[n % 2])] += 1
            pages[proof.reads()] += 1
            health[proof.healthy()] += 1
            n += 1
        lives = "lives" if house.ask("SELECT 1") else "is down"
        print(
            f"full for {full_s:g} s: calls {dict(writes)}, told {dict(proof.codes)}, other acts {dict(others)}, of "
            f"them told that they must wait {dict(proof.waited)}, the room's page {dict(pages)}, "
            f"/healthz {dict(health)}, slowest answer {proof.slowest_s:.2f} s; the database {lives}", flush=True,
        )  # fmt: skip
        if set(proof.waited) != set(WAITS):
            proof.wrong.append(f"nobody was told in both languages that it must wait: {dict(others)}")
        if writes[200] < sum(writes.values()) * 0.8:
            proof.wrong.append(f"calls did not go on from the journal: {dict(writes)}")
        if proof.odd:
            proof.wrong.append(f"calls were answered with {dict(proof.odd)}")
        if set(pages) - {200, *REFUSED}:
            proof.wrong.append(f"the room's page was answered with {dict(pages)}")
        if proof.slowest_s > LONGEST_S:
            proof.wrong.append(f"somebody waited {proof.slowest_s:.1f} s")
        _make_room(folder / "db" / "ballast")
        down = house.ask("SELECT 1") is None
        began = time.monotonic()
        if down:
            house.revive_database()  # as its service manager does
        while proof.call("after-000") != 200 and time.monotonic() - began < BACK_S:
            time.sleep(0.2)
        print(f"room again: a call is taken after {time.monotonic() - began:.1f} s", flush=True)
        if proof.told["after-000"] != 200:
            proof.wrong.append(f"not well again within {BACK_S:g} s: {proof.told['after-000']}")
        unknown = [key for key, status in proof.told.items() if status != 200]
        for key in unknown:
            proof.call(key)
        compare(proof, house)
        return proof.wrong


def fill(file: Path) -> None:
    """Not a byte is left."""
    with file.open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    ballast.write(b"x" * size)


def fill_files(folder: Path) -> None:
    """Not a file more can be made."""
    folder.mkdir()
    with suppress(OSError):
        for n in range(1_000_000):
            (folder / str(n)).touch()


FILL = {"bytes": fill, "files": fill_files}


def _make_room(ballast: Path) -> None:
    if ballast.is_dir():
        shutil.rmtree(ballast)
    else:
        ballast.unlink()


def compare(proof: Proof, house: House) -> None:
    """Each call that was acknowledged, now or then, is there once, and the record is whole."""
    from oneroom.apps.ledger.verify import verify

    acked = {key for key, status in proof.told.items() if status == 200}
    deadline = time.monotonic() + BACK_S
    there = -1
    while time.monotonic() < deadline:
        rows = house.ask("SELECT count(*) FROM incidents_incident")
        there = rows[0][0] if rows else -1
        if there == len(acked):
            break
        time.sleep(0.2)
    print(f"{len(acked)} calls acknowledged, {there} matters", flush=True)
    if there != len(acked):
        proof.wrong.append(f"{len(acked)} calls were acknowledged and {there} matters are there")
    for chain in ("acts", "looks"):
        if (found := verify(chain)).fault is not None:
            proof.wrong.append(f"{chain}: entry {found.seq} is {found.fault}: {found.detail}")


if __name__ == "__main__":
    main()
