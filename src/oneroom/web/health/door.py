"""
Who may read what at `/healthz`: everybody whether the house is well, its operator why not.

The operator asks from the machine itself, or shows the token of ONEROOM_OPERATOR_TOKEN. What a proxy passes on came
from elsewhere, also when the proxy stands on this machine.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from functools import cache
from importlib import metadata

from django.conf import settings

from oneroom.web.health.parts import Part, State, overall
from oneroom.web.stream.http import Request

_PASSED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


def is_operator(request: Request) -> bool:
    """Whether this request may read the details."""
    token = settings.OPERATOR_TOKEN
    scheme, _space, shown = (request.header("authorization") or "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode()):
        return True
    return not any(request.header(name) for name in _PASSED_ON) and _is_loopback(request.client)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@cache
def version() -> str:
    """Of the installed package."""
    return metadata.version("oneroom")


def health(parts: Sequence[Part], *, details: bool) -> tuple[int, dict[str, object]]:
    """
    Status and body. 503 only where this process cannot do its work, so that a balancer takes it out; what is wrong
    elsewhere in the house is `ok: false` with 200, or one silent courier would close every door.
    """
    state = overall(parts)
    status = 503 if state == State.FAILED else 200
    if not details:
        return status, {"ok": state == State.OK}
    told = {part.name: part.told() for part in parts}
    return status, {"ok": state == State.OK, "state": state, "version": version(), "parts": told}
