"""
Lines of a journal that is written while the database is away: chained and signed, so that what was torn, changed or
taken out is seen.

A line is its number, the mark of the line before it with this one's content under a key (HMAC-SHA256), and the content
as JSON. The file is longer than its lines: its room is reserved beforehand, and what is not written yet is zero bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """One act as it was written: ``n`` from 1, ``mark`` is what the next line is chained to."""

    n: int
    mark: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """
    What a journal holds: its lines, where they end in the file, whether a torn line follows (it was never
    acknowledged), and whether anything follows that had an end and does not fit (somebody or a disk altered it).
    """

    lines: tuple[Line, ...]
    end: int
    torn: bool
    altered: bool


def written(n: int, before: str, said: Mapping[str, Any], *, key: bytes) -> tuple[Line, bytes]:
    """The line with number ``n`` after a line with the mark ``before``, and its bytes."""
    content = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    mark = _mark(n, before, content, key)
    return Line(n, mark, said), f"{n} {mark} {content}\n".encode()


def read(data: bytes, *, key: bytes) -> Read:
    """All lines from the beginning up to the first that is not whole or does not fit."""
    lines: list[Line] = []
    end, before = 0, START
    while True:
        stop = data.find(b"\n", end)
        line = _line(data[end:stop], len(lines) + 1, before, key) if stop >= 0 else None
        if line is None:
            break
        lines.append(line)
        before, end = line.mark, stop + 1
    rest = data[end:].strip(b"\0")
    # A line is torn where the power went while it was written, so it has no end. One with an end may have been
    # acknowledged, whatever became of it since.
    return Read(tuple(lines), end, bool(rest), b"\n" in rest)


def _line(data: bytes, n: int, before: str, key: bytes) -> Line | None:
    try:
        number, mark, content = data.decode("ascii").split(" ", 2)
        if number != str(n) or not hmac.compare_digest(mark, _mark(n, before, content, key)):
            return None
        return Line(n, mark, json.loads(content))
    except ValueError:
        return None


def _mark(n: int, before: str, content: str, key: bytes) -> str:
    return hmac.new(key, f"{n} {before} {content}".encode(), hashlib.sha256).hexdigest()
