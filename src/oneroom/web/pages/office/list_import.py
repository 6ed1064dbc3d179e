"""
A list of people, posts or what else is kept so, from a spreadsheet: each line answered, then all taken, or none.

What was looked through is kept for who did it (``looked_through``): taking over needs no second choice of the file, and
is refused where it would do something else by now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import drop_file, keep_file, kept_file
from oneroom.apps.personnel.importing import import_people, plan_import
from oneroom.apps.personnel.post_lists import plan_posts, take_posts
from oneroom.apps.personnel.queries import open_deviations
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict, Refused
from oneroom.ports.formats import people, posts
from oneroom.ports.formats.sheets import Column, answers, read_sheet, write_corrections, write_sheet
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs

SHOWN = 100  # lines answered on the page; all of them stand in the file to correct
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Kept:
    """
    A list that is taken over whole: ``plan(lines, by=…, at=…)`` looks through it (``new``, and ``wrong`` by line),
    ``take(plan, by=…, at=…)`` does it, ``done`` says how many. ``under`` is where it stands in the navigation, ``back``
    the page (its name, its word) to which the list belongs.
    """

    name: str
    title: str | Promise
    under: str
    back: tuple[str, str | Promise]
    columns: Sequence[Column]
    headings: Mapping[str, str | Promise]
    plan: Callable[..., Any]
    take: Callable[..., int]
    done: str | Promise


def _by_day(plan: Callable[..., Any], words: Mapping[str, str]) -> Callable[..., Any]:
    """A plan for the day on which it is asked for, by these spellings; who asks makes no difference to it."""
    return lambda lines, *, by, at: plan(lines, day=localtime(at).date(), words=words)


PEOPLE = Kept(
    "people", lazy("People from a list"), "office-people", ("office-people", lazy("All people")), people.COLUMNS,
    people.HEADINGS, _by_day(plan_import, people.KIND_WORDS), import_people, lazy("Taken over: %(n)s people."),
)  # fmt: skip
POSTS = Kept(
    "posts", lazy("Posts from a list"), "office-seats", ("office-seats", lazy("Posts one by one")), posts.COLUMNS,
    posts.HEADINGS, _by_day(plan_posts, posts.WORDS), take_posts, lazy("Posts that begin today: %(n)s."),
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.KEEP_PEOPLE)
def people_import(request: HttpRequest) -> HttpResponse:
    """People who serve already, with the posts they have."""
    return answer_list(request, PEOPLE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.PLAN_POSTS)
def posts_import(request: HttpRequest) -> HttpResponse:
    """Posts that begin today."""
    return answer_list(request, POSTS)


def answer_list(request: HttpRequest, kept: Kept) -> HttpResponse:
    """
    By POST a file: ``act`` looks through it, takes it over, or gives it back with what to correct; ``blank`` gives an
    empty one.
    """
    if request.method != "POST":
        return _page(request, kept)
    act = request.POST.get("act", "look")
    headings = {key: str(word) for key, word in kept.headings.items()}
    if act == "blank":
        return file_answer(write_sheet(list(headings.values()), []), f"{kept.name}.xlsx")
    try:
        at, by = now(), actor(request)
        content, shown = the_file(request, kept.name, by=by, at=at)
        sheet = read_sheet(content, kept.columns)
        plan = kept.plan([(x.number, x.cells) for x in sheet.lines], by=by, at=at)
        told = digest(localtime(at).date(), plan.new, sorted(plan.wrong))
        wrong = answers(sheet, plan.wrong, kept.headings)
        if act == "correct":
            mended = write_corrections(sheet, wrong, headings, heading=_("What to mend"))
            return file_answer(mended, f"{kept.name}-to-correct.xlsx")
        if act == "take":
            not_since(shown, told)
            if wrong:
                raise BadInput(
                    "file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=len(wrong)
                )
            taken = kept.take(plan, by=by, at=at)
            drop_file(kept.name, by=by)
            return _page(request, kept, taken=taken)
    except Refused as refused:
        return _page(request, kept, refused)
    key = keep_file(kept.name, content, shown=told, by=by, at=at)
    return _page(request, kept, looked=(len(sheet.lines), len(plan.new), sorted(wrong.items())), key=key)


def the_file(request: HttpRequest, kind: str, *, by: Actor, at: datetime) -> tuple[bytes, str]:
    """The file that was chosen now, else the one that was looked through, with the digest of what was shown of it."""
    sent = request.FILES.get("file")
    if sent is not None:
        return sent.read(), ""
    if key := request.POST.get("kept", ""):
        return kept_file(kind, key, by=by, at=at)
    raise BadInput("file", "Choose a file.")


def key_on(request: HttpRequest, refused: Refused | None, key: str = "") -> str:
    """The key that a page hands on: after a refusal the one that its form named, unless that opens nothing more."""
    if refused is None:
        return key
    return "" if refused.code == "upload_gone" else request.POST.get("kept", "")


def digest(*told: object) -> str:
    """A digest of what a dry run told: equal values of the same kinds have the same."""
    return sha256(repr(told).encode()).hexdigest()


def not_since(shown: str, told: str) -> None:
    """Raises Conflict where the list would do something else by now than was shown of it."""
    if shown and shown != told:
        raise Conflict(
            "Something changed since you looked: the list would do something else now. Look through it again."
        )


def _page(
    request: HttpRequest, kept: Kept, refused: Refused | None = None, *,
    looked: tuple[int, int, list[Any]] | None = None, taken: int | None = None, key: str = "",
) -> HttpResponse:  # fmt: skip
    """``key`` opens what is kept."""
    shown = frame(
        request, kept.under, title=kept.title, back=kept.back, refused=worded(refused) if refused else "",
        taken="" if taken is None else str(kept.done) % {"n": taken},
        key=key_on(request, refused, key), looked=looked, wrong=looked[2][:SHOWN] if looked else [],
        more=max(0, len(looked[2]) - SHOWN) if looked else 0,
        deviate=open_deviations() if taken is not None and kept is PEOPLE else 0,
        columns=[(word, column.needed) for column, word in zip(kept.columns, kept.headings.values(), strict=True)],
    )  # fmt: skip
    return render(request, "office/list_import.html", shown, status=refused.status if refused else 200)


def file_answer(content: bytes, name: str) -> HttpResponse:
    """A workbook to download."""
    answer = HttpResponse(content, content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
