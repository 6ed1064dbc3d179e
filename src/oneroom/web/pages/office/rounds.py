"""One round of moves: who goes where and why, or which people are too many for which seats; signed by two."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.people.services import drop_second, sign_second
from oneroom.apps.personnel.access_rotation import free_posts, moves_of, round_for, waits_for_round
from oneroom.apps.personnel.queries import names_of, posts_named
from oneroom.apps.personnel.services import adjust_move, ask_round, withdraw_round
from oneroom.engine.roles import Right
from oneroom.engine.rotation.due import RULE_OF
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, Overtaken, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice
from oneroom.web.pages.office.rotation import AHEAD, RULE_WORDS, STATES
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local, named

PAGE = 50
SHOWN = 40  # names in a bottleneck; how many there are is said
# What keeps people from other seats, as a bottleneck says it.
KEEPS = {
    "category": lazy("another kind of staff"), "rank": lazy("rank"), "needs": lazy("certificates"),
    "exam_first": lazy("exam"), "newcomer_front_line": lazy("front line first"),
    "career_front_line": lazy("time at the front line"), "selection_front_line": lazy("selection from the front line"),
    "promotion_front_line": lazy("time at the front line"), "kinship": lazy("relatives"),
    "home_place": lazy("home place"), "another_unit": lazy("the own unit"), "unit_loses": lazy("what a unit may lose"),
    "skills_kept": lazy("skills that a unit keeps"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ROTATION)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A round; by POST ``act`` adjusts, asks for the signature, signs, refuses or takes back."""
    by = actor(request)
    return acted(request, lambda _name: _act(request, pk, by), lambda no: _page(request, pk, no), "office-round", pk)


def _act(request: HttpRequest, pk: int, by: Actor) -> None:
    row, at, said = round_for(pk, by=by), now(), request.POST
    match said.get("act", ""):
        case "adjust":
            target = plain("target", said.get("target"), longest=24)
            adjust_move(pk, _whole(said.get("person", "")), target, seen=_whole(said.get("seen", "")), by=by, at=at)
        case "ask":
            ask_round(pk, seen=_whole(said.get("seen", "")), words=said.get("why", ""), by=by, at=at)
        case "withdraw":
            withdraw_round(pk, by=by, at=at)
        case "sign" | "drop" as verb:
            waits = waits_for_round(row)
            if waits is None:
                raise Overtaken
            (sign_second if verb == "sign" else drop_second)(waits.pk, by=by, at=at)
        case _:
            raise no_choice()


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    row = round_for(pk, by=by)
    page = max(1, _whole(request.GET.get("page", "1")))
    many = row.moves.count()
    found = moves_of(row, (page - 1) * PAGE, PAGE)
    posts = _seats({m.source for m, _t in found} | {m.target for m, _t in found}, row.day)
    units = {code: local(zh, en) for code, (zh, en) in names_by_code({u for _n, u in posts.values()}).items()}
    adjusts = by.may(Right.POST_PEOPLE) and row.state == "draft"
    free = free_posts(row, ["sworn", "auxiliary", "grid_worker"]) if adjusts else []
    waits = waits_for_round(row) if row.state == "asked" else None
    answer = row.answer
    shown = frame(
        request, "office-rotation", r=row, state=named(STATES, row.state), near=AHEAD[str(row.months)], many=many,
        moves=[_move(m, t, posts, units) for m, t in found], page=page, after=page + 1 if page * PAGE < many else 0,
        before=page - 1, adjusts=adjusts,
        free=[(p.code, f"{p.unit} {local(p.name_zh, p.name_en or p.name_zh)}") for p in free],
        proved=answer.get("proved"), nobody=answer.get("nobody"),
        way_km=round(answer.get("way_m", 0) / 1000), may_draft=by.may(Right.POST_PEOPLE),
        must=answer.get("must", 0), bottlenecks=[_bottleneck(b, row.day) for b in answer.get("bottlenecks", ())],
        signs=waits is not None and waits.asked_by_id != by.id and by.may(Right.SIGN_ROTATION),
        drops=waits is not None, refused=worded(refused) if refused else "",
        bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    return render(request, "office/round.html", shown, status=refused.status if refused else 200)


def _seats(codes: Any, day: Any) -> dict[str, tuple[str, str]]:
    """Name and unit of posts, in the reader's language."""
    return {code: (local(zh, en or zh), unit) for code, (zh, en, unit) in posts_named(codes, day).items()}


def _move(move: Any, tenure: Any, posts: Any, units: Any) -> dict[str, Any]:
    def seat(code: str) -> str:
        name, unit = posts.get(code, (code, ""))
        return f"{units.get(unit, unit)} · {name}"

    if not move.must:
        because = _("makes room")
    elif tenure is None:
        because = ""
    else:
        because = _("%(rule)s since %(since)s: full on %(on)s") % {
            "rule": RULE_WORDS[str(RULE_OF[tenure.limit])], "since": tenure.since, "on": tenure.on,
        }  # fmt: skip
    return {
        "person": move.person_id, "name": move.person.name, "source": seat(move.source), "target": seat(move.target),
        "code": move.target, "because": because, "by_hand": move.by_hand,
    }  # fmt: skip


def _bottleneck(said: Any, day: Any) -> dict[str, Any]:
    names = names_of(said["people"][:SHOWN])
    posts = _seats(said["posts"][:SHOWN], day)
    units = {code: local(zh, en) for code, (zh, en) in names_by_code({u for _n, u in posts.values()}).items()}
    unit = {code: local(zh, en) for code, (zh, en) in names_by_code({said["unit"]}).items()}.get(said["unit"])
    facts = {"people": said["count"], "seats": said["seats"], "unit": unit or said["unit"], "core": said["core"]}
    match said["kind"]:
        case "too_few_seats":
            text = _("These %(people)d people are eligible only for these %(seats)d seats.") % facts
            if said["core"]:
                text += " " + _("%(core)d of them are already one too many.") % facts
        case "too_few_people":
            text = _("%(seats)d seats must be filled, and only %(people)d people are eligible for them.") % facts
        case "unit_loses":
            text = _("%(people)d people must leave %(unit)s, which may lose only %(seats)d in one round.") % facts
        case "together":
            rules = _(", ").join(f"{named(KEEPS, r[0])} ({r[1]})" for r in said["rules"])
            text = _("Everybody could be seated, but not with these rules together: %(rules)s.") % {"rules": rules}
        case _:
            text = _("No plan was found in the time; there may be one. Take fewer people, or raise the per cent.")
    return {
        "text": text, "people": [(pk, names[pk]) for pk in said["people"][:SHOWN] if pk in names],
        "more": max(0, said["count"] - SHOWN),
        "seats": [(code, f"{units.get(unit, unit)} · {name}") for code, (name, unit) in posts.items()],
        "keeps": [(named(KEEPS, rule), n) for rule, n in said["refused"].items()],
    }  # fmt: skip
