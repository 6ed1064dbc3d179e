"""Where crews should wait at which hours, from the public's calls; who commands sends one there (row T27)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.incidents import posting
from oneroom.apps.incidents.services import order_standby
from oneroom.apps.incidents.standbys import live_standbys
from oneroom.apps.ledger.time import now
from oneroom.engine.coverage.posting import LEAST_ADDRESSES
from oneroom.engine.roles import Right
from oneroom.engine.values import Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local

DAYS = (
    lazy("Monday"), lazy("Tuesday"), lazy("Wednesday"), lazy("Thursday"), lazy("Friday"), lazy("Saturday"),
    lazy("Sunday"),
)  # fmt: skip
COUNTS = (3, 5, 8, 12)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_BOARD)
def page(request: HttpRequest) -> HttpResponse:
    """The points of a block of hours with the counts they rest on; by POST the nearest free crew is sent to one."""
    by, at = actor(request), now()
    day, hour, count = _asked(request)

    def happens(name: str) -> None:
        if name != "post":
            raise no_choice()
        by.must(Right.COMMAND)
        crew, post = posting.post_at(number(request, "node"), day, hour, count=count, at=at)
        order_standby(crew, post, minutes=number(request, "minutes"), by=by, at=at)

    back = f"{reverse('office-posting')}?day={day}&hour={hour}&count={count}#standing"
    return acted(request, happens, lambda refused: _page(request, day, hour, count, refused), back)


def _asked(request: HttpRequest) -> tuple[int, int, int]:
    """The block and how many points; what is no such block is this one."""
    day, hour = posting.block_of(now())
    asked = request.POST if request.method == "POST" else request.GET
    count = asked.get("count", "")
    if asked.get("day", "") in map(str, range(7)):
        day = int(asked["day"])
    if asked.get("hour", "") in map(str, range(0, 24, posting.HOURS)):
        hour = int(asked["hour"])
    return day, hour, int(count) if count in map(str, COUNTS) else posting.USUAL_POINTS


def _page(request: HttpRequest, day: int, hour: int, count: int, refused: Refused | None) -> HttpResponse:
    by, at = actor(request), now()
    found, present = posting.suggestions(day, hour, count=count, at=at), (day, hour) == posting.block_of(at)
    commands = by.may(Right.COMMAND)
    context = frame(
        request, "office-posting", found=found, rows=_rows(found) if found else [], days=list(enumerate(DAYS)),
        hours=[(h, f"{h:02}:00–{h + posting.HOURS:02}:00") for h in range(0, 24, posting.HOURS)], counts=COUNTS,
        day=day, hour=hour, count=count, least=LEAST_ADDRESSES, within_min=posting.WITHIN_S // 60,
        circles=[(c, _said(c.p90_s)) for c in posting.response_by_circle(at)],
        review=[
            (
                local(a.zh, a.en) or _("outside every area"), a.accepted, round(a.share * 100), a.calls,
                None if a.calls_share is None else round(a.calls_share * 100),
            )
            for a in posting.review(at)
        ],
        standing=[
            (local(s.crew.callsign_zh, s.crew.callsign_en), local(s.place_zh, s.place_en), s.until)
            for s in live_standbys() if s.why == "posting"
        ],
        free=posting.free_crews(), commands=commands, may_command=commands and present,
        as_of=date_format(localtime(at), "H:i"),
        refused=worded(refused) if refused else "",
    )  # fmt: skip
    return render(request, "office/posting.html", context, status=refused.status if refused else 200)


def _rows(found: posting.Suggestions) -> list[dict[str, Any]]:
    return [
        {
            "n": n, "node": s.node, "place": local(s.zh, s.en) or f"{s.lat:.4f}, {s.lon:.4f}", "calls": s.point.calls,
            "addresses": s.point.addresses, "weekly": round(s.point.weekly, 1), "low": round(s.point.low, 1),
            "high": round(s.point.high, 1), "usual": round(s.point.usual, 1),
        }
        for n, s in enumerate(found.points, start=1)
    ]  # fmt: skip


def _said(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"
