"""
What a run found, ready to be shown: the verdict in a sentence, rows by grade and by area, and the rest.

Faster, slower, better and worse are said only where the interval of the difference leaves zero out; else it is unclear.
A difference is always the plan less today, run by run under the same calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web.pages.office.plans.by_area import Area, areas, of_sign, share_of_calls
from oneroom.web.pages.office.plans.numbers import (
    Figure,
    Row,
    between,
    clock,
    figure_of,
    percent,
    plain_seconds,
    points,
    seconds,
    seconds_between,
    signed,
    speed_word,
)

GRADES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer first: the head says how fast and for how many, the rest who pays for it."""

    head: str
    rest: str


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


def verdict(results: Mapping[str, Any]) -> Verdict:
    """The sentence that stands first."""
    rows, found = by_grade(results), areas(results)
    gain, lose = of_sign(found, -1), of_sign(found, 1)
    parts = [_speed(rows[0])] if rows else []
    if "unreached.all" in results["figures"] and (f := figure_of(results["figures"]["unreached.all"])).sign:
        shares = {"was": percent(f.today[0]), "is": percent(f.plan[0])}
        parts.append(_("nobody comes to %(is)s of calls, today to %(was)s") % shares)
    if found:
        parts.append(_("areas that gain: %(gain)d, that lose: %(lose)d") % {"gain": len(gain), "lose": len(lose)})
    parts.append(_cost(results.get("cost", {})))
    return Verdict(_("; ").join(p for p in parts if p) + _("."), " ".join(_who_pays(found, lose)))


def _speed(row: Row) -> str:
    by = row.figure.difference[0] if row.figure else 0.0
    if row.sign and isinf(by):
        if row.sign > 0:
            return _("%(grade)s: a tenth of calls or more is never reached") % {"grade": row.name}
        return _("%(grade)s: nine in ten calls are reached, unlike today") % {"grade": row.name}
    said = {"grade": row.name, "by": plain_seconds(by)}
    if row.sign < 0:
        return _("%(grade)s is %(by)s faster") % said
    if row.sign > 0:
        return _("%(grade)s is %(by)s slower") % said
    return _("%(grade)s: no clear difference") % said


def _cost(cost: Mapping[str, Sequence[float]]) -> str:
    names = ("crews", "officers", "crew_hours_week")
    crews, officers, hours = (round(cost[n][1] - cost[n][0]) if n in cost else 0 for n in names)
    if not crews and not officers and not hours:
        return _("no crews, officers or hours added")
    parts = []
    if crews:
        parts.append(ngettext("%(n)s crew", "%(n)s crews", abs(crews)) % {"n": signed(crews)})
    if officers:
        parts.append(ngettext("%(n)s officer", "%(n)s officers", abs(officers)) % {"n": signed(officers)})
    if hours:
        parts.append(ngettext("%(n)s crew hour a week", "%(n)s crew hours a week", abs(hours)) % {"n": signed(hours)})
    return _(", ").join(parts)


def _who_pays(found: Sequence[Area], lose: Sequence[Area]) -> list[str]:
    said = []
    if lose:
        worst = lose[-1]
        share = f"{share_of_calls(lose, found) * 100:.0f}"
        if isinf(worst.size) and worst.unreached:
            was, is_ = (percent(each[0]) for each in (worst.unreached.today, worst.unreached.plan))
            said.append(
                _("The areas that lose hold %(share)s %% of calls; in the worst, %(area)s, nobody comes to %(is)s of "
                  "calls, today to %(was)s.") % {"share": share, "area": worst.name, "is": is_, "was": was}
            )  # fmt: skip
        else:
            said.append(
                _("The slower areas hold %(share)s %% of calls; the worst, %(area)s, by %(by)s.")
                % {"share": share, "area": worst.name, "by": plain_seconds(worst.size)}
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
        said = _("Arrival, mean of calls reached")
        rows.append(
            Row(said, clock(f.today[0]), clock(f.plan[0]), seconds(f.difference[0]), seconds_between(f), f.sign,
                speed_word(f), f)
        )  # fmt: skip
    missed = (
        ("late", _("Overdue or never reached")), ("unreached.all", _("Calls that nobody came to")),
    )  # fmt: skip
    rows += [_share(said, figure_of(figures[n]), better=-1) for n, said in missed if n in figures]
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
        ("diverted", _("Crews sent on to another call"), 0),
        ("left_over", _("Calls still waiting for a crew at the end"), -1),
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


def coverage_at(results: Mapping[str, Any]) -> str:
    """Of which hour of the week the coverage is told, and how many crews are on duty then."""
    told = results.get("coverage", {})
    if "hour" not in told:
        return ""
    day, hour = divmod(told["hour"], 24)
    said = _("%(day)s from %(hour)s, the hour of the week with the fewest crews: A %(was)d, B %(is)d")
    return said % {"day": WEEKDAYS[day], "hour": f"{hour}:00", "was": told["crews"][0], "is": told["crews"][1]}


def cost(results: Mapping[str, Any]) -> list[Row]:
    """What the plan takes: crews, hours of crews a week, and officers to work them."""
    said = (
        ("crews", _("Crews"), 0), ("crew_hours_week", _("Crew hours a week"), 0),
        ("officers", _("Officers for these hours"), 1),
    )  # fmt: skip
    found = results.get("cost", {})
    return [
        Row(word, f"{was:,.{n}f}", f"{is_:,.{n}f}", signed(is_ - was, n), "", _sign(is_ - was), "")
        for name, word, n in said
        if name in found
        for was, is_ in (found[name],)
    ]


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)
