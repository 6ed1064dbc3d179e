"""
Reform plans: what is drafted, waits or is signed; one of them before and after, with what stands against it.

The question of the page: may it be signed, and if not, what is left without an owner and by which change?
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.codes import KINDS, SYSTEMS
from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.people.services import drop_second, sign_second
from oneroom.apps.personnel.strength import strength_in
from oneroom.apps.reforms.access import plan_for, plans_for, waits_for
from oneroom.apps.reforms.checks import check, document_of
from oneroom.apps.reforms.services import (
    alter_plan,
    ask_for_signature,
    draft_plan,
    flaws_of,
    import_plan,
    withdraw_plan,
)
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.summary import summary
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Overtaken, Refused, Unmet
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.ground_drawing import drawing
from oneroom.web.pages.office.reform_forms import FORMS, STATION, changes_of
from oneroom.web.pages.office.reform_sides import sides, steps
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.strength import after, in_stations, officers
from oneroom.web.pages.office.structure import Figure, figures, kinds, reformed, system_strength, systems

MOST_BYTES = 4 * 1024 * 1024
STATES = {
    "draft": lazy("draft"), "asked": lazy("waits for the second signature"), "signed": lazy("signed"),
    "in_force": lazy("in force"), "withdrawn": lazy("taken back"), "stopped": lazy("stopped on its day"),
}  # fmt: skip
DOES = {
    "merge": lazy("Merge"), "split": lazy("Split"), "abolish": lazy("End"), "create": lazy("Create"),
    "alter": lazy("Change or move"), "delegate": lazy("Hand over a function"),
    STATION: lazy("One room, two teams"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ORGANISATION)
def reforms(request: HttpRequest) -> HttpResponse:
    """All plans; by POST a new draft, by name and day or of a document."""
    by = actor(request)
    refused = None
    if request.method == "POST":
        try:
            return redirect("office-reform", _begin(request, by))
        except NotFound:
            raise
        except Refused as no:
            refused = no
    rows = [(row, STATES[row.state]) for row in plans_for(by=by)[:200]]
    shown = frame(
        request, "office-reforms", rows=rows, may_draft=by.may(Right.DRAFT_REFORM), today=localtime(now()).date(),
        refused=worded(refused) if refused else "", bad=refused.field if refused else "", given=request.POST,
    )  # fmt: skip
    return render(request, "office/reforms.html", shown, status=refused.status if refused else 200)


@never_cache
@require_safe
@needs(Right.SEE_ORGANISATION)
def reform(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan."""
    return _page(request, pk)


