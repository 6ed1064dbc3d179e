"""
Within which inspection or complaint somebody reads: named once, kept for the session, written down with each look.

The reference is that of the inspection's own file. Its shape is checked; that it exists cannot be, until inspections
are kept in this house.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput
from oneroom.web.pages.office.shell import needs

EXAMPLE = "DC-2026-0012"
_KEPT = "inspection"
_SHAPE = re.compile(r"^[a-z]{1,6}-[0-9]{4}-[0-9]{1,6}$")


def reference(text: str) -> str:
    """The reference as a code; BadInput where it has not the shape of one."""
    code = text.strip().lower()[:32]
    if not _SHAPE.match(code):
        raise BadInput("basis", "A reference looks like DC-2026-0012: letters, year, number.")
    return code


def basis_of(request: HttpRequest) -> str:
    """The inspection this session reads within; empty where none was named."""
    return str(request.session.get(_KEPT, ""))


def keep_basis(request: HttpRequest, basis: str) -> None:
    """Read within this inspection from now on."""
    request.session[_KEPT] = basis


@require_POST
@needs(Right.INSPECT)
def name_it(request: HttpRequest) -> HttpResponseRedirect:
    """Name the inspection, and go on to what was asked for."""
    keep_basis(request, reference(request.POST.get("basis", "")))
    goal = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    return redirect(goal if safe else "office")
