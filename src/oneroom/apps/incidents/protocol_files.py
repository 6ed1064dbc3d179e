"""
The question protocols, read from their files and checked: a file that is wrong is refused with its line.

Every text is written `中文 | English`. All scalars are read as text, so that the answers "yes" and "no" stay what they
are. What a file may say is what this module asks for; anything else in it is a mistake.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import yaml

from oneroom.apps.incidents.codes import AGENCIES, CATEGORIES, REASONS
from oneroom.engine.protocol import KINDS, YES_NO, Effect, Protocol, Question, Text

OTHER = "other"
SKILLS = ("mediation", "traffic", "shield", "first_aid")
KIT = ("shield", "vest", "first_aid", "traffic", "megaphone", "drone", "radio", "camera", "aed", "mediation")
_EFFECTS = frozenset({"reason", "grade", "crews", "skills", "kit", "card", "agency", "say"})
_QUESTION = frozenset({"code", "ask", "kind", "answers", *YES_NO})
_SUBCATEGORY = frozenset({"name", "words", "usual", "plan", "ask", "say", "safe_contact"})


class BadProtocol(Exception):
    """A file of protocols that cannot be taken: which, where and why."""


class _Map(dict[str, Any]):
    """A mapping that knows where it and its keys stand."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where
        self.at: dict[str, str] = {}


def read(folder: Path) -> tuple[dict[str, Protocol], dict[str, Text]]:
    """Protocols by code and response plans by code. Raises BadProtocol naming file and line."""
    cards = {code: _text(card, top.at[code]) for top in [_file(folder / "cards.yaml")] for code, card in top.items()}
    shared = _file(folder / "questions.yaml")
    found: dict[str, Protocol] = {}
    for category in CATEGORIES:
        top = _only(_file(folder / f"{category}.yaml"), {"category", "version", "subcategories"})
        if top.get("category") != category:
            raise _bad(top, "category", f"this file is for the category {category}")
        version = _number(top, "version", 1, 9999)
        subcategories = _map(top, "subcategories")
        for code in subcategories:
            made = _protocol(category, code, version, _map(subcategories, code), shared, cards)
            found[made.code] = made
        if OTHER not in subcategories:
            raise _bad(top, "subcategories", f"the sub-category {OTHER} is missing")
    _words_hint_at_one(found)
    _questions_are_the_same_everywhere(found)
    return found, cards


def _protocol(category: str, code: str, version: int, said: _Map, shared: _Map, cards: dict[str, Text]) -> Protocol:
    _code(code, said.where)
    _only(said, _SUBCATEGORY)
    plan = _only(_map(said, "plan"), {"crews", "skills", "kit", "card"})
    crews = tuple(_whole(n, plan.at["crews"], 1, 20) for n in _list(plan, "crews"))
    if len(crews) != 4:
        raise _bad(plan, "crews", "four numbers are needed, P1 to P4")
    questions = tuple(_question(item, said, shared, cards) for item in _list(said, "ask"))
    if len({q.code for q in questions}) != len(questions):
        raise _bad(said, "ask", "a question stands here twice")
    return Protocol(
        category, code, version, _text(said.get("name"), said.at.get("name", said.where)),
        _number(said, "usual", 1, 4), (crews[0], crews[1], crews[2], crews[3]),
        _codes(plan, "skills", SKILLS), _codes(plan, "kit", KIT), _known(plan, "card", cards), questions,
        tuple(w.lower() for w in _list(said, "words")), _text(said["say"], said.at["say"]) if "say" in said else None,
        said.get("safe_contact") == "true",
    )  # fmt: skip


def _question(item: Any, of: _Map, shared: _Map, cards: dict[str, Text]) -> Question:
    if isinstance(item, str):
        if item not in shared:
            raise _bad(of, "ask", f"there is no question named {item}")
        said, code = _map(shared, item), item
    elif isinstance(item, _Map):
        said, code = item, str(item.get("code", ""))
    else:
        raise _bad(of, "ask", "a question is a name or a mapping")
    _code(code, said.where)
    _only(said, _QUESTION)
    kind = said.get("kind", "yes_no")
    if kind not in KINDS:
        raise _bad(said, "kind", f"one of {', '.join(KINDS)}")
    text = _text(said.get("ask"), said.at.get("ask", said.where))
    if kind == "text":
        return Question(code, text, kind, {})
    if kind == "yes_no":
        given = {a: _effect(_map(said, a), cards) if a in said else Effect() for a in YES_NO}
        return Question(code, text, kind, given)
    choices = _map(said, "answers")
    labels = {a: _text(_map(choices, a).get("label"), choices.at[a]) for a in choices}
    effects = {a: _effect(_map(choices, a), cards, label=True) for a in choices}
    return Question(code, text, kind, effects | {"unknown": Effect()}, labels)


