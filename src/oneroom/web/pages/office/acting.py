"""A page with forms on it: by POST something happens, and a refusal is said on the page it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from oneroom.engine.values import BadInput, NotFound, Refused


def acted(
    request: HttpRequest, acts: Callable[[str], Any], page: Callable[[Refused | None], HttpResponse], *done: Any
) -> HttpResponse:
    """
    The page; by POST ``acts(name of the act)`` happens and ``done`` (of ``redirect``) is next. Refused, the page says
    why.
    """
    if request.method != "POST":
        return page(None)
    try:
        acts(request.POST.get("act", ""))
    except NotFound:
        raise
    except Refused as refused:
        return page(refused)
    return redirect(*done)


def number(request: HttpRequest, name: str) -> int:
    """A number of the form. Raises BadInput, naming the field."""
    said = request.POST.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise no_choice(name)
    return int(said)


def no_choice(name: str = "act") -> BadInput:
    """What is said to a choice that the page does not offer."""
    return BadInput(name, "There is no such choice here. Pick one of the list.")
