"""Swaps that both want and that wait for who plans: what they would change, what is worth knowing, yes or no."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.services import NOT_APPROVED, decide_swap
from oneroom.apps.duty.swapping import against, waiting_for
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Refused
from oneroom.web.actors import actor
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.roster_words import say_of_person
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.on_duty import SWAP_REASONS
from oneroom.web.pages.room.words import local
from oneroom.web.pages.signin.swaps import said, why_not


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def swaps(request: HttpRequest) -> HttpResponse:
    """The list; by POST one decision."""
    by = actor(request)

    def act(name: str) -> None:
        if name not in ("approve", "refuse"):
            raise no_choice()
        reason = request.POST.get("reason", "") if name == "refuse" else ""
        decide_swap(number(request, "swap"), approve=name == "approve", reason=reason, by=by, at=now())

    return acted(request, act, lambda refused: _page(request, by, refused), "office-swaps")


def _page(request: HttpRequest, by: Actor, refused: Refused | None) -> HttpResponse:
    context = frame(
        request, "office-duty", rows=[_row(s, by) for s in waiting_for(by)],
        reasons=[(code, SWAP_REASONS[code]) for code in NOT_APPROVED], refused=why_not(refused) if refused else [],
    )  # fmt: skip
    return render(request, "office/swaps.html", context, status=refused.status if refused else 200)


def _row(swap: Any, by: Actor) -> dict[str, Any]:
    found = against(swap.given, swap.partner_id, swap.taken)
    return {
        "swap": swap, "unit": local(swap.unit.name_zh, swap.unit.name_en) if swap.unit else "",
        "given": said(swap.given), "taken": said(swap.taken) if swap.taken else "",
        "forbids": [say_of_person(f, found.names) for f in found.forbids],
        "named": [say_of_person(f, found.names) for f in found.named],
        "own": by.id in (swap.asker_id, swap.partner_id),
    }  # fmt: skip
