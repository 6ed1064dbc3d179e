"""What CI runs is whole: a test that is skipped for want of a program shows nothing, so CI installs each of them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_program_without_which_a_test_is_skipped_is_installed_by_ci():
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    wanted = {
        program
        for path in (ROOT / "tests").rglob("*.py")
        for program in re.findall(r"""which\(["']([\w-]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert {"strace", "openssl", "promtool", "pdftotext"} <= wanted
    elsewhere = {"slapd", "slapadd", "sqlmap"}  # not on everybody's path; sqlmap comes with what the tests install
    assert {program for program in wanted - elsewhere if f"command -v {program} " not in run} == set()
    assert "-x /usr/sbin/slapd" in run
    assert "command -v chromium " in run
