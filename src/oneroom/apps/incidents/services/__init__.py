from oneroom.apps.incidents.services.aftercare import call_back, safe_to_contact
from oneroom.apps.incidents.services.closing import (
    close,
    close_many,
    complete,
    rate,
    review,
    review_and_close,
    send_back,
)
from oneroom.apps.incidents.services.dispatch import Advice, ask_return, divert, offer, take_off
from oneroom.apps.incidents.services.ended import archive, reopen, supervise
from oneroom.apps.incidents.services.field import clear, report, report_and_clear, say_word, step
from oneroom.apps.incidents.services.intake import (
    Said,
    Taken,
    Where,
    add_words,
    classify,
    code_hash,
    follow_code,
    take_report,
)
from oneroom.apps.incidents.services.standing import hold, regrade, set_aside, set_safe_contact, withdraw_report

__all__ = [
    "Advice",
    "Said",
    "Taken",
    "Where",
    "add_words",
    "archive",
    "ask_return",
    "call_back",
    "classify",
    "clear",
    "close",
    "close_many",
    "code_hash",
    "complete",
    "divert",
    "follow_code",
    "hold",
    "offer",
    "rate",
    "regrade",
    "reopen",
    "report",
    "report_and_clear",
    "review",
    "review_and_close",
    "safe_to_contact",
    "say_word",
    "send_back",
    "set_aside",
    "set_safe_contact",
    "step",
    "supervise",
    "take_off",
    "take_report",
    "withdraw_report",
]
