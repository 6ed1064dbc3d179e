"""Who should go, and why: one ranking for the live room and for the simulator."""

from oneroom.engine.dispatch.divert import Diversion, DivertPolicy, could_be_diverted
from oneroom.engine.dispatch.plan import Plan
from oneroom.engine.dispatch.rank import (
    Candidates,
    Exclusion,
    Need,
    Part,
    Policy,
    Proposal,
    Ranking,
    Reason,
    rank,
    uncertain_s,
)
from oneroom.engine.dispatch.sets import ChosenSet, Member, best_set

__all__ = [
    "Candidates",
    "ChosenSet",
    "Diversion",
    "DivertPolicy",
    "Exclusion",
    "Member",
    "Need",
    "Part",
    "Plan",
    "Policy",
    "Proposal",
    "Ranking",
    "Reason",
    "best_set",
    "could_be_diverted",
    "rank",
    "uncertain_s",
]
