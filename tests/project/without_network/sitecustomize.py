"""Loaded by every Python that finds this folder on its path: writes down whom it asks for outside of this machine."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

_NOTES = os.environ.get("ONEROOM_TEST_ASKED_OUTSIDE", "")
_HERE = ("127.", "::1", "localhost", "0.0.0.0")


def _asked(event: str, said: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = said[1]
        host = address[0] if isinstance(address, tuple) and said[0].family != socket.AF_UNIX else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = said[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name and not name.startswith(_HERE) and name != socket.gethostname():
        with open(_NOTES, "a", encoding="utf-8") as notes:
            notes.write(f"{' '.join(sys.argv)[-60:]}: {event} {name}\n")


if _NOTES:
    sys.addaudithook(_asked)
