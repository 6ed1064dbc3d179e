"""The few words of HTTP that the raw half needs: headers, refusals, JSON answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils import translation

from oneroom.engine.values import Refused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Request:
    """What a raw handler asks of an ASGI scope."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self._headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._query = parse_qs(scope.get("query_string", b"").decode("latin-1"))

    def header(self, name: str) -> str | None:
        return self._headers.get(name.encode())

    def query(self, name: str) -> str | None:
        found = self._query.get(name)
        return found[0] if found else None

    @property
    def foreign(self) -> bool:
        """
        True if a page of another site sent this. A ticket in a link must be of no use to
        such a page; programs that are no browsers send no Origin. Schemes are not
        compared, since TLS may end before us.
        """
        origin = self.header("origin")
        if origin is None:
            return False
        return urlsplit(origin).netloc.lower() != (self.header("host") or "").lower()

    @property
    def language(self) -> str:
        """The first accepted language that there is (raw answers know no session)."""
        known = {code for code, _ in settings.LANGUAGES}
        accepted = (self.header("accept-language") or "").split(",")
        for item in accepted:
            tag = item.split(";")[0].strip().lower()
            if tag in known:
                return tag
            if tag == "zh" or tag.startswith("zh-"):
                return next((code for code in known if code.startswith("zh")), settings.LANGUAGE_CODE)
            if tag.split("-")[0] in known:
                return tag.split("-")[0]
        return settings.LANGUAGE_CODE


async def answer(send: Send, status: int, data: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
    body = json.dumps(data, ensure_ascii=False).encode()
    lines = {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **(headers or {}),
    }
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in lines.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def refuse(
    send: Send,
    request: Request,
    refused: Refused,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Tell why not, in the sender's language: the same shape as the rest of the API."""
    with translation.override(request.language):
        message = translation.gettext(str(refused.message)) % refused.params
    data = {"code": refused.code, "message": message, "field": refused.field}
    await answer(send, refused.status, data, headers)
