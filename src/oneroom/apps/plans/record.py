"""
What the record says of a city's calls: their kinds, what each asks for, how long crews are at work on it.

Calls are those of the public alone (`pastcalls`). What is too rarely on record to be fitted stays as the simulator
assumes it; either way it is said (``assumed``: a code with its values each).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import compress
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.timezone import get_current_timezone
from numpy.typing import NDArray

from oneroom.apps.incidents.counting import assignments, matters, reported
from oneroom.apps.incidents.models import Assignment, PastCall
from oneroom.apps.incidents.pastcalls import PastCalls, calls_of_the_public
from oneroom.apps.incidents.proposals import mask
from oneroom.apps.incidents.protocol import plan_for
from oneroom.apps.incidents.protocol_files import KIT, SKILLS
from oneroom.apps.plans.troubles import Trouble
from oneroom.engine.simulate.rates import LEAST, joined, share, span_of
from oneroom.engine.simulate.world import Kind, Span

Assumed = list[dict[str, Any]]
_KIND_NOW = Kind("", 1)  # its times are those that are assumed where none could be fitted


@dataclass(frozen=True)
class OnRecord:
    """Calls of the public between two times (``since`` is a full hour), and the kind of each, by index."""

    calls: PastCalls
    since: datetime
    until: datetime
    kinds: tuple[Kind, ...]
    kind: NDArray[np.int32]
    sent: NDArray[np.float64]  # of each kind, the part that somebody is sent to

    def only(self, which: NDArray[np.bool_]) -> OnRecord:
        """The same with some of its calls."""
        of, category = self.calls, tuple(compress(self.calls.category, which))
        calls = PastCalls(of.at[which], of.lon[which], of.lat[which], category, of.grade[which])
        return replace(self, calls=calls, kind=self.kind[which])


def past_calls(at: datetime) -> tuple[PastCalls, datetime, datetime, Assumed]:
    """
    The calls of the last COVERAGE_DAYS, from the hour of the first; of a record that ends earlier, the last so many
    days of it. Raises Trouble where there is none at all.
    """
    length, until = timedelta(days=settings.COVERAGE_DAYS), at
    calls = calls_of_the_public(at - length, at)
    assumed: Assumed = []
    if not len(calls):
        newest = [
            rows.filter(received_at__lte=at).order_by("-received_at").values_list("received_at", flat=True).first()
            for rows in (reported(matters()), PastCall.objects.all())
        ]
        known = [when for when in newest if when is not None]
        if known:
            until = max(known)
            calls = calls_of_the_public(until - length, until)
        if not len(calls):
            raise Trouble("no_calls")
        assumed.append({"code": "demand_old", "until": until.isoformat()})
    zone = get_current_timezone()
    first = datetime.fromtimestamp(float(calls.at[0]), zone).replace(minute=0, second=0, microsecond=0)
    return calls, max(first, until - length), until, assumed


def on_record(at: datetime, *, replayed: tuple[datetime, datetime] | None = None) -> tuple[OnRecord, Assumed]:
    """
    The calls of the last weeks with their kinds, or those of another time. Times are fitted on the last weeks either
    way. Raises Trouble where there is no call.
    """
    calls, since, until, assumed = past_calls(at)
    of = (since, until)
    if replayed is not None:
        since, until = replayed
        calls = calls_of_the_public(since, until)
        if not len(calls):
            raise Trouble("no_calls")
    found, more = with_kinds(calls, since, until, fitted_on=of)
    said = {"calls": len(calls), "since": since.isoformat(), "until": until.isoformat()}
    code = "demand" if replayed is None else "replayed"
    return found, [{"code": code, **said}, *(assumed if replayed is None else []), *more]


def orders(since: datetime, until: datetime) -> QuerySet[Assignment]:
    """The orders of that time to matters that the public reported: what crews found themselves begins at the scene."""
    rows = assignments().filter(incident__in=reported(matters()))
    return rows.filter(offered_at__gt=since, offered_at__lte=until)


def with_kinds(
    calls: PastCalls, since: datetime, until: datetime, *, fitted_on: tuple[datetime, datetime]
) -> tuple[OnRecord, Assumed]:
    """The kinds among these calls: each category and grade, what its plan asks for, how long its crews are at work."""
    named = list(zip(calls.category, calls.grade.tolist(), strict=True))
    keys = sorted(set(named))
    number = {key: n for n, key in enumerate(keys)}
    subs = _subcategories(*fitted_on)
    times = _times(*fitted_on)
    sent, counted = _sent(keys, *fitted_on)
    kinds, assumed = [], []
    defaults = Counter[str]()
    for category, grade in keys:
        plan = plan_for(category, subs.get((category, grade), ""), grade)
        scene, paper = (
            joined([span_of(some) for some in (each.get((category, grade), ()), each.get((category, 0), ()))], usual)
            for each, usual in ((times["scene"], _whole(times["scene"], _KIND_NOW.scene)),
                                (times["paper"], _whole(times["paper"], _KIND_NOW.paper)))
        )  # fmt: skip
        for what, each in times.items():
            if len(each.get((category, 0), ())) < LEAST:
                defaults[what] += 1
        kinds.append(
            Kind(category, grade, max(1, plan.crews), mask(plan.skills, SKILLS), mask(plan.kit, KIT), scene, paper)
        )
    for what, each in times.items():
        usual = _whole(each, getattr(_KIND_NOW, what))
        said = {"what": what, "median_s": usual.median_s, "sigma": usual.sigma, "n": len(each.get(("", 0), ()))}
        code = "span_fitted" if span_of(each.get(("", 0), ())) is not None else "span_default"
        assumed.append({"code": code, **said, "kinds": defaults[what], "of": len(keys)})
    assumed.append({"code": "needs", "kinds": len(keys)})
    assumed.append({"code": "sent", "share": float(np.average(sent, weights=np.bincount([number[k] for k in named]))),
                    "n": counted})  # fmt: skip
    kind = np.array([number[key] for key in named], np.int32)
    return OnRecord(calls, since, until, tuple(kinds), kind, sent), assumed


def _whole(times: dict[tuple[str, int], list[float]], usual: Span) -> Span:
    return span_of(times.get(("", 0), ())) or usual


def _subcategories(since: datetime, until: datetime) -> dict[tuple[str, int], str]:
    """The sub-category that was most often behind a category and grade: plans are written for those."""
    rows = reported(matters()).filter(received_at__gt=since, received_at__lte=until).exclude(subcategory="")
    counted = rows.values_list("category", "grade", "subcategory").annotate(n=Count("pk")).order_by("n")
    return {(category, grade): sub for category, grade, sub, _n in counted}


def _sent(keys: Sequence[tuple[str, int]], since: datetime, until: datetime) -> tuple[NDArray[np.float64], int]:
    """Which part of the calls of each kind a crew was ever sent to; those of earlier lists do not say."""
    ended = reported(matters()).filter(received_at__gt=since, received_at__lte=until, closed_at__isnull=False)
    with_crew = ended.annotate(sent=Exists(Assignment.objects.filter(incident=OuterRef("pk"))))
    count: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for category, grade, sent, n in with_crew.values_list("category", "grade", "sent").annotate(n=Count("pk")):
        count[category, grade][0] += n * sent
        count[category, grade][1] += n
    of = sum(n for _sent, n in count.values())
    return np.array([share(*count[key], usual=1.0) for key in keys]), of


def _times(since: datetime, until: datetime) -> dict[str, dict[tuple[str, int], list[float]]]:
    """Seconds at the scene and of paperwork by (category, grade), by (category, 0), and of all by ("", 0)."""
    found: dict[str, dict[tuple[str, int], list[float]]] = {"scene": defaultdict(list), "paper": defaultdict(list)}
    rows = orders(since, until).filter(reported_at__isnull=False)
    for category, grade, there, reported_at, ended in rows.values_list(
        "incident__category", "incident__grade", "on_scene_at", "reported_at", "ended_at"
    ):
        keys = ((category, grade), (category, 0), ("", 0))
        for what, begins, ends in (("scene", there, reported_at), ("paper", reported_at, ended)):
            if begins is not None and ends is not None:
                for key in keys:
                    found[what][key].append((ends - begins).total_seconds())
    return found
