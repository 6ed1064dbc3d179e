"""The one way to fetch a matter, or a part of it, for somebody."""

from oneroom.apps.incidents.access.caller import (
    Spoken,
    Talk,
    report_by_code,
    talk_of,
)
from oneroom.apps.incidents.access.matters import (
    assignment_for,
    incident_for,
    inspected,
    live_basis,
    matter_to_call,
    matter_to_review,
    matter_to_supervise,
    matters_for,
    report_of,
)
from oneroom.apps.incidents.access.opened import (
    compared_words,
    personal_fields,
    personal_of,
    photo_content,
    ratings,
    warnings_for,
)

__all__ = [
    "Spoken",
    "Talk",
    "assignment_for",
    "compared_words",
    "incident_for",
    "inspected",
    "live_basis",
    "matter_to_call",
    "matter_to_review",
    "matter_to_supervise",
    "matters_for",
    "personal_fields",
    "personal_of",
    "photo_content",
    "ratings",
    "report_by_code",
    "report_of",
    "talk_of",
    "warnings_for",
]
