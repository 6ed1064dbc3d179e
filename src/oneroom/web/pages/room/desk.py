"""What stands beside the matters in the queue: calls being taken, calls to return; and what agencies owe a matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from oneroom.apps.incidents import desk, shift
from oneroom.apps.incidents.codes import AGENCIES, REFERRAL_RESULTS, RETURN_RESULTS
from oneroom.apps.ledger.time import now
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web.pages.room.clashes import ClashView, clash_views, results
from oneroom.web.pages.room.clocks import Clock
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.words import STAGES, kind_named, named, span

LEFT = timedelta(minutes=3)  # no word typed for so long: somebody asks at that desk whether the call is still on


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
    clock: Clock
    drill: bool

    @property
    def left(self) -> bool:
        """Its clock ran out and nobody typed."""
        return bool(self.clock.css)


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
    agency: str
    reference: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover that the incoming commander has still to sign."""

    outgoing: str
    incoming: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class LateAtDesk:
    """What is late beside the matters: what it is, with whom, since when."""

    what: str
    who: str
    clock: Clock
    handover: bool = False


@dataclass(frozen=True, slots=True)
class DeskView:
    """All of it, as the queue shows it."""

    drafts: tuple[DraftView, ...]
    returns: tuple[ReturnView, ...]
    results: tuple[tuple[str, str], ...]
    handover: HandoverView | None
    clashes: tuple[ClashView, ...] = ()
    clash_results: tuple[tuple[str, str], ...] = ()

    @property
    def late(self) -> tuple[LateAtDesk, ...]:
        """What is late at the desks: calls to return or to save, a handover, what could not be booked; oldest first."""
        found = [LateAtDesk(_("Call back"), "", r.clock) for r in self.returns if r.clock.css]
        found += [LateAtDesk(_("A call left unsaved"), d.desk, d.clock) for d in self.drafts if d.left]
        if self.handover and self.handover.clock.css:
            found.append(LateAtDesk(_("Handover"), self.handover.incoming, self.handover.clock, handover=True))
        found += [LateAtDesk(_("Not booked"), f"{c.who}: {c.act}", not_booked(c)) for c in self.clashes]
        return tuple(sorted(found, key=lambda one: one.clock.deadline))


def desk_view(at: datetime) -> DeskView:
    """Drafts as they stand, and calls to return."""
    promised = timedelta(seconds=limit_s("return_call", 2) or 0)
    return DeskView(
        tuple(
            DraftView(
                d.draft.pk, d.draft.grade, place_of(d.draft),
                kind_named(d.draft.category, d.draft.subcategory) or _("not yet classified"), d.desk, d.draft.started,
                span((at - d.draft.started).total_seconds()), bool(d.draft.category and d.draft.lon is not None),
                _clock("left", d.draft.touched, d.draft.touched + LEFT, at), d.draft.drill,
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
        tuple((code, str(word)) for code, word in RETURN_RESULTS.items() if code != "rang_again"),
        _handover(at),
        clash_views(),
        results(),
    )  # fmt: skip


def not_booked(clash: ClashView) -> Clock:
    """It is late from the minute in which it could not be booked."""
    return _clock("not_booked", clash.at, clash.booked_at, max(clash.booked_at, now()))


def _handover(at: datetime) -> HandoverView | None:
    row = shift.handover_waiting()
    if row is None:
        return None
    within = timedelta(seconds=limit_s("handover", 2) or 0)
    return HandoverView(row.outgoing.name, row.incoming.name, _clock("handover", row.at, row.at + within, at))


def agencies_view(incident_id: int, at: datetime) -> tuple[ReferralView, ...]:
    """Agencies that a matter was handed to and that have not answered."""
    return tuple(
        ReferralView(
            r.pk, named(AGENCIES, r.agency), r.reference, _clock("agency_answer", r.made_at, r.due_at, at)
        )
        for r in desk.referrals_open(incident_id=incident_id)
    )  # fmt: skip


def referral_results() -> tuple[tuple[str, str], ...]:
    """What an agency's answer may be."""
    return tuple((code, str(word)) for code, word in REFERRAL_RESULTS.items())


def _clock(stage: str, start: datetime, deadline: datetime, at: datetime) -> Clock:
    left_s = (deadline - at).total_seconds()
    label, late = STAGES[stage]
    text = f"+{span(-left_s)}" if left_s <= 0 else span(left_s)
    return Clock(stage, start, deadline, str(label), str(late), text, "is-late" if left_s <= 0 else "")
