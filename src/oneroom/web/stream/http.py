"""The few words of HTTP that the raw half needs: headers, refusals, JSON answers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
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
        # Whoever knocks; a trusted proxy's word on it was put here by the server (`PROXIES`).
        self.client: str = (scope.get("client") or ("", 0))[0]
        self._headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self.query_string: str = scope.get("query_string", b"").decode("latin-1")
        self._query = parse_qs(self.query_string)

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

    def cookie(self, name: str) -> str:
        """A cookie of this browser; empty where it has none."""
        cookies = SimpleCookie()
        with contextlib.suppress(CookieError):
            cookies.load(self.header("cookie") or "")
        found = cookies.get(name)
        return found.value if found is not None else ""

    @property
    def language(self) -> str:
        """The chosen language (a cookie), else the first accepted one that there is. Raw answers know no session."""
        known = {code for code, _ in settings.LANGUAGES}
        chosen = self.cookie(settings.LANGUAGE_COOKIE_NAME)
        if chosen in known:
            return chosen
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
    await _send(send, status, body, {"content-type": "application/json; charset=utf-8", **(headers or {})})


async def answer_text(send: Send, body: bytes, content_type: str) -> None:
    await _send(send, 200, body, {"content-type": content_type})


async def _send(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    lines = {"content-length": str(len(body)), "cache-control": "no-store", **headers}
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
