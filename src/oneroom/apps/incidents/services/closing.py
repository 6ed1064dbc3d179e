"""A scene report is read, sent back where it has a gap, completed; the matter is closed; the caller may rate it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from oneroom.apps.incidents.codes import (
    CATEGORIES,
    LAW_CASES,
    NO_CASE_REASONS,
    OUTCOMES,
    SEND_BACK_REASONS,
)
from oneroom.apps.incidents.models import AddedWords, Assignment, Incident, Report, SentBack
from oneroom.apps.incidents.protocol import known_subcategory, subcategories
from oneroom.apps.incidents.recusal import CREW, NAME, NUMBER, own_relation
from oneroom.apps.incidents.services.aftercare import decide_call_backs
from oneroom.apps.incidents.services.dispatch import turned_out
from oneroom.apps.incidents.services.matter import (
    final_kind,
    known,
    lock,
    lock_matter_of,
    scopes,
    subject,
    this_round,
    watch,
)
from oneroom.apps.ledger.queries import timeline
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.engine.lifecycle.callback import SHARE
from oneroom.engine.lifecycle.closing import Codes, Ending, unmet
from oneroom.engine.lifecycle.incident import INCIDENT, State
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, IllegalMove, NotAllowed, Refused, Unmet

_SAID = {
    ("outcome", "missing"): _("Say how it ended: pick one of the outcomes."),
    ("outcome", "unknown"): _("There is no such outcome."),
    ("category", "missing"): _("Say what it was: pick a category."),
    ("category", "unknown"): _("There is no such category."),
    ("subcategory", "missing"): _("Say more closely what it was: pick a sub-category."),
    ("subcategory", "unknown"): _("There is no such sub-category of this category."),
    ("case", "missing"): _("Case or no case: decide."),
    ("case", "unknown"): _("Case or no case: decide."),
    ("case", "contrary"): _("The outcome says that a case was opened."),
    ("no_case_reason", "missing"): _("No case needs a reason."),
    ("no_case_reason", "unknown"): _("There is no such reason."),
    ("no_case_reason", "contrary"): _("Where there is a case there is no reason against it."),
}
_RELATED = {
    NUMBER: _("Recusal: you, or a relative whom you declared, called in this matter. Somebody else judges it."),
    CREW: _("Recusal: a relative of yours, as declared, was sent to this matter. Somebody else judges it."),
}


class Recused(NotAllowed):
    """Somebody is related to the caller of a matter, or to somebody who was sent to it (workflow §2.10)."""

    code = "recused"


@service
def review(incident_id: int, *, by: Actor, at: datetime) -> None:
    """Somebody who did not send the crews, and is nobody's relative in it, read the scene report and found it whole."""
    related = own_relation(incident_id, by=by)  # compared before anything is locked
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "review", by=by)
    _not_who_sent(row, by)
    _not_a_relative(related)
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at)
    SentBack.objects.filter(incident=row, ended_at=None).update(ended_at=at)
    note(
        "incident.reviewed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        recusal=related or None,
    )  # fmt: skip
    for stage in ("review", "complete"):
        stop(subject(row.pk), cause="reviewed", stage=stage, by=by, at=at)
    watch(row, "close", by=SYSTEM, at=at)