def _effect(said: _Map, cards: dict[str, Text], *, label: bool = False) -> Effect:
    _only(said, _EFFECTS | {"label"} if label else _EFFECTS)
    grade = _number(said, "grade", 1, 4) if "grade" in said else None
    reason = _known(said, "reason", REASONS) if "reason" in said else ""
    if grade is not None and not reason:
        raise _bad(said, "grade", "a grade needs its reason")
    return Effect(
        reason, grade, _number(said, "crews", 1, 20) if "crews" in said else 0, _codes(said, "skills", SKILLS),
        _codes(said, "kit", KIT), _known(said, "card", cards) if "card" in said else "",
        _known(said, "agency", AGENCIES) if "agency" in said else "",
        _text(said["say"], said.at["say"]) if "say" in said else None,
    )  # fmt: skip


def _words_hint_at_one(found: dict[str, Protocol]) -> None:
    """A word that hints at two sub-categories hints at none."""
    owner: dict[str, str] = {}
    for code, protocol in found.items():
        for word in protocol.words:
            if owner.setdefault(word, code) != code:
                raise BadProtocol(f"{protocol.category}.yaml: the word {word!r} hints at {owner[word]} and at {code}")


def _questions_are_the_same_everywhere(found: dict[str, Protocol]) -> None:
    """A question keeps its answer when the kind of call changes: under one code it must be one question."""
    known: dict[str, Question] = {}
    for protocol in found.values():
        for question in protocol.questions:
            if known.setdefault(question.code, question) != question:
                raise BadProtocol(f"{protocol.category}.yaml: the code {question.code} is another question elsewhere")


# ---- reading with lines ----


def _file(path: Path) -> _Map:
    try:
        with path.open(encoding="utf-8") as file:
            node = yaml.compose(file, Loader=yaml.CBaseLoader)
    except FileNotFoundError:
        raise BadProtocol(f"{path.name}: the file is missing") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise BadProtocol(f"{path.name}{line}: {getattr(error, 'problem', None) or 'not readable'}") from error
    if not isinstance(node, yaml.MappingNode):
        raise BadProtocol(f"{path.name}:1: a mapping is expected")
    return _plain(node, path.name)  # type: ignore[no-any-return]


def _plain(node: yaml.Node, name: str) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, name) for item in node.value]
    made = _Map(f"{name}:{node.start_mark.line + 1}")
    for key, value in node.value:
        where = f"{name}:{key.start_mark.line + 1}"
        if key.value in made:
            raise BadProtocol(f"{where}: {key.value} stands here twice")
        made[key.value] = _plain(value, name)
        made.at[key.value] = where
    return made


def _bad(said: _Map, key: str, why: str) -> BadProtocol:
    return BadProtocol(f"{said.at.get(key, said.where)}: {key}: {why}")


def _only(said: _Map, keys: frozenset[str] | set[str]) -> _Map:
    for key in said:
        if key not in keys:
            raise _bad(said, key, "there is no such key")
    return said


def _map(said: _Map, key: str) -> _Map:
    if not isinstance(said.get(key), _Map):
        raise _bad(said, key, "a mapping is expected")
    return said[key]  # type: ignore[no-any-return]


def _list(said: _Map, key: str) -> list[Any]:
    if not isinstance(said.get(key), list):
        raise _bad(said, key, "a list is expected")
    return said[key]  # type: ignore[no-any-return]


def _codes(said: _Map, key: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    given = _list(said, key) if key in said else []
    for code in given:
        if code not in codes:
            raise _bad(said, key, f"there is no {code}")
    return tuple(given)


def _known(said: _Map, key: str, codes: Any) -> str:
    if said.get(key) not in codes:
        raise _bad(said, key, f"there is no {said.get(key)}")
    return str(said[key])


def _code(code: str, where: str) -> None:
    if not (code.isascii() and code.replace("_", "").isalnum() and code == code.lower() and len(code) <= 24):
        raise BadProtocol(f"{where}: {code!r} is not a code")


def _number(said: _Map, key: str, low: int, high: int) -> int:
    return _whole(said.get(key), said.at.get(key, said.where), low, high)


def _whole(value: Any, where: str, low: int, high: int) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdecimal() and low <= int(value) <= high):
        raise BadProtocol(f"{where}: a whole number from {low} to {high} is expected")
    return int(value)


def _text(value: Any, where: str) -> Text:
    parts = [part.strip() for part in value.split(" | ")] if isinstance(value, str) else []
    if len(parts) != 2 or not all(parts):
        raise BadProtocol(f"{where}: a text is written in both languages, with a bar between: Chinese | English")
    if not _is_chinese(parts[0]) or _is_chinese(parts[1]):
        raise BadProtocol(f"{where}: the Chinese stands before the bar, the English after it")
    return Text(*parts)


def _is_chinese(text: str) -> bool:
    return any("CJK UNIFIED" in unicodedata.name(sign, "") for sign in text)
