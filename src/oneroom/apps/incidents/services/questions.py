"""What a caller was asked goes on the record: the protocol in its version and the answers as codes, never his words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from oneroom.apps.incidents.models import Incident, Questioning
from oneroom.apps.incidents.protocol import assessed, protocol_of
from oneroom.apps.incidents.services.matter import scopes, subject
from oneroom.apps.ledger.services import compared, note, seal, service
from oneroom.engine.protocol import Assessment, Protocol
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput


def check_answers(
    category: str, subcategory: str, answers: Mapping[str, str], texts: Mapping[str, str]
) -> tuple[Protocol, Assessment, dict[str, str]]:
    """The protocol with what these answers make of the call, and the free answers cleaned. BadInput otherwise."""
    protocol = protocol_of(category, subcategory)
    if protocol is None:
        raise BadInput("category", "There is no such choice: %(choice)s.", choice=category[:40])
    free = {q.code for q in protocol.questions if q.kind == "text"}
    for code in texts:
        if code not in free:
            raise BadInput("texts", "There is no such choice: %(choice)s.", choice=code[:40])
    cleaned = {code: plain("texts", text, longest=500) for code, text in texts.items()}
    return protocol, assessed(protocol, answers), {code: text for code, text in cleaned.items() if text}


@service
def record_answers(
    incident_id: int, *, category: str, subcategory: str, answers: Mapping[str, str], texts: Mapping[str, str],
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Keep what was asked of a caller of this matter; nothing where nothing was answered, and once if told twice."""
    protocol, _, free = check_answers(category, subcategory, answers, texts)
    if not answers and not free:
        return
    row = Incident.objects.get(pk=incident_id)
    codes = [f"{q.code}:{answers[q.code]}" for q in protocol.questions if q.code in answers]
    same = Questioning.objects.filter(
        incident=row, protocol=protocol.code, version=protocol.version, answers=codes, account_id=by.id
    ).select_related("texts")
    if any(compared([q.texts]).get(q.texts.pk) == free if q.texts else not free for q in same):
        return
    sealed, commitment = (None, None)
    if free:
        sealed, commitment = seal(free, matter=subject(row.pk), purpose="report.answers", at=at)
    Questioning.objects.create(
        incident=row, protocol=protocol.code, version=protocol.version, answers=codes, texts=sealed,
        account_id=by.id, at=at,
    )  # fmt: skip
    note(
        "incident.questioned", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        protocol=protocol.code, version=protocol.version, answers=codes, words=commitment,
    )  # fmt: skip
