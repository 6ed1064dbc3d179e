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
    SECURITY_OFFICER = "security_officer"
    COMMUNITY_OFFICER = "community_officer"
    CASE_OFFICER = "case_officer"
    AUXILIARY = "auxiliary"
    GRID_WORKER = "grid_worker"
    SERVICE_CLERK = "service_clerk"
    LEGAL_REVIEWER = "legal_reviewer"
    ORG_PLANNER = "org_planner"
    HR = "hr"
    WELFARE_OFFICER = "welfare_officer"
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
    CLOSE_ROADS = "close_roads"  # close streets to those who drive through, and open them again
    SEE_ROOM = "see_room"
    SEE_STATION = "see_station"
    OPEN_PERSONAL = "open_personal"
    MANAGE_ACCOUNTS = "manage_accounts"
    SIGN_ACCESS = "sign_access"  # the second signature under who gets in, and with which role
    VERIFY_RECORD = "verify_record"
    SEE_BOARD = "see_board"  # the numbers of the loop, of the own station or of all
    SEE_MATTERS = "see_matters"  # lists of matters in the office; a list carries no personal field
    INSPECT = "inspect"  # open any matter, within an inspection that is named
    SEARCH_RECORD = "search_record"
    SEE_ALARMS = "see_alarms"  # what the auditor found, and which part of the machinery is silent
    ROSTER = "roster"  # make and publish rosters of the own station, or of the room
    SEE_FORCE = "see_force"  # the mobile force: its readiness and drills
    SEE_ORGANISATION = "see_organisation"  # units as of any day, past or to come
    DRAFT_REFORM = "draft_reform"  # draft changes of the organisation, ask that a second person sign them
    SEE_PLANS = "see_plans"  # plans that are run over simulated calls, and what they came to
    DRAFT_PLANS = "draft_plans"  # draft plans, run them, make a reform of one
    SEE_OVERSIGHT_POSTS = "see_oversight_posts"  # which unit is overseen by whom, and which by nobody
    EXPORT = "export"  # lists as files; many rows only with a second signature
    COUNTERSIGN = "countersign"  # the second signature under what one person may not do alone
    OVERRIDE_CONTACT = "override_contact"  # ask that a caller be reached though it is not known to be safe
    BREAK_GLASS = "break_glass"  # open a matter outside one's own, for half an hour, with a reason, before an inspector
    SEE_TRACK = "see_track"  # where a crew was: with a matter it was sent to, or when it called for help
    HOLD = "hold"  # keep a matter past its terms, for a reason in law
    SEE_RETENTION = "see_retention"  # what is kept how long, what went when, what is held
    PUBLISH_REPORT = "publish_report"  # the monthly transparency report, before the public
    SEE_POSTS = "see_posts"  # places, people and vacancies by unit; the establishment's ledger
    PLAN_POSTS = "plan_posts"  # begin and end posts
    ASK_QUOTA = "ask_quota"  # that places move from unit to unit
    SIGN_QUOTA = "sign_quota"  # the establishment office's second person
    SEE_PEOPLE = "see_people"  # who serves where; a chief sees his own unit's
    KEEP_PEOPLE = "keep_people"  # enter who comes and leaves, certificates, absences, training, awards
    POST_PEOPLE = "post_people"
    SEE_ROTATION = "see_rotation"  # who is due to leave a post, and rounds of moves
    SIGN_ROTATION = "sign_rotation"  # the second person under an exemption and a round
    CARE = "care"  # welfare notes: nobody else reads them
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
    Right.CLOSE_ROADS: ROOM,
    Right.SEE_ROOM: INTAKE,
    Right.SEE_STATION: STATION,
    Right.OPEN_PERSONAL: INTAKE | STATION | CREW,
    Right.MANAGE_ACCOUNTS: frozenset({R.ADMINISTRATOR}),
    Right.SIGN_ACCESS: frozenset({R.ADMINISTRATOR, R.SECURITY_OFFICER}),
    Right.VERIFY_RECORD: frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.SEE_BOARD: ROOM | STATION | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.SEE_MATTERS: ROOM | STATION | frozenset({R.INSPECTOR}),
    Right.INSPECT: frozenset({R.INSPECTOR}),
    Right.SEARCH_RECORD: ROOM | STATION | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.SEE_ALARMS: ROOM | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL, R.ADMINISTRATOR, R.SECURITY_OFFICER}),
    Right.ROSTER: COMMAND | STATION,
    Right.SEE_FORCE: ROOM | STATION | frozenset({R.INSPECTOR}),
    Right.SEE_ORGANISATION: ROOM | STATION | frozenset({R.ORG_PLANNER, R.HR, R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.DRAFT_REFORM: frozenset({R.ORG_PLANNER}),
    Right.SEE_PLANS: COMMAND | frozenset({R.ORG_PLANNER, R.INSPECTOR}),
    Right.DRAFT_PLANS: frozenset({R.ORG_PLANNER}),
    Right.SEE_OVERSIGHT_POSTS: frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL, R.ORG_PLANNER}),
    Right.EXPORT: ROOM | STATION | frozenset({R.INSPECTOR, R.OVERSIGHT_EXTERNAL}),
    Right.COUNTERSIGN: COMMAND | STATION | frozenset({R.INSPECTOR}),
    Right.OVERRIDE_CONTACT: ROOM | STATION,
    Right.BREAK_GLASS: INTAKE | STATION | CREW | frozenset({R.SERVICE_CLERK, R.LEGAL_REVIEWER}),
    Right.SEE_TRACK: COMMAND | STATION | frozenset({R.INSPECTOR}),
    Right.HOLD: frozenset({R.INSPECTOR, R.LEGAL_REVIEWER}),
    Right.SEE_RETENTION: frozenset({R.INSPECTOR, R.LEGAL_REVIEWER, R.OVERSIGHT_EXTERNAL, R.ADMINISTRATOR}),
    Right.PUBLISH_REPORT: frozenset({R.INSPECTOR}),
    Right.SEE_POSTS: STATION | frozenset({R.ORG_PLANNER, R.HR, R.INSPECTOR}),
    Right.PLAN_POSTS: frozenset({R.ORG_PLANNER}),
    Right.ASK_QUOTA: frozenset({R.ORG_PLANNER, R.HR}),
    Right.SIGN_QUOTA: frozenset({R.ORG_PLANNER}),
    Right.SEE_PEOPLE: STATION | frozenset({R.HR, R.ORG_PLANNER, R.INSPECTOR}),
    Right.KEEP_PEOPLE: frozenset({R.HR}),
    Right.POST_PEOPLE: frozenset({R.HR}),
    Right.SEE_ROTATION: frozenset({R.HR, R.ORG_PLANNER, R.INSPECTOR}),
    Right.SIGN_ROTATION: frozenset({R.ORG_PLANNER, R.INSPECTOR}),
    Right.CARE: frozenset({R.WELFARE_OFFICER}),
    Right.REPORT_MATTER: PUBLIC,
}
