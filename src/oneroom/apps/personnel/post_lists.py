"""Posts from a list: every line is answered, and all of them begin or none (rows B14, T39)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from oneroom.apps.ledger.services import service
from oneroom.apps.personnel.codes import WATCHES
from oneroom.apps.personnel.importing import Wrong
from oneroom.apps.personnel.models import Post
from oneroom.apps.personnel.services import NewPost, begin_posts
from oneroom.apps.personnel.services.posts import faults_of, ground_of, must_plan
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Refused

MARKS = ("front_line", "leads", "chief", "sensitive", "selected")
_LONGEST = {"name_zh": 60, "name_en": 80, "exam": 24}
_SKILL = re.compile(r"^[a-z][a-z0-9_]{1,23}$")
_TAKEN = _("There is a post of this code already.")
_TWICE = _("This code stands in the list twice.")
_MARK = _("Write yes, or nothing.")
_CHOICE = _("There is no such choice here. Pick one of the list.")


@dataclass(frozen=True, slots=True)
class PostPlan:
    """What a list would do: ``new`` are the posts that can begin on the day, ``wrong`` is said by line."""

    day: date
    new: list[NewPost]
    wrong: dict[int, list[Wrong]]


def plan_posts(lines: Sequence[tuple[int, Mapping[str, str]]], *, day: date, words: Mapping[str, str]) -> PostPlan:
    """
    What beginning these posts (number of the line, text by field) on the day would do; writes nothing. ``words`` are
    other spellings of kinds, ranks, marks, as people write them ("民警": "sworn", "是": "yes").
    """
    taken = set(Post.objects.filter(not_over(day)).values_list("code", flat=True))
    ground, plan, seen = ground_of(day), PostPlan(day, [], {}), set[str]()
    for number, cells in lines:
        wrong: list[Wrong] = []
        post = _post(cells, words, wrong)
        if post.code in taken:
            wrong.append(Wrong("code", _TAKEN))
        if post.code and post.code in seen:
            wrong.append(Wrong("code", _TWICE))
        seen.add(post.code)
        wrong += [Wrong(fault.field or "code", fault.message, fault.params) for fault in faults_of(post, ground)]
        if wrong:
            plan.wrong[number] = wrong
        else:
            plan.new.append(post)
    return plan


@service
def take_posts(plan: PostPlan, *, by: Actor, at: datetime) -> int:
    """All posts of a plan begin; gives how many. Raises BadInput while any line of it is wrong."""
    must_plan(by)
    if plan.wrong:
        raise BadInput("file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=len(plan.wrong))
    return len(begin_posts(plan.new, day=plan.day, by=by, at=at))


def _post(cells: Mapping[str, str], words: Mapping[str, str], wrong: list[Wrong]) -> NewPost:
    """What a line says of a post; what cannot be taken of it is added to ``wrong``."""
    said = {each.name: cells.get(each.name, "").strip() for each in fields(NewPost)}

    def word(field: str) -> str:
        return words.get(said[field].casefold(), said[field])

    def text(field: str, *, required: bool = False) -> str:
        try:
            return plain(field, said[field], longest=_LONGEST[field], required=required)
        except Refused as refused:
            wrong.append(Wrong(field, refused.message, refused.params))
            return ""

    marks = {field: word(field) for field in MARKS}
    wrong += [Wrong(field, _MARK) for field, mark in marks.items() if mark not in ("", "yes")]
    skills = tuple(words.get(part, part) for part in re.split(r"[\s,;，；、]+", said["skills"]) if part)
    wrong += [Wrong("skills", _CHOICE) for skill in skills if not _SKILL.match(skill)]
    if word("function") not in ("", *WATCHES):
        wrong.append(Wrong("function", _CHOICE))
    return NewPost(
        said["code"].lower(), said["unit"], word("kind"), text("name_zh", required=True), text("name_en"),
        rank=word("rank"), function=word("function"), place=said["place"], exam=text("exam").lower(), skills=skills,
        village=said["village"], **{field: mark == "yes" for field, mark in marks.items()},
    )  # fmt: skip
