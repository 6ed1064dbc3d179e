"""
The answer leaves before the commit: an act is told as done while it is still being written.

As a house does it that commits "when the response is closed", or answers from memory and writes behind. The commit
follows a twentieth of a second later, as it would on a slow disk.
"""

from __future__ import annotations

import time
from typing import Any

from oneroom.project.settings import *  # noqa: F403
from oneroom.project.settings import MIDDLEWARE as OURS

SETTINGS = "tests.faults.plants.early_ack"
MIDDLEWARE = ["tests.faults.plants.early_ack.AnswerFirst", *OURS]
DISK_S = 0.05


class AnswerFirst:
    """Middleware: the transaction ends with the response, which is closed when its last byte has left."""

    def __init__(self, get_response: Any):
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        from django.db import transaction

        if request.method != "POST":
            return self.get_response(request)
        whole = transaction.atomic()
        whole.__enter__()
        response = self.get_response(request)

        def commit() -> None:
            time.sleep(DISK_S)
            whole.__exit__(None, None, None)

        response._resource_closers.append(commit)
        return response
