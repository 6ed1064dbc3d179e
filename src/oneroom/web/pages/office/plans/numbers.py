"""Figures of a comparison as they are read: times, shares, and differences that always carry their sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUS = "−"
_LONG_S = 600  # from here a difference is said in minutes and seconds


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A figure today, under the plan, and their difference: each a mean with the ends of its interval. A time is without
    end (inf) where nobody came.
    """

    today: tuple[float, float, float]
    plan: tuple[float, float, float]
    difference: tuple[float, float, float]

    @property
    def sign(self) -> int:
        """-1 or +1 where the interval of the difference leaves zero out, else 0: nothing can be said."""
        _mean, low, high = self.difference
        return -1 if high < 0 else 1 if low > 0 else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as it is read: ``sign`` -1 the plan is lower, +1 higher, 0 unclear; ``word`` says what that means."""

    name: str
    today: str
    plan: str
    difference: str
    span: str
    sign: int
    word: str
    figure: Figure | None = None
    grade: int = 0


def figure_of(said: Mapping[str, Any]) -> Figure:
    """A figure of the results."""
    return Figure(*(tuple(float(x) for x in said[name]) for name in ("today", "plan", "difference")))  # type: ignore[arg-type]


def clock(seconds: float) -> str:
    """6:18, or 1:02:05 from an hour on; a time without end is one at which nobody came."""
    if isinf(seconds):
        return pgettext("call", "not reached")
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def signed(number: float, digits: int = 0) -> str:
    """−26, +9, 0: what rounds to nothing has no sign."""
    if isinf(number):
        return (MINUS if number < 0 else "+") + "∞"
    shown = f"{abs(number):,.{digits}f}"
    if float(shown.replace(",", "")) == 0:
        return shown
    return (MINUS if number < 0 else "+") + shown


def seconds(difference: float) -> str:
    """A difference of times: −26 s, or +12:30 where it is long."""
    if isinf(difference):
        return signed(difference)
    if abs(difference) < _LONG_S:
        return _("%(n)s s") % {"n": signed(difference)}
    return (MINUS if difference < 0 else "+") + clock(abs(difference))


def plain_seconds(difference: float) -> str:
    """The size of a difference of times, for a sentence that says faster or slower itself."""
    size = abs(difference)
    if size < 0.5:
        return _("less than 1 s")
    return _("%(n)s s") % {"n": f"{size:.0f}"} if size < _LONG_S else clock(size)


def percent(share: float) -> str:
    """86.4 %."""
    return _("%(n)s %%") % {"n": f"{share * 100:.1f}"}


def points(difference: float, digits: int = 1) -> str:
    """A difference of two shares, in percentage points: +1.6."""
    return signed(difference * 100, digits)


def between(low: str, high: str) -> str:
    """The ends of an interval."""
    return f"[{low}, {high}]"


def seconds_between(of: Figure) -> str:
    """The interval of a difference of times, in seconds or, where it is long, in minutes and seconds."""
    _mean, low, high = of.difference
    if max(abs(low), abs(high)) < _LONG_S:
        digits = 1 if of.sign and min(abs(low), abs(high)) < 0.5 else 0  # an end that is not zero is not shown as zero
        return between(signed(low, digits), signed(high, digits))
    return between(seconds(low), seconds(high))


def speed_word(f: Figure) -> str:
    """Faster, slower, unclear, or the same where nothing differs at all."""
    if not any(f.difference):
        return _("the same")
    return (_("unclear"), _("slower"), _("faster"))[f.sign]
