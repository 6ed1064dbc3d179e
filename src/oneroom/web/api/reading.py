"""How the API reads what it is sent: JSON of a bounded depth, and every text one that can be kept."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

DEEPEST = 20  # a desk's form has three


class TooDeep(ValueError):
    """Nothing here is nested like that."""


class Reading(Parser):
    """What cannot be read raises; the framework makes the answer 400 of it."""

    def parse_body(self, request: HttpRequest) -> Any:
        return _kept(json.loads(request.body), 0)


def _kept(value: Any, depth: int) -> Any:
    """
    The value, with a mark in place of every half of a character.

    A field that is cut at its longest may cut one of two UTF-16 halves off; no database keeps that, and what was typed
    before it must not be lost.
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if depth >= DEEPEST and isinstance(value, dict | list):
        raise TooDeep
    if isinstance(value, dict):
        return {_kept(name, depth): _kept(of, depth + 1) for name, of in value.items()}
    if isinstance(value, list):
        return [_kept(of, depth + 1) for of in value]
    return value
