"""What is kept how long, what went when, and what a legal hold keeps: for oversight, and for who places holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.holds import holds_for
from oneroom.apps.oversight.kinds import HOLD_REASONS
from oneroom.apps.oversight.retention import gone_since
from oneroom.apps.oversight.services.holds import ask_release, place_hold, review_hold
from oneroom.engine.retention import RULES
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import named

LATELY = timedelta(days=365)
_DAY = timedelta(days=1)
# Class -> what is kept, and from when its term is counted.
CLASSES: dict[str, tuple[Any, Any]] = {
    "draft": (lazy("What a desk typed of a call that nobody saved"), lazy("last typed")),
    "draft_trace": (lazy("The empty row of such a call"), lazy("its end")),
    "session": (lazy("Sessions of those who were signed in"), lazy("it ran out")),
    "upload": (lazy("Files that were looked through and not taken over, sealed"), lazy("looked through")),
    "payload": (lazy("What the telephone exchange sent, byte for byte"), lazy("it came in")),
    "payload_trace": (lazy("That it came, by its hash"), lazy("it came in")),
    "call": (lazy("Number and network place of a call"), lazy("it rang")),
    "recording": (lazy("The exchange's number of a call, and where its recording is"), lazy("it rang")),
    "track": (lazy("Where crews were"), lazy("they were there")),
    "answer": (lazy("Answers that a device may ask for again"), lazy("the act")),
    "closure": (lazy("Streets that were closed: which, why as a code, until when"), lazy("the closure ended")),
    "warning": (lazy("Places that were warned of; the words go at the end"), lazy("the warning ended")),
    "photo": (lazy("Photos from the scene"), lazy("the matter was over")),
    "scene_note": (lazy("What officers, reviewers and callers-back wrote"), lazy("the matter was over")),
    "words": (lazy("What callers said, and what was said to them"), lazy("the matter was over")),
    "caller": (lazy("Names, numbers and addresses of callers"), lazy("the matter was over")),
    "matter": (lazy("All that is left of persons in a matter: place, code, texts"), lazy("the matter was over")),
    "past_call": (lazy("Calls from before OneRoom: when, where, what about"), lazy("the call")),
    "staff_note": (lazy("Notes between shifts, reasons for second signatures"), lazy("they were written")),
    "account": (lazy("Login, telephone, mailbox and declared relatives of who left"), lazy("the last sign-in")),
    "person": (lazy("What is private of somebody who left the force, and words of care"), lazy("he left")),
    "journal": (
        lazy("A journal of an outage that was put aside because nobody could book a line of it"),
        lazy("it was put aside"),
    ),
    "alarm": (lazy("Alarms of the machinery"), lazy("they were over")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A class as the table shows it; ``own``: the force keeps it shorter or longer than the house."""

    code: str
    what: str
    since: str
    term: str
    bounds: str
    own: bool
    gone: int
    last: datetime | None


@never_cache
@require_safe
@needs(Right.SEE_RETENTION)
def retention(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@never_cache
@require_POST
@needs(Right.HOLD)
def place(request: HttpRequest) -> HttpResponse:
    """Hold a matter."""
    given = {name: request.POST.get(name, "") for name in ("matter", "reason", "basis", "review_on")}
    try:
        day = typed_day(given["review_on"], field="review_on")
        place_hold(
            given["matter"], reason=given["reason"], basis=given["basis"], review_on=day, by=actor(request), at=now()
        )
    except Refused as refused:
        return _page(request, refused, given)
    return redirect("office-retention")


@never_cache
@require_POST
@needs(Right.HOLD)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Looked at again, or asked to be let go: ``act`` is review or release."""
    by, at = actor(request), now()
    try:
        match request.POST.get("act", ""):
            case "review":
                day = typed_day(request.POST.get("review_on", ""), field="review_on")
                review_hold(pk, review_on=day, by=by, at=at)
            case "release":
                ask_release(pk, words=request.POST.get("why", ""), by=by, at=at)
            case _:
                raise BadInput("act", "There is no such choice here. Pick one of the list.")
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused, {"hold": str(pk), "why": request.POST.get("why", "")})
    return redirect("office-retention")


def _page(request: HttpRequest, refused: Refused | None = None, given: dict[str, str] | None = None) -> HttpResponse:
    by, at = actor(request), now()
    holds = holds_for(by=by, at=at)
    shown = frame(
        request, "office-retention", lines=lines(gone_since(at - LATELY, by=by)), reasons=HOLD_REASONS,
        runs=[_view(h) for h in holds if h.row.released_at is None],
        over=[_view(h) for h in holds if h.row.released_at is not None],
        late=sum(h.late for h in holds), may_hold=by.may(Right.HOLD), given=given or {},
        tomorrow=(localtime(at) + _DAY).date(), refused=worded(refused) if refused else "",
        bad=refused.field if refused else "",
    )  # fmt: skip
    return render(request, "office/retention.html", shown, status=refused.status if refused else 200)


def lines(gone: dict[str, tuple[int, datetime]]) -> list[Line]:
    """Every class with its term, in the order of the table."""
    found = []
    for code, rule in RULES.items():
        what, since = CLASSES[code]
        term = settings.RETENTION[code]
        count, last = gone.get(code, (0, None))
        bounds = _("%(least)s to %(most)s") % {"least": span(rule.least), "most": span(rule.most)}
        found.append(Line(code, str(what), str(since), span(term), bounds, term != rule.term, count, last))
    return found


def span(kept: timedelta) -> str:
    """A term in words: hours, days or whole years."""
    if not kept:
        return _("at once")
    if kept < 2 * _DAY and kept != _DAY:
        hours = round(kept.total_seconds() / 3600)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if kept.days % 365 == 0:
        years = kept.days // 365
        return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    return ngettext("%(n)d day", "%(n)d days", kept.days) % {"n": kept.days}


def _view(h: Any) -> dict[str, Any]:
    return {"h": h, "row": h.row, "reason": named(HOLD_REASONS, h.row.reason)}
