"""
ETags from the record: a panel is unchanged while its audience has heard of nothing.

Most refetches answer "something changed, but not for you": then one index look-up
replaces queries, rendering and transfer. The number is read *before* the view runs,
so a change in between gives a needless fetch next time, never an old page kept.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from oneroom.apps.ledger.queries import last_seq
from oneroom.web.shared import once

View = Callable[..., HttpResponseBase]
Audience = Callable[..., Iterable[str]]
Alike = Callable[[HttpRequest], Hashable | None]

_PACKAGE = Path(__file__).resolve().parent.parent
_SHOWN_BY = ("*.py", "*.html", "*.mo")


def by_audience(*audience: str | Audience, alike: Alike | None = None) -> Callable[[View], View]:
    """
    Answer 304 while nothing happened for these scopes since the client's copy was made.

    Each argument is a scope, or ``f(request, *args, **kwargs)`` that gives some. Only for pages whose
    content follows from the record alone: what changes with the minute is the script's to show.
    The caller must have been allowed in before: put the sign-in check *outside* this one.
    ``alike(request)`` names all that the page follows from beside the address and the language: those with the same
    name are shown one rendering (``shared``); None is a page for one person.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scopes: set[str] = set()
            for item in audience:
                scopes.update([item] if isinstance(item, str) else item(request, *args, **kwargs))
            seq = last_seq(sorted(scopes))
            etag = _etag(request, seq, scopes)
            answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
            if answer is None:
                who = alike(request) if alike is not None else None
                if who is None:
                    answer = view(request, *args, **kwargs)
                    if answer.status_code != 200:
                        return answer
                else:
                    key = (request.get_full_path(), get_language(), who)
                    plain, small = once(key, seq, lambda: _content(view(request, *args, **kwargs)))
                    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
                    answer = HttpResponse(small if compressed else plain)
                    if compressed:
                        answer["Content-Encoding"] = "gzip"
                    patch_vary_headers(answer, ["Accept-Encoding"])
            answer["ETag"] = etag
            answer["Cache-Control"] = "private, no-cache"
            patch_vary_headers(answer, ["Cookie", "Accept-Language"])
            return answer

        return run

    return decorate


def _content(answer: HttpResponseBase) -> bytes:
    if not isinstance(answer, HttpResponse) or answer.status_code != 200:
        raise TypeError("Only a whole page is shared.")
    return answer.content


def _etag(request: HttpRequest, seq: int, scopes: Iterable[str]) -> str:
    account = getattr(getattr(request, "user", None), "pk", None)
    version = getattr(getattr(request, "user", None), "access_version", 0)
    parts = (build(), seq, sorted(scopes), get_language(), account, version, request.get_full_path())
    return f'W/"{seq}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"'


@functools.cache
def build() -> str:
    """
    A constant of what is installed: another version shows other pages for the same record.
    Contents, not times, so that all processes and machines of one deploy agree.
    """
    digest = hashlib.sha256()
    for pattern in _SHOWN_BY:
        for path in sorted(_PACKAGE.rglob(pattern)):
            digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
