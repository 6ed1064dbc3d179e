"""
What a phone shows that is opened or reloaded without a network: a page of ours, kept on the device.

It holds nothing of anybody: no order, no name, no account. Both languages stand on it, because nobody can ask the
server for the other one.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page itself, the same for everybody."""
    return render(request, "terminal/offline.html")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page: served here, because it may answer only for addresses below its own."""
    files = [
        reverse("terminal-offline"),
        *(static(f"oneroom/{name}") for name in ("tokens.css", "parts.css", "base.css", "signin.css")),
        static("oneroom/terminal-offline.js"),
    ]
    shown = render_to_string("terminal/offline.html", request=request)
    edition = hashlib.sha256(f"{files}{shown}".encode()).hexdigest()[:12]
    said = {"files": files, "edition": edition}
    return render(request, "terminal/worker.js", said, content_type="text/javascript")
