"""
Ground divided anew in a plan: asked for, looked at beside today, and taken over as changes of the plan (row T17).

The page asks whose ground is divided, what stays and what is shared out; it shows the newest run that is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from shapely.geometry import shape

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.plans.access import last_good, run_for, runs_of, scenario_for
from oneroom.apps.plans.codes import LIVE, RUN_STATES
from oneroom.apps.plans.queries import grounds_on, today
from oneroom.apps.plans.services import ask_run, cancel_run, take_over_districts
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import no_choice, number
from oneroom.web.pages.office.plans.assumptions import assumed_said
from oneroom.web.pages.office.plans.districts_drawing import drawing
from oneroom.web.pages.office.plans.words import Names, trouble_said
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local

WHOSE = {"station": lazy("stations share their ground out"), "brigade": lazy("brigades get districts")}
SHARED = {"calls": lazy("calls of the last weeks"), "ground": lazy("ground, each cell alike")}
WHY = {
    "parts": lazy("The ground is in parts without a road between, and a part has too much or too little work."),
    "block": lazy("One cell alone has more work than an equal share."),
    "walled": lazy("A station stands where other stations hold every way out."),
    "pins": lazy("What is to stay leaves nothing evener that was found."),
    "roads": lazy("The roads leave nothing evener that was found."),
    "brigades": lazy("Each brigade's ground is divided by itself, and brigades have unequal work."),
}
USUAL = {"of": "station", "work": "calls", "count": "66", "tolerance": "5"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PLANS)
def districts(request: HttpRequest, pk: int) -> HttpResponse:
    """By POST: ask for a run, cancel it, or take its districts over; ``act`` says which."""
    by = actor(request)
    row = scenario_for(pk, by=by)
    if request.method != "POST":
        return _page(request, row, by)
    try:
        return redirect(_act(request, row, by))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, row, by, refused)


def _act(request: HttpRequest, row: Any, by: Actor) -> str:
    here, at = reverse("office-plan-districts", args=[row.pk]), now()
    by.must(Right.DRAFT_PLANS)
    match request.POST.get("act", ""):
        case "ask":
            ask_run(row.pk, "districts", _asked(request.POST), by=by, at=at)
        case "cancel":
            cancel_run(_run(request, row, by), by=by, at=at)
        case "take":
            take_over_districts(_run(request, row, by), seen=number(request, "seen"), by=by, at=at)
        case _:
            raise no_choice()
    return here


def _run(request: HttpRequest, row: Any, by: Actor) -> int:
    """The run that the form names, one of this plan's."""
    found = run_for(number(request, "run"), by=by)
    if found.scenario_id != row.pk:
        raise NotFound
    return found.pk


def _asked(post: QueryDict) -> dict[str, Any]:
    """What was typed; several units by commas, a border as two codes with a hyphen or a space between."""
    borders = []
    for said in _several(post.get("borders", "")):
        pair = [code for code in said.replace("–", " ").replace("/", " ").split(" ") if code]
        if len(pair) != 2:
            raise BadInput("borders", "A border is two codes with a / between them.")
        borders.append(pair)
    return {
        "of": post.get("of", ""), "work": post.get("work", ""), "units": _several(post.get("units", "")),
        "keep": _several(post.get("keep", "")), "borders": borders, "drive": "drive" in post,
        "count": _whole(post, "count", 66), "tolerance": _whole(post, "tolerance", 5), "seed": _whole(post, "seed", 1),
    }  # fmt: skip