@service
def send_back(incident_id: int, *, reason: str, words: str, by: Actor, at: datetime) -> None:
    """
    The report has a gap: back to the crew and its station, with a reason and one sentence, on a clock.

    The matter stays REPORTED: it is reported, and nobody need go out again. What is missing rings on the crew's phones.
    """
    related = own_relation(incident_id, by=by)
    row = lock(incident_id)
    INCIDENT.move(row.state, "send_back", by=by)
    _not_who_sent(row, by)
    _not_a_relative(related)
    known("reason", reason, SEND_BACK_REASONS)
    text = plain("words", words, longest=300, required=True)
    if SentBack.objects.filter(incident=row, ended_at=None).exists():
        raise IllegalMove("This was sent back already and is not completed yet.")
    lead = _reporter(row)
    sealed, commitment = seal(text, matter=subject(row.pk), purpose="review.gap", at=at)
    SentBack.objects.create(
        incident=row, assignment=lead, at=at, account_id=by.id, reason=reason, words=sealed
    )  # fmt: skip
    heard = scopes(row) | ({f"crew:{lead.crew_id}"} if lead else set())
    note(
        "incident.sent_back", subject(row.pk), by=by, at=at, to=heard, matter=subject(row.pk), incident=row.pk,
        assignment=lead.pk if lead else None, reason=reason, words=commitment,
    )  # fmt: skip
    stop(subject(row.pk), cause="sent_back", stage="review", by=by, at=at)
    start_overdue(
        subject(row.pk), stage="complete", limit_s=limit_s("complete", row.grade), matter=subject(row.pk),
        grade=row.grade, drill=row.drill, crew_id=lead.crew_id if lead else None,
        unit_id=lead.crew.unit_id if lead else row.unit_id, by=by, at=at,
    )  # fmt: skip


