from oneroom.apps.incidents.services.aftercare import call_back, safe_to_contact
from oneroom.apps.incidents.services.closing import (
    close,
    close_many,
    complete,
    rate,
    review,
    send_back,
)
from oneroom.apps.incidents.services.dispatch import Advice, ask_return, divert, offer, take_off
from oneroom.apps.incidents.services.ended import archive, reopen, supervise
from oneroom.apps.incidents.services.field import add_photo, clear, report, report_and_clear, say_well, say_word, step
from oneroom.apps.incidents.services.help import send_help
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
from oneroom.apps.incidents.services.merging import merge, tell_apart, unmerge
from oneroom.apps.incidents.services.standing import hold, regrade, set_aside, set_safe_contact, withdraw_report

__all__ = [
    "Advice",
    "Said",
    "Taken",
    "Where",
    "add_photo",
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
    "merge",
    "offer",
    "rate",
    "regrade",
    "reopen",
    "report",
    "report_and_clear",
    "review",
    "safe_to_contact",
    "say_well",
    "say_word",
    "send_back",
    "send_help",
    "set_aside",
    "set_safe_contact",
    "step",
    "supervise",
    "take_off",
    "take_report",
    "tell_apart",
    "unmerge",
    "withdraw_report",
]
