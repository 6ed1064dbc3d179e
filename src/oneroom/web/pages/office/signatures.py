"""What waits for a second person: who asks for what and why; sign, refuse, or take back what one asked oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oneroom.apps.incidents.codes import CONTACT_WAYS
from oneroom.apps.incidents.queries import callers_named, references
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.oversight.services import RECORD
from oneroom.apps.people.access import Waiting, signatures_for, signed_for, waiting_signatures
from oneroom.apps.people.queries import never_signed_in, staff_names
from oneroom.apps.people.services import drop_second, sign_second
from oneroom.apps.personnel.codes import KINDS as PERSONNEL_KINDS
from oneroom.apps.personnel.queries import names_of, posts_named, round_names
from oneroom.apps.reforms.access import plan_names
from oneroom.engine.establishment import FORCE
from oneroom.engine.signatures import RULES
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame
from oneroom.web.pages.room.words import ROLES, SIGNATURE_RESULTS, SIGNED_ACTS, local, named

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A request in words."""

    pk: int
    what: str
    about: str
    asker: str
    asked_at: datetime
    lapses_at: datetime
    reason: str = ""
    new: bool = False  # an account with which nobody has signed in yet
    mine: bool = False
    result: str = ""
    signer: str = ""
    ended_at: datetime | None = None


def may_see(by: Actor) -> bool:
    """Who asks for or signs what two persons do."""
    return any(by.may(rule.ask) or by.may(rule.sign) for rule in RULES.values())


@never_cache
@require_safe
def signatures(request: HttpRequest) -> HttpResponse:
    """What waits, and what became of the last ones."""
    return _page(request)


@never_cache
@require_POST
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign it, or not: ``act`` is sign or drop."""
    by = _who(request)
    try:
        match request.POST.get("act", ""):
            case "sign":
                sign_second(pk, by=by, at=now())
            case "drop":
                drop_second(pk, by=by, at=now())
            case _:
                raise BadInput("act", "There is no such choice here. Pick one of the list.")
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused)
    return redirect("office-signatures")


def waiting_about(about: str, *, by: Actor) -> list[Line]:
    """What waits for a signature about one record, in words."""
    return _lines([w for w in signatures_for(by=by, at=now()) if w.row.about == about])


def _who(request: HttpRequest) -> Actor:
    by = actor(request)
    if not may_see(by):
        raise NotFound
    return by


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    by = _who(request)
    at = now()
    lines = _lines(signatures_for(by=by, at=at, most=MOST))
    done = _lines([Waiting(row, "", False) for row in signed_for(by=by, at=now())])
    shown = frame(
        request, "office-signatures", mine=[x for x in lines if x.mine], others=[x for x in lines if not x.mine],
        done=done, more=waiting_signatures(by=by, at=at).count() - len(lines),
        refused=worded(refused) if refused else "",
    )  # fmt: skip
    return render(request, "office/signatures.html", shown, status=refused.status if refused else 200)


def _lines(found: list[Waiting]) -> list[Line]:
    numbers = [_id(w.row.about) for w in found]
    people = staff_names([n for w, n in zip(found, numbers, strict=True) if w.row.about.startswith("account:")])
    matters = references([n for w, n in zip(found, numbers, strict=True) if w.row.about.startswith("incident:")])
    callers = callers_named([w.row.details["report"] for w in found if "report" in w.row.details])
    plans = plan_names([n for w, n in zip(found, numbers, strict=True) if w.row.about.startswith("reform:")])
    serving = names_of([n for w, n in zip(found, numbers, strict=True) if w.row.about.startswith("person:")])
    rounds = round_names([n for w, n in zip(found, numbers, strict=True) if w.row.about.startswith("round:")])
    details = [w.row.details for w in found]
    sides, posts = _sides(details), _posts(details)
    units, unused = unit_names(), {f"account:{pk}" for pk in never_signed_in(people)}
    return [
        Line(
            w.row.pk, named(SIGNED_ACTS, w.row.act),
            _about(w.row, people, matters, callers, units, serving, plans, rounds, sides, posts),
            w.row.asked_by.name, w.row.asked_at, w.row.lapses_at, w.reason, w.row.about in unused, w.mine,
            named(SIGNATURE_RESULTS, w.row.result) if w.row.result else "",
            w.row.signed_by.name if w.row.signed_by else "", w.row.ended_at,
        )
        for w in found
    ]  # fmt: skip


def _about(
    row: Any, people: dict[int, str], matters: dict[int, str], callers: dict[int, tuple[int, str]],
    units: dict[int, tuple[str, str]], serving: dict[int, str], plans: dict[int, str], rounds: dict[int, str],
    sides: dict[str, str], posts: dict[str, str],
) -> str:  # fmt: skip
    kind, pk = row.about.partition(":")[0], _id(row.about)
    if kind == "account":
        parts = [people.get(pk, "")]
        if role := row.details.get("role"):
            parts.append(named(ROLES, role))
        if unit := row.details.get("unit"):
            parts.append(local(*units[unit]))
        return " · ".join(parts)
    if kind == "incident":
        if (way := row.details.get("way")) is None:
            return matters.get(pk, "")
        n, reference = callers.get(row.details["report"], ("", matters.get(pk, "")))
        return " · ".join([_("caller %(n)s of %(matter)s") % {"n": n, "matter": reference}, named(CONTACT_WAYS, way)])
    if kind == "quota":
        said = row.details
        places = f"{named(PERSONNEL_KINDS, said['kind'])} {said['count']}"
        giver, taker = (sides[said[side]] for side in ("giver", "taker"))
        return f"{giver} → {taker} · {places} · {said['day']}"
    if kind == "person":
        post = posts[row.details["post"]]
        return f"{serving.get(pk, '')} · {post} · {row.details.get('day') or row.details['until']}"
    if kind == "round":
        return rounds.get(pk, "")
    if kind == "reform":
        return plans.get(pk, "")
    if row.about == RECORD:
        return _("the whole record")
    return _("list %(name)s") % {"name": row.about.partition(":")[2]}


def _sides(details: list[dict[str, Any]]) -> dict[str, str]:
    """What the units that give or get places are called, by their codes."""
    codes = {d[side] for d in details for side in ("giver", "taker") if side in d}
    units = names_by_code(codes)
    found = {code: local(*units[code]) if code in units else code for code in codes}
    return found | ({FORCE: _("whole force")} if FORCE in codes else {})


def _posts(details: list[dict[str, Any]]) -> dict[str, str]:
    """What the posts of requests are called today, by their codes."""
    codes = {d["post"] for d in details if "post" in d}
    posts = posts_named(codes, localtime(now()).date())
    return {code: local(posts[code][0], posts[code][1] or posts[code][0]) if code in posts else code for code in codes}


def _id(about: str) -> int:
    number = about.partition(":")[2]
    return int(number) if number.isdecimal() else 0
