from oneroom.apps.duty.services.crews import (
    begin_spell,
    come_on_duty,
    count_run,
    form_crew,
    go_off_duty,
    leave_crew,
    say_state,
    set_state,
)
from oneroom.apps.duty.services.desks import SILENCE_REASONS, silence, sound_again
from oneroom.apps.duty.services.positions import Fix, record_positions
from oneroom.apps.duty.services.rosters import (
    draft_roster,
    end_calendar_key,
    new_calendar_key,
    publish_roster,
    set_cell,
    set_needs,
    solve_roster,
    whose_calendar,
)
from oneroom.apps.duty.services.skills import renew_skills
from oneroom.apps.duty.services.swaps import (
    NOT_APPROVED,
    NOT_MINE,
    answer_swap,
    ask_swap,
    decide_swap,
    lapse_swaps,
    withdraw_swap,
)

__all__ = [
    "NOT_APPROVED",
    "NOT_MINE",
    "SILENCE_REASONS",
    "Fix",
    "answer_swap",
    "ask_swap",
    "begin_spell",
    "come_on_duty",
    "count_run",
    "decide_swap",
    "draft_roster",
    "end_calendar_key",
    "form_crew",
    "go_off_duty",
    "lapse_swaps",
    "leave_crew",
    "new_calendar_key",
    "publish_roster",
    "record_positions",
    "renew_skills",
    "say_state",
    "set_cell",
    "set_needs",
    "set_state",
    "silence",
    "solve_roster",
    "sound_again",
    "whose_calendar",
    "withdraw_swap",
]
