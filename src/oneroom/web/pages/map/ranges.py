"""A part of a file, as HTTP asks for it (RFC 9110 §14): one range, told apart by its ETag, read in small pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

_PIECE = 64 * 1024
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


def file_response(request: HttpRequest, path: Path, *, etag: str, content_type: str) -> HttpResponseBase:
    """
    The file, or the one range that is asked for: 200, 206, 304 or 416.

    Several ranges at once, or one after an If-Range that names another version, give the whole file, as the RFC allows.
    The file is never in memory as a whole. Raises FileNotFoundError.
    """
    size = path.stat().st_size
    kept = get_conditional_response(request, etag=etag)
    if kept is not None:
        return _named(kept, etag)
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return _named(_sent(request, path, 0, size, content_type), etag)
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{size}"
        return _named(answer, etag)
    part = _sent(request, path, start, end, content_type)
    part.status_code = 206
    part["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _named(part, etag)


def _sent(request: HttpRequest, path: Path, start: int, end: int, content_type: str) -> HttpResponseBase:
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(content_type=content_type)
    else:
        answer = StreamingHttpResponse(_pieces(path, start, end), content_type=content_type)
    answer["Content-Length"] = str(end - start)
    return answer


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


def _named(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    return answer
