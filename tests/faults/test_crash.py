"""
R1, R3, R4, R15: five rounds of `make faults` end green, and each planted fault ends red, naming what it broke.

The second half is what makes the first worth something: a proof that cannot fail proves nothing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.prove

ROOT = Path(__file__).resolve().parents[2]
SEED = 7


def faults(*words: str) -> tuple[int, str]:
    """What `make faults` runs, as a process of its own; its exit code and what it printed (shown as it comes)."""
    command = [sys.executable, "-u", "-m", "tests.faults", "--seed", str(SEED), *words]
    printed = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    return running.returncode, "".join(printed)


def test_nothing_acknowledged_is_lost_doubled_or_late_over_five_rounds_of_kills():
    code, said = faults("--rounds", "5")

    assert code == 0
    assert "GREEN after" in said
    assert f"seed {SEED}" in said
    assert said.count("writes acknowledged in") == 5


@pytest.mark.parametrize(
    ("plant", "named"),
    [
        ("early_ack", {"LOST", "REPEATED"}),  # lost for good, or made anew when the same key came again
        ("unlocked_seq", {"CHAIN acts", "STREAM"}),  # whoever reads first finds it
        ("memory_timer", {"LATE: rung", "did not climb"}),
    ],
)
def test_a_planted_fault_is_found_and_named(plant, named):
    code, said = faults("--rounds", "3", "--plant", plant)

    assert code == 1
    assert "RED" in said
    assert any(words in said.partition("RED")[2] for words in named)
