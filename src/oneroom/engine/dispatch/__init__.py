"""Who should go, and why: one ranking for the live room and for the simulator."""

from oneroom.engine.dispatch.plan import Plan
from oneroom.engine.dispatch.rank import Candidates, Exclusion, Need, Policy, Proposal, Ranking, Reason, rank

__all__ = ["Candidates", "Exclusion", "Need", "Plan", "Policy", "Proposal", "Ranking", "Reason", "rank"]
