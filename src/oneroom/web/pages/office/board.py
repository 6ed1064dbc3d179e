"""
The station board: are we in time, what is late and with whom, who is on duty?

Figures are of matters in the station's area, whichever crew went. Each opens the matters behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from oneroom.apps.duty.queries import board as crews_board
from oneroom.apps.duty.queries import posts
from oneroom.apps.incidents import daily, queries
from oneroom.apps.incidents.codes import GRADES
from oneroom.apps.incidents.duties import call_backs_due, to_review
from oneroom.apps.incidents.figures import loop_since
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import units
from oneroom.engine.measures.loop import FEW, MEASURES, Call, Loop, Spread, by_hour, spread
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.office.days import DAYS, day_span, month_starts
from oneroom.web.pages.office.measures import WORDS, class_name
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.board import crew_views
from oneroom.web.pages.room.queue import row_view
from oneroom.web.pages.room.words import ROLES, local, named, span

SHOWN_DAYS = ("today", "yesterday", "week")
_LATE_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One class of a histogram."""

    name: str
    count: int
    width: int
    late: bool
    address: str


@dataclass(frozen=True, slots=True)
class Card:
    """One measure as the board shows it; ``force`` is the same over all stations, for comparison."""

    title: str
    promise: str
    share: str
    n: int
    few: bool
    median: str
    waiting: int
    force: str
    bars: tuple[Bar, ...]


