"""
Roles and rights of a city force (domain: workflow §2.2), as one table.

A right that is not in ``MAY`` belongs to nobody. What a role may see within its right (own crew, own
station) is decided by each app's ``access.py``.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Duty roles; the value is the code used in the record."""

    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    SHIFT_COMMANDER = "shift_commander"
    DUTY_CHIEF = "duty_chief"
    STATION_CHIEF = "station_chief"
    PATROL_OFFICER = "patrol_officer"
    ADMINISTRATOR = "administrator"
    COMMUNITY_OFFICER = "community_officer"
    CASE_OFFICER = "case_officer"
    AUXILIARY = "auxiliary"
    GRID_WORKER = "grid_worker"
    SERVICE_CLERK = "service_clerk"
    LEGAL_REVIEWER = "legal_reviewer"
    ORG_PLANNER = "org_planner"
    ANALYST = "analyst"
    INSPECTOR = "inspector"
    OVERSIGHT_EXTERNAL = "oversight_external"
    CITIZEN = "citizen"
    PARTNER = "partner"
    SYSTEM = "system"


class Right(StrEnum):
    """What somebody may do at all."""

    TAKE_CALL = "take_call"  # create and classify
    RAISE = "raise"  # say that a matter is graver than thought: whoever sees that it is
    DISPATCH = "dispatch"
    COMMAND = "command"  # down-grade, approve a return, joint command
    CREW_ACT = "crew_act"  # answer orders of one's own crew
    CALL_HELP = "call_help"  # the silent SOS
    SCENE_REPORT = "scene_report"  # an auxiliary may assist, not decide or sign
    WARN_OF_PLACE = "warn_of_place"  # a location warning: about a place, never about a person
    SEE_ROOM = "see_room"
    SEE_STATION = "see_station"
    OPEN_PERSONAL = "open_personal"
    MANAGE_ACCOUNTS = "manage_accounts"
    VERIFY_RECORD = "verify_record"
    SEE_BOARD = "see_board"  # the numbers of the loop, of the own station or of all
    SEE_MATTERS = "see_matters"  # lists of matters in the office; a list carries no personal field
    INSPECT = "inspect"  # open any matter, within an inspection that is named
    SEARCH_RECORD = "search_record"
    REPORT_MATTER = "report_matter"  # the public's own door


R = Role
ROOM = frozenset({R.DISPATCHER, R.SHIFT_COMMANDER})
INTAKE = ROOM | {R.CALL_TAKER}
OFFICERS = frozenset({R.PATROL_OFFICER, R.COMMUNITY_OFFICER, R.CASE_OFFICER})
CREW = OFFICERS | {R.AUXILIARY}
STATION = frozenset({R.DUTY_CHIEF, R.STATION_CHIEF})
COMMAND = frozenset({R.SHIFT_COMMANDER})
SUPERVISORS = COMMAND | {R.INSPECTOR}
MACHINE = frozenset({R.SYSTEM})
PUBLIC = frozenset({R.CITIZEN})

MAY: dict[Right, frozenset[Role]] = {
    Right.TAKE_CALL: INTAKE,
    Right.RAISE: INTAKE | STATION | CREW,
    Right.DISPATCH: ROOM,
    Right.COMMAND: COMMAND,
    Right.CREW_ACT: CREW,
    Right.CALL_HELP: CREW,
    Right.SCENE_REPORT: OFFICERS,
    Right.WARN_OF_PLACE: INTAKE | STATION | CREW,
    Right.SEE_ROOM: INTAKE,
    Right.SEE_STATION: STATION,
    Right.OPEN_PERSONAL: INTAKE | STATION | CREW,
    Right.MANAGE_ACCOUNTS: frozenset({R.ADMINISTRATOR}),
    Right.VERIFY_RECORD: frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.SEE_BOARD: ROOM | STATION | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.SEE_MATTERS: ROOM | STATION | frozenset({R.INSPECTOR}),
    Right.INSPECT: frozenset({R.INSPECTOR}),
    Right.SEARCH_RECORD: ROOM | STATION | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.REPORT_MATTER: PUBLIC,
}
