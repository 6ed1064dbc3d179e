"""The forms beside a draft: shifts and needs, a pattern, who is unavailable; what they say becomes acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from oneroom.apps.duty.services import lay_pattern, say_unavailable, set_plan
from oneroom.engine.values import Actor, BadInput
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.roster_words import SHIFT_WORDS
from oneroom.web.pages.room.words import SKILLS

ACTS = ("plan", "pattern", "unavailable")
_LINES = 4  # shifts that the form has room for


def act(request: HttpRequest, *, roster: int, unit: int | None, by: Actor, at: datetime) -> None:
    """One of the forms."""
    post = request.POST
    match post.get("act", ""):
        case "pattern":
            lay_pattern(roster, pattern=post.get("pattern", ""), shift_by=_number(request, "shift_by"), by=by, at=at)
        case "unavailable":
            since, until = (typed_day(post.get(name, ""), field=name) for name in ("since", "until"))
            if since is None or until is None:
                raise BadInput("since" if since is None else "until", "Say from which day through which.")
            say_unavailable(_number(request, "person"), unit_id=unit, since=since, until=until, by=by, at=at)
        case "plan":
            shifts, needs = read(request)
            set_plan(roster, shifts=shifts, needs=needs, by=by, at=at)


def read(request: HttpRequest) -> tuple[dict[str, tuple[int, int, bool]], dict[str, list[list[object]]]]:
    """Shifts and needs as they were typed; an empty letter leaves a line out. Raises BadInput, naming the field."""
    shifts: dict[str, tuple[int, int, bool]] = {}
    needs: dict[str, list[list[object]]] = {}
    for n in range(_LINES):
        code = request.POST.get(f"code{n}", "").strip().upper()
        if not code:
            continue
        if code in shifts:
            raise BadInput(f"code{n}", "Two shifts have this letter.")
        shifts[code] = (
            _clock(request, f"begins{n}"), _number(request, f"hours{n}") * 60, bool(request.POST.get(f"commands{n}")),
        )  # fmt: skip
        skill = request.POST.get(f"skill{n}", "")
        if skill and skill not in SKILLS:
            raise BadInput(f"skill{n}", "There is no such choice here. Pick one of the list.")
        wanted = {skill: _number(request, f"skilled{n}")} if skill else {}
        needs[code] = [
            [_number(request, f"{name}_people{n}"), _number(request, f"{name}_leads{n}"), wanted]
            for name in ("work", "off")
        ]
    return shifts, needs


def lines(roster: Any) -> list[dict[str, Any]]:
    """What the form shows: the draft's shifts, then empty lines."""
    found = []
    for code, (begins, minutes, commands) in roster.shifts.items():
        usual, off = roster.needs.get(code, [[0, 0], [0, 0]])
        skill, skilled = next(iter((usual[2] if len(usual) > 2 else {}).items()), ("", 1))
        found.append(
            {
                "code": code, "word": SHIFT_WORDS.get(code, ""), "begins": f"{begins // 60:02d}:{begins % 60:02d}",
                "hours": minutes // 60, "commands": commands, "work": usual, "off": off, "skill": skill,
                "skilled": skilled,
            }
        )  # fmt: skip
    empty = {"code": "", "begins": "08:00", "hours": 8, "work": [0, 0], "off": [0, 0], "skilled": 1}
    return [*found, *(dict(empty) for _n in range(_LINES - len(found)))]


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise BadInput(name, "A whole number belongs here.")
    return int(said)


def _clock(request: HttpRequest, name: str) -> int:
    hours, _colon, minutes = request.POST.get(name, "").partition(":")
    if not (hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
        raise BadInput(name, "A time of the day, as in 08:00.")
    if int(hours[:3]) > 23 or int(minutes[:3]) > 59:
        raise BadInput(name, "A time of the day, as in 08:00.")
    return int(hours) * 60 + int(minutes)
