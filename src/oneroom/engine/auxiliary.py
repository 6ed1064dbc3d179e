"""
What an auxiliary (辅警) may not do, as a table of actions and roles (row T41, workflow §2.10).

Source: Henan's law on auxiliaries art. 17, and others alike. An auxiliary assists under a named officer; he never acts
alone, in his own name, or where the law asks for a police officer. Services ask here; screens only show what they say.
"""

from __future__ import annotations

from enum import StrEnum

from oneroom.engine.roles import OFFICERS, STATION, Role


class Action(StrEnum):
    """What the law keeps for officers."""

    TAKE_EVIDENCE = "take_evidence"
    EXPERT_REPORT = "expert_report"
    ACCIDENT_LIABILITY = "accident_liability"
    COERCIVE_MEASURE = "coercive_measure"
    DECIDE = "decide"
    REVIEW_CASE = "review_case"
    KEEP_WEAPON = "keep_weapon"
    CLASSIFIED_WORK = "classified_work"
    ACT_ALONE = "act_alone"  # lead a crew, or go out without an officer
    SIGN = "sign"  # in his own name: a scene report, a decision, an order
    COMMAND = "command"


_SWORN = OFFICERS | STATION | {Role.SHIFT_COMMANDER, Role.DISPATCHER, Role.LEGAL_REVIEWER}
# Action -> roles that carry it. A role that carries one is never given to an auxiliary.
CARRIED_BY: dict[Action, frozenset[Role]] = {
    Action.TAKE_EVIDENCE: OFFICERS,
    Action.EXPERT_REPORT: frozenset({Role.CASE_OFFICER}),
    Action.ACCIDENT_LIABILITY: frozenset({Role.PATROL_OFFICER, Role.CASE_OFFICER}),
    Action.COERCIVE_MEASURE: OFFICERS,
    Action.DECIDE: _SWORN,
    Action.REVIEW_CASE: frozenset({Role.LEGAL_REVIEWER}),
    Action.KEEP_WEAPON: OFFICERS,
    Action.CLASSIFIED_WORK: frozenset({Role.CASE_OFFICER}),
    Action.ACT_ALONE: OFFICERS | STATION,
    Action.SIGN: OFFICERS | STATION,
    Action.COMMAND: STATION | {Role.SHIFT_COMMANDER},
}


def carried_by(role: Role) -> list[Action]:
    """What somebody of this role may do that an auxiliary may not, in the order of the law."""
    return [action for action, roles in CARRIED_BY.items() if role in roles]


def may(kind: str, action: Action) -> bool:
    """Whether somebody of this kind (engine.establishment.Kind) may do it at all: officers alone."""
    return kind == "sworn" and action in CARRIED_BY
