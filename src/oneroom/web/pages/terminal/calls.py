"""Calls for help on the phone: my own, and those of others that ring for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents.queries import live_of
from oneroom.apps.orders.queries import open_sos, rings_for
from oneroom.apps.people.queries import staff_names
from oneroom.engine.lifecycle.sos import SOS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.sos import place_of_sos
from oneroom.web.pages.room.words import CREW_STATES, local
from oneroom.web.pages.terminal.rows import SHOWS


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody else's call for help."""

    id: int
    crew: str
    place: str
    raised_at: datetime
    answered: str
    mistake: bool
    may_answer: bool


def calls_for(by: Actor) -> list[Call]:
    """What rings for this person, and the open ones of his crew and of the stations he answers for; never his own."""
    ringing = {r.subject for r in rings_for(by.id) if r.stage == "sos"}
    found = [
        h for h in open_sos()
        if h.account_id != by.id
        and (
            f"sos:{h.id}" in ringing or by.heads(h.unit_id) or by.may(Right.COMMAND)
            or (by.crew_id is not None and by.crew_id == h.crew_id)
        )
    ]  # fmt: skip
    if not found:
        return []
    names, staff = callsigns(), staff_names({h.answered_by for h in found if h.answered_by})
    return [
        Call(
            h.id, local(*names.get(h.crew_id or 0, ("", ""))), place_of_sos(h.lon, h.lat), h.raised_at,
            staff.get(h.answered_by or 0, ""), h.mistake_at is not None,
            "answer" in SOS.open_to(h.state, by.roles) and (by.may(Right.SEE_ROOM) or by.heads(h.unit_id)),
        )
        for h in found
    ]  # fmt: skip


def help_of(by: Actor) -> dict[str, Any]:
    """My own open call, who has it, and which crews are on the way to it."""
    if not by.may(Right.CALL_HELP):
        return {"may_call_help": False, "help": None}
    mine = next(iter(open_sos(account_id=by.id)), None)
    said: dict[str, Any] = {"may_call_help": True, "help": mine}
    if mine is None:
        return said
    kind, _, pk = mine.matter.partition(":")
    coming = live_of(int(pk)) if kind == "incident" else []
    said["answered"] = staff_names({mine.answered_by}).get(mine.answered_by, "") if mine.answered_by else ""
    said["coming"] = [
        (local(a.crew.callsign_zh, a.crew.callsign_en), CREW_STATES[SHOWS[a.state]])
        for a in coming
        if a.crew_id != mine.crew_id
    ]
    return said
