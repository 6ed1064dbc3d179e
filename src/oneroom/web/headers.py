"""
What every answer tells a browser, whichever half of the house gave it: streams, files, faults and refusals too.

Django's middlewares say most of it for pages; what they never see (the raw half, the answer while the database is away,
a page given up) would otherwise leave without. Whatever an answer says of itself stands.
"""

from __future__ import annotations

import functools
from collections.abc import MutableMapping
from typing import Any

from csp.utils import build_policy
from django.conf import settings

from oneroom.web.stream.http import Send

# Features of a browser that no screen of ours has a use for; a crew's phone says where it is.
_NO_USE = (
    "accelerometer", "bluetooth", "browsing-topics", "camera", "display-capture", "gyroscope", "hid", "magnetometer",
    "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join([*(f"{feature}=()" for feature in _NO_USE), "geolocation=(self)"])


@functools.cache
def always() -> tuple[tuple[bytes, bytes], ...]:
    """Names in small letters, as ASGI has them."""
    said = {
        "content-security-policy": build_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": settings.X_FRAME_OPTIONS,
        "referrer-policy": settings.SECURE_REFERRER_POLICY,
        "permissions-policy": PERMISSIONS,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings.SECURE_HSTS_SECONDS:
        said["strict-transport-security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return tuple((name.encode(), value.encode()) for name, value in said.items())


def guarded(send: Send, *, file: bool = False) -> Send:
    """
    ``send`` that adds to each answer what it does not say itself.

    But for a ``file`` of the installation nothing is kept by a browser or a proxy unless its answer allows it: what
    somebody saw must not be found by whoever sits down next (security point 37).
    """

    async def guard(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            lines = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", [])]
            there = {name for name, _value in lines}
            lines += [line for line in always() if line[0] not in there]
            if not file and b"cache-control" not in there:
                lines.append((b"cache-control", b"no-store"))
            message = {**message, "headers": lines}
        await send(message)

    return guard
