"""
What a plan changes for each station's area of today: who gains, who loses, who is not reached any more.

An area is never left out: one of too few calls, or to which nobody comes, says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import copysign, inf, isinf
from typing import Any

from django.utils.translation import gettext as _

from oneroom.web.pages.office.plans.numbers import (
    Figure,
    Row,
    clock,
    figure_of,
    percent,
    points,
    seconds,
    seconds_between,
    speed_word,
)
from oneroom.web.pages.room.words import local


@dataclass(frozen=True, slots=True)
class Area:
    """
    A station's area of today: what changes there, and how many calls a day come from it. ``figure`` is the time to
    those reached, None of too few calls; ``unreached`` the share that nobody came to.
    """

    code: str
    name: str
    figure: Figure | None
    calls_day: float
    unreached: Figure | None = None

    @property
    def sign(self) -> int:
        """-1 faster, +1 slower, 0 unclear. Where clearly more are not reached at all, those reached are no comfort."""
        return (self.unreached.sign if self.unreached else 0) or (self.figure.sign if self.figure else 0)

    @property
    def size(self) -> float:
        """How much it gains (below 0) or loses, in seconds; without end where calls are reached or not."""
        if self.unreached and self.unreached.sign:
            return copysign(inf, self.unreached.sign)
        return self.figure.difference[0] if self.figure else 0.0

    @property
    def said(self) -> str:
        """What changes, in a word."""
        if self.figure is None:
            return _("too few calls")
        if self.unreached and self.unreached.sign:
            return _("%(n)s %% not reached") % {"n": points(self.unreached.difference[0])}
        return seconds(self.figure.difference[0])

    @property
    def row(self) -> Row:
        """As it is read."""
        f = self.figure
        if f is None:
            return Row(self.name, "–", "–", "–", "", 0, _("too few calls"))
        no = self.unreached
        was = _time_of_those(f.today[0], no.today[0] if no else 0.0)
        is_ = _time_of_those(f.plan[0], no.plan[0] if no else 0.0)
        word = speed_word(f)
        if self.unreached and self.unreached.sign:
            word = _("more not reached") if self.sign > 0 else _("more reached")
        return Row(self.name, was, is_, seconds(f.difference[0]), seconds_between(f), self.sign, word, f)

    @property
    def a_day(self) -> str:
        """Calls a day."""
        return f"{self.calls_day:.0f}" if self.calls_day >= 10 else f"{self.calls_day:.1f}"


def _time_of_those(mean: float, unreached: float) -> str:
    """A mean of those reached, and how many were not."""
    if unreached < 0.0005 or isinf(mean):
        return clock(mean)
    return _("%(time)s, %(share)s not reached") % {"time": clock(mean), "share": percent(unreached)}


def areas(results: Mapping[str, Any]) -> list[Area]:
    """Today's areas, those that gain most first."""
    found = [
        Area(
            a["unit"], local(a["zh"], a["en"]) or a["unit"], figure_of(a) if "difference" in a else None,
            float(a["calls_day"]), figure_of(a["unreached"]) if "unreached" in a else None,
        )
        for a in results.get("areas", ())
    ]  # fmt: skip
    return sorted(found, key=lambda a: (a.size, a.unreached.difference[0] if a.unreached else 0.0, a.code))


def of_sign(found: Sequence[Area], sign: int) -> list[Area]:
    """Those that gain (-1), lose (+1), or of which nothing can be said (0)."""
    return [a for a in found if a.sign == sign]


def share_of_calls(part: Sequence[Area], whole: Sequence[Area]) -> float:
    """Which share of all calls come from these areas."""
    total = sum(a.calls_day for a in whole)
    return sum(a.calls_day for a in part) / total if total else 0.0
