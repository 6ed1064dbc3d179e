"""What the documents say of the code is true of the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from oneroom.engine.events import KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_kind_of_entry_is_in_events_md_with_its_version_meaning_and_facts():
    said = {
        line.split("`")[1]: [c.strip() for c in line.strip("|").split(" | ")]
        for line in (DOCS / "events.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| `[a-z]+\.[a-z_]+` \|", line)
    }
    assert said.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        facts = ", ".join(f"`{n}`{'?' if n in kind.optional else ''} {f.value}" for n, f in kind.facts.items())
        assert said[name][1:] == [str(kind.version), kind.meaning, facts], name


def test_every_channel_is_named_in_add_a_channel():
    page = (DOCS / "add-a-channel.md").read_text(encoding="utf-8")
    for name in settings.CHANNELS:
        assert f"`{name}`" in page, name
    assert "CHANNELS" in page


@pytest.mark.parametrize("page", sorted(p.name for p in (DOCS / "adr").glob("*.md")))
def test_a_decision_fits_on_a_page(page):
    lines = (DOCS / "adr" / page).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    assert lines[0].startswith("# ")


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_and_paths_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), f"{document} names {target}"
    for path in re.findall(r"`(src/oneroom/[\w/.\-]+|docs/[\w/.\-]+|tests/[\w/.\-]+|benchmarks/[\w/.\-]+)`", text):
        assert (ROOT / path).exists(), f"{document} names {path}"


def test_every_benchmark_has_its_line_in_benchmarks_md():
    page = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    for script in (ROOT / "benchmarks").glob("*.py"):
        if script.name != "line.py":
            assert f"benchmarks/{script.name}" in page


def test_everything_the_product_reads_is_in_the_package(tmp_path):
    """What an installed OneRoom opens as a file must be named in pyproject, or only the checkout works."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["oneroom"]
    package = ROOT / "src" / "oneroom"
    named = {path for pattern in patterns for path in package.glob(pattern)}
    there = {p for p in package.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc", ".mo", ".nbi", ".nbc"}}
    assert there - named == set()
