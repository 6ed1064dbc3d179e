"""What comes by voice or picture: radio messages as the room hears them, links of video that begin and end (B07)."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.incidents.models import Assignment
from oneroom.apps.incidents.services.field import say_word
from oneroom.apps.incidents.services.intake import add_words
from oneroom.apps.incidents.services.matter import known, lock_open, scopes, subject
from oneroom.apps.ledger.services import note, service
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Conflict

VIDEO_EVENTS = frozenset({"started", "ended"})


@service
def log_radio(incident_id: int, *, words: str, crew_id: int | None = None, by: Actor, at: datetime) -> None:
    """
    A radio message, written down by whoever heard it. From a crew that is on the matter it is that crew's word: it
    answers the question for a first word and for its welfare, as one from its phone would.
    """
    by.must(Right.DISPATCH)
    sent = _on_it(incident_id, crew_id)
    if sent is not None:
        say_word(sent.pk, words=words, source="radio", by=by, at=at)
    else:
        add_words(incident_id, words=words, source="radio", report_id=0, by=by, at=at)


@service
def note_video(incident_id: int, *, event: str, crew_id: int | None = None, by: Actor, at: datetime) -> None:
    """A video link began or ended. Only that it did: no picture is kept here, and nothing looks at it but people."""
    by.must(Right.DISPATCH)
    known("event", event, VIDEO_EVENTS)
    row = lock_open(incident_id)
    sent = _on_it(incident_id, crew_id)
    note(
        "incident.video", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        event=event, crew=sent.crew_id if sent else None,
    )  # fmt: skip


def _on_it(incident_id: int, crew_id: int | None) -> Assignment | None:
    """The crew's live assignment to the matter; None where no crew is named."""
    if crew_id is None:
        return None
    sent = Assignment.objects.filter(incident_id=incident_id, crew_id=crew_id, state__in=LIVE).first()
    if sent is None:
        raise Conflict("This crew is not on this matter.", field="crew")
    return sent
