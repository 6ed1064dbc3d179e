"""
R6, G14: the word "degraded" is on every screen of the staff.

It is told by the raw stream, so a page says it where one of its scripts listens. Every page of the house is asked for,
from the access table, by somebody who is let in; the scripts of each are followed through what they import.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oneroom.web
from tests.cast import cast
from tests.hostile.test_odd_input import address, furthest
from tests.web.test_access_matrix import ROUTES, _client, path_of

pytestmark = pytest.mark.django_db
STATIC = Path(oneroom.web.__file__).parent / "static" / "oneroom"
PUBLIC = ("/", "/quiet", "/transparency")
# Before one is in, there is no stream: these are drawn without the database, or not at all while it is away.
DOOR = ("/sign-in", "/account", "/account/factors", "/t/offline")


def heard_by(script: str) -> set[str]:
    """A script of ours with all that it imports."""
    found, todo = set(), [script]
    while todo:
        name = todo.pop()
        if name in found or not (STATIC / name).exists():
            continue
        found.add(name)
        text = (STATIC / name).read_text(encoding="utf-8")
        todo += [one or other for one, other in re.findall(r'from "\./([\w.-]+)"|import "\./([\w.-]+)"', text)]
    return found


def is_without(path: str) -> bool:
    return path in (*PUBLIC, *DOOR) or path.startswith(("/transparency/", "/sign-in/", "/start/"))


def test_r6_every_page_of_the_staff_listens_for_the_word(room):
    made = cast(room)
    asked, silent = set(), set()
    for row, spec in ROUTES.items():
        path = path_of(row)
        if not row.startswith("GET ") or path.startswith("/api/") or is_without(path):
            continue
        client = _client(made, furthest(spec))
        answer = client.get(address(row, spec, made), headers={"Accept": "text/html"})
        kind = answer.get("Content-Type", "")
        if answer.status_code != 200 or answer.streaming or not kind.startswith("text/html"):
            continue
        page = answer.content.decode()
        if "<html" not in page:  # a piece of one, which its page fetches
            continue
        asked.add(path)
        scripts = re.findall(r'src="/static/oneroom/([\w.-]+\.js)"', page)
        if not any("degraded-banner.js" in heard_by(script) for script in scripts) or 'id="degraded"' not in page:
            silent.add(path)
    assert len(asked) > 40
    assert silent == set()
