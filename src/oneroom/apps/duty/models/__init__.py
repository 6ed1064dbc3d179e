"""Who is on duty: crews, duty roles by the minute, where crews are; rosters, duties and who exchanges them."""

from oneroom.apps.duty.models.crews import Crew, CrewMember, DutySpell, Fix, Position, Silence, TsTzRange
from oneroom.apps.duty.models.gear import Gear, GearSpell
from oneroom.apps.duty.models.mobile import ForceUnit, ReadinessDrill
from oneroom.apps.duty.models.rosters import CalendarKey, Duty, Roster
from oneroom.apps.duty.models.swaps import Swap
from oneroom.apps.duty.models.wishes import Wish

__all__ = [
    "CalendarKey",
    "Crew",
    "CrewMember",
    "Duty",
    "DutySpell",
    "Fix",
    "ForceUnit",
    "Gear",
    "GearSpell",
    "Position",
    "ReadinessDrill",
    "Roster",
    "Silence",
    "Swap",
    "TsTzRange",
    "Wish",
]
