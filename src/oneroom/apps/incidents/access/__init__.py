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
from oneroom.apps.incidents.access.openings import (
    Broken,
    broken_glass,
    opening_for,
    openings_of,
    read_opening,
    reviews_waiting,
)

__all__ = [
    "Broken",
    "Spoken",
    "Talk",
    "assignment_for",
    "broken_glass",
    "compared_words",
    "incident_for",
    "inspected",
    "live_basis",
    "matter_to_call",
    "matter_to_review",
    "matter_to_supervise",
    "matters_for",
    "opening_for",
    "openings_of",
    "personal_fields",
    "personal_of",
    "photo_content",
    "ratings",
    "read_opening",
    "report_by_code",
    "report_of",
    "reviews_waiting",
    "talk_of",
    "warnings_for",
]