@require_safe
@needs(Right.SEE_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The page, and with ``X-Panel`` the piece of it that follows the record."""
    by = actor(request)
    day = request.GET.get("day", "today")
    if day not in SHOWN_DAYS:
        raise BadInput("day", "There is no such choice here. Pick one of the list.")
    mine = stations_of(by)
    unit = asked_unit(request, by, mine)
    shown = _board(by, unit, day, mine)
    template = "office/_board.html" if request.headers.get("X-Panel") else "office/board.html"
    return render(request, template, frame(request, "office-board", **shown))


def stations_of(by: Actor) -> dict[int, str]:
    """The stations whose figures this person may see: a chief's own, else all."""
    own = by.units if by.may(Right.SEE_STATION) and not sees_all(by) else None
    return {u.pk: local(u.name_zh, u.name_en) for u in units("station") if own is None or u.pk in own}


def sees_all(by: Actor) -> bool:
    """Whose figures are those of every station."""
    return by.may(Right.SEE_ROOM) or by.may(Right.VERIFY_RECORD)


def asked_unit(request: HttpRequest, by: Actor, mine: dict[int, str]) -> int | None:
    """The station asked for; none asked means all, for a chief of one station that one."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None if sees_all(by) or len(mine) > 1 else next(iter(mine), None)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 16 and int(asked) in mine):
        raise NotFound
    return int(asked)


def _board(by: Actor, unit: int | None, day: str, mine: dict[int, str]) -> dict[str, Any]:
    at = now()
    begins, ends = day_span(day, at) or (at, at)
    loop = loop_since(begins)
    here: Collection[int] | None = {unit} if unit else None if sees_all(by) else set(mine)
    calls = loop.counted(here, since=begins, until=ends)
    everywhere = calls if here is None else loop.counted(since=begins, until=ends)
    opens = by.may(Right.SEE_MATTERS)
    base = {"day": day, **({"unit": str(unit)} if unit else {})}
    orders = loop.orders(calls)
    return {
        "unit": unit, "day": day, "days": [(d, DAYS[d]) for d in SHOWN_DAYS], "stations": mine,
        "name": mine[unit] if unit else _("All stations") if sees_all(by) else _("Your stations"),
        "day_from": begins, "orders": len(orders), "few_below": FEW,
        "cards": _cards(loop, calls, everywhere if here is not None else None, base if opens else None),
        "grades": [(g, word, sum(1 for c in calls if c.grade == g), _to(base if opens else None, grade=g))
                   for g, word in GRADES.items()],
        "received": len(calls), "received_at": _to(base if opens else None),
        "hours": _hours(calls), "origins": _origins(calls), "months": _months(here, at),
        "definitions": [w[2] for w in WORDS.values()],
        **_standing(by, here, at), **_people(by, here, at),
    }  # fmt: skip


def _to(base: dict[str, str] | None, **more: object) -> str:
    """The address of the matters behind a figure; empty for who may not list matters."""
    return f"{reverse('office-incidents')}?{urlencode({**base, **more})}" if base is not None else ""


def _cards(loop: Loop, calls: list[Call], force: list[Call] | None, base: dict[str, str] | None) -> list[Card]:
    mine, all_orders = loop.orders(calls), loop.orders(force) if force is not None else None
    return [
        _card(name, spread(m, mine), spread(m, all_orders) if all_orders is not None else None, base)
        for name, m in MEASURES.items()
    ]


def _card(name: str, s: Spread, force: Spread | None, base: dict[str, str] | None) -> Card:
    title, promise, _definition = WORDS[name]
    most = max(s.counts, default=0) or 1
    edges = s.measure.edges_s
    bars = tuple(
        Bar(class_name(edges, n), count, round(100 * count / most), _over(edges, n, s.measure.promise_s, name),
            _to(base, took=f"{name}-{n}") if count else "")
        for n, count in enumerate(s.counts)
    )  # fmt: skip
    compared = _("force %(share)s") % {"share": _percent(force)} if force is not None and force.n else ""
    median = span(s.median_s) if s.median_s is not None else ""
    return Card(str(title), str(promise), _percent(s), s.n, s.few, median, s.waiting, compared, bars)


def _over(edges: tuple[float, ...], n: int, promise_s: float, name: str) -> bool:
    """A class that is late: beyond the promise by more than one class, as the public bulletin marks it."""
    first_late = edges.index(promise_s) + (2 if name in ("sign", "report") else 1)
    return n >= first_late


def _percent(s: Spread) -> str:
    return "–" if s.share is None else f"{100 * s.share:.1f}%"


def _hours(calls: list[Call]) -> dict[str, Any]:
    """Calls by hour as bars of a picture 624 wide and 110 high, with the same in words."""
    zone = get_current_timezone()
    counts = by_hour(calls, lambda at: at.astimezone(zone).hour)
    most = max(counts) or 1
    bars = [(26 * h + 2, 110 - round(90 * n / most), round(90 * n / most), n, h) for h, n in enumerate(counts)]
    busiest = max(range(24), key=lambda h: counts[h])
    return {"bars": bars, "busiest": busiest if calls else None, "most": counts[busiest]}


def _origins(calls: list[Call]) -> dict[str, Any]:
    """How many matters the force found itself, and how many were reported to it (T18)."""
    found = Counter("self" if c.source == "self" else "told" for c in calls)
    n = sum(found.values())
    return {"self": found["self"], "n": n, "share": f"{100 * found['self'] / n:.1f}%" if n else "–", "few": n < FEW}


def _months(here: Collection[int] | None, at: datetime) -> list[dict[str, Any]]:
    """The same by calendar month: the one before and this one so far (T18)."""
    before, this = month_starts(at)
    spans = [(before, this - timedelta(days=1)), (this, at)]
    counted = [
        (begins, daily.sum_of(begins.date(), localtime(ends).date(), units=here)) for begins, ends in spans
    ]  # fmt: skip
    return [
        {
            "begins": begins, "self": f.self_found, "n": f.received,
            "share": f"{100 * f.self_found / f.received:.1f}%" if f.received else "–",
        }
        for begins, f in counted
    ]  # fmt: skip


def _standing(by: Actor, here: Collection[int] | None, at: datetime) -> dict[str, Any]:
    """What is open and late now, with its owner: of the queue, without drills."""
    rows = [
        r
        for r in queries.queue(by=by, at=at)
        if not r.incident.drill and (here is None or r.incident.unit_id in here)
    ]  # fmt: skip
    near = [r for r in rows if r.clock is not None]
    near.sort(key=lambda r: (not r.needs_room(at), r.clock.deadline, r.incident.pk))  # type: ignore[union-attr]
    views = [row_view(r, at=at) for r in near if r.needs_room(at) or _near(r, at)]
    return {
        "counts": queries.counts(rows, at=at), "late": views[:_LATE_SHOWN], "late_n": len(views),
        "to_review": len(_of(to_review(by=by, at=at), here)),
        "call_backs": len(due := _of(call_backs_due(by=by, at=at), here)), "call_backs_late": sum(c.late for c in due),
        "sees_queue": by.may(Right.SEE_ROOM) or by.may(Right.SEE_STATION),
    }  # fmt: skip


def _of(found: Iterable[Any], here: Collection[int] | None) -> list[Any]:
    """Those of these stations, without drills."""
    return [f for f in found if not f.drill and (here is None or f.unit_id in here)]


def _near(row: Any, at: datetime) -> bool:
    """Half of the promised time is gone: the quiet mark of the overdue ladder."""
    return bool(at - row.clock.started >= (row.clock.deadline - row.clock.started) / 2)


def _people(by: Actor, here: Collection[int] | None, at: datetime) -> dict[str, Any]:
    """Crews and duty roles now; outside oversight sees numbers, no identities."""
    if not (by.may(Right.SEE_ROOM) or by.may(Right.SEE_STATION) or by.may(Right.INSPECT)):
        return {"crews": [], "posts": [], "people": False}
    crews = [c for c in crews_board() if here is None or c.unit_id in here or c.line_id in here]
    held = [p for p in posts(at) if p.unit_id is None or here is None or p.unit_id in here]
    stations = {u.pk: local(u.name_zh, u.name_en) for u in units("station")} if here is None else {}
    return {
        "people": True,
        "crews": [(c, span((at - c.since).total_seconds())) for c in crew_views(crews, at=at)],
        "posts": [(named(ROLES, p.role), p.name, stations.get(p.unit_id or 0, ""), p.until) for p in held],
    }
