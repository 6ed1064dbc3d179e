"""
Requests while the database is away: the closed list of acts, what the open pages ask for, and for everything else a
sentence that it must wait.

Known is who shows a badge (`web.tickets`); the cookie goes nowhere but here (SameSite), and an act must be JSON of a
page of our own, which no other site's form can send.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import translation

from oneroom.apps.incidents.services import code_of_draft
from oneroom.engine.degraded import Board, NotVouched
from oneroom.engine.values import Actor, NotAllowed, Refused
from oneroom.web import away, tickets
from oneroom.web.api.acts import code_for
from oneroom.web.degraded import asked as acts
from oneroom.web.degraded import shown
from oneroom.web.faults import worded
from oneroom.web.stream.http import Receive, Request, Scope, Send
from oneroom.web.tickets import BADGE_COOKIE, Badge, BadTicket

if TYPE_CHECKING:
    from oneroom.web.degraded.keeper import Keeper

LONGEST = 256 * 1024
_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"


def only_reads(scope: Scope) -> bool:
    """
    A question that the database itself can answer, where it answers (its disk is full, or what was done meanwhile is
    being booked): a page that has no piece here, or is asked for without a badge.
    """
    request = Request(scope)
    asks = request.method in ("GET", "HEAD")
    return asks and (shown.find(request.path) is None or not request.cookie(BADGE_COOKIE))


class Door:
    """Answers for the pages while ``keeper.on``. Raises `hand.Back`, before anything is sent, where that is over."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        with translation.override(request.language):
            try:
                status, headers, body = await self._answer(request, receive)
            except Refused as refused:
                said = {"code": refused.code, "message": worded(refused), "field": refused.field}
                status, headers, body = refused.status, {}, _plain(said)
        lines = {
            "content-type": _JSON, "cache-control": "no-store", "content-language": request.language,
            "content-length": str(len(body)), "x-frame-options": "DENY", **_POLICY, **headers,
        }  # fmt: skip
        if status >= 500:
            lines["retry-after"] = str(away.again_s(request.path))
        pairs = [(name.encode(), value.encode()) for name, value in lines.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body if request.method != "HEAD" else b""})

    async def _answer(self, request: Request, receive: Receive) -> tuple[int, dict[str, str], bytes]:
        if request.method == "POST" and acts.find(request.path) is not None:
            return 200, {}, _plain(await self._act(request, await body_of(receive)))
        if request.method in ("GET", "HEAD") and (view := shown.find(request.path)) is not None:
            badge, language = self._badge(request), translation.get_language()

            def draw(board: Board, at: datetime) -> dict[str, Any] | str:
                by = board.actor(badge.account, version=badge.version, via=badge.via)
                with translation.override(language):  # it is drawn in another thread
                    return view(shown.Look(board, by, at, badge, request, self._keeper.standing))

            said = await self._keeper.look(draw)
            return (200, {"content-type": _HTML}, said.encode()) if isinstance(said, str) else (200, {}, _plain(said))
        return self._must_wait(request)

    async def _act(self, request: Request, data: bytes) -> dict[str, Any]:
        if request.foreign or not (request.header("content-type") or "").startswith("application/json"):
            raise NotAllowed("This address answers only pages of its own site.")
        badge = self._badge(request)
        asked = acts.read(request.path, data)
        key = request.header("idempotency-key") or ""
        by, answer = await self._keeper.act(asked, badge, key)
        return answer | ({"code": _code(asked, key, by)} if asked.kind == "intake" else {})

    def _badge(self, request: Request) -> Badge:
        """Who asks. Raises NotVouched where nobody shows a badge that holds."""
        try:
            badge = tickets.read_badge(request.cookie(BADGE_COOKIE))
        except BadTicket:
            raise NotVouched from None
        self._keeper.must_hold(badge)
        return badge

    def _must_wait(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = away.told(
            request.path, request.method, request.header("accept") or "", request.language,
            since=self._keeper.since, full=self._keeper.full,
        )  # fmt: skip
        return status, {name.lower(): value for name, value in headers.items()}, body


def _code(asked: acts.Asked, key: str, by: Actor) -> str:
    """The caller's code: the same that the booking will find."""
    draft = asked.said.get("draft")
    return code_of_draft(by.id, draft) if draft else code_for(key, by)


async def body_of(receive: Receive) -> bytes:
    """What a request carries. Raises TooBig; empty where whoever asked has gone."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > LONGEST:
            raise TooBig
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


class TooBig(Refused):
    """More than any act says."""

    status = 413
    code = "too_big"
    message = "This is too large to send."


def _plain(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, default=str).encode()


_POLICY = {
    "content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
