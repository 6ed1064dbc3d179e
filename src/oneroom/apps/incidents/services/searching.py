"""Searching the record: who may ask what of it, for which purpose, bound to what (scope 5.1-10, G2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oneroom.apps.incidents.access import incident_for
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.ledger import searches
from oneroom.apps.ledger.searches import Question
from oneroom.apps.ledger.services import searched, service
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound

OVERSIGHT_PURPOSES = ("inspection", "complaint", "audit")


def question_about(reference: str, question: Question) -> Question:
    """The question with the matter of this reference; BadInput where there is none."""
    if not reference:
        return question
    pk = Incident.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if pk is None:
        raise _unknown()
    return replace(question, matter=subject(pk))


def _must_see(matter: str, *, by: Actor) -> None:
    """Who may not see it may not ask of it, and is told what he would be told of a number that nobody ever gave."""
    try:
        incident_for(int(matter.partition(":")[2]), by=by)
    except NotFound as hidden:
        raise _unknown() from hidden


def _unknown() -> BadInput:
    return BadInput("matter", "There is no matter of this number.")


@service
def search_record(question: Question, *, purpose: str, basis: str, by: Actor, at: datetime) -> None:
    """
    Ask the record. Oversight asks within an inspection, complaint or audit that it names (``basis``) and may ask of
    everything; the room and a station ask of a matter that they may see, which is then the basis itself.
    """
    by.must(Right.SEARCH_RECORD)
    searches.check(question)
    if by.may(Right.VERIFY_RECORD):
        if purpose not in OVERSIGHT_PURPOSES:
            raise BadInput("purpose", "There is no such choice here. Pick one of the list.")
    else:
        if not question.matter:
            raise BadInput("matter", "Name the matter that you ask about.")
        if question.chain != "acts":
            raise NotFound
        _must_see(question.matter, by=by)
        purpose, basis = ("dispatch" if by.may(Right.SEE_ROOM) else "review"), question.matter
    searched(
        chain=question.chain, purpose=purpose, basis=basis, by=by, at=at, matter_asked=question.matter or None,
        kind_asked=question.kind or None, account_asked=question.account, since=question.since,
        until=question.until, number=question.number,
    )  # fmt: skip