@service
def complete(
    incident_id: int, *, words: str = "", outcome: str = "", category: str = "", subcategory: str = "", by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """What was missing is added; the report is to be reviewed again. The first report stays as it was, beside it."""
    row = lock(incident_id)
    INCIDENT.move(row.state, "complete", by=by)
    gap = SentBack.objects.filter(incident=row, ended_at=None).select_related("assignment").first()
    if gap is None:
        raise IllegalMove("Nobody sent this back; there is nothing to complete.")
    if outcome:
        known("outcome", outcome, OUTCOMES)
    if category:
        known("category", category, CATEGORIES)
    known_subcategory(category or row.final_category or row.category, subcategory)
    text = plain("words", words, longest=2000)
    if not (text or outcome or category):
        raise BadInput("words", "Say what was missing: a line, another outcome or another category.")
    sealed, commitment = seal(text, matter=subject(row.pk), purpose="scene.note", at=at) if text else (None, None)
    if sealed is not None:
        source = "crew" if by.crew_id else "room"
        AddedWords.objects.create(incident=row, source=source, account_id=by.id, at=at, words=sealed)
    outcome = outcome or row.outcome
    turned_out(row, outcome, category, subcategory)
    SentBack.objects.filter(pk=gap.pk).update(ended_at=at)
    heard = scopes(row) | ({f"crew:{gap.assignment.crew_id}"} if gap.assignment else set())
    note(
        "incident.completed", subject(row.pk), by=by, at=at, to=heard, matter=subject(row.pk), incident=row.pk,
        assignment=gap.assignment_id, outcome=outcome, note=commitment,
    )  # fmt: skip
    stop(subject(row.pk), cause="completed", stage="complete", by=by, at=at)
    watch(row, "review", by=SYSTEM, at=at)


@service
def close(
    incident_id: int, *, outcome: str = "", category: str = "", subcategory: str = "", case: str = "",
    no_case_reason: str = "", share: float = SHARE, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """
    Close with outcome and category (those of the scene report unless the closer says otherwise), and, where the law
    asks, with a case or the reason why there is none. Raises Unmet with every rule that does not hold, by field.

    ``share`` of the callers of routine matters are called back; the draw is made here and stands in the record.
    Raises Recused where whoever closes is a relative of the caller or of somebody who was sent.
    """
    related = own_relation(incident_id, by=by)
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "close", by=by)
    _not_a_relative(related)
    ending = ending_of(
        row, outcome=outcome, category=category, subcategory=subcategory, case=case, no_case_reason=no_case_reason
    )  # fmt: skip
    gaps = unmet(ending, codes_for(ending.category))
    if gaps:
        raise Unmet({name: _SAID[name, why] for name, why in gaps.items()})
    Incident.objects.filter(pk=row.pk).update(
        state=move.target, state_since=at, closed_at=at, outcome=ending.outcome, final_category=ending.category,
        final_subcategory=ending.subcategory, case=ending.decision, no_case_reason=ending.no_case_reason,
        escalated=False, reopen_proposed="",
    )  # fmt: skip
    row.refresh_from_db()
    note(
        "incident.closed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, outcome=ending.outcome, category=ending.category, subcategory=ending.subcategory or None,
        case=ending.decision or None, no_case_reason=ending.no_case_reason or None, recusal=related or None,
    )  # fmt: skip
    stop(subject(row.pk), cause="closed", by=by, at=at)
    decide_call_backs(row, share=share, at=at)


@service
def close_many(incident_ids: Iterable[int], *, by: Actor, at: datetime) -> dict[int, Refused]:
    """
    Close each of these matters that may be closed as it stands; gives why not for the others.

    Locked in one order, so that two people closing the same list never wait for each other; a matter that is refused
    leaves nothing behind and stops no other.
    """
    refused: dict[int, Refused] = {}
    for pk in sorted(set(incident_ids)):
        try:
            close(pk, by=by, at=at)
        except (IllegalMove, BadInput, Recused) as why:  # who may not close at all is told so, not given a list
            refused[pk] = why
    return refused


def missing_to_close(row: Incident) -> tuple[str, ...]:
    """The fields that would still be asked for if this matter were closed as it stands."""
    ending = ending_of(row)
    return tuple(unmet(ending, codes_for(ending.category)))


def ending_of(row: Incident, **said: str) -> Ending:
    """How this matter ended: as said now, else as it stands."""
    category, subcategory = final_kind(row, said.get("category", ""), said.get("subcategory", ""))
    return Ending(
        outcome=said.get("outcome") or row.outcome,
        category=category,
        subcategory=subcategory,
        case=said.get("case") or row.case,
        no_case_reason=said.get("no_case_reason") or row.no_case_reason,
    )


def codes_for(category: str) -> Codes:
    """The codes that the close rules know for a category."""
    return Codes(OUTCOMES, CATEGORIES, subcategories().get(category, ()), LAW_CASES, NO_CASE_REASONS)


@service
def rate(report_id: int, *, stars: int, words: str = "", by: Actor, at: datetime) -> None:
    """The caller rates a closed matter, once, with words or without."""
    row = lock_matter_of(report_id)
    if stars not in (1, 2, 3, 4, 5):
        raise BadInput("stars", "Pick one of the five.")
    if row.state not in (State.CLOSED, State.CALLED_BACK, State.ARCHIVED):
        raise IllegalMove("You can rate this when it is closed.")
    text = plain("rating_words", words, longest=1000)
    if not Report.objects.filter(pk=report_id, stars=None).update(stars=stars):
        raise IllegalMove("You have rated this already. Thank you.")
    commitment = None
    if text:
        sealed, commitment = seal(text, matter=subject(row.pk), purpose="rating.words", at=at)
        Report.objects.filter(pk=report_id).update(rating_words=sealed)
    note(
        "incident.rated", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        report=report_id, stars=stars, words=commitment,
    )  # fmt: skip


def _reporter(row: Incident) -> Assignment | None:
    """The crew whose report the matter's outcome is: the lead's, else the last that reported."""
    reported = this_round(row).filter(reported_at__isnull=False).select_related("crew")
    return reported.order_by("-lead", "-reported_at", "-pk").first()


def _not_a_relative(related: str) -> None:
    """A name alone stops nobody, others have it too: it stands in the record beside the act."""
    if related and related != NAME:
        raise Recused(_RELATED[related])


def _not_who_sent(row: Incident, by: Actor) -> None:
    """Nobody judges what came of his own order, whatever his role."""
    since = row.reopened_at
    if any(
        e.kind == "assignment.offered" and e.actor == by.id and (since is None or e.at >= since)
        for e in timeline(subject(row.pk))
    ):
        raise NotAllowed("You sent the crews yourself. Somebody else reads their report.")
