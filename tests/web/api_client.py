"""Somebody of the town at the API, signed in as a screen would be."""

from __future__ import annotations

import itertools
import json
from typing import Any

from django.test import Client

from tests.town import PASSWORD

_keys = itertools.count()


class Caller:
    """JSON in, JSON out; a fresh key for each act unless one is given."""

    def __init__(self, who: str | None = None, *, language: str = "en"):
        self.client = Client(headers={"Accept-Language": language})
        if who is not None:
            assert self.client.login(username=who, password=PASSWORD)

    def post(self, path: str, body: Any = None, *, key: str | None = None, status: int = 200) -> dict[str, Any]:
        """POST and give the answer, having checked its status."""
        headers = {"Idempotency-Key": key if key is not None else f"test-key-{next(_keys)}"}
        raw = body if isinstance(body, str | bytes) else json.dumps(body or {})
        answer = self.client.post(f"/api/{path}", raw, content_type="application/json", headers=headers)
        assert answer.status_code == status, (answer.status_code, answer.content.decode())
        return answer.json()

    def get(self, path: str, *, status: int = 200) -> dict[str, Any]:
        """GET and give the answer, having checked its status."""
        answer = self.client.get(f"/api/{path}")
        assert answer.status_code == status, (answer.status_code, answer.content.decode())
        return answer.json()