@never_cache
@require_POST
@needs(Right.SEE_ORGANISATION)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the draft, ask for the signature, sign, refuse, take back: ``act`` says which."""
    try:
        _act(request, pk, actor(request))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, pk, refused)
    return redirect("office-reform", pk)


@never_cache
@require_safe
@needs(Right.SEE_ORGANISATION)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a JSON document."""
    row = plan_for(pk, by=actor(request))
    answer = JsonResponse(document_of(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="oneroom-reform-{pk}.json"'
    return answer


def _begin(request: HttpRequest, by: Actor) -> int:
    by.must(Right.DRAFT_REFORM)
    day = typed_day(request.POST.get("day", ""), field="day")
    given = request.FILES.get("document")
    if given is None:
        return draft_plan(request.POST.get("name", ""), day, by=by, at=now())
    if (given.size or 0) > MOST_BYTES:
        raise BadInput("document", "The file is larger than %(mb)d MB.", mb=MOST_BYTES // 1024 // 1024)
    try:
        said = json.loads(given.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise BadInput("document", "This is no JSON document.") from broken
    return import_plan(said, day=day, by=by, at=now())


def _act(request: HttpRequest, pk: int, by: Actor) -> None:
    row, at, post = plan_for(pk, by=by), now(), request.POST
    match post.get("act", ""):
        case "add":
            by.must(Right.DRAFT_REFORM)
            found = check(row)
            tree = found.proposal.will_be if found.proposal is not None else tree_on(row.day)
            changes = [*row.changes, *changes_of(post, tree, officers(strength_in(tree, row.day)))]
            alter_plan(pk, seen=_number(post, "seen"), changes=changes, by=by, at=at)
        case "remove":
            n = _number(post, "n")
            changes = [change for place, change in enumerate(row.changes) if place != n]
            alter_plan(pk, seen=_number(post, "seen"), changes=changes, by=by, at=at)
        case "rename":
            day = typed_day(post.get("day", ""), field="day")
            alter_plan(pk, seen=_number(post, "seen"), name=post.get("name", ""), day=day, by=by, at=at)
        case "ask":
            ask_for_signature(pk, words=post.get("why", ""), by=by, at=at)
        case "withdraw":
            withdraw_plan(pk, by=by, at=at)
        case "sign" | "drop" as verb:
            waits = waits_for(row, by=by)
            if waits is None:
                raise Overtaken("This waits for no signature any more.")
            (sign_second if verb == "sign" else drop_second)(waits.pk, by=by, at=at)
        case _:
            raise BadInput("act", "There is no such choice here. Pick one of the list.")


def _number(post: Any, name: str) -> int:
    said = post.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 8):
        raise BadInput(name, "This is not a number that can be taken here.")
    return int(said)


def _page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    row = plan_for(pk, by=by)
    found = check(row)
    made, apart = steps(read_changes(row.changes), found)
    shown: dict[str, Any] = {
        "plan": row, "state": STATES[row.state], "steps": made, "apart": apart, "orphans": len(found.faults),
        "sound": found.sound, "broken": found.proposal is None, "today": localtime(now()).date(),
    }  # fmt: skip
    if found.proposal is not None:
        p = found.proposal
        was = summary(p.was, p.before.duties_on(p.day))
        is_ = summary(p.will_be, p.outcome.facts.duties_on(p.day))
        left, right = sides(p)
        crew, sworn = _strength(p)
        shown |= {
            "before": left, "after": right, "figures": [*figures(is_, was), *crew],
            "systems": [*systems(is_, was), *sworn], "reformed": reformed(p), "kinds": kinds(is_, was),
            "ended": len(p.ended),
            "begun": sum(code not in p.was.units for code in p.will_be.units),
            "ground": _ground(p),
            "altered": sum(u != p.was.units[c] for c, u in p.will_be.units.items() if c in p.was.units),
        }  # fmt: skip
    open_ = row.state in ("draft", "asked") or (row.state == "signed" and row.day > localtime(now()).date())
    shown |= {
        "drafts": by.may(Right.DRAFT_REFORM) and row.state == "draft", "waits": waits_for(row, by=by), "me": by.id,
        "may_withdraw": open_ and (by.may(Right.DRAFT_REFORM) or by.may(Right.COUNTERSIGN)),
        "forms": [(code, DOES[code]) for code in (*FORMS, STATION)], "small": settings.SMALL_STATION,
        "kind_words": KINDS, "system_words": SYSTEMS,
        "refused": _said(refused), "bad": refused.field if refused else "", "given": request.POST,
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "office/reform.html", frame(request, "office-reforms", **shown), status=status)


def _strength(p: Proposal) -> tuple[list[Figure], list[tuple[str, Figure]]]:
    """
    How much of the force stands in stations (row T12) and in each system (row T09), before and after: who is where
    today, with the heirs.
    """
    people = strength_in(p.was, p.day)
    moved = after(people, p.will_be, p.ended)
    sworn = system_strength((p.will_be, officers(moved)), (p.was, officers(people)))
    return in_stations(p.will_be, moved, before=(p.was, people)), sworn


def _ground(p: Proposal) -> dict[str, Any] | None:
    """The ground as it would lie, where the plan draws any."""
    found, ground = flaws_of(p.before, p.outcome.facts, p.day)
    if not ground:
        return None
    drawn = {c for c, u in p.will_be.units.items() if c in p.was.units and u.area != p.was.units[c].area}
    return drawing(ground, drawn, found)


def _said(refused: Refused | None) -> str:
    if isinstance(refused, Unmet):
        return " ".join(str(sentence) for sentence in refused.fields.values())
    return worded(refused) if refused else ""
