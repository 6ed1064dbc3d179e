"""
Between a PostgreSQL URL, which is how people name a server, and Django's dictionary for it.

Connections: one per thread, kept (CONN_MAX_AGE) and asked whether it still lives before each request. Django's pool is
not used: pages are made by a fixed number of threads (`server.py`), so a pool of as many connections would hold exactly
the same ones and add a hand-over to each request. Eight threads are eight connections; PostgreSQL allows a hundred.
"""

import os
from typing import Any
from urllib.parse import quote, urlencode

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from oneroom.web.connecting import CONNECT_S, VANISHED

KEPT_S = 600


def from_url(url: str) -> dict[str, Any]:
    """Anything libpq takes: postgresql://user:password@host:port/name?sslmode=verify-full, a socket as ?host=/run."""
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:
        raise ImproperlyConfigured(
            "ONEROOM_DATABASE_URL is not the address of a PostgreSQL: postgresql://user:password@host:port/name"
        ) from None
    return {
        "ENGINE": "oneroom.project.postgres",
        "NAME": given.pop("dbname", "oneroom"),
        "USER": given.pop("user", "postgres"),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": KEPT_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": os.environ.get("PGAPPNAME", "oneroom"),  # each part says which it is (`parts.py`)
            "connect_timeout": CONNECT_S,
            **VANISHED,
            **given,
        },
    }


def to_url(database: dict[str, Any]) -> str:
    """The same server and database as `database`, one of Django's, for code that connects without Django."""
    words = [database["USER"], database["PASSWORD"]] if database["PASSWORD"] else [database["USER"]]
    user = ":".join(quote(word, safe="") for word in words)
    rest = {"host": database["HOST"], "port": database["PORT"], **database["OPTIONS"]}
    texts = {name: value for name, value in rest.items() if isinstance(value, str | int) and value != ""}
    return f"postgresql://{user}@/{quote(database['NAME'], safe='')}?{urlencode(texts, quote_via=quote)}"
