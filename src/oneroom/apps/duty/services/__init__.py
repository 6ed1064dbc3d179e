from oneroom.apps.duty.services.crews import (
    begin_spell,
    come_on_duty,
    count_run,
    form_crew,
    go_off_duty,
    say_state,
    set_state,
)
from oneroom.apps.duty.services.desks import SILENCE_REASONS, silence, sound_again
from oneroom.apps.duty.services.positions import Fix, record_positions

__all__ = [
    "SILENCE_REASONS",
    "Fix",
    "begin_spell",
    "come_on_duty",
    "count_run",
    "form_crew",
    "go_off_duty",
    "record_positions",
    "say_state",
    "set_state",
    "silence",
    "sound_again",
]
