"""
What somebody is told while the database does not answer: at once, in his language, and without asking it.

Nothing that is drawn here may look anything up: no session, no account, no setting of the force that is a row.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_noop as _

from oneroom.engine.values import Refused

# The room, the crews and the desks come again before the public does: dispatch first.
STAFF_AGAIN_S, PUBLIC_AGAIN_S = 2, 10
# So long a full disk is believed to be full after it was last found so: longer than the probe's pace, so that what was
# done meanwhile is not booked between two findings.
FULL_S = 5.0
# Of a disk without room, and of a server that was made read-only because of one, as hosted ones are (25006).
_TAKES_NOTHING = (psycopg.errors.DiskFull, psycopg.errors.ReadOnlySqlTransaction)
_PUBLIC = ("/api/reports", "/api/follow")


class Away(Refused):
    """The database is gone, or is there and says nothing."""

    status = 503
    code = "database_away"
    message = _(
        "The database does not answer just now, so nobody can tell whether this was done. Send it again in a moment: "
        "it will not be done twice."
    )


class AwayRead(Away):
    """The same for a question."""

    message = _("The database does not answer just now. This page tries again by itself.")


class Full(Away):
    """It is there and has no room left on its disk: reading goes on, nothing new is kept (R12)."""

    status = 507
    code = "database_full"
    message = _(
        "The database's disk is full: nothing of this was kept. What is on the screen goes on being read. Tell the "
        "operator, and send it again when there is room: it will not be done twice."
    )


_full_s: float | None = None  # when the database last refused this process something for want of room


def takes_nothing(error: BaseException | None) -> bool:
    """Whether this is the database's own word (``psycopg.Error``) that it keeps nothing new."""
    return isinstance(error, _TAKES_NOTHING)


def found_full() -> None:
    """The database answers and takes no write: its disk is full. From any thread."""
    global _full_s
    _full_s = time.monotonic()


def is_full() -> bool:
    """Whether that was just now."""
    return _full_s is not None and time.monotonic() - _full_s < FULL_S


def is_public(path: str) -> bool:
    """Whether this address is the public's: of the pages all that are not a screen of the staff."""
    if path.startswith("/api/"):
        return path.startswith(_PUBLIC)
    return not path.startswith(("/room/", "/t/", "/office/", "/map/", "/incidents/", "/account", "/sign-in"))


def again_s(path: str) -> int:
    """After how many seconds to come again."""
    return PUBLIC_AGAIN_S if is_public(path) else STAFF_AGAIN_S


class MustWait(Away):
    """The database is away, and this is none of what goes on meanwhile."""

    message = _(
        "The database is away since %(since)s. This must wait until it is back; nothing was done. Calls, sending "
        "crews, signing, setting out, arriving and notes go on."
    )


class MustWaitForRoom(Full):
    """Its disk is full, and this is none of what goes on meanwhile."""

    message = _(
        "The database's disk is full since %(since)s. This must wait until there is room; nothing was done. Calls, "
        "sending crews, signing, setting out, arriving and notes go on."
    )


def told(
    path: str, method: str, accept: str, language: str, *, since: datetime | None = None, full: bool = False
) -> tuple[int, dict[str, str], bytes]:
    """
    Status (503, or 507 where its disk is ``full``), headers and body of the answer, for whoever asked for ``path`` with
    this ``Accept`` in this language. ``since`` when the staff is working from the journal, if it is.
    """
    after_s = again_s(path)
    said: Away = (Full if full else AwayRead if method in ("GET", "HEAD") else Away)()
    if since is not None and not is_public(path):
        waits = MustWaitForRoom if full else MustWait
        said = waits(since=f"{since.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}")
    headers = {"Retry-After": str(after_s), "Cache-Control": "no-store", "Content-Language": language}
    with translation.override(language):
        sentence = translation.gettext(str(said.message)) % said.params
        if path.startswith("/api/") or "text/html" not in accept:
            body = json.dumps({"code": said.code, "message": sentence, "field": None}, ensure_ascii=False)
            return said.status, {**headers, "Content-Type": "application/json; charset=utf-8"}, body.encode()
        shown: dict[str, Any] = {
            "sentence": sentence, "again_s": after_s if method == "GET" else None, "public": is_public(path),
            "emergency_number": settings.EMERGENCY_NUMBER, "path": path,
        }  # fmt: skip
        page = render_to_string("error/away.html", shown)
        return said.status, {**headers, "Content-Type": "text/html; charset=utf-8"}, page.encode()


def response(request: HttpRequest, *, full: bool = False) -> HttpResponse:
    """The same answer to a request that reached Django and found the database gone, or ``full``."""
    status, headers, body = told(
        request.path, request.method or "GET", request.headers.get("Accept", ""), translation.get_language(), full=full
    )
    return HttpResponse(body, status=status, headers=headers)
