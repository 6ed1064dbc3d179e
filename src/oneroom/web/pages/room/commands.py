"""
The command line's words, derived from the lifecycle tables: what it knows is what the tables allow.

Each verb is typed in English, in Chinese, or by the initials of the Chinese word, whatever the page's language.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import AGENCIES, INVALID_REASONS, OUTCOMES
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roads.spelling import has_han, initials
from oneroom.engine.values import Actor
from oneroom.web.pages.room.matter import MATTER_ACTS, ORDER_ACTS

# What is typed for each verb of the tables.
_ORDER_WORDS = {
    "acknowledge": ("signed", "sign", "ack", "签收"),
    "set_out": ("set out", "out", "赶赴", "出发"),
    "arrive": ("on scene", "scene", "arrived", "到场"),
    "report": ("report", "反馈"),
    "clear": ("clear", "free", "离场"),
    "return": ("take back", "return", "退单"),
    "lapse": ("give up", "lapse", "不等"),
    "withdraw": ("withdraw", "撤回"),
}
_MATTER_WORDS = {
    "classify": ("classify", "定性"),
    "review": ("review", "审核"),
    "close": ("close", "办结"),
    "transfer": ("transfer", "转办", "转"),
    "invalidate": ("invalid", "无效"),
    "cancel": ("cancel", "撤警"),
}
# What the screen itself does, or an act on no state: send, raise, help.
_OWN_WORDS = {
    "send": ("send", "派"),
    "raise": ("raise", "升级", "升"),
    "open": ("open", "打开", "看"),
    "find": ("find", "找"),
    "new": ("new", "接警"),
    "next": ("next", "下一件"),
    "help": ("help", "帮助", "?", "？"),
}
_LABELS = {
    "send": lazy("Send"), "raise": lazy("Raise the grade"), "open": lazy("Open"), "find": lazy("Find"),
    "new": lazy("New call"), "next": lazy("Next that needs me"), "help": lazy("All keys"),
    "report": lazy("Report for the crew"),
    "classify": lazy("Classify"), "review": lazy("Reviewed"), "close": lazy("Close"),
    "transfer": lazy("Hand over to"), "invalidate": lazy("Not a matter"), "cancel": lazy("Cancel"),
}  # fmt: skip
_ARGUMENTS = {"close": OUTCOMES, "transfer": AGENCIES, "invalidate": INVALID_REASONS}


def vocabulary(by: Actor) -> list[dict[str, Any]]:
    """Every verb this person may ever use in the room, with what is typed for it and what it takes."""
    known = [
        *(_verb(v, "order", _ORDER_WORDS[v], ORDER_ACTS) for v in _allowed(ASSIGNMENT, by) if v in _ORDER_WORDS),
        *(_verb(v, "matter", _MATTER_WORDS[v]) for v in _allowed(INCIDENT, by) if v in MATTER_ACTS),
    ]
    own = [_verb(v, "own", words) for v, words in _OWN_WORDS.items() if v != "send" or _allowed(ASSIGNMENT, by)]
    return _each_word_once([*own, *known])


def _each_word_once(verbs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Initials that would mean two verbs mean the first: what only looks stands before what acts."""
    taken: set[str] = set()
    for verb in verbs:
        verb["words"] = [w for w in verb["words"] if w not in taken]
        taken.update(verb["words"])
    return verbs


def _allowed(table: Any, by: Actor) -> tuple[str, ...]:
    """Verbs of a table that any of this person's roles may do in some state."""
    return tuple(dict.fromkeys(m.verb for m in table if not by.roles.isdisjoint(m.who)))


def _verb(verb: str, kind: str, words: tuple[str, ...], labels: dict[str, Any] | None = None) -> dict[str, Any]:
    label = labels[verb][0] if labels and verb in labels else _LABELS[verb]
    entry: dict[str, Any] = {
        "verb": verb, "kind": kind, "label": str(label),
        "words": [*words, *dict.fromkeys(initials(w) for w in words if has_han(w))],
    }  # fmt: skip
    if labels and verb in labels:
        entry |= {"path": labels[verb][1], "body": labels[verb][2]}
    if kind == "order":
        entry["from"] = [str(m.source) for m in ASSIGNMENT if m.verb == verb]
    if kind == "matter":
        entry["from"] = [str(m.source) for m in INCIDENT if m.verb == verb]
    if verb in _ARGUMENTS:
        entry["arguments"] = {code: str(word) for code, word in _ARGUMENTS[verb].items()}
    return entry
