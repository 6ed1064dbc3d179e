"""
The one way to write an alarm from inside the house (watchers that must not depend on it write their own rows), and what
leaves the house whole.
"""

from oneroom.apps.oversight.services.alarms import end_alarm, raise_alarm
from oneroom.apps.oversight.services.copies import FILES, RECORD, copied, refused_record, take_out_record

__all__ = ["FILES", "RECORD", "copied", "end_alarm", "raise_alarm", "refused_record", "take_out_record"]
