"""The room changes hands: one page that lists what is open, takes both signatures, and prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from oneroom.apps.duty.queries import callsigns, commander
from oneroom.apps.incidents import shift
from oneroom.apps.incidents.codes import AGENCIES, GRADES
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import holders
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.pages.room.views import in_room
from oneroom.web.pages.room.words import CREW_STATES, MATTER_STATES, STAGES, kind_named, local, named

CHANGES = (8, 20)  # half past these hours the shifts change (workflow §2.3); only what the form proposes


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open matter as it stood when the outgoing signed."""

    id: int
    reference: str
    grade: int
    grade_word: str
    kind: str
    state: str
    promise: str
    deadline: datetime | None
    held_until: datetime | None
    late: bool
    alarm: bool
    drill: bool
    supervised: bool
    crews: str


def board_view(board: dict[str, Any]) -> dict[str, Any]:
    """The frozen board in the words of the page's language."""
    crews = {pk: local(*both) for pk, both in callsigns().items()}
    return {
        "incidents": [_line(i, crews) for i in board["incidents"]],
        "crews": [(crews.get(c["id"], ""), named(CREW_STATES, c["state"])) for c in board["crews"]],
        "call_backs": board["call_backs"], "drafts": board["drafts"], "returns": board["returns"],
        "agencies": [named(AGENCIES, r["agency"]) for r in board["referrals"]],
        "warnings": [(named(WARNING_REASONS, r), n) for r, n in board.get("warnings", {}).items()],
        "sos": board.get("sos", 0),
        "late": sum(1 for i in board["incidents"] if i["late"]),
        "held": sum(1 for i in board["incidents"] if i["held_until"]),
        "at": parse_datetime(board["at"]),
    }  # fmt: skip


def _line(i: dict[str, Any], crews: dict[int, str]) -> OpenLine:
    soon, late = STAGES.get(i["stage"], ("", ""))
    return OpenLine(
        i["id"], i["reference"], i["grade"], named(GRADES, i["grade"]),
        kind_named(i["category"], i["subcategory"]) or named(MATTER_STATES, "received"),
        named(MATTER_STATES, i["state"]), str(late if i["late"] else soon),
        parse_datetime(i["deadline"]) if i["deadline"] else None,
        parse_datetime(i["held_until"]) if i["held_until"] else None, i["late"], i["alarm"], i["drill"],
        i["supervised"], ", ".join(crews.get(pk, "") for pk in i["crews"]),
    )  # fmt: skip


def next_change(at: datetime) -> datetime:
    """When the next shift but the one that begins now ends: at half past eight or half past twenty."""
    here = localtime(at).replace(minute=30, second=0, microsecond=0)
    later = [
        moment
        for day in range(3)
        for hour in CHANGES
        if (moment := here.replace(hour=hour) + timedelta(days=day)) > at + timedelta(hours=6)
    ]
    return later[0]


@never_cache
@require_GET
@in_room
def page(request: HttpRequest) -> HttpResponse:
    """What is open, live until the outgoing signs, frozen from then on; and the handovers there were."""
    by, at = actor(request), now()
    past = shift.handovers(by=by)
    waiting = next((h for h in past if h.signed_at is None and h.dropped_at is None), None)
    commands = commander(at) == by.id
    board = waiting.board if waiting else shift.open_board(by=by, at=at)
    context = {
        "waiting": waiting, "commands": commands, "board": board_view(board), "past": [h for h in past if h != waiting],
        "note": _note(waiting, by, at), "may_sign": waiting is not None and by.id == waiting.incoming_id,
        "asks_code": settings.SECOND_FACTOR and waiting is not None and by.id != waiting.incoming_id,
        "may_drop": waiting is not None and (commands or by.id == waiting.outgoing_id),
        "others": [a for a in holders(Role.SHIFT_COMMANDER) if a.pk != by.id], "until": next_change(at),
    }  # fmt: skip
    return render(request, "room/handover.html", context)


@never_cache
@require_GET
@in_room
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A handover that is over, as it was signed."""
    by, at = actor(request), now()
    row = shift.handover_for(pk, by=by)
    context = {"waiting": row, "over": True, "board": board_view(row.board), "note": _note(row, by, at)}
    return render(request, "room/handover.html", context)


def _note(row: Any, by: Actor, at: datetime) -> str:
    return shift.handover_note(row, by=by, at=at) if row is not None else ""
