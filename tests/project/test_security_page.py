"""Security point 56: the page maps each of the 56 points to tests that exist, or says what brings it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \|(.+?)\|(.*?)\|(.*?)\|$")


def rows() -> dict[int, tuple[str, list[str], str]]:
    """what, tests, and what is not shown, by point."""
    found = {}
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines():
        if (row := ROW.match(line)) is not None:
            assert int(row[1]) not in found, f"point {row[1]} stands there twice"
            found[int(row[1])] = (row[2], re.findall(r"`([^`]+)`", row[3]), row[4])
    return found


def test_point_56_each_of_the_56_points_is_mapped_in_order():
    assert list(rows()) == list(range(1, 57))


def test_point_56_every_named_test_exists():
    gone = []
    for n, (_what, tests, _open) in rows().items():
        for test in tests:
            file, _colons, name = test.partition("::")
            path = ROOT / file
            if not path.is_file() or not re.search(
                rf"^def {name or 'test_'}", path.read_text(encoding="utf-8"), re.MULTILINE
            ):
                gone.append((n, test))
    assert gone == []


def test_point_56_what_no_test_shows_says_what_brings_it():
    bare = [n for n, (_what, tests, missing) in rows().items() if not tests and not re.search("issue|door", missing)]
    assert bare == []


def test_point_54_every_exception_from_the_look_for_weaknesses_says_why():
    """``# nosec`` names its rule, and the lines before it or the rest of its own say why."""
    wrong = []
    for path in (ROOT / "src").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for n, line in enumerate(lines):
            if "# nosec" not in line:
                continue
            _code, _mark, said = line.partition("# nosec")
            before = lines[n - 1].strip() if n else ""
            if not re.search(r"B\d{3}", said) or not (len(said.split()) > 1 or before.startswith("#")):
                wrong.append(f"{path.relative_to(ROOT)}:{n + 1}: {line.strip()}")
    assert wrong == []
