"""
One plan: what is there today, what it changes, and its runs. The question of the page: is this what I want to try?

Whoever was slower than somebody else is told so, and finds what he typed still in its form.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.ledger.time import now
from oneroom.apps.plans.access import last_good, run_for, runs_of, scenario_for
from oneroom.apps.plans.codes import LIVE, RUN_STATES
from oneroom.apps.plans.queries import Today, today
from oneroom.apps.plans.services import alter_scenario, as_reform, ask_run, cancel_run, put_away
from oneroom.apps.reforms.checks import check_changes
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.map.words import words as map_words
from oneroom.web.pages.office.acting import no_choice
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.plans.fields import RUNS_OFFERED, change_forms, run_form
from oneroom.web.pages.office.plans.forms import added
from oneroom.web.pages.office.plans.words import KINDS, Names, trouble_said
from oneroom.web.pages.office.reform_sides import steps
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local

SHOWN_RUNS = 20


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a plan."""
    return _page(request, pk)


@never_cache
@require_safe
@needs(Right.SEE_PLANS)
def runs_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """How its runs stand, to be fetched again and again while one is computed."""
    by = actor(request)
    row = scenario_for(pk, by=by)
    return render(request, "office/plans/_runs.html", {"plan": row, **runs_shown(row, by)})