def _typed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the newest run was asked, as it is typed: the next question is mostly the same with one thing changed."""
    borders = ", ".join("/".join(pair) for pair in asked["borders"])
    return {**asked, "units": ", ".join(asked["units"]), "keep": ", ".join(asked["keep"]), "borders": borders}


def _several(said: str) -> list[str]:
    return [part.strip().lower() for part in said.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def _whole(post: QueryDict, name: str, usual: int) -> int:
    said = post.get(name, "").strip() or str(usual)
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise BadInput(name, "This is not a number that can be taken here.")
    return int(said)


def _page(request: HttpRequest, row: Any, by: Actor, refused: Refused | None = None) -> HttpResponse:
    newest = runs_of(row).filter(kind="districts").first()
    good = last_good(row, "districts")
    page = frame(
        request, "office-plans", plan=row, newest=newest, good=good, live=newest is not None and newest.state in LIVE,
        state=RUN_STATES[newest.state] if newest else "",
        trouble=trouble_said(newest.trouble, newest.trouble_said) if newest and newest.trouble else "",
        may_draft=by.may(Right.DRAFT_PLANS), whose=WHOSE.items(), shared=SHARED.items(),
        given=request.POST if refused else _typed(newest.asked) if newest else USUAL,
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
        found=_shown(good.results, row.day) if good and good.results else None,
        assumed=assumed_said(good.assumed, Names(today(row.day))) if good else [],
        older=good is not None and good.version != row.version,
    )  # fmt: skip
    return render(request, "office/plans/districts.html", page, status=refused.status if refused else 200)


def _shown(results: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The districts as rows, who changes, and the drawing."""
    ends = [end for m in results["moved"] for end in (m["was"], m["becomes"]) if end]
    codes = {*(d["unit"] for d in results["districts"]), *ends, *results["ends"]}
    codes |= {s for d in results["districts"] for s in d.get("stations", ())}
    names = {code: local(zh, en or zh) for code, (zh, en) in names_by_code(codes).items()}
    names |= {d["unit"]: local(d["zh"], d["en"]) for d in results["districts"] if d["is_new"]}
    touched = set(ends)
    rows = [
        {
            "n": n, "name": names.get(d["unit"], d["unit"]), "cells": d["cells"], "work": f"{d['work']:,.0f}",
            "off": percent(d["off"]), "beyond": abs(d["off"]) > results["tolerance"],
            "before": "" if d["off_before"] is None else percent(d["off_before"]),
            "minutes": f"{d['drive_s'] / 60:.1f}",
            "changed": d["unit"] in touched, "is_new": d["is_new"],
            "stations": _(", ").join(names.get(s, s) for s in d.get("stations", ())),
        }
        for n, d in enumerate(results["districts"], start=1)
    ]  # fmt: skip
    changes = [
        (names.get(m["was"], m["was"]) if m["was"] else _("nobody's"), names.get(m["becomes"], m["becomes"]),
         m["cells"], f"{m['work']:,.0f}", f"{m['share'] * 100:.1f} %")
        for m in results["moved"]
    ]  # fmt: skip
    outlines = [(d["unit"], shape(d["outline"])) for d in results["districts"]]
    there = {*(m["was"] for m in results["moved"]), *(d["unit"] for d in results["districts"]), *results["ends"]}
    before = {code: shape(ground) for code, ground in grounds_on(day, sorted(there - {"", None})).items()}
    numbers = {d["unit"]: n for n, d in enumerate(results["districts"], start=1)}
    return {
        "rows": rows, "changes": changes, "worst": f"{results['worst'] * 100:.1f}",
        "before": "" if results["worst_before"] is None else f"{results['worst_before'] * 100:.1f}",
        "even": results["worst"] <= results["tolerance"] + 1e-9, "tolerance": f"{results['tolerance'] * 100:.0f}",
        "least": f"{results['least_off'] * 100:.1f}" if results["least_off"] > results["tolerance"] else "",
        "why": [WHY[code] for code in results["why"]], "moved": f"{results['moved_share'] * 100:.1f}",
        "strayed": results.get("strayed", 0), "of": results["of"], "ends": [names.get(c, c) for c in results["ends"]],
        "map": drawing(outlines, touched, numbers, names, before),
        "shared": SHARED[results["work"]], "timed": any(d["drive_s"] for d in results["districts"]),
    }  # fmt: skip


def percent(part: float) -> str:
    """A deviation with its sign."""
    return f"{part * 100:+.1f} %".replace("-", "−")
