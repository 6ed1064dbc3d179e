"""Proposals as the API gives them: codes and quantities, for whoever words them himself."""

from __future__ import annotations

from typing import Any

from oneroom.apps.incidents.proposals import Divertible, PlanSet, Proposals, Proposed, codes_of
from oneroom.apps.incidents.protocol_files import KIT, SKILLS
from oneroom.engine.dispatch import Reason


def worded(found: Proposals) -> dict[str, Any]:
    """Everything that was found. ``no_roads`` is kept for those who only ask whether there is a ranking at all."""
    return {
        "no_roads": bool(found.why_none),
        "why_none": found.why_none,
        "total": found.total,
        "ranked": [_ranked(p) for p in found.ranked],
        "excluded": [
            {
                "crew": e.crew.id, "callsign_zh": e.crew.callsign_zh, "callsign_en": e.crew.callsign_en,
                "rule": e.rule,
            }
            for e in found.excluded
        ],
        "plan": _plan(found.plan),
        "divertible": [_divertible(d) for d in found.divertible],
        "recusal": [{"crew": crew, "by": by} for crew, by in found.recusal.items()],
    }  # fmt: skip


def _ranked(p: Proposed) -> dict[str, Any]:
    return {
        "rank": p.n, "crew": p.crew.id, "code": p.crew.code, "callsign_zh": p.crew.callsign_zh,
        "callsign_en": p.crew.callsign_en, "travel_s": p.travel_s, "uncertain_s": p.uncertain_s,
        "length_m": p.length_m, "fix_age_s": p.fix_age_s, "accuracy_m": p.crew.accuracy_m,
        "lon": p.crew.lon, "lat": p.crew.lat, "state": p.crew.state, "officers": p.crew.officers,
        "auxiliaries": p.crew.auxiliaries, "kit": p.crew.kit, "skills": p.crew.skills, "runs": p.crew.runs,
        "leaves": None if p.leaves is None else round(p.leaves, 4),
        "score_s": p.score_s, "parts": [{"code": part.code, "seconds": part.seconds} for part in p.parts],
        "reasons": [_reason(r) for r in p.reasons],
    }  # fmt: skip


def _reason(r: Reason) -> dict[str, Any]:
    among = KIT if r.code.endswith("_kit") else SKILLS
    return {"code": r.code, "sign": r.sign, "quantity": r.quantity, "what": codes_of(r.what, among)}


def _plan(p: PlanSet) -> dict[str, Any]:
    return {
        "card": p.plan.card, "crews": p.plan.crews, "skills": p.plan.skills, "kit": p.plan.kit, "sent": p.sent,
        "set": p.crew_ids, "brings": p.brings, "missing_skills": p.missing_skills, "missing_kit": p.missing_kit,
        "short": p.short,
    }  # fmt: skip


def _divertible(d: Divertible) -> dict[str, Any]:
    return {
        "crew": d.crew.id, "callsign_zh": d.crew.callsign_zh, "callsign_en": d.crew.callsign_en,
        "travel_s": d.travel_s, "uncertain_s": d.uncertain_s, "gain_s": d.gain_s, "assignment": d.leaves.assignment,
        "state": d.leaves.state, "incident": d.leaves.incident, "reference": d.leaves.reference,
        "grade": d.leaves.grade, "category": d.leaves.category, "place_zh": d.leaves.place_zh,
        "place_en": d.leaves.place_en,
    }  # fmt: skip
