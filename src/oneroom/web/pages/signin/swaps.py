"""Swaps on one's own phone: which duty, with whom, for which of theirs; what is asked of me, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.duty.rostering import wishes_of
from oneroom.apps.duty.services import NOT_MINE, answer_swap, ask_swap, drop_wish, wish, withdraw_swap
from oneroom.apps.duty.services.swaps import Forbidden
from oneroom.apps.duty.swapping import OPEN, colleagues, mine, offers, own_open_duty
from oneroom.engine.values import Actor, BadInput, Refused
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import number
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.roster_words import SHIFT_WORDS, say_of_person
from oneroom.web.pages.room.on_duty import SWAP_REASONS, SWAP_STATES

ACTS = ("wish", "wish-drop", "swap-ask", "swap-accept", "swap-refuse", "swap-withdraw")


def act(request: HttpRequest, *, by: Actor, at: datetime) -> None:
    """One act of the form; refuses with the field named."""
    post = request.POST
    match post.get("act", ""):
        case "wish":
            day = typed_day(post.get("day", ""), field="day")
            if day is None:
                raise BadInput("day", "Say for which day.")
            wish(day=day, shift=post.get("shift", ""), by=by, at=at)
        case "wish-drop":
            drop_wish(number(request, "wish"), by=by, at=at)
        case "swap-ask":
            taken = post.get("taken", "")
            ask_swap(
                number(request, "duty"), partner_id=number(request, "with"),
                taken_id=None if taken == "none" else number(request, "taken"), by=by, at=at,
            )  # fmt: skip
        case "swap-accept":
            answer_swap(number(request, "swap"), accept=True, by=by, at=at)
        case "swap-refuse":
            answer_swap(number(request, "swap"), accept=False, reason=post.get("reason", ""), by=by, at=at)
        case "swap-withdraw":
            withdraw_swap(number(request, "swap"), by=by, at=at)


def why_not(refused: Refused) -> list[str]:
    """The sentences of a refusal: each rule that is broken."""
    if isinstance(refused, Forbidden):
        return [worded(refused), *(say_of_person(f, refused.names) for f in refused.faults[:8])]
    return [worded(refused)]


def shown(request: HttpRequest, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What the page shows of swaps; with ``?swap=…`` the next question of asking for one."""
    rows = [_row(s, by) for s in mine(by.id, at=at)]
    found: dict[str, Any] = {
        "wishes": [(w, SHIFT_WORDS.get(w.shift, w.shift) if w.shift else _("off"))
                   for w in wishes_of(by.id, since=localtime(at).date())], "wish_shifts": SHIFT_WORDS.items(),
        "swaps": rows, "swap_reasons": [(code, SWAP_REASONS[code]) for code in NOT_MINE], "asking": None,
        "busy": {r["swap"].given_id for r in rows if r["open"] and r["mine"]},
    }  # fmt: skip
    asked = request.GET.get("swap", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 12):
        return found
    duty = own_open_duty(int(asked), by=by, at=at)
    found["asking"] = {"duty": duty, "said": said(duty), "people": colleagues(duty)}
    chosen = request.GET.get("with", "")
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 12:
        found["asking"] |= {
            "with": int(chosen), "name": dict(colleagues(duty)).get(int(chosen), ""),
            "offers": [
                (other.pk if other else "none", said(other) if other else _("nothing: takes it over"),
                 [say_of_person(f, against.names) for f in against.forbids[:3]])
                for other, against in offers(duty, int(chosen), at=at)
            ],
        }  # fmt: skip
    return found


def said(duty: Any) -> str:
    """A duty in a line."""
    begins, ends = localtime(duty.begins), localtime(duty.ends)
    return f"{begins:%m-%d %H:%M}–{ends:%H:%M} {SHIFT_WORDS.get(duty.shift, duty.shift)}"


def _row(swap: Any, by: Actor) -> dict[str, Any]:
    own = swap.asker_id == by.id
    open_ = swap.state in OPEN
    return {
        "swap": swap, "mine": own, "open": open_, "other": (swap.partner if own else swap.asker).name,
        "gives": said(swap.given if own or swap.taken is None else swap.taken) if own or swap.taken else "",
        "gets": (said(swap.taken) if swap.taken else "") if own else said(swap.given),
        "state": SWAP_STATES[swap.state], "reason": SWAP_REASONS.get(swap.reason, ""),
        "answers": open_ and not own and swap.state == "asked",
        "takes_back": open_ and (own or swap.state == "accepted"),
    }  # fmt: skip
