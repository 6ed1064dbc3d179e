"""Two ladders (domain: workflow §2.1a): who is told next when nobody answers, or when a promise runs out."""

from oneroom.engine.escalation.ladder import Rung, answer_ladder, due, frozen, overdue_ladder, sos_ladder, thawed

__all__ = ["Rung", "answer_ladder", "due", "frozen", "overdue_ladder", "sos_ladder", "thawed"]
