from oneroom.apps.incidents.services.closing import close, rate, review
from oneroom.apps.incidents.services.dispatch import Advice, ask_return, divert, offer, take_off
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
    "ask_return",
    "classify",
    "clear",
    "close",
    "code_hash",
    "divert",
    "follow_code",
    "hold",
    "merge",
    "offer",
    "rate",
    "regrade",
    "report",
    "report_and_clear",
    "review",
    "say_well",
    "say_word",
    "send_help",
    "set_aside",
    "set_safe_contact",
    "step",
    "take_off",
    "take_report",
    "tell_apart",
    "unmerge",
    "withdraw_report",
]
