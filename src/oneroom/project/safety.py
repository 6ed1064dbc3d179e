"""What must hold before `oneroom serve` lets anybody in. Each objection is a sentence with its remedy."""

import os
from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from oneroom.project.clock import CLOCK_FILE
from oneroom.project.integrity import OURS, altered

OLDEST_POSTGRES = 15
SHORTEST_KEY = 40
MOST_FILES = 5  # named; where more are altered, one knows enough
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


def objections(*, auditor: bool = False) -> list[str]:
    """Empty if this installation may serve; with ``auditor``, if it may run one too."""
    return list(of_files()) or list(of_environment()) or list(of_auditor() if auditor else ()) or list(of_database())


def of_files() -> Iterator[str]:
    for _ours, file in islice(altered(OURS), MOST_FILES):
        yield f"{file} is not as it was built. Install this version anew, and find out who changed it."


def of_auditor() -> Iterator[str]:
    try:
        who, main = (conninfo_to_dict(url).get("user") for url in (settings.AUDITOR_URL, _main_url()))
    except ProgrammingError:
        yield "ONEROOM_AUDITOR_URL is not the address of a PostgreSQL: postgresql://user:password@host:port/name"
        return
    if not settings.AUDITOR_URL:
        yield (
            "ONEROOM_AUDITOR_URL is not set. The auditor reads the same database as a role of its own: "
            "name one in this address, then run `oneroom auditrole`."
        )
    elif who == main or who is None:
        yield "ONEROOM_AUDITOR_URL names no role of its own: an auditor that may change what it looks at is none."


def _main_url() -> str:
    return os.environ.get("ONEROOM_DATABASE_URL", "")


def of_environment() -> Iterator[str]:
    if "ONEROOM_DATABASE_URL" not in os.environ:
        yield "ONEROOM_DATABASE_URL is not set. Name the database: postgresql://user:password@host:port/name"
    if len(os.environ.get("ONEROOM_SECRET_KEY", "")) < SHORTEST_KEY:
        yield f"ONEROOM_SECRET_KEY is not set, or shorter than {SHORTEST_KEY} characters. Make one and keep it."
    if settings.DEMO or os.environ.get("ONEROOM_DEMO"):
        yield "ONEROOM_DEMO is set: in the demo anybody may pick any role without a password. Unset it."
    if os.environ.get(CLOCK_FILE):
        yield f"{CLOCK_FILE} is set: that is the demo's clock, which can be stopped. Unset it."
    if settings.SECOND_FACTOR_SAID not in ("required", "off"):
        yield (
            f"ONEROOM_SECOND_FACTOR is {settings.SECOND_FACTOR_SAID!r}. It is `required` (unless said), or `off`, "
            "which lets everybody in by a password alone."
        )
    if settings.DEBUG:
        yield "DEBUG is on: error pages would show secrets. Switch it off."


def of_database() -> Iterator[str]:
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
