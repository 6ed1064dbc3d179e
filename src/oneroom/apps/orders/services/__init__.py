from oneroom.apps.orders.services.courier import text_of
from oneroom.apps.orders.services.ladders import (
    Happened,
    climb_rung,
    is_watched,
    overdue_began,
    overdue_rows,
    receipt,
    regrade,
    rehome,
    rungs_happened,
    start_answer,
    start_overdue,
    stop,
)
from oneroom.apps.orders.services.missed import tell_missed
from oneroom.apps.orders.services.photos import attach_photo, sealed_photos
from oneroom.apps.orders.services.sos import (
    END_REASONS,
    answer_sos,
    bind_sos,
    end_sos,
    raise_sos,
    say_mistake,
)

__all__ = [
    "END_REASONS",
    "Happened",
    "answer_sos",
    "attach_photo",
    "bind_sos",
    "climb_rung",
    "end_sos",
    "is_watched",
    "overdue_began",
    "overdue_rows",
    "raise_sos",
    "receipt",
    "regrade",
    "rehome",
    "rungs_happened",
    "say_mistake",
    "sealed_photos",
    "start_answer",
    "start_overdue",
    "stop",
    "tell_missed",
    "text_of",
]
