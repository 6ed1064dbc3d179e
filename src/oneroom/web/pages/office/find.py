"""Search of what there is: matters by number, stations, screens. Never people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from oneroom.apps.incidents.access import matters_for
from oneroom.apps.orgs.queries import units
from oneroom.engine.roads.spelling import search_text
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.office.board import sees_all
from oneroom.web.pages.office.shell import first_place, frame, places
from oneroom.web.pages.room.words import local

_MOST = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is, what it is called, where it is."""

    what: str
    name: str
    address: str


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """The first screen of this person."""
    place = first_place(actor(request))
    if place is None:
        raise NotFound
    return redirect(place.path)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What fits; a single hit opens at once."""
    by = actor(request)
    if first_place(by) is None:
        raise NotFound
    text = plain("q", request.GET.get("q"), longest=40)
    hits = [*_matters(text, by), *_stations(text, by), *_screens(text, by)] if text else []
    if len(hits) == 1:
        return redirect(hits[0].address)
    return render(request, "office/find.html", frame(request, "office-find", q=text, hits=hits))


def _matters(text: str, by: Actor) -> list[Hit]:
    if not by.may(Right.SEE_MATTERS) or not any(c.isdigit() for c in text):
        return []
    rows = matters_for(by=by).filter(reference__contains=text).order_by("-reference")[:_MOST]
    return [Hit(_("Matter"), row.reference, reverse("office-incident", args=[row.pk])) for row in rows]


def _stations(text: str, by: Actor) -> list[Hit]:
    if not by.may(Right.SEE_BOARD):
        return []
    mine = [u for u in units("station") if sees_all(by) or u.pk in by.units]
    return [
        Hit(_("Station"), local(u.name_zh, u.name_en), f"{reverse('office-board')}?unit={u.pk}")
        for u in mine
        if fits(text, u.name_zh, u.name_en)
    ][:_MOST]


def _screens(text: str, by: Actor) -> list[Hit]:
    found: list[Any] = [p for _group, mine in places(by) for p in mine]
    return [Hit(_("Screen"), str(p.name), p.path) for p in found if text.casefold() in str(p.name).casefold()]


def fits(text: str, zh: str, en: str) -> bool:
    """By characters, pinyin, initials or English."""
    wanted = text.casefold().replace(" ", "")
    words = search_text(zh, en).split()
    return wanted in zh or wanted in en.casefold().replace(" ", "") or any(w.startswith(wanted) for w in words)
