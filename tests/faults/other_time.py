"""The surroundings of a part on a machine whose clock is wrong: libfaketime before its first instruction."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FAKETIME = shutil.which("faketime")


def other_time(offset: str = "+0", *, file: Path | None = None) -> dict[str, str]:
    """
    Variables that give a program another wall clock: ``+300s``, ``+0 x10``, or whatever a ``file`` says meanwhile.

    The seconds since the machine's start stay right, as on a machine whose clock is only set wrong.
    """
    assert FAKETIME is not None
    words = [FAKETIME, "-m", "-f", offset, "env"]  # -m: for programs with threads
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    told = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    given = {"LD_PRELOAD": told["LD_PRELOAD"]}
    given |= {"FAKETIME": offset} if file is None else {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    return given | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
