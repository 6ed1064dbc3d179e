"""The question protocols as the intake script takes them: each question once, in the language of the request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from oneroom.apps.incidents.codes import AGENCIES, CATEGORIES, REASONS
from oneroom.apps.incidents.protocol import cards, protocols, spoken
from oneroom.engine.grading import CALMS
from oneroom.engine.protocol import Assessment, Effect, Question

_UNANSWERED = Effect()


def for_script() -> dict[str, Any]:
    """Kinds with the words that hint at them and the codes of their questions; the questions; what is said first."""
    questions: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    for code, protocol in protocols().items():
        for question in protocol.questions:
            questions.setdefault(question.code, _question(question))
        kinds[code] = {
            "name": f"{CATEGORIES[protocol.category]} › {spoken(protocol.name)}", "short": spoken(protocol.name),
            "version": protocol.version, "words": protocol.words, "ask": [q.code for q in protocol.questions],
            "safe": protocol.ask_safe_contact, "usual": protocol.usual,
        }  # fmt: skip
    return {"kinds": kinds, "questions": questions, "language": get_language()}


def _question(question: Question) -> dict[str, Any]:
    return {
        "text": spoken(question.text), "kind": question.kind,
        "answers": {a: spoken(question.labels[a]) if a in question.labels else "" for a in question.answers},
    }  # fmt: skip


def worded(found: Assessment) -> dict[str, Any]:
    """What the answers make of the call, in words."""
    return {
        "grade": found.grade, "usual": found.usual, "reasons": found.reasons,
        "because": [str(REASONS[r]) for r in found.because],
        "crews": found.plan.crews, "card": spoken(cards()[found.plan.card]), "kit": found.plan.kit,
        "say": spoken(found.say) if found.say else "",
        "agencies": [code for code in found.agencies if code in AGENCIES],
        "effects": {question: _effect(effect) for question, effect in found.effects if effect != _UNANSWERED},
    }  # fmt: skip


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "reason": str(REASONS[effect.reason]) if effect.reason else "", "grade": effect.grade,
        "calms": effect.reason in CALMS, "card": spoken(cards()[effect.card]) if effect.card else "",
        "agency": effect.agency, "crews": effect.crews,
    }  # fmt: skip
