"""The public's door: report, follow by code, add words, withdraw, rate. No account, and a limit per source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import services
from oneroom.apps.incidents.access import report_by_code, talk_of
from oneroom.apps.incidents.queries import caller_story
from oneroom.apps.ledger.time import now
from oneroom.engine.values import CITIZEN, Actor, NotFound
from oneroom.web.api import shapes
from oneroom.web.api.acts import code_for, do_for_the_public, where
from oneroom.web.limits import TooMany, count, limit, so_far, source_of

WRONG_CODES = 30  # from one source within ten minutes; a code has 42 bits

LINES_A_MINUTE = 20  # of one report
LOOKS_A_MINUTE = 40

router = Router(tags=["public"], auth=None)


def take_public_report(asked: shapes.PublicReport, code: str, at: datetime) -> dict[str, Any]:
    """
    What a citizen reports: received, not yet classified. ``place`` in words is sealed like an address.

    The code is not in the answer, because answers are kept: whoever asks has it from ``code_for``.
    """
    taken = services.take_report(
        services.Said(
            asked.words, asked.caller_name, asked.caller_phone, asked.place, asked.safe_contact, asked.text_only,
            asked.urgent,
        ),
        source="web", where=where(asked.location), code=code, number_at_last=True, by=CITIZEN, at=at,
    )  # fmt: skip
    return {"reference": taken.reference}


def follow_report(request: HttpRequest, code: str) -> Any:
    """The report of a code; wrong codes are counted per source, so that nobody can try them all."""
    source = source_of(request)
    if so_far("wrong-code", source) >= WRONG_CODES:
        raise TooMany
    try:
        return report_by_code(code)
    except NotFound:
        count("wrong-code", source, seconds=600)
        raise


def limit_lines(report_id: int) -> None:
    """Raise TooMany when the caller of this report wrote too much lately."""
    if count("lines", str(report_id), seconds=60) > LINES_A_MINUTE:
        raise TooMany


@router.post("reports")
def report(request: HttpRequest, asked: shapes.PublicReport) -> dict[str, Any]:
    """Report something that is not urgent."""
    limit(request, "report", times=20, seconds=600)
    code = code_for(request.headers.get("Idempotency-Key", ""), CITIZEN)
    return do_for_the_public(request, asked, lambda _by, at: take_public_report(asked, code, at)) | {"code": code}


@router.post("follow")
def follow(request: HttpRequest, asked: shapes.Follow) -> dict[str, Any]:
    """Where my matter stands."""
    return asdict(caller_story(follow_report(request, asked.code), at=now()))


@router.post("follow/words")
def follow_words(request: HttpRequest, asked: shapes.FollowWords) -> dict[str, Any]:
    """Add words to my report."""
    found = follow_report(request, asked.code)
    limit_lines(found.pk)

    def act(by: Actor, at: datetime) -> None:
        services.add_words(found.incident_id, words=asked.words, source="caller", report_id=found.pk, by=by, at=at)

    return do_for_the_public(request, asked, act)


@router.post("follow/talk")
def follow_talk(request: HttpRequest, asked: shapes.FollowTalk) -> dict[str, Any]:
    """What was written since line ``after``: mine and the room's, to me alone. Asked every few seconds."""
    found = follow_report(request, asked.code)
    if count("talk", str(found.pk), seconds=60) > LOOKS_A_MINUTE:
        raise TooMany
    return asdict(talk_of(found, after=asked.after, at=now()))


@router.post("follow/safe")
def follow_safe(request: HttpRequest, asked: shapes.FollowSafe) -> dict[str, Any]:
    """I say whether answers may appear on my page."""
    found = follow_report(request, asked.code)
    ways = ("page",) if found.text_only and asked.safe_contact == "yes" else ()
    return do_for_the_public(
        request, asked,
        lambda by, at: services.say_safe(found.pk, safe_contact=asked.safe_contact, ways=ways, by=by, at=at),
    )  # fmt: skip


@router.post("follow/withdraw")
def follow_withdraw(request: HttpRequest, asked: shapes.Follow) -> dict[str, Any]:
    """I take my report back, as long as nobody was sent."""
    found = follow_report(request, asked.code)
    return do_for_the_public(request, asked, lambda by, at: services.withdraw_report(found.pk, by=by, at=at))


@router.post("follow/rate")
def follow_rate(request: HttpRequest, asked: shapes.FollowRate) -> dict[str, Any]:
    """How was it handled?"""
    found = follow_report(request, asked.code)
    return do_for_the_public(
        request, asked, lambda by, at: services.rate(found.pk, stars=asked.stars, words=asked.words, by=by, at=at)
    )  # fmt: skip
