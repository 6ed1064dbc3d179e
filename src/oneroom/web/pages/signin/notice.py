"""
The notice of use: shown at every door, accepted by the button that signs in (security point 10, CJIS AC-8).

Each way in says ``accept`` with its first form; ``door.open_session`` opens nothing where nobody did.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from oneroom.engine.values import BadInput

_KEY = "notice"


class NoticeFirst(BadInput):
    """The notice of use was not accepted."""

    code = "notice"
    message = "Read the notice of use and accept it: the button says so."


def accept(request: HttpRequest) -> None:
    """Note that this form accepted the notice. Raises NoticeFirst where it did not."""
    if not settings.NOTICE_WANTED:
        return
    if request.POST.get("notice") != "accepted":
        raise NoticeFirst("notice")
    request.session[_KEY] = True


def accepted(request: HttpRequest) -> bool:
    """Whether the notice was accepted in this session, or none is wanted."""
    return not settings.NOTICE_WANTED or bool(request.session.get(_KEY))


def carry(request: HttpRequest, was: bool) -> None:
    """What was accepted before an earlier person was signed out here still holds."""
    if was and settings.NOTICE_WANTED:
        request.session[_KEY] = True
