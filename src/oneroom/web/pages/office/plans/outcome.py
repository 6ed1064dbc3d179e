"""What a run found and how it is shown: the comparison on the page, its report, its paper and its figures as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.apps.plans.queries import grounds_on, today
from oneroom.web.pages.office.plans import comparison, pictures
from oneroom.web.pages.office.plans.assumptions import assumed_said
from oneroom.web.pages.office.plans.by_area import Area, areas, of_sign
from oneroom.web.pages.office.plans.changed_ground import Drawing, drawing, features
from oneroom.web.pages.office.plans.comparison import Verdict
from oneroom.web.pages.office.plans.numbers import Row
from oneroom.web.pages.office.plans.words import Names

MOST_NAMED = 6  # areas named on each side; the table has all


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a comparison shows."""

    verdict: Verdict
    under: str
    grades: list[tuple[Row, pictures.Interval]]
    curves: list[pictures.Curve]
    areas: list[Area]
    named: list[tuple[Area, pictures.Bar]]
    rest: list[Row]
    coverage: list[Row]
    coverage_at: str
    cost: list[Row]
    assumed: list[str]
    by_chance: str  # so many areas would seem to gain or lose if nothing differed anywhere
    ground: Drawing | None
    features: dict[str, Any]


def outcome_of(run: Any) -> Outcome:
    """Of a run that is done."""
    results = run.results
    rows, found = comparison.by_grade(results), areas(results)
    gain, lose = of_sign(found, -1), of_sign(found, 1)
    named = [*gain[:MOST_NAMED], *lose[-MOST_NAMED:]]
    grounds = grounds_on(run.day, [a.code for a in found])
    return Outcome(
        comparison.verdict(results), _under(results), list(zip(rows, pictures.intervals(rows), strict=True)),
        [c for c in (pictures.curve(results, g) for g in comparison.GRADES) if c is not None], found,
        list(zip(named, pictures.bars(named), strict=True)), comparison.rest(results), comparison.coverage(results),
        comparison.coverage_at(results),
        comparison.cost(results), assumed_said(run.assumed, Names(today(run.day))),
        _by_chance(found, results["level"]), drawing(found, grounds), features(found, grounds),
    )  # fmt: skip


def _by_chance(found: list[Area], level: float) -> str:
    """How many areas would seem to gain or lose if nothing differed: also of few areas something may."""
    expected = sum(a.figure is not None for a in found) * (1 - level)
    return f"{expected:.0f}" if expected >= 10 else f"{expected:.1f}" if expected else ""


def _under(results: dict[str, Any]) -> str:
    """What is compared, how often, and how sure the intervals are."""
    runs = results["runs"]
    said = _(
        "Against today (A) · the same %(calls)s calls in both · %(runs)s, common random numbers · "
        "%(level)s %% intervals"
    )
    return said % {
        "calls": f"{results['calls']:,.0f}", "runs": ngettext("%(n)d run", "%(n)d runs", runs) % {"n": runs},
        "level": f"{results['level'] * 100:.0f}",
    }  # fmt: skip


def lines_of(outcome: Outcome) -> list[tuple[str | float, ...]]:
    """All figures as lines of a file: part, what, today, plan, difference, its ends, what that means."""
    parts = (
        (_("Arrival, 90th percentile, s"), [row for row, _interval in outcome.grades]),
        (_("Arrival by area, mean, s"), [area.row for area in outcome.areas]),
        (_("The rest"), outcome.rest), (_("Coverage"), outcome.coverage), (_("Cost"), outcome.cost),
    )  # fmt: skip
    return [(part, row.name, *_numbers(row), row.word) for part, rows in parts for row in rows]


def _numbers(row: Row) -> tuple[str | float, ...]:
    f = row.figure
    if f is None:
        return row.today, row.plan, row.difference, "", ""
    return tuple(float(f"{x:.6g}") for x in (f.today[0], f.plan[0], *f.difference))
