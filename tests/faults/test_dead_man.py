"""R20, R6, R15: nobody dies unnoticed, in a real house under an open screen: a proof of minutes, by the clock."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.faults.test_crash import ROOT

pytestmark = pytest.mark.prove


def test_who_stands_still_or_dies_is_seen_on_the_screen_and_by_all_others(chromium):
    command = [sys.executable, "-u", "-m", "tests.faults.dead_man"]
    printed = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    said = "".join(printed)
    assert running.returncode == 0, said
    assert len(re.findall(r"stood still: on the screen after", said)) == 4
    assert float(re.search(r"cold start: ([\d.]+) s", said)[1]) < 10
