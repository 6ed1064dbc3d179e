"""What stands beside the matters in the queue: calls being taken, calls to return, agencies that owe an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.incidents import desk
from oneroom.apps.incidents.codes import AGENCIES, REFERRAL_RESULTS, RETURN_RESULTS
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web.pages.room.clocks import Clock
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.words import STAGES, kind_named, named, span


@dataclass(frozen=True, slots=True)
class DraftView:
    """A call while it is taken; ``ready`` when it may be sent on."""

    id: int
    grade: int | None
    place: str
    kind: str
    desk: str
    since: datetime
    age: str
    ready: bool
    drill: bool


@dataclass(frozen=True, slots=True)
class ReturnView:
    """An abandoned call, without its number."""

    id: int
    rang: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class ReferralView:
    """An agency's answer that is due."""

    id: int
    incident: int
    matter: str
    agency: str
    reference: str
    clock: Clock
    drill: bool


@dataclass(frozen=True, slots=True)
class DeskView:
    """All of it, as the queue shows it."""

    drafts: tuple[DraftView, ...]
    returns: tuple[ReturnView, ...]
    referrals: tuple[ReferralView, ...]
    results: tuple[tuple[str, str], ...]


def desk_view(at: datetime) -> DeskView:
    """Drafts as they stand, calls to return, and what agencies owe from the minute it is due."""
    promised = timedelta(seconds=limit_s("return_call", 2) or 0)
    return DeskView(
        tuple(
            DraftView(
                d.draft.pk, d.draft.grade, place_of(d.draft),
                kind_named(d.draft.category, d.draft.subcategory) or _("not yet classified"), d.desk, d.draft.started,
                span((at - d.draft.started).total_seconds()), bool(d.draft.category and d.draft.lon is not None),
                d.draft.drill,
            )
            for d in desk.drafts()
        ),
        tuple(
            ReturnView(
                c.pk, span(((c.ended_at or at) - c.ringing_at).total_seconds()),
                _clock("return_call", (c.return_due or at) - promised, c.return_due or at, at),
            )
            for c in desk.calls_to_return()
        ),
        tuple(referral_view(r, at) for r in desk.referrals_open() if r.due_at <= at),
        tuple((code, str(word)) for code, word in RETURN_RESULTS.items() if code != "rang_again"),
    )  # fmt: skip


def agencies_view(incident_id: int, at: datetime) -> tuple[ReferralView, ...]:
    """Agencies that a matter was handed to and that have not answered."""
    return tuple(referral_view(r, at) for r in desk.referrals_open(incident_id=incident_id))


def referral_results() -> tuple[tuple[str, str], ...]:
    """What an agency's answer may be."""
    return tuple((code, str(word)) for code, word in REFERRAL_RESULTS.items())


def referral_view(found: Any, at: datetime) -> ReferralView:
    """One agency's answer that is waited for."""
    return ReferralView(
        found.pk, found.incident_id, found.incident.reference[4:], named(AGENCIES, found.agency), found.reference,
        _clock("agency_answer", found.made_at, found.due_at, at), found.incident.drill,
    )  # fmt: skip


def _clock(stage: str, start: datetime, deadline: datetime, at: datetime) -> Clock:
    left_s = (deadline - at).total_seconds()
    label, late = STAGES[stage]
    text = f"+{span(-left_s)}" if left_s <= 0 else span(left_s)
    return Clock(stage, start, deadline, str(label), str(late), text, "is-late" if left_s <= 0 else "")
