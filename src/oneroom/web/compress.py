"""
Pages and scripts compressed on their way out, and nothing else.

A board of 500 crews is 330 kB of HTML that says the same words over and over, and a tenth of that compressed. Parts of
files (ranges of the basemap) and pictures are left as they are. Lengths that could tell a secret (BREACH) are blurred
with random padding by Django's GZipMiddleware, and form tokens are masked anew in each answer.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_KINDS = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json")


class CompressText(GZipMiddleware):
    """GZipMiddleware for whole answers of text."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code != 200 or kind not in _KINDS or "Range" in request.headers:
            return response
        return super().process_response(request, response)
