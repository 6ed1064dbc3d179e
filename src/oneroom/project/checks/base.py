"""The database: whether it may be trusted with orders, and whether it keeps the same time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.queries import head_seq
from oneroom.apps.ledger.time import now
from oneroom.ports.heads import EVERY
from oneroom.project import safety
from oneroom.project.checks import Finding

TOLERATED_S = 2.0
CONNECTIONS = 40  # two web processes, the others beside them, and a hand free for repairs
HEADS_BEHIND = 5 * EVERY


def answers() -> Iterator[Finding]:
    for sentence in safety.of_database():
        yield Finding(sentence)


def shape() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_encoding'), current_setting('max_connections')::int,"
            " usesuper, inet_server_addr() IS NULL OR coalesce((SELECT ssl FROM pg_stat_ssl"
            " WHERE pid = pg_backend_pid()), false)"
            " OR inet_server_addr() << '127.0.0.0/8' FROM pg_user WHERE usename = current_user"
        )
        row = cursor.fetchone()
    assert row is not None
    encoding, connections, is_super, private = row
    if encoding != "UTF8":
        yield Finding(f"The database's encoding is {encoding}: names would be lost. It must be UTF8.")
    if connections < CONNECTIONS:
        yield Finding(f"The database lets in {connections} connections; allow at least {CONNECTIONS}.")
    if is_super:
        yield Finding(
            "OneRoom uses a superuser of the database: give it a user of its own, who owns only its database.", False
        )
    if not private:
        yield Finding("The connection to the database is not encrypted. Add sslmode=verify-full to its address.")


def skew() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        asked = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (there,) = cursor.fetchone() or (asked,)
        answered = time.time()
    ahead_s = max(there - answered, 0.0) + min(there - asked, 0.0)
    if abs(ahead_s) > TOLERATED_S:
        yield Finding(f"The database's clock is {ahead_s:+.1f} s from this machine's. Run NTP on both.")


def signed() -> Iterator[Finding]:
    """Whether what is in the record was signed: the clock process does it once a minute."""
    last = tree.last_head("acts")
    size = head_seq("acts")
    if size and last is None:
        yield Finding("No head of the record was ever signed. Does the clock process run?")
    elif last is not None and last.size < size and now() - last.at > HEADS_BEHIND:
        yield Finding(f"The last head was signed at {last.at:%Y-%m-%d %H:%M} UTC. Does the clock process run?")
