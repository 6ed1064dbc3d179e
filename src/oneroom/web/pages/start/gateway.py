"""
The demo's stand-in for the SMS and e-mail providers: takes what the courier sends, and shows it.

The courier reaches it as it would reach a real provider, by an Apprise URL (`project/demo/outside.py`), so the way
of a message is the real one but for its last step. Nothing leaves the house; the last messages are kept in memory.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.ledger.time import now
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput, NotFound
from oneroom.web.pages.start.views import only_in_the_demo

KEPT = 100
_KEY = "start.gateway"
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as a provider would have got it."""

    at: datetime
    channel: str
    address: str
    text: str


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What was sent, newest first."""
    only_in_the_demo()
    return render(request, "start/gateway.html", {"messages": cache.get(_KEY, []), "kept": KEPT})


@csrf_exempt
@require_POST
def take(request: HttpRequest, channel: str, address: str) -> HttpResponse:
    """A message from the courier."""
    only_in_the_demo()
    if channel not in ("sms", "voice", "email"):
        raise NotFound
    try:
        said = json.loads(request.body)
        text = plain("message", str(said["message"]), longest=1000, required=True)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("message", "This is not a message.") from error
    message = Taken(now(), channel, plain("address", address, longest=80, required=True), text)
    with _writing:
        cache.set(_KEY, [message, *cache.get(_KEY, [])][:KEPT], timeout=None)
    return JsonResponse({"taken": True})
