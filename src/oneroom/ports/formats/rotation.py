"""
A force and a round of moves as JSON, and the plan as JSON: the door for planners until there is a screen.

``{"day": "2026-06-01", "posts": [...], "people": [...], "units": {...}, "round": {...}}``; fields are those of
``engine.rotation.facts`` and ``rounds``, days as ``YYYY-MM-DD``. ``"must": "due"`` means whoever has reached a limit.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from oneroom.engine.rotation.due import due_list
from oneroom.engine.rotation.facts import (
    Away,
    Basis,
    Category,
    Force,
    Kin,
    Passed,
    Person,
    Post,
    Posting,
    Relation,
    force,
)
from oneroom.engine.rotation.planner import Impossible, Plan
from oneroom.engine.rotation.rounds import Asked
from oneroom.engine.values import BadInput

_DAYS = {"since", "until", "sensitive_since"}
_CODES: dict[str, type[StrEnum]] = {"basis": Basis, "category": Category, "kin": Kin}
_PARTS: dict[str, type] = {
    "postings": Posting, "away": Away, "skills": Passed, "exams": Passed, "relations": Relation,
}  # fmt: skip


def read_round(content: bytes) -> tuple[Force, Asked]:
    """
    The facts and what is asked.

    Raises ``BadInput`` naming the place (``people.3.postings.0.since``): no JSON, a field that is missing, that nobody
    knows, or of another kind, and everything that the facts themselves refuse.
    """
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise BadInput("file", "This is no JSON.") from None
    said = _object(said, "file")
    day = _day(said.get("day"), "day")
    units = {unit: _object(of, f"units.{unit}") for unit, of in _object(said.get("units", {}), "units").items()}
    facts = force(
        [_record(Person, p, f"people.{n}") for n, p in enumerate(_list(said.get("people", []), "people"))],
        [_record(Post, p, f"posts.{n}") for n, p in enumerate(_list(said.get("posts", []), "posts"))],
        parent={unit: of.get("parent") for unit, of in units.items()},
        organ={unit: str(of["organ"]) for unit, of in units.items() if "organ" in of},
    )
    asked = _object(said.get("round", {}), "round")
    if asked.get("must") == "due":
        must = frozenset(d.person for d in due_list(facts, day) if d.stopped)
    else:
        must = frozenset(_names(asked.get("must", []), "round.must"))
    keep = [_object(k, f"round.keep.{n}") for n, k in enumerate(_list(asked.get("keep", []), "round.keep"))]
    return facts, Asked(
        day, must, frozenset(_names(asked.get("may", []), "round.may")),
        most_percent=_typed(asked.get("most_percent", 100), int, "round.most_percent"),
        keep={(str(k.get("unit")), str(k.get("skill"))): _typed(k.get("least", 1), int, "round.keep") for k in keep},
        filled=frozenset(_names(asked.get("filled", []), "round.filled")),
        places={u: _place(of, f"units.{u}") for u, of in units.items() if "x_m" in of or "y_m" in of},
    )  # fmt: skip


def write_answer(answer: Plan | Impossible) -> str:
    """The plan, or why there is none, as JSON: the same bytes for the same answer."""
    if isinstance(answer, Plan):
        moves = [
            {"person": m.person, "from": m.source, "to": m.target, "way_m": m.way_m, "must": m.must}
            for m in answer.moves
        ]
        said: dict[str, Any] = {
            "possible": True, "proved": answer.proved, "way_m": answer.way_m, "least_m": answer.least_m, "moves": moves,
        }  # fmt: skip
    else:
        said = {
            "possible": False,
            "bottlenecks": [
                {
                    "code": b.code, "people": b.people, "posts": b.posts, "seats": b.seats, "unit": b.unit,
                    "core": b.core, "refused": b.refused or {},
                    "rules": [{"rule": s.rule, "about": s.about, "limit": s.limit} for s in b.rules],
                }
                for b in answer.bottlenecks
            ],
        }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, indent=1)


def _record(kind: type, said: Any, at: str) -> Any:
    """A dataclass of the engine from an object with its fields."""
    said = _object(said, at)
    known: dict[str, Field[Any]] = {f.name: f for f in fields(kind)}
    for name in said:
        if name not in known:
            raise BadInput(f"{at}.{name}", "Nobody knows this field.")
    made = {}
    for name, of in known.items():
        if name in said:
            made[name] = _value(kind, said[name], of, f"{at}.{name}")
        elif of.default is MISSING and of.default_factory is MISSING:
            raise BadInput(f"{at}.{name}", "This is missing.")
    return kind(**made)


def _value(kind: type, said: Any, of: Field[Any], at: str) -> Any:
    if kind is Post and of.name in ("needs", "exams"):
        return frozenset(_names(said, at))
    if of.name in _PARTS:
        return tuple(_record(_PARTS[of.name], part, f"{at}.{n}") for n, part in enumerate(_list(said, at)))
    if of.name in _DAYS:
        return None if said is None and of.default is None else _day(said, at)
    if of.name in _CODES:
        if said not in list(_CODES[of.name]):
            raise BadInput(at, "There is no such choice here. Pick one of the list.")
        return _CODES[of.name](said)
    return _typed(said, {"int": int, "bool": bool}.get(str(of.type), str), at)


def _typed(said: Any, kind: type, at: str) -> Any:
    # A truth is no number here, although Python takes it for one.
    if not isinstance(said, kind) or (kind is not bool and isinstance(said, bool)):
        raise BadInput(at, "This is of another kind than is asked for.")
    return said


def _object(said: Any, at: str) -> dict[str, Any]:
    return dict(_typed(said, dict, at))


def _list(said: Any, at: str) -> list[Any]:
    return list(_typed(said, list, at))


def _names(said: Any, at: str) -> list[str]:
    return [str(_typed(name, str, f"{at}.{n}")) for n, name in enumerate(_list(said, at))]


def _day(said: Any, at: str) -> date:
    try:
        return date.fromisoformat(_typed(said, str, at))
    except ValueError:
        raise BadInput(at, "This is no day: write it as 2026-10-31.") from None


def _place(of: dict[str, Any], at: str) -> tuple[float, float]:
    x, y = (of.get(name) for name in ("x_m", "y_m"))
    if isinstance(x, int | float) and isinstance(y, int | float):
        return float(x), float(y)
    raise BadInput(at, "This is of another kind than is asked for.")
