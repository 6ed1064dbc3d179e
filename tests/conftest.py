"""
Every test that needs a database gets a real PostgreSQL, started once for the whole run and thrown away after it.

By default it is the wheel's; ONEROOM_PG_BIN names the programs of another, ONEROOM_TEST_DATABASE_URL a server that runs
already (its user must be allowed to make databases).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings

from oneroom.project.database import from_url, to_url
from oneroom.project.embedded import Embedded

if TYPE_CHECKING:
    from tests.room import Room
    from tests.town import Town

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine fails no test
hypothesis.settings.load_profile("house")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Few tests that take long: a worker that meets them last works on when the others are done.
LONG = ("test_browser_axe.py", "test_access_matrix.py", "test_browser_away.py")

DATABASE_FIXTURES = {"postgres", "database_folder", "db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """
    Mark what needs a database and what needs a browser, so that nobody has to remember to (`.ci/run` selects); the
    files that take longest come first.

    Proofs take minutes: they run only where somebody asks for them by their mark (`make prove`), those that look at
    the clock with nothing beside them.
    """
    if "prove" not in config.option.markexpr:
        proofs = [item for item in items if item.get_closest_marker("prove")]
        config.hook.pytest_deselected(items=proofs)
        items[:] = [item for item in items if item not in proofs]
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in [item for item in items if item.get_closest_marker("last")]:
        items.remove(item)
        beside = [n for n, other in enumerate(items) if other.path == item.path]
        items.insert(beside[-1] + 1 if beside else len(items), item)
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        if needs & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if "chromium" in needs:
            item.add_marker("browser")
        if item.path.parent.name == "faults":
            item.add_marker("alone")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server's database `postgres`."""
    if url := os.environ.get("ONEROOM_TEST_DATABASE_URL"):
        yield url
        return
    with _database_folder() as folder, Embedded(folder, fast=True) as server:
        yield server.url()


@pytest.fixture
def database_folder() -> Iterator[Path]:
    """An empty folder for a test that starts a database of its own."""
    with _database_folder() as folder:
        yield folder


@contextmanager
def _database_folder() -> Iterator[Path]:
    # In /tmp itself: a database started by root runs as another user, who cannot pass through a private TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="oneroom-tests-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: str) -> None:
    """pytest-django asks this just before it makes the test database; nothing has connected yet."""
    settings.DATABASES["default"].update(from_url(postgres))


@pytest.fixture(scope="session", autouse=True)
def _emptied() -> Iterator[None]:
    """After a test that commits only those rows go that there are."""
    from django.test import TransactionTestCase

    from tests.emptying import empty

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The URL of the test database, for a test that starts other processes or threads on it."""
    from django.db import connection

    return to_url(connection.settings_dict)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; a test that asks for it is skipped where there is none."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        pytest.skip("There is no Chromium on this machine, so no browser test: install it, or name it in CHROMIUM.")
    return found


@pytest.fixture
def town(db: None) -> Town:
    """The tiny named town at three in the morning."""
    from django.db import connection

    from oneroom.apps.incidents import coverage, figures, posting
    from oneroom.web import shared
    from tests.clock import HAND, NIGHT
    from tests.founding import founded

    if not connection.in_atomic_block:
        connection.close()  # an earlier test that ended every connection but its own may have ended this one
    figures.forget()  # what another test's record came to
    coverage.forget()
    posting.forget()
    shared.forget()
    HAND.set(NIGHT)
    return founded(NIGHT)


@pytest.fixture
def room(town: Town) -> Room:
    """The town's room, its phones and its fast clock."""
    from tests.room import Room

    return Room(town)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A running Chromium, one for each file of tests."""
    from django.db import connections

    sync_api = pytest.importorskip("playwright.sync_api")
    connections.close_all()  # under Playwright's loop Django opens another, and `served` ends all but that one
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as player:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright has a loop in this thread; we do not use it
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        running = player.chromium.launch(executable_path=chromium, args=[*arguments, "--disable-gpu"])
        yield running
        running.close()
        connections.close_all()  # of this loop
