"""
What a run came to, beside today: better or worse, for whom, how sure, at what cost.

The page, a report to read and print, the same as PDF, and the figures as a file: the last two are acts with an entry.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oneroom.apps.ledger.services import exported
from oneroom.apps.ledger.time import now
from oneroom.apps.plans.access import run_for
from oneroom.apps.plans.codes import LIVE, RUN_STATES
from oneroom.apps.plans.queries import today
from oneroom.apps.reforms.checks import check_changes
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.ports.formats.sheets import write_csv
from oneroom.web.actors import actor
from oneroom.web.pages.map.words import words as map_words
from oneroom.web.pages.office.plans.outcome import lines_of, outcome_of
from oneroom.web.pages.office.plans.report_pdf import as_pdf
from oneroom.web.pages.office.plans.scenario import asked_said
from oneroom.web.pages.office.plans.words import Names, trouble_said
from oneroom.web.pages.office.reform_sides import steps
from oneroom.web.pages.office.shell import frame, needs


def _run(pk: int, run: int, by: Actor) -> Any:
    """A run of this plan, seen by whom plans are open to."""
    found = run_for(run, by=by)
    if found.scenario_id != pk:
        raise NotFound
    return found


def _done(pk: int, run: int, by: Actor) -> Any:
    """One that is done: there is no report of another."""
    found = _run(pk, run, by)
    if found.results is None or found.kind == "districts":
        raise NotFound
    return found


def changes_said(run: Any) -> list[str]:
    """What the run had changed, as sentences: the draft may say something else by now."""
    names = Names(today(run.day))
    organisation, _apart = steps(read_changes(run.changes), check_changes(run.changes, run.day))
    return [step.words + _(".") for step in organisation] + [names.by_hand(change) for change in run.hand]


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def comparison(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """The comparison, or how the run stands where there is none."""
    found = _run(pk, run, actor(request))
    if found.kind == "districts":  # what was divided anew has a page of its own
        return redirect("office-plan-districts", pk)
    shown: dict[str, Any] = {
        "plan": found.scenario, "run": found, "asked": asked_said(found), "state": RUN_STATES.get(found.state, ""),
        "live": found.state in LIVE,
    }  # fmt: skip
    if found.results is None:
        said = trouble_said(found.trouble, found.trouble_said) if found.state == "failed" else ""
        page = frame(request, "office-plans", trouble=said, **shown)
        return render(request, "office/plans/no_result.html", page)
    page = frame(
        request, "office-plans", o=outcome_of(found), changed=changes_said(found), map_words=map_words(),
        map_language="en" if get_language() == "en" else "zh", **shown,
    )  # fmt: skip
    return render(request, "office/plans/comparison.html", page)


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def report(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """The same in one column, to be read and printed."""
    found = _done(pk, run, actor(request))
    shown = {
        "plan": found.scenario, "run": found, "asked": asked_said(found), "o": outcome_of(found),
        "changed": changes_said(found),
    }  # fmt: skip
    return render(request, "office/plans/report.html", shown)


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def report_pdf(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """The same on paper."""
    by = actor(request)
    found = _done(pk, run, by)
    made = as_pdf(
        found, outcome_of(found), changes_said(found), asked_said(found), printed_by=request.user.name  # type: ignore[union-attr]
    )  # fmt: skip
    exported("plan-report", form="pdf", rows=1, asked=[f"run:{run}"], by=by, at=now())
    headers = {"Content-Disposition": f'inline; filename="plan-{pk}-run-{run}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def figures_file(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """All figures, as CSV."""
    by = actor(request)
    found = _done(pk, run, by)
    lines = lines_of(outcome_of(found))
    heads = [
        _("Part"), _("Figure"), _("A today"), _("B plan"), _("Difference"), _("From"), _("To"), _("What that means"),
    ]  # fmt: skip
    exported("plan-figures", form="csv", rows=len(lines), asked=[f"run:{run}"], by=by, at=now())
    answer = HttpResponse(write_csv(heads, [list(line) for line in lines]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="plan-{pk}-run-{run}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
