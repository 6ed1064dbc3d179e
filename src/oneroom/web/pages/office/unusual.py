"""Looking that is out of the ordinary, for the inspector: whose, why it was put here, the records, and a judgement."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.incidents.queries import references
from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.unusual import flags, flags_waiting, judge_flag, looks_behind
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.looks import PURPOSES
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import named

RULES = {
    "volume": lazy("far more records in a day than is usual for the role"),
    "own_name": lazy("opened a matter whose caller bears his own name"),
    "kin": lazy("opened a matter whose caller is a relative whom he declared"),
    "denied": lazy("asked again and again for what he may not have"),
    "own_number": lazy("opened a matter whose caller has his own number"),
}
FINDINGS = {"explained": lazy("explained"), "not_explained": lazy("not explained")}


@never_cache
@require_safe
@needs(Right.INSPECT)
def unusual(request: HttpRequest) -> HttpResponse:
    """The list."""
    return _page(request)


@never_cache
@require_POST
@needs(Right.INSPECT)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Explained, or not."""
    try:
        judge_flag(pk, finding=request.POST.get("finding", ""), by=actor(request), at=now())
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused)
    return redirect("office-unusual")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    found = flags(by=by)
    context = frame(
        request, "office-unusual", rows=[_view(flag, by) for flag in found], findings=FINDINGS,
        more=flags_waiting(by=by) - sum(flag.judged_at is None for flag in found),
        refused=worded(refused) if refused else "",
    )  # fmt: skip
    return render(request, "office/unusual.html", context, status=refused.status if refused else 200)


def _view(flag: Any, by: Actor) -> dict[str, Any]:
    looks = looks_behind(flag, by=by) if flag.judged_at is None else []
    known = references(int(look.record.partition(":")[2]) for look in looks if look.record.startswith("incident:"))
    numbers = {f"incident:{pk}": reference for pk, reference in known.items()}
    return {
        "flag": flag, "rule": named(RULES, flag.rule),
        "finding": named(FINDINGS, flag.finding) if flag.finding else "",
        "looks": [(look.at, numbers.get(look.record, look.record), named(PURPOSES, look.purpose)) for look in looks],
        "mine": flag.account_id == by.id,
    }  # fmt: skip
