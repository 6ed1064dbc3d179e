"""What a connection to PostgreSQL is made with: Django's (`project/database.py`), and the raw side's own."""

from __future__ import annotations

from typing import Any

CONNECT_S = 5
# A server whose machine or line is gone is known as gone within about ten seconds; the kernel alone takes hours.
VANISHED: dict[str, int] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def own(name: str) -> dict[str, Any]:
    """For psycopg: a connection that belongs to one thread, by the name under which the server lists it."""
    return {"autocommit": True, "connect_timeout": CONNECT_S, **VANISHED, "application_name": f"oneroom {name}"}
