"""
`python -m tests.faults.read_only`: the database's disk turns read-only under load, as Linux does with one that errs,
and is mended (R12).

A small ext4 lies in a file; its own error switch is pulled, so PostgreSQL gives up at its next write and cannot start.
Calls go on from the journal meanwhile and what is not on its list is refused in words. Then the disk is checked and
mounted anew, as an operator would, and the database started. Exit code 5 where no such disk can be made (root, loop).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.disk_full import BACK_S, LONGEST_S, REFUSED, SIZE_MB, Proof, compare
from tests.faults.stand import NOT_HERE, house_in, own_folder, verdict

READ_ONLY_S, JOURNAL_S = 12.0, 5.0  # until then whoever is refused is told to send again (503)


class Disk:
    """An ext4 in a file, mounted at a folder."""

    def __init__(self, image: Path, at: Path) -> None:
        self.image, self.at = image, at

    def make(self) -> bool:
        """Whether it could be made here."""
        with self.image.open("wb") as file:
            file.truncate(SIZE_MB * 1_000_000)
        self.at.mkdir(mode=0o711)
        return _done("mkfs.ext4", "-q", "-F", str(self.image)) and self.mount() and os.access(self._switch(), os.W_OK)

    def mount(self) -> bool:
        mounted = _done("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.at))
        if mounted:
            self.at.chmod(0o711)
        return mounted

    def err(self) -> None:
        """From now on it takes no write."""
        self._switch().write_text("1")

    def mend(self) -> bool:
        """Unmounted, checked and mounted again."""
        gone = _done("umount", str(self.at))
        subprocess.run(["e2fsck", "-fy", str(self.image)], capture_output=True, check=False)
        return gone and self.mount()

    def _switch(self) -> Path:
        device = subprocess.run(
            ["findmnt", "-no", "SOURCE", str(self.at)], capture_output=True, text=True, check=False
        ).stdout.strip()
        return Path("/sys/fs/ext4") / Path(device).name / "trigger_fs_error"


def _done(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def disk_at(image: Path, at: Path) -> Iterator[Disk]:
    """Ends the proof with a sentence where it cannot be made."""
    disk = Disk(image, at)
    try:
        if not disk.make():
            print("No disk that can err can be made here: this proof wants root, a loop device and ext4.")
            sys.exit(NOT_HERE)
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(at)], capture_output=True, check=False)


def main() -> None:
    with own_folder() as folder, disk_at(folder / "disk.img", folder / "db") as disk:
        wrong = _prove(folder, disk)
    verdict(wrong, "a disk that turned read-only loses nothing, and calls go on")


def _prove(folder: Path, disk: Disk) -> list[str]:
    with house_in(folder, writers=2, silent=1) as (house, force):
        house.start()
        proof = Proof(house, force.sessions["desk-0"])
        proof.begin()
        disk.err()
        writes, others, pages, n = Counter[tuple[int, bool]](), Counter[int](), Counter[int](), 0
        began = time.monotonic()
        while time.monotonic() - began < READ_ONLY_S:
            after_s = time.monotonic() - began
            writes[proof.call(f"read-only-{n:06}"), after_s > JOURNAL_S] += 1
            others[proof.waits(("en", "zh-hans")[n % 2])] += 1
            pages[proof.reads()] += 1
            n += 1
        print(
            f"read-only for {READ_ONLY_S:g} s: calls (status, after {JOURNAL_S:g} s) {dict(writes)}, other acts "
            f"{dict(others)}, the room's page {dict(pages)}, slowest answer {proof.slowest_s:.2f} s", flush=True,
        )  # fmt: skip
        if {status for status, late in writes if late} != {200}:
            proof.wrong.append(f"calls did not go on from the journal: {dict(writes)}")
        if set(others) - {200, *REFUSED} or not set(others) & REFUSED:
            proof.wrong.append(f"what is not on the list was answered with {dict(others)}")
        if proof.odd or set(pages) - {200, *REFUSED}:
            proof.wrong.append(f"odd answers: {dict(proof.odd)}, the room's page {dict(pages)}")
        if proof.slowest_s > LONGEST_S:
            proof.wrong.append(f"somebody waited {proof.slowest_s:.1f} s")
        house.server.stop()
        if not disk.mend():
            return [*proof.wrong, "the disk could not be mounted again"]
        began = time.monotonic()
        house.revive_database()
        while proof.call("after-000") != 200 and time.monotonic() - began < BACK_S:
            time.sleep(0.2)
        print(f"mended: a call is taken after {time.monotonic() - began:.1f} s", flush=True)
        for key in [key for key, status in proof.told.items() if status != 200]:
            proof.call(key)
        compare(proof, house)
        return proof.wrong


if __name__ == "__main__":
    main()
