"""A house of this benchmark's own: a real PostgreSQL in a folder that is thrown away, and Django set up on it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any


@contextmanager
def house(name: str) -> Iterator[str]:
    """The URL of an empty database with this name; processes that are started meanwhile find the same house."""
    # In /tmp itself: a database started by root runs as another user, who cannot pass through a private TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="oneroom-bench-", dir="/tmp"))
    folder.chmod(0o711)
    os.environ |= {
        "ONEROOM_SECRET_KEY": "of this benchmark only, and long enough to be one",
        "ONEROOM_PLAIN_HTTP": "1",
        "ONEROOM_SECOND_FACTOR": "off",
        "DJANGO_SETTINGS_MODULE": "oneroom.project.settings",
        "ONEROOM_HOME": str(folder / "home"),
    }
    from oneroom.project.embedded import Embedded

    try:
        with Embedded(folder) as database:
            url = os.environ["ONEROOM_DATABASE_URL"] = database.database(name)
            import django

            django.setup()
            yield url
            django.db.connections.close_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sit_down_as(client: Any, account: Any) -> None:
    """Sign somebody in as the door does: password and second factor shown, and a hand on the desk for the next hour."""
    from allauth.account.internal.flows.login import record_authentication
    from django.http import HttpRequest

    from oneroom.apps.ledger.time import now
    from oneroom.web import standing

    client.force_login(account)
    request = HttpRequest()
    request.session, request.user = client.session, account
    standing.begin(request, at=now())
    standing.seen(request, at=now() + timedelta(hours=1))
    record_authentication(request, account, "mfa")
    request.session.save()
