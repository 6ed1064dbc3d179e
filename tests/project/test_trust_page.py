"""docs/trust.md: each promise and each safeguard stands there, with commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in PAGE.splitlines() if line[:3] == "| *"
]
PROMISES = ["R1", "R2", "R3", "R4", "R5", "R6", "R11", "R12", "R14", "R15", "R17", "R20"]
SAFEGUARDS = ["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G11", "G13", "G14", "G15"]


def named(row):
    """What a row is about, as it says in bold."""
    return re.findall(r"[RG]\d+\b", re.match(r"\*\*(.+?)\*\*", row[0])[1])


def test_each_promise_and_each_safeguard_has_its_row():
    stand = {name for row in ROWS for name in named(row)}

    assert [name for name in (*PROMISES, *SAFEGUARDS) if name not in stand] == []


def test_each_row_has_a_command_and_a_figure():
    assert len(ROWS) > 30
    for what, command, figure in ROWS:
        assert "`" in command or command.startswith("the same"), what
        assert figure, what


def test_each_named_file_exists_and_is_run_by_the_command_that_names_it():
    wrong = []
    for what, command, _figure in ROWS:
        for run in re.findall(r"`([^`]+)`", command):
            for name in re.findall(r"(?:tests|benchmarks)/[a-z_/]+(?:\.py)?", run):
                path = ROOT / name
                if not path.exists():
                    wrong.append((what, name))
                elif run.startswith("make test") and path.is_file():
                    text = path.read_text(encoding="utf-8")
                    if re.search(r"^pytestmark = .*mark\.prove", text, re.MULTILINE):
                        wrong.append((what, f"{name} is run by make prove"))
                elif run.startswith("make prove") and path.is_file() and "mark.prove" not in path.read_text():
                    wrong.append((what, f"{name} is run by make test"))
    assert wrong == []
