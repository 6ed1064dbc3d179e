from oneroom.apps.orders.services.ladders import (
    climb_rung,
    is_watched,
    mark_drill,
    receipt,
    regrade,
    start_answer,
    start_overdue,
    stop,
)

__all__ = [
    "climb_rung", "is_watched", "mark_drill", "receipt", "regrade", "start_answer", "start_overdue", "stop",
]  # fmt: skip
