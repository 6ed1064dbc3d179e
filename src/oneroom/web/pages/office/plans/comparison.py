"""
What a run found, ready to be shown: the verdict in a sentence, rows by grade and by area, and the rest.

Faster, slower, better and worse are said only where the interval of the difference leaves zero out; else it is unclear.
A difference is always the plan less today, run by run under the same calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web.pages.office.plans.numbers import (
    Figure,
    between,
    clock,
    percent,
    plain_seconds,
    points,
    seconds,
    seconds_between,
    signed,
)
from oneroom.web.pages.room.words import local

GRADES = (1, 2, 3, 4)


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


@dataclass(frozen=True, slots=True)
class Area:
    """A station's area of today: what changes there, and how many calls a day come from it."""

    code: str
    name: str
    figure: Figure
    calls_day: float

    @property
    def sign(self) -> int:
        """-1 faster, +1 slower, 0 unclear."""
        return self.figure.sign

    @property
    def row(self) -> Row:
        """As it is read."""
        f = self.figure
        return Row(
            self.name, clock(f.today[0]), clock(f.plan[0]), seconds(f.difference[0]), seconds_between(f), f.sign,
            speed_word(f), f,
        )  # fmt: skip

    @property
    def a_day(self) -> str:
        """Calls a day."""
        return f"{self.calls_day:.0f}" if self.calls_day >= 10 else f"{self.calls_day:.1f}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer first: the head says how fast and for how many, the rest who pays for it."""

    head: str
    rest: str


def figure_of(said: Mapping[str, Any]) -> Figure:
    """A figure of the results."""
    return Figure(*(tuple(float(x) for x in said[name]) for name in ("today", "plan", "difference")))  # type: ignore[arg-type]


def speed_word(f: Figure) -> str:
    """Faster, slower, unclear, or the same where nothing differs at all."""
    if not any(f.difference):
        return _("the same")
    return (_("unclear"), _("slower"), _("faster"))[f.sign]


def by_grade(results: Mapping[str, Any], name: str = "response_p90_s") -> list[Row]:
    """From the call to the first crew there, by grade; a grade without calls is not there."""
    rows = []
    for grade in GRADES:
        said = results["figures"].get(f"{name}.grade{grade}")
        if said is None:
            continue
        f = figure_of(said)
        rows.append(
            Row(
                f"P{grade}", clock(f.today[0]), clock(f.plan[0]), seconds(f.difference[0]), seconds_between(f), f.sign,
                speed_word(f), f, grade,
            )
        )  # fmt: skip
    return rows


def areas(results: Mapping[str, Any]) -> list[Area]:
    """Today's areas, those that gain most first."""
    found = [
        Area(a["unit"], local(a["zh"], a["en"]) or a["unit"], figure_of(a), float(a["calls_day"]))
        for a in results.get("areas", ())
    ]
    return sorted(found, key=lambda a: (a.figure.difference[0], a.code))


def of_sign(found: Sequence[Area], sign: int) -> list[Area]:
    """Those that gain (-1), lose (+1), or of which nothing can be said (0)."""
    return [a for a in found if a.sign == sign]


def share_of_calls(part: Sequence[Area], whole: Sequence[Area]) -> float:
    """Which share of all calls come from these areas."""
    total = sum(a.calls_day for a in whole)
    return sum(a.calls_day for a in part) / total if total else 0.0


def verdict(results: Mapping[str, Any]) -> Verdict:
    """The sentence that stands first."""
    rows, found = by_grade(results), areas(results)
    gain, lose = of_sign(found, -1), of_sign(found, 1)
    parts = [_speed(rows[0])] if rows else []
    if found:
        parts.append(_("areas that gain: %(gain)d, that lose: %(lose)d") % {"gain": len(gain), "lose": len(lose)})
    parts.append(_cost(results.get("cost", {})))
    return Verdict(_("; ").join(p for p in parts if p) + _("."), " ".join(_who_pays(found, lose)))


def _speed(row: Row) -> str:
    said = {"grade": row.name, "by": plain_seconds(row.figure.difference[0] if row.figure else 0)}
    if row.sign < 0:
        return _("%(grade)s is %(by)s faster") % said
    if row.sign > 0:
        return _("%(grade)s is %(by)s slower") % said
    return _("%(grade)s: no clear difference") % said


def _cost(cost: Mapping[str, Sequence[float]]) -> str:
    crews, officers = (round(cost[n][1] - cost[n][0]) if n in cost else 0 for n in ("crews", "officers"))
    if not crews and not officers:
        return _("no crews or officers added")
    parts = []
    if crews:
        parts.append(ngettext("%(n)s crew", "%(n)s crews", abs(crews)) % {"n": signed(crews)})
    if officers:
        parts.append(ngettext("%(n)s officer", "%(n)s officers", abs(officers)) % {"n": signed(officers)})
    return _(", ").join(parts)


