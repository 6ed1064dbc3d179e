"""
One line of a list of units, each field by itself: what can be read of it, or why not.

Texts are those of whoever keeps the list: words of either language for kinds and systems, several functions in a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from oneroom.engine.organisation.codec import CODE, LONGEST
from oneroom.engine.organisation.facts import Spell, System
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput

FIELDS = ("code", "name_zh", "name_en", "kind", "rank", "system", "parent", "functions", "since", "until")
_BREAKS = re.compile(r"[;；,，、\n]+")


@dataclass(frozen=True, slots=True)
class Words:
    """
    What a column of words may hold: kinds and systems as people write them, folded, to their codes; ``usual`` is the
    system of a kind whose line names none.
    """

    kinds: Mapping[str, str]
    systems: Mapping[str, str]
    usual: Mapping[str, System] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """A line as far as it could be read: ``said`` by field, ``wrong`` what cannot be taken, ``now`` its unit today."""

    number: int
    said: dict[str, Any] = field(default_factory=dict)
    wrong: list[BadInput] = field(default_factory=list)
    now: Spell | None = None

    @property
    def code(self) -> str:
        """The code it names; empty where none could be read."""
        return str(self.said.get("code", ""))


def read_line(number: int, cells: Mapping[str, str], words: Words, unread: Mapping[str, str]) -> Line:
    """Each field by itself: what can be read of it, or why not; ``unread`` says it of whole cells."""
    line = Line(number, wrong=[BadInput(name, why) for name, why in unread.items()])
    readers: dict[str, Callable[[str], Any]] = {
        "code": partial(_code, "code", needed=True), "parent": partial(_code, "parent"),
        "kind": partial(_word, "kind", words.kinds), "system": partial(_word, "system", words.systems),
        "functions": _functions, "since": partial(_day, "since"), "until": partial(_day, "until"),
    }  # fmt: skip
    for name in FIELDS:
        if name not in cells or name in unread:
            continue
        read = readers.get(name) or partial(plain, name, longest=LONGEST[name], required=name == "name_zh")
        try:
            line.said[name] = read(cells[name])
        except BadInput as refused:
            line.wrong.append(refused)
    since, until = line.said.get("since"), line.said.get("until")
    if since and until and until <= since:
        line.wrong.append(BadInput("until", "It ends before it begins."))
    return line


def _code(name: str, text: str, *, needed: bool = False) -> str | None:
    code = text.strip().lower()
    if not code and not needed:
        return None
    if not code:
        raise BadInput(name, "This is needed.")
    if not CODE.match(code):
        raise BadInput(name, "A code is of small letters, digits, points and hyphens, at most 24.")
    return code


def _word(name: str, known: Mapping[str, str], text: str) -> Any:
    """The code of a kind or system; None where nothing is said."""
    said = " ".join(text.split()).casefold()
    if not said:
        return None
    if said not in known:
        raise BadInput(name, "There is no such choice here. Pick one of the list.")
    return System(known[said]) if name == "system" else known[said]


def _functions(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _BREAKS.split(text))
    return tuple(plain("functions", part, longest=32) for part in parts if part)


def _day(name: str, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:
        raise BadInput(name, "A day is written like 2026-03-01.")
    return day
