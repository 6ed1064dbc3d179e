"""Django's sessions of the database, read by a statement that is prepared: each request of the house begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db

from oneroom.apps.ledger.prepared import run

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """As Django's, in the same table."""

    def load(self) -> dict[str, Any]:
        found = run(_READ, [self.session_key]).fetchone()
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))
