"""The whole house on a port of its own: pages, API, stream and positions, as `oneroom serve` puts them together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tests.clock import HAND


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """The address of a running house on the test database. Threads leave no connection behind."""
    from django.db import connection

    from oneroom.project.asgi import Site
    from oneroom.web.live import Live
    from tests.web.streams import Serving

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()")
            (before,) = cursor.fetchone()  # the test's own, of which a thread with a loop has two
        live = Live(database_url)
        with Serving(live, Site(live)) as serving:
            yield serving.url
        with connection.cursor() as cursor:  # what the house's threads hold open would stop the database's end
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> ALL(%s)",
                [before],
            )


class WalkingClock:
    """
    Project time that walks as fast as the wall's and can be set forward: browsers count seconds by themselves.

    ``walk(patch)`` lets the town's clock walk until the end of the test.
    """

    def __init__(self) -> None:
        self._from, self._began = HAND.now(), time.monotonic()

    def now(self) -> datetime:
        return self._from + timedelta(seconds=time.monotonic() - self._began)

    def set(self, at: datetime) -> None:
        self._from, self._began = at, time.monotonic()


def walk(patch: pytest.MonkeyPatch) -> WalkingClock:
    """Let HAND walk."""
    walking = WalkingClock()
    patch.setattr(HAND, "now", walking.now)
    patch.setattr(HAND, "set", walking.set)
    return walking
