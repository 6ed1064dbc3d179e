"""
Report, follow, add, withdraw, rate: plain forms that work without JavaScript and without an account.

Every refusal renders the same form again with what was typed, the sentence beside its field, and the status of the
refusal. Every form carries a key, so that a double press is one act with one answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oneroom.apps.incidents import services
from oneroom.apps.incidents.access import talk_of
from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.queries import caller_story
from oneroom.apps.ledger.services import once
from oneroom.apps.ledger.time import now
from oneroom.apps.places.queries import NoNetwork, find_places
from oneroom.engine.values import CITIZEN, Actor, BadInput, Conflict, Refused
from oneroom.web.api.acts import code_for
from oneroom.web.api.public import follow_report, limit_lines, take_public_report
from oneroom.web.api.shapes import Place, PublicReport
from oneroom.web.faults import worded
from oneroom.web.limits import limit
from oneroom.web.pages.citizen.story import spaced, tell

# Where a refusal of a service belongs on the page.
_FIELDS = {"address": "place", "location": "place"}
_TYPED = ("words", "place", "place_id", "caller_phone", "safe_contact", "text_only", "urgent")
# What somebody writes who has no time to write; in the language of the page.
_PHRASES = (
    _("Come at once"), _("He is here"), _("I am hiding"), _("Somebody is hurt"), _("There is a fire"),
    _("No siren, please"), _("I cannot write now"),
)  # fmt: skip

Page = Callable[[HttpRequest], HttpResponse]


@require_safe
def citizen(request: HttpRequest) -> HttpResponse:
    """The front page: report, or follow by code."""
    return _front(request)


@require_safe
def quiet(request: HttpRequest) -> HttpResponse:
    """For who cannot speak or hear: write, and be written to."""
    return _front(request)


@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """Take a report; the answer is its story with the code, shown now and then only to who has it."""
    if request.method != "POST":
        return redirect("citizen")
    try:
        limit(request, "report", times=20, seconds=600)
        _answered(request)
        code = code_for(request.POST.get("key", ""), CITIZEN)
        _once(request, _typed(request), lambda _by, at: take_public_report(_asked(request), code, at))
    except Refused as refused:
        return report_again(request, refused)
    return _story(request, code, fresh=True)


def again(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Whichever form it was, with what was typed in it."""
    if request.path == reverse("citizen-report"):
        return report_again(request, refused)
    return _without_story(request, refused)


