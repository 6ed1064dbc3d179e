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
    classify,
    code_hash,
    follow_code,
    take_report,
)
from oneroom.apps.incidents.services.merging import merge, tell_apart, unmerge
from oneroom.apps.incidents.services.questions import record_answers
from oneroom.apps.incidents.services.radio import log_radio, note_video
from oneroom.apps.incidents.services.referrals import answer_referral, bring_in
from oneroom.apps.incidents.services.saving import complete_draft, is_anew, is_over, saved_before
from oneroom.apps.incidents.services.standing import hold, regrade, set_aside, withdraw_report
from oneroom.apps.incidents.services.talk import say_safe, write_to_caller

__all__ = [
    "Advice",
    "Event",
    "Said",
    "Shown",
    "Taken",
    "Where",
    "add_photo",
    "add_words",
    "answer_referral",
    "archive",
    "ask_return",
    "bring_in",
    "call_back",
    "call_belongs_to",
    "classify",
    "clear",
    "close",
    "close_many",
    "code_hash",
    "complete",
    "complete_draft",
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
    "offer",
    "open_call",
    "rate",
    "record_answers",
    "regrade",
    "reopen",
    "report",
    "report_and_clear",
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
    "step",
    "supervise",
    "take_event",
    "take_off",
    "take_report",
    "tell_apart",
    "unmerge",
    "withdraw_report",
    "write_to_caller",
]
