"""The mobile force: how ready each unit is, what it is short of, and what its drills came to (row T25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.apps.duty.force import drills_of, force_for, forces_for, response_s, short_of
from oneroom.apps.duty.services import base_force, call_drill, end_drill, enter_force, say_readiness, turn_out
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import codes_named, units
from oneroom.engine.readiness import LEVELS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.typed_places import place_typed
from oneroom.web.pages.room.words import KIT, SKILLS, local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import respond

SHORT = {"level": lazy("slower than required"), "strength": lazy("too few are there")}
_STANDING = {"below": lazy("below what is required"), "ready": lazy("ready")}


def _levels() -> Mapping[str, Any]:
    return {str(n): level_said(n) for n in LEVELS}


def level_said(level: int) -> str:
    """A level with its time."""
    return _("%(level)d: within %(min)d min") % {"level": level, "min": LEVELS[level] // 60}


def _standing(rows: Rows, code: str) -> Rows:
    ready = rows.filter(level__lte=F("required"), present__gte=F("least"))
    return ready if code == "ready" else rows.exclude(pk__in=ready.values("pk"))


def _named(rows: Rows, text: str) -> Rows:
    """By its own code, name or base, or by the unit that it belongs to."""
    own = rows.filter(code=text) | rows.filter(name_zh__icontains=text) | rows.filter(name_en__icontains=text)
    return own | rows.filter(base__icontains=text) | rows.filter(unit__code__in=codes_named(text))


def _words(codes: list[str], words: Mapping[str, Any]) -> str:
    return _(", ").join(str(named(words, code)) for code in codes)


def _address(row: Any) -> str:
    return reverse("office-force-unit", args=[row.pk])


TABLE = Table(
    "force", lazy("Mobile force"), order="code",
    columns=(
        Column("code", in_sense("list", "Code"), lambda r: r.code, sort=("code",), link=_address),
        Column("name", lazy("Unit"), lambda r: local(r.name_zh, r.name_en)),
        Column("of", lazy("Belongs to"), lambda r: local(r.unit.name_zh, r.unit.name_en), sort=("unit__code",)),
        Column("base", lazy("Base"), lambda r: r.base, sort=("base",)),
        Column("there", lazy("There / least / strength"), lambda r: f"{r.present} / {r.least} / {r.strength}",
               sort=("present",), n=True),
        Column("level", lazy("Level"), lambda r: level_said(r.level), sort=("level",)),
        Column("required", lazy("Required"), lambda r: level_said(r.required), sort=("required",)),
        Column("short", lazy("Short of"), lambda r: _words(list(short_of(r)), SHORT) or _("nothing")),
        Column("skills", lazy("Skills"), lambda r: _words(r.skills, SKILLS)),
        Column("kit", lazy("Equipment"), lambda r: _words(r.kit, KIT)),
        Column("said", lazy("As said at"), lambda r: r.said_at, sort=("said_at",), n=True),
    ),
    filters=(
        Choice("state", lazy("State"), lambda: _STANDING, _standing),
        Choice("level", lazy("Level"), _levels, lambda rows, v: rows.filter(level=int(v))),
        Text("of", lazy("Unit"), _named),
    ),
    empty=lazy("No unit of the mobile force is entered yet."),
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_FORCE)
def force(request: HttpRequest) -> HttpResponseBase:
    """The registry; by POST as a file or on paper, or one unit more."""
    by = actor(request)
    refused: Refused | None = None
    if request.POST.get("act") == "enter":
        try:
            return redirect("office-force-unit", _enter(request, by))
        except NotFound:
            raise
        except Refused as no:
            refused = no
    context = frame(
        request, "office-force", about=_("readiness as their chiefs said it; drills measure it"),
        may_enter=by.may(Right.COMMAND), levels=_levels().items(), given=request.POST if refused else {},
        units=[(u.pk, local(u.name_zh, u.name_en)) for u in units()] if by.may(Right.COMMAND) else [],
        skills=SKILLS.items(), kit=KIT.items(),
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
    )  # fmt: skip
    if refused is not None:
        request.method = "GET"
    answer = respond(request, TABLE, forces_for(by=by), by=by, frame=context, template="office/force.html")
    if refused is not None:
        answer.status_code = refused.status
    return answer


def _enter(request: HttpRequest, by: Actor) -> int:
    post = request.POST
    for name, words in (("skills", SKILLS), ("kit", KIT)):
        if not set(post.getlist(name)) <= set(words):
            raise no_choice(name)
    at = post.get("at", "").strip()
    lon, lat = place_typed("at", at)[:2] if at else (None, None)
    return enter_force(
        code=post.get("code", ""), name_zh=post.get("name_zh", ""), name_en=post.get("name_en", ""),
        unit_id=number(request, "unit"), base=post.get("base", ""), strength=number(request, "strength"),
        least=number(request, "least"), required=number(request, "required"), skills=post.getlist("skills"),
        kit=post.getlist("kit"), lon=lon, lat=lat, by=by, at=now(),
    ).pk  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD"])
@needs(Right.SEE_FORCE)
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit with its drill log."""
    return _page(request, pk, actor(request))


@never_cache
@require_POST
@needs(Right.SEE_FORCE)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how ready it is or where its base is, call a drill, say that it rolled, end the drill: ``act`` says which."""
    by, at = actor(request), now()

    def happens(name: str) -> None:
        match name:
            case "ready":
                say_readiness(pk, level=number(request, "level"), present=number(request, "present"), by=by, at=at)
            case "base":
                lon, lat, _zh, _en = place_typed("at", request.POST.get("at", ""))
                base_force(pk, base=request.POST.get("base", ""), lon=lon, lat=lat, by=by, at=at)
            case "drill":
                call_drill(pk, by=by, at=at)
            case "rolled":
                turn_out(pk, strength=number(request, "strength"), by=by, at=at)
            case "end":
                end_drill(pk, by=by, at=at)
            case _:
                raise no_choice()

    return acted(request, happens, lambda refused: _page(request, pk, by, refused), "office-force-unit", pk)


def _page(request: HttpRequest, pk: int, by: Actor, refused: Refused | None = None) -> HttpResponse:
    row, at = force_for(pk, by=by), now()
    drills = drills_of(row, at=at)
    context = frame(
        request, "office-force", row=row, name=local(row.name_zh, row.name_en), level=level_said(row.level),
        required=level_said(row.required), minutes=response_s(row) // 60, short=[SHORT[code] for code in short_of(row)],
        drills=[(d, m, _clock(m.took_s)) for d, m in drills], running=any(d.ended_at is None for d, _m in drills),
        may_say=by.heads(row.unit_id) or by.may(Right.COMMAND), may_call=by.may(Right.COMMAND),
        levels=_levels().items(), now=str(row.level), given=request.POST if refused else {},
        refused=worded(refused) if refused else "",
        bad=refused.field if refused else "",
    )  # fmt: skip
    return render(request, "office/force_unit.html", context, status=refused.status if refused else 200)


def _clock(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"