def _who_pays(found: Sequence[Area], lose: Sequence[Area]) -> list[str]:
    said = []
    if lose:
        worst = lose[-1]
        share = f"{share_of_calls(lose, found) * 100:.0f}"
        said.append(
            _("The slower areas hold %(share)s %% of calls; the worst, %(area)s, by %(by)s.")
            % {"share": share, "area": worst.name, "by": plain_seconds(worst.figure.difference[0])}
        )
    elif found:
        said.append(_("No area is clearly slower."))
    open_ = len(of_sign(found, 0))
    if open_:
        said.append(
            ngettext("In %(n)d area no difference can be seen.", "In %(n)d areas no difference can be seen.", open_)
            % {"n": open_}
        )
    return said


def rest(results: Mapping[str, Any]) -> list[Row]:
    """Overdue, within the promise, load of the crews, and what else a run counts."""
    figures = results["figures"]
    rows = []
    if "response_mean_s.all" in figures:
        f = figure_of(figures["response_mean_s.all"])
        said = _("Arrival, mean of all calls")
        rows.append(
            Row(said, clock(f.today[0]), clock(f.plan[0]), seconds(f.difference[0]), seconds_between(f), f.sign,
                speed_word(f), f)
        )  # fmt: skip
    if "arrive_within" in figures:
        rows.append(_share(_("Arrivals overdue"), figure_of(figures["arrive_within"]).turned(), better=-1))
    for grade in GRADES:
        name, promised = f"response_within.grade{grade}", limit_s("arrive", grade)
        if name in figures and promised:
            said = _("P%(grade)d there within %(min)d min") % {"grade": grade, "min": promised // 60}
            rows.append(_share(said, figure_of(figures[name]), better=1))
    shares = (
        ("sign_within", _("Orders signed in time"), 1), ("depart_within", _("Set out in time"), 1),
        ("report_within", _("Reported in time"), 1), ("workload_mean", _("Workload of a crew, mean"), 0),
        ("workload_max", _("Workload of the busiest crew"), -1),
        ("workload_sd", _("Workload, spread of the crews"), -1),
    )  # fmt: skip
    rows += [_share(said, figure_of(figures[n]), better=b) for n, said, b in shares if n in figures]
    counts = (
        ("lapsed", _("Orders that nobody took"), -1), ("waited", _("Calls that waited for a crew"), -1),
        ("diverted", _("Crews sent on to another call"), 0), ("left_over", _("Calls still open at the end"), -1),
    )  # fmt: skip
    rows += [_count(said, figure_of(figures[n]), better=b) for n, said, b in counts if n in figures]
    if "overtime_s" in figures:
        f = figure_of(figures["overtime_s"])
        hours = Figure(*(tuple(x / 3600 for x in part) for part in (f.today, f.plan, f.difference)))  # type: ignore[arg-type]
        rows.append(_count(_("Overtime, hours"), hours, better=-1))
    return rows


def _word(f: Figure, better: int) -> str:
    sign = f.sign
    if not sign:
        return _("unclear") if any(f.difference) else _("the same")
    if not better:
        return _("more") if sign > 0 else _("less")
    return _("better") if sign == better else _("worse")


def _share(name: str, f: Figure, *, better: int) -> Row:
    mean, low, high = f.difference
    digits = 2 if f.sign and min(abs(low), abs(high)) < 0.0005 else 1  # an end that is not zero is not shown as zero
    span = between(points(low, digits), points(high, digits))
    return Row(name, percent(f.today[0]), percent(f.plan[0]), points(mean), span, f.sign, _word(f, better), f)


def _count(name: str, f: Figure, *, better: int) -> Row:
    mean, low, high = f.difference
    span = between(signed(low, 1), signed(high, 1))
    was, is_ = (f"{x:,.1f}" for x in (f.today[0], f.plan[0]))
    return Row(name, was, is_, signed(mean, 1), span, f.sign, _word(f, better), f)


def coverage(results: Mapping[str, Any]) -> list[Row]:
    """Which part of calls, and of the ground, is within so many minutes of a crew at its post: no chance in it."""
    found = []
    words = (
        ("calls", _("Past calls within %(min)d min of a crew at its post")),
        ("ground", _("Ground within %(min)d min of a crew at its post")),
    )
    for part, said in words:
        for s, (was, is_) in sorted(results.get("coverage", {}).get(part, {}).items(), key=lambda of: int(of[0])):
            found.append(
                Row(
                    said % {"min": int(s) // 60},
                    percent(was),
                    percent(is_),
                    points(is_ - was),
                    "",
                    _sign(is_ - was),
                    "",
                )
            )
    return found


def cost(results: Mapping[str, Any]) -> list[Row]:
    """What the plan takes: crews, officers, and hours of crews a week."""
    said = {"crews": _("Crews"), "officers": _("Officers on crews"), "crew_hours_week": _("Crew hours a week")}
    found = results.get("cost", {})
    return [
        Row(word, f"{was:,.0f}", f"{is_:,.0f}", signed(is_ - was), "", _sign(is_ - was), "")
        for name, word in said.items()
        if name in found
        for was, is_ in (found[name],)
    ]


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)