@never_cache
@require_POST
@needs(Right.SEE_PLANS)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Add or leave out a change, rename, run, cancel, draft as a reform, put away: ``act`` says which."""
    by = actor(request)
    row = scenario_for(pk, by=by)
    try:
        goal = _act(request, row, by)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, pk, refused)
    return redirect(goal)


def _act(request: HttpRequest, row: Any, by: Actor) -> str:
    post, at, here = request.POST, now(), reverse("office-plan", args=[row.pk])
    by.must(Right.DRAFT_PLANS)
    match post.get("act", ""):
        case "add":
            more = added(post, today(row.day), row.hand)
            alter_scenario(
                row.pk, seen=_number(post, "seen"), by=by, at=at,
                changes=[*row.changes, *more.changes] if more.changes else None,
                hand=[*row.hand, *more.hand] if more.hand else None,
            )  # fmt: skip
            return f"{here}#changes-h"
        case "leave_out":
            which, n = post.get("of", ""), _number(post, "n")
            if which not in ("changes", "hand"):
                raise no_choice("of")
            kept = [change for place, change in enumerate(getattr(row, which)) if place != n]
            alter_scenario(
                row.pk, seen=_number(post, "seen"), changes=kept if which == "changes" else None,
                hand=kept if which == "hand" else None, by=by, at=at,
            )  # fmt: skip
            return f"{here}#changes-h"
        case "rename":
            day = typed_day(post.get("day", ""))
            alter_scenario(row.pk, seen=_number(post, "seen"), name=post.get("name", ""), day=day, by=by, at=at)
            return here
        case "run":
            ask_run(row.pk, post.get("kind", ""), settings_of(post), by=by, at=at)
            return f"{here}#runs-h"
        case "cancel":
            run = run_for(_number(post, "run"), by=by)
            if run.scenario_id != row.pk:
                raise NotFound
            cancel_run(run.pk, by=by, at=at)
            return f"{here}#runs-h"
        case "reform":
            day = typed_day(post.get("day", "")) or row.day
            return reverse("office-reform", args=[as_reform(row.pk, name=post.get("name", ""), day=day, by=by, at=at)])
        case "put_away":
            put_away(row.pk, by=by, at=at)
            return reverse("office-plans")
    raise no_choice()


def settings_of(post: Any) -> dict[str, Any]:
    """The settings of a run as they were typed; what is empty is as usual."""
    names = ("runs", "seed") if post.get("kind") == "replay" else ("runs", "seed", "days", "warm_days")
    found: dict[str, Any] = {name: _number(post, name) for name in names if post.get(name, "").strip()}
    if post.get("kind") == "replay":
        found |= {"since": typed_day(post.get("since", ""), field="since"),
                  "until": typed_day(post.get("until", ""), field="until")}  # fmt: skip
    return found


def _number(post: Any, name: str) -> int:
    said = post.get(name, "").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise BadInput(name, "This is not a number that can be taken here.")
    return int(said)


def _page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    row = scenario_for(pk, by=by)
    found, day = today(row.day), localtime(now()).date()
    names = Names(found)
    organisation, _apart = steps(read_changes(row.changes), check_changes(row.changes, row.day))
    drafts = by.may(Right.DRAFT_PLANS) and row.put_away_at is None
    given, bad = request.POST if refused else {}, (refused.field or "") if refused else ""
    shown: dict[str, Any] = {
        "plan": row, "organisation": organisation, "by_hand": [names.by_hand(change) for change in row.hand],
        "count": len(row.changes) + len(row.hand), "drafts": drafts, "today": _today_shown(found, names),
        **(_offered(found) if drafts else {}),
        "forms": change_forms(found, given, bad) if drafts else (), "run_fields": run_form(given, bad),
        **runs_shown(row, by), "day": day, "map_words": map_words(),
        "given": given, "bad": bad, "refused": worded(refused) if refused else "",
    }  # fmt: skip
    page = frame(request, "office-plans", **shown)
    return render(request, "office/plans/plan.html", page, status=refused.status if refused else 200)


def _today_shown(found: Today, names: Names) -> dict[str, Any]:
    """Today in a table: stations with their crews; what is of no station comes last."""
    by_unit: dict[str, list[Any]] = {}
    for crew in found.crews:
        by_unit.setdefault(crew.unit, []).append(crew)
    codes = [s.code for s in found.stations] + sorted(set(by_unit) - {s.code for s in found.stations})
    rows = [
        (code, names.unit(code), [names.crew(c.code) for c in by_unit.get(code, ())],
         sum(c.officers for c in by_unit.get(code, ())))
        for code in codes
    ]  # fmt: skip
    return {
        "rows": rows, "stations": len(found.stations), "crews": len(found.crews),
        "officers": sum(c.officers for c in found.crews),
    }  # fmt: skip


def _offered(found: Today) -> dict[str, Any]:
    """Stations and crews by name, for who types."""
    return {
        "stations": [(s.code, local(s.zh, s.en)) for s in found.stations],
        "crews": [(c.code, local(*found.callsigns.get(c.code, ("", ""))) or c.code) for c in found.crews],
        "runs_offered": RUNS_OFFERED,
    }  # fmt: skip


def runs_shown(row: Any, by: Actor) -> dict[str, Any]:
    """The newest run, the newest that was done, and those before: a failed one takes no good one away."""
    runs = list(runs_of(row)[:SHOWN_RUNS])
    newest = runs[0] if runs else None
    good = last_good(row)
    shown: dict[str, Any] = {
        "newest": newest, "live": newest is not None and newest.state in LIVE, "good": good,
        "may_cancel": by.may(Right.DRAFT_PLANS) and newest is not None and newest.state in ("waiting", "running"),
        "older": good is not None and good.version != row.version,
        "runs": [(run, RUN_STATES.get(run.state, run.state), asked_said(run)) for run in runs],
    }  # fmt: skip
    if newest is not None:
        shown |= {
            "state": RUN_STATES.get(newest.state, newest.state), "asked": asked_said(newest),
            "trouble": trouble_said(newest.trouble, newest.trouble_said) if newest.state == "failed" else "",
        }  # fmt: skip
    return shown


def asked_said(run: Any) -> str:
    """What a run was asked, in a line."""
    asked = run.asked
    if run.kind == "districts":
        return str(KINDS["districts"])
    if run.kind == "replay":
        said = _("recorded days %(since)s to %(until)s") % {"since": asked["since"], "until": asked["until"]}
    else:
        said = _("%(days)s days of drawn calls") % {"days": asked.get("days", "–")}
    return _("%(what)s · %(runs)s runs · seed %(seed)s") % {
        "what": said, "runs": asked.get("runs", "–"), "seed": asked.get("seed", "–")
    }  # fmt: skip
