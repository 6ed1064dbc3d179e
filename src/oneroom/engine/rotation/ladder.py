"""The ladder of ranks, as codes and steps (Civil Servants Law 18: leading posts by level; row T39)."""

from __future__ import annotations

from oneroom.engine.values import BadInput

# 科员, 副科, 正科, 副处, 正处, 副局, 正局
RANKS = ("staff", "deputy_section", "section", "deputy_division", "division", "deputy_bureau", "bureau")
_STEPS = {code: step for step, code in enumerate(RANKS)}


def step(code: str) -> int | None:
    """How high a rank is; None where none is said, or one that is not of the ladder, such as an older record has."""
    return _STEPS.get(code)


def a_rank(code: str) -> str:
    """The code, or nothing. Raises ``BadInput`` where the ladder has no such rank."""
    if code and code not in _STEPS:
        raise BadInput("rank", "There is no such choice here. Pick one of the list.")
    return code
