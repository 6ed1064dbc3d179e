"""What must hold before `oneroom serve` lets anybody in. Each objection is a sentence with its remedy."""

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from oneroom.project.clock import CLOCK_FILE

OLDEST_POSTGRES = 15
SHORTEST_KEY = 40
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


def objections() -> list[str]:
    """Empty if this installation may serve."""
    return list(_of_environment()) or list(_of_database())


def _of_environment() -> Iterator[str]:
    if "ONEROOM_DATABASE_URL" not in os.environ:
        yield "ONEROOM_DATABASE_URL is not set. Name the database: postgresql://user:password@host:port/name"
    if len(os.environ.get("ONEROOM_SECRET_KEY", "")) < SHORTEST_KEY:
        yield f"ONEROOM_SECRET_KEY is not set, or shorter than {SHORTEST_KEY} characters. Make one and keep it."
    if settings.DEMO or os.environ.get("ONEROOM_DEMO"):
        yield "ONEROOM_DEMO is set: in the demo anybody may pick any role without a password. Unset it."
    if os.environ.get(CLOCK_FILE):
        yield f"{CLOCK_FILE} is set: that is the demo's clock, which can be stopped. Unset it."
    if settings.DEBUG:
        yield "DEBUG is on: error pages would show secrets. Switch it off."


def _of_database() -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (version,) = cursor.fetchone()
            cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(MUST_BE_ON)])
            settings_there = cursor.fetchall()
    except OperationalError:
        yield "The database of ONEROOM_DATABASE_URL does not answer. Does it run? Are name and password right?"
        return
    if version < OLDEST_POSTGRES:
        yield f"The database is PostgreSQL {version}. OneRoom needs {OLDEST_POSTGRES} or newer."
    for name, value in settings_there:
        if value == "off":
            yield f"{name} is off on the database: a power cut would undo orders that were given. Switch it on."
    migrations = MigrationExecutor(connection)
    if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
        yield "The database is of an older version of OneRoom. Run `oneroom migrate` first."
