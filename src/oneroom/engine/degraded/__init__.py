"""
The room while the database is away: the last known board, and the closed list of acts on it.

The same tables decide as otherwise (`lifecycle`, `escalation`, `roles`). What is decided here is booked afterwards by
the services, which ask the same tables again of what they find then.
"""

from oneroom.engine.degraded.acts import KINDS, Done, do
from oneroom.engine.degraded.board import Board, Crew, Ladder, Matter, NotVouched, Numbers, Order, Person, Spell
from oneroom.engine.degraded.ladders import Told, climb, due

__all__ = [
    "KINDS",
    "Board",
    "Crew",
    "Done",
    "Ladder",
    "Matter",
    "NotVouched",
    "Numbers",
    "Order",
    "Person",
    "Spell",
    "Told",
    "climb",
    "do",
    "due",
]
