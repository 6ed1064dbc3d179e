"""
R6: the database is killed, hangs, or has no room left on its disk (R12), while people work, and the web process is
killed in the middle of it.

A minute each here; `python -m tests.faults.away --seconds 600` is the same for the ten minutes that are promised.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.stand import NOT_HERE

pytestmark = pytest.mark.prove

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("how", ["kill", "hang", "full"])
def test_nothing_that_was_acknowledged_while_the_database_was_away_is_lost_or_doubled(how):
    command = [sys.executable, "-u", "-m", "tests.faults.away", "--seconds", "60", "--how", how]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    print(ended.stdout)
    if ended.returncode == NOT_HERE:
        pytest.skip(ended.stdout.strip())
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert "GREEN" in ended.stdout
