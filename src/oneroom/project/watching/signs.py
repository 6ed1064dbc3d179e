"""
Signs of life that need no database: a small file of each part, written anew every second.

Time is the machine's steady clock, which all processes share since it started: setting the clock moves no age, and a
machine that slept was not silent.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

_NAME = "{part}.sign"


@dataclass(frozen=True, slots=True)
class Sign:
    """How long ago a part gave a sign, and how long ago its work last went well (None: never); by which process."""

    age_s: float
    worked_s: float | None
    pid: int


def give(folder: Path, part: str, *, worked_at_s: float | None) -> None:
    """Write the sign in one step. Raises OSError, for instance where the disk is full."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"pid": os.getpid(), "boot": _boot(), "s": time.monotonic(), "worked_s": worked_at_s}
    path = folder / _NAME.format(part=part)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(said))
    unfinished.replace(path)


def read(folder: Path, part: str) -> Sign | None:
    """The last sign; None where there is none of this run of the machine, or none that can be read."""
    try:
        said = json.loads((folder / _NAME.format(part=part)).read_text())
        now = time.monotonic()
        if said["boot"] != _boot() or said["s"] > now:
            return None
        worked = said["worked_s"]
        return Sign(now - said["s"], None if worked is None else now - worked, said["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def take_back(folder: Path, part: str) -> None:
    """An ordered end: nobody need wonder about a file that grows old, if it is ours."""
    path = folder / _NAME.format(part=part)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(path.read_text())["pid"] == os.getpid():
            path.unlink()


@cache
def _boot() -> str:
    """Which run of this machine: its steady clock begins anew with each."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))
