from oneroom.apps.orders.services.ladders import climb_rung, receipt, start_answer, start_overdue, stop

__all__ = ["climb_rung", "receipt", "start_answer", "start_overdue", "stop"]
