"""One's own duties, and the secret address under which one's calendar program fetches them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.duty.rostering import calendar_since, own_duties
from oneroom.apps.duty.services import end_calendar_key, new_calendar_key, whose_calendar
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import find_account_by_id
from oneroom.engine.values import NotFound, Refused
from oneroom.ports.formats.ics import Entry, write
from oneroom.web.actors import actor
from oneroom.web.limits import limit
from oneroom.web.pages.office.roster_words import SHIFT_WORDS
from oneroom.web.pages.room.words import local
from oneroom.web.pages.signin import swaps

_BACK = timedelta(days=31)  # what a calendar still shows of the past, and of what was cancelled


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: HttpRequest) -> HttpResponse:
    """The list; by POST a new address, or an end of it."""
    by, at = actor(request), now()
    address, refused = "", None
    if request.POST.get("act") in swaps.ACTS:
        try:
            swaps.act(request, by=by, at=at)
        except NotFound:
            raise
        except Refused as no:
            refused = no
        else:
            return redirect("own-duties")
    if request.POST.get("act") == "new":
        address = request.build_absolute_uri(reverse("calendar", args=[new_calendar_key(by=by, at=at)]))
    elif request.POST.get("act") == "end":
        end_calendar_key(by=by, at=at)
    mine: list[Any] = own_duties(by.id, since=at)
    for duty in mine:
        duty.free = duty.cancelled_at is None and duty.began_at is None and duty.begins > at
        duty.word, duty.unit_name = SHIFT_WORDS.get(duty.shift, duty.shift), _place(duty)
    shown: dict[str, Any] = {"duties": mine, "address": address, "made_at": calendar_since(by.id)}
    shown |= swaps.shown(request, by=by, at=at) | {"refused": swaps.why_not(refused) if refused else []}
    return render(request, "signin/duties.html", shown, status=refused.status if refused else 200)


@never_cache
@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The file. Who has the address needs no session; nothing but duties stands in it."""
    limit(request, "calendar", times=60, seconds=60)
    account = find_account_by_id(whose_calendar(key) or 0)
    if account is None:
        raise NotFound
    with translation.override(account.language):
        entries = [
            Entry(
                f"{duty.uid}@oneroom", duty.sequence, duty.begins, duty.ends, _summary(duty), _place(duty),
                duty.changed_at, duty.cancelled_at is not None,
            )
            for duty in own_duties(account.pk, since=now() - _BACK)
        ]  # fmt: skip
        data = write(entries, name=_("Duties"), zone=settings.TIME_ZONE)
    return HttpResponse(data, content_type="text/calendar; charset=utf-8")


def _summary(duty: Any) -> str:
    word = str(SHIFT_WORDS.get(duty.shift, duty.shift))
    return _("%(shift)s duty, in command") % {"shift": word} if duty.commands else _("%(shift)s duty") % {"shift": word}


def _place(duty: Any) -> str:
    return local(duty.unit.name_zh, duty.unit.name_en) if duty.unit else str(_("The room"))
