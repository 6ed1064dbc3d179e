from oneroom.apps.incidents.services.aftercare import call_back
from oneroom.apps.incidents.services.calls import (
    Event,
    call_belongs_to,
    judge_payload,
    keep_payload,
    open_call,
    return_call,
    take_event,
)
from oneroom.apps.incidents.services.closing import (
    close,
    close_many,
    complete,
    missing_to_close,
    rate,
    review,
    send_back,
)
from oneroom.apps.incidents.services.dispatch import Advice, ask_return, divert, offer, take_off
from oneroom.apps.incidents.services.drafts import (
    Shown,
    code_of_draft,
    drop_draft,
    end_draft,
    keep_draft,
    lock_draft,
    send_on,
)
from oneroom.apps.incidents.services.ended import archive, reopen, supervise
from oneroom.apps.incidents.services.field import add_photo, clear, report, report_and_clear, say_well, say_word, step
from oneroom.apps.incidents.services.help import send_help
from oneroom.apps.incidents.services.intake import (
    Said,
    Taken,
    Where,
    add_words,
    check_classification,
    check_said,
    classify,
    code_hash,
    day_of,
    follow_code,
    take_report,
)
from oneroom.apps.incidents.services.late import RESULTS as LATE_RESULTS
from oneroom.apps.incidents.services.late import Late, all_booked, book_late, book_together, booked_lines, settle_late
from oneroom.apps.incidents.services.merging import merge, tell_apart, unmerge
from oneroom.apps.incidents.services.pastcalls import Added, BroughtIn, bring_in_calls
from oneroom.apps.incidents.services.questions import record_answers
from oneroom.apps.incidents.services.radio import log_radio, note_video
from oneroom.apps.incidents.services.referrals import answer_referral, bring_in
from oneroom.apps.incidents.services.reserving import numbers_used, reserve_numbers
from oneroom.apps.incidents.services.saving import complete_draft, is_anew, is_over, saved_before
from oneroom.apps.incidents.services.standby import DECLINE_REASONS, Post, order_standby, step_standby
from oneroom.apps.incidents.services.standing import hold, regrade, set_aside, withdraw_report
from oneroom.apps.incidents.services.talk import say_safe, write_to_caller

__all__ = [
    "DECLINE_REASONS",
    "LATE_RESULTS",
    "Added",
    "Advice",
    "BroughtIn",
    "Event",
    "Late",
    "Post",
    "Said",
    "Shown",
    "Taken",
    "Where",
    "add_photo",
    "add_words",
    "all_booked",
    "answer_referral",
    "archive",
    "ask_return",
    "book_late",
    "book_together",
    "booked_lines",
    "bring_in",
    "bring_in_calls",
    "call_back",
    "call_belongs_to",
    "check_classification",
    "check_said",
    "classify",
    "clear",
    "close",
    "close_many",
    "code_hash",
    "code_of_draft",
    "complete",
    "complete_draft",
    "day_of",
    "divert",
    "drop_draft",
    "end_draft",
    "follow_code",
    "hold",
    "is_anew",
    "is_over",
    "judge_payload",
    "keep_draft",
    "keep_payload",
    "lock_draft",
    "log_radio",
    "merge",
    "missing_to_close",
    "note_video",
    "numbers_used",
    "offer",
    "open_call",
    "order_standby",
    "rate",
    "record_answers",
    "regrade",
    "reopen",
    "report",
    "report_and_clear",
    "reserve_numbers",
    "return_call",
    "review",
    "saved_before",
    "say_safe",
    "say_well",
    "say_word",
    "send_back",
    "send_help",
    "send_on",
    "set_aside",
    "settle_late",
    "step",
    "step_standby",
    "supervise",
    "take_event",
    "take_off",
    "take_report",
    "tell_apart",
    "unmerge",
    "withdraw_report",
    "write_to_caller",
]
