"""What follows a scene report, for the panels of a matter: review, call-backs, reopening, supervision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from oneroom.apps.incidents import duties, services
from oneroom.apps.incidents.codes import (
    CALL_BACK_RESULTS,
    CALL_BACK_WHY,
    CASE_DECISIONS,
    LAW_CASES,
    NO_CASE_REASONS,
    OUTCOMES,
    OWN_RELATION,
    REOPEN_REASONS,
    SEND_BACK_REASONS,
    SUPERVISE_REASONS,
)
from oneroom.apps.incidents.queries import verbs
from oneroom.apps.incidents.recusal import SURE, own_relation
from oneroom.engine.lifecycle.incident import ENDED
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import local, named

# Rows as queries give them; a screen names no table (DESIGN §2, rule 5).
Incident = Any

# What is missing before a matter may be closed, in two to four words.
_MISSING = {
    "outcome": lazy("how it ended"),
    "category": lazy("category"),
    "subcategory": lazy("sub-category"),
    "case": lazy("case or no case; no case needs a reason"),
    "no_case_reason": lazy("why no case"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A caller of a closed matter: to be called, called, or not called and why."""

    report: int
    n: int
    due: bool
    open: bool
    why: str
    deadline: datetime | None
    late: bool
    result: str
    tries: int


@dataclass(frozen=True, slots=True)
class AfterView:
    """Acts as the lifecycle table offers them to this person, with their choices; ``can`` are the verbs."""

    can: frozenset[str]
    missing: str
    related: str
    gap: str
    gap_since: datetime | None
    gap_crew: str
    law_case: bool
    calls: tuple[Call, ...]
    to_call: bool
    proposed: str
    supervised: bool
    reopened: int
    may_read: bool
    outcomes: Mapping[str, Any]
    cases: Mapping[str, Any]
    no_case_reasons: Mapping[str, Any]
    send_back_reasons: Mapping[str, Any]
    reopen_reasons: Mapping[str, Any]
    supervise_reasons: Mapping[str, Any]
    results: Mapping[str, Any]


def after_view(incident: Incident, *, by: Actor, at: datetime) -> AfterView:
    """What this person sees and may do after the report, at this minute."""
    can = set(verbs(incident, by=by)) & {
        "review", "send_back", "complete", "close", "call_back", "reopen", "supervise"
    }  # fmt: skip
    chief_elsewhere = by.may(Right.SEE_STATION) and not by.may(Right.COMMAND) and not by.heads(incident.unit_id)
    if chief_elsewhere:
        can -= {"review", "send_back", "close", "call_back"}
    related = own_relation(incident.pk, by=by) if can & {"review", "close"} else ""
    if related in SURE:
        can -= {"review", "send_back", "close"}
    gap = duties.gap_of(incident) if incident.state == "reported" else None
    can -= {"send_back"} if gap else {"complete"}
    calls = tuple(_call(c, n, at) for n, c in enumerate(_call_backs(incident), start=1))
    to_call = any(c.open for c in calls) and "call_back" in can
    return AfterView(
        frozenset(can), _missing(incident) if can & {"review", "close"} else "",
        named(OWN_RELATION, related), named(SEND_BACK_REASONS, gap.reason) if gap else "", gap.at if gap else None,
        local(gap.assignment.crew.callsign_zh, gap.assignment.crew.callsign_en) if gap and gap.assignment else "",
        (incident.final_category or incident.category) in LAW_CASES, calls, to_call,
        named(REOPEN_REASONS, incident.reopen_proposed) if incident.state in ENDED else "",
        incident.supervised, incident.reopened,
        by.may(Right.SEE_ROOM) or by.heads(incident.unit_id) or Role.INSPECTOR in by.roles,
        OUTCOMES, CASE_DECISIONS, NO_CASE_REASONS, SEND_BACK_REASONS, REOPEN_REASONS, SUPERVISE_REASONS,
        CALL_BACK_RESULTS,
    )  # fmt: skip


def _call_backs(incident: Incident) -> list[Any]:
    """Only a matter that ended has any; an open one is not asked about them."""
    return duties.call_backs_of(incident) if incident.state in ENDED else []


def _call(found: Any, n: int, at: datetime) -> Call:
    still = found.due and found.ended_at is None
    return Call(
        found.report_id, n, found.due, still, named(CALL_BACK_WHY, found.why), found.deadline,
        bool(still and found.deadline and found.deadline <= at), named(CALL_BACK_RESULTS, found.result), found.tries,
    )  # fmt: skip


def _missing(incident: Incident) -> str:
    """What still has to be said before the matter may be closed, in one sentence; empty where nothing is missing."""
    gaps = services.missing_to_close(incident)
    if not gaps:
        return ""
    said = ngettext("One thing missing: %(what)s.", "%(n)d things missing: %(what)s.", len(gaps))
    return said % {"n": len(gaps), "what": _(", ").join(str(_MISSING[name]) for name in gaps)}
