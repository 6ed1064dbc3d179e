"""What category and answers make of a call: codes only, so nothing that was said is in any log. Needs no database."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from oneroom.apps.incidents.protocol import assessed, known_subcategory, protocol_of
from oneroom.engine.values import BadInput
from oneroom.web.pages.intake.protocols import worded


def graded(asked: QueryDict) -> dict[str, Any]:
    """The grade with its reasons, in words."""
    category, subcategory = asked.get("category", ""), asked.get("subcategory", "")
    known_subcategory(category, subcategory)
    protocol = protocol_of(category, subcategory)
    if protocol is None:
        raise BadInput("category", "There is no such choice: %(choice)s.", choice=category[:40])
    answers = dict(answer.partition(":")[::2] for answer in asked.getlist("answer")[:40])
    return worded(assessed(protocol, answers))
