"""What stands before a proof: its folder and surroundings, the house with its town; and what is printed at its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.house import House

if TYPE_CHECKING:
    from tests.faults.force import Force
    from tests.faults.gateway import Gateway
    from tests.faults.rounds import Proof

SETTINGS = "oneroom.project.settings"
NOT_HERE = 5  # the exit code of a proof that cannot be made on this machine


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that is thrown away, which PostgreSQL's own user may enter."""
    # In /tmp itself: a database started by root runs as another user, who cannot pass through a private TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="oneroom-faults-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_disk(at: Path, size_mb: int, files: int = 20_000) -> Iterator[None]:
    """
    A disk of its own at this folder, in memory, with room for so many megabytes and files; ends the proof with a
    sentence where it cannot be made.
    """
    at.mkdir(mode=0o711)
    how = f"size={size_mb}m,nr_inodes={files},mode=711"
    mount = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(at)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        print(f"No small disk can be made here ({made.stderr.strip()}): this proof wants root.")
        sys.exit(NOT_HERE)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=False)


def surround(folder: Path) -> None:
    """The environment of a house in this folder."""
    os.environ.update(
        ONEROOM_SECRET_KEY="of the crash proof only, and long enough to be one", ONEROOM_PLAIN_HTTP="1",
        ONEROOM_SECOND_FACTOR="off", ONEROOM_HOME=str(folder / "home"), ONEROOM_DATABASE_URL=House.url_in(folder),
        ONEROOM_AUDITOR_URL=House.auditor_in(folder),
    )  # fmt: skip


def set_up(folder: Path, settings: str = SETTINGS) -> None:
    """Django as a house in this folder will be, before there is one."""
    surround(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    import django

    django.setup()


@contextmanager
def house_in(folder: Path, *, writers: int, silent: int) -> Iterator[tuple[House, Force]]:
    """A house whose database is filled with the town and its people, and that is not started yet."""
    set_up(folder)
    from django.db import connections

    with House(folder, settings=SETTINGS, sms_url="") as house:
        force = _furnish(writers, silent)
        connections.close_all()
        try:
            yield house, force
        finally:
            connections.close_all()


def _furnish(writers: int, silent: int) -> Force:
    from django.core.management import call_command

    from tests.faults.force import found_force

    call_command("migrate", verbosity=0)
    call_command("auditrole", verbosity=0)
    return found_force(writers, silent)


def stand(house: House, gateway: Gateway, seed: int, *, writers: int, silent: int) -> Proof:
    """A proof that is ready for its first round. Two screens of the room and two phones listen from here on."""
    from oneroom.apps.ledger.queries import head_seq
    from tests.faults import checks
    from tests.faults.ears import Ear
    from tests.faults.machine import Machine
    from tests.faults.rounds import Proof
    from tests.faults.writers import Ledger

    force = _furnish(writers, silent)
    proof = Proof(
        house,
        force,
        Ledger(),
        [],
        gateway.log,
        seed,
        tell=lambda line: print(line, flush=True),
        founded=Counter(),
        machine=Machine(),
    )
    proof.machine.start()
    proof.founded = checks.held(proof.rows)
    since = head_seq()
    proof.ears += [
        Ear(house.url, proof.person(name), ["all", f"account:{force.accounts[name]}", *more], since)
        for name, more in [
            ("dora", ["room"]), ("zhou", ["room"]), ("w0", [f"crew:{force.crews['crew-w0']}"]),
            ("s0", [f"crew:{force.crews['crew-s0']}"]),
        ]
    ]  # fmt: skip
    return proof


def verdict(wrong: list[str], held: str) -> None:
    """A sentence for each thing that did not hold, and exit code 1; else what ``held``."""
    for sentence in wrong:
        print(f"RED: {sentence}")
    if wrong:
        print(f"RED, {len(wrong)} findings", flush=True)
        sys.exit(1)
    print(f"GREEN: {held}", flush=True)