def report_again(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The report form as it was typed, with what was wrong."""
    typed = _typed(request)
    if not isinstance(refused, Conflict):
        typed["key"] = request.POST.get("key", "")[:80]
    return _front(request, typed=typed, **_said(refused))


@never_cache
def follow(request: HttpRequest) -> HttpResponse:
    """The story of a code."""
    if request.method != "POST":
        return redirect("citizen")
    response = _guarded(request, lambda: _story(request, _code(request)))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        # The page came by POST and cannot be fetched again: it is answered in the other language at once.
        translation.activate(language)
        response = _guarded(request, lambda: _story(request, _code(request)))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip
    return response


def words(request: HttpRequest) -> HttpResponse:
    """The caller adds words."""
    typed = request.POST.get("words", "")

    def act(by: Actor, at: datetime, matter: int, found: int) -> None:
        limit_lines(found)
        services.add_words(matter, words=typed, source="caller", report_id=found, by=by, at=at)

    return _act(request, "added", {"words": typed}, act)


def safe(request: HttpRequest) -> HttpResponse:
    """The caller says whether words may appear on this page."""
    said = request.POST.get("safe_contact", "")

    def act(by: Actor, at: datetime, _matter: int, found: int) -> None:
        ways = ("page",) if said == "yes" else ()
        services.say_safe(found, safe_contact=said, ways=ways, by=by, at=at)

    return _act(request, "safe", {"safe_contact": said}, act)


def withdraw(request: HttpRequest) -> HttpResponse:
    """The caller takes the report back."""

    def act(by: Actor, at: datetime, _matter: int, found: int) -> None:
        services.withdraw_report(found, by=by, at=at)

    return _act(request, "withdrawn", {}, act)


def rate(request: HttpRequest) -> HttpResponse:
    """The caller says how it was handled; nothing is chosen beforehand."""
    stars, said = request.POST.get("stars", ""), request.POST.get("rating_words", "")

    def act(by: Actor, at: datetime, _matter: int, found: int) -> None:
        given = int(stars) if stars in ("1", "2", "3", "4", "5") else 0
        services.rate(found, stars=given, words=said, by=by, at=at)

    return _act(request, "rated", {"stars": stars, "rating_words": said}, act)


@require_safe
def places(request: HttpRequest) -> JsonResponse:
    """Streets and crossings that answer to what is typed, for everybody."""
    try:
        limit(request, "places", times=300, seconds=60)
        found = find_places(request.GET.get("q", ""), limit=6)
    except NoNetwork:
        found = []
    except Refused as refused:
        return JsonResponse({"code": refused.code, "message": worded(refused), "field": None}, status=refused.status)
    return JsonResponse({"places": [{"id": p.id, "zh": p.name_zh, "en": p.name_en} for p in found]})


def _front(
    request: HttpRequest, *, typed: dict[str, str] | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    values = {"key": secrets.token_urlsafe(18), **(typed or {})}
    without_sound = request.path == reverse("citizen-quiet") or values.get("text_only") == "yes"
    template = "citizen/quiet.html" if without_sound else "citizen/front.html"
    return render(request, template, {"typed": values, "phrases": _PHRASES, **said}, status=status)


def _answered(request: HttpRequest) -> None:
    """Who writes because he cannot speak is asked two things that nobody may guess."""
    if request.POST.get("text_only") != "yes":
        return
    if request.POST.get("urgent") not in ("yes", "no"):
        raise BadInput("urgent", "Say whether somebody is in danger now.")
    if request.POST.get("safe_contact") not in ("yes", "no"):
        raise BadInput("safe_contact", "Say whether our answers may appear on this screen.")


def _story(request: HttpRequest, code: str, *, status: int = 200, **said: Any) -> HttpResponse:
    at = now()
    found = follow_report(request, code)
    story = caller_story(found, at=at)
    context = {
        "phrases": _PHRASES,
        "talk": talk_of(found, at=at),
        "code": code,
        "spaced": spaced(code),
        "story": story,
        "told": tell(story, at=at),
    }
    context["category"] = CATEGORIES.get(story.category, "")
    context |= {"key": secrets.token_urlsafe(18), **said}
    response = render(request, "citizen/story.html", context, status=status)
    response["Cache-Control"] = "no-store"  # somebody else's turn at the same machine
    return response


def _act(
    request: HttpRequest, done: str, asked: dict[str, str], act: Callable[[Actor, datetime, int, int], None]
) -> HttpResponse:
    """Do an act on the report of the posted code, and show its story again with what came of it."""
    if request.method != "POST":
        return redirect("citizen")

    def answer() -> HttpResponse:
        code = _code(request)
        found = follow_report(request, code)
        try:
            _once(
                request, {"code": code, **asked},
                lambda by, at: act(by, at, found.incident_id, found.pk) or {"ok": True},  # type: ignore[func-returns-value]
            )  # fmt: skip
        except Refused as refused:
            return _story(request, code, typed=asked, **_said(refused))
        return _story(request, code, done=done)

    return _guarded(request, answer)


def _guarded(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return answer()
    except Refused as refused:
        return _without_story(request, refused)


def _without_story(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Where the code itself is refused there is no story to show: the front page, with the code and words as typed."""
    said = _said(refused) | {"field": "code"}
    return _front(request, code=request.POST.get("code", "")[:40], lost=request.POST.get("words", ""), **said)


def _said(refused: Refused) -> dict[str, Any]:
    field = _FIELDS.get(refused.field or "", refused.field)
    return {"refused": worded(refused), "field": field, "status": refused.status}


def _once(
    request: HttpRequest, asked: dict[str, str], act: Callable[[Actor, datetime], dict[str, Any]]
) -> dict[str, Any]:
    at = now()
    said = {"path": request.path, "body": asked}
    return once(lambda: act(CITIZEN, at), key=request.POST.get("key", ""), asked=said, by=CITIZEN, at=at)


def _code(request: HttpRequest) -> str:
    """The code as typed, without the blanks and dashes people put between its groups."""
    code = "".join(request.POST.get("code", "")[:40].replace("-", " ").split()).upper()
    if not code:
        raise BadInput("code", "Type the code you were given.")
    return code


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in _TYPED}


def _asked(request: HttpRequest) -> PublicReport:
    """What was typed, as the API takes it; not checked here, because the service words its own refusals."""
    typed = _typed(request)
    return PublicReport.model_construct(
        words=typed["words"], place=typed["place"], location=_location(typed), caller_name="",
        caller_phone=typed["caller_phone"], safe_contact=typed["safe_contact"] or "unknown",
        text_only=typed["text_only"] == "yes", urgent=typed["text_only"] == "yes" and typed["urgent"] == "yes",
    )  # fmt: skip


def _location(typed: dict[str, str]) -> Place | None:
    """The suggestion that was picked; else the one place of exactly this name. A street alone is no point."""
    if typed["place_id"].isascii() and typed["place_id"].isdigit():
        return Place(place_id=min(int(typed["place_id"][:16]), 2**53))
    name = typed["place"].strip()
    try:
        found = find_places(name, limit=3) if name else []
    except NoNetwork:
        return None
    named = [p for p in found if p.kind != "road" and name.casefold() in (p.name_zh.casefold(), p.name_en.casefold())]
    return Place(place_id=named[0].id) if len(named) == 1 else None
