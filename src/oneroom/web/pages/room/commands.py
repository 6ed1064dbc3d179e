"""
The command line's words, derived from the lifecycle tables and the queue's filters: what it knows is what they allow.

Each verb is typed in English, in Chinese, or by the initials of the Chinese word, whatever the page's language. How a
verb is done is data too: where it is sent, what is fixed in it, what is picked from a list, and what else is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import (
    AGENCIES,
    HOLD_REASONS,
    INVALID_REASONS,
    OUTCOMES,
    REFERRAL_RESULTS,
    REOPEN_REASONS,
    SUPERVISE_REASONS,
)
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roads.spelling import has_han, initials
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.filters import vocabulary_of_filters
from oneroom.web.pages.room.matter import ORDER_ACTS
from oneroom.web.pages.room.sides import SIDES
from oneroom.web.pages.room.timeline import LINE_KINDS


@dataclass(frozen=True, slots=True)
class How:
    """
    How a verb on the open matter is done: ``path`` under /api/incidents/N with the ``fixed`` part of what is sent;
    ``asks`` and ``choices`` what is picked; ``takes`` what else is typed ("matter", "until"); or ``form``, the place
    on the screen where it is filled in.
    """

    words: tuple[str, ...]
    label: Any
    path: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    asks: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    takes: str = ""
    form: str = ""


_WITHDRAWN_BY = {"by_caller": lazy("the caller withdrew"), "by_room": lazy("by the room")}

MATTER: dict[str, How] = {
    "classify": How(("classify", "定性"), lazy("Classify"), form="#classify"),
    "hold": How(
        ("hold", "缓派"), lazy("Hold: send nobody until"), "hold", asks="reason", choices=HOLD_REASONS, takes="until"
    ),
    "review": How(("review", "审核"), lazy("Reviewed"), "review"),
    "send_back": How(("send back", "退回补充"), lazy("Send back to complete"), form='[data-act$="/send-back"]'),
    "complete": How(("complete", "补充"), lazy("Complete the report"), form='[data-act$="/complete"]'),
    "close": How(("close", "办结"), lazy("Close"), "close", asks="outcome", choices=OUTCOMES),
    "call_back": How(("call back", "回访"), lazy("Note a call-back"), form='[data-act$="/call-back"]'),
    "reopen": How(("reopen", "重启"), lazy("Reopen"), "reopen", asks="reason", choices=REOPEN_REASONS),
    "supervise": How(
        ("supervise", "督办"), lazy("Supervise"), "supervise", {"on": True}, "reason", SUPERVISE_REASONS
    ),
    "transfer": How(("transfer", "转办", "转"), lazy("Hand over to"), "hand-over", {}, "agency", AGENCIES),
    "take_back": How(
        ("take over again", "收回"), lazy("Take it back from the agency"),
        form='[data-owed] [data-result="taken_back"]',
    ),
    "invalidate": How(
        ("invalid", "无效"), lazy("Not a matter"), "set-aside", {"verb": "invalidate"}, "reason", INVALID_REASONS
    ),
    "cancel": How(("cancel", "撤警"), lazy("Cancel"), "set-aside", {"verb": "cancel"}, "reason", _WITHDRAWN_BY),
    "merge": How(("merge", "合并"), lazy("Merge into"), "merge", asks="into", takes="matter"),
    "unmerge": How(("unmerge", "撤销合并"), lazy("Undo the merging"), "unmerge"),
}  # fmt: skip

# What is typed for each verb of an order.
_ORDER_WORDS = {
    "acknowledge": ("signed", "sign", "ack", "签收"),
    "set_out": ("set out", "out", "赶赴", "出发"),
    "arrive": ("on scene", "scene", "arrived", "到场"),
    "report": ("report", "反馈"),
    "clear": ("clear", "free", "离场"),
    "return": ("take back", "return", "退单"),
    "lapse": ("give up", "lapse", "不等"),
    "withdraw": ("withdraw", "撤回"),
    "divert": ("divert", "改派"),
}
_ORDER_LABELS = {"report": lazy("Report for the crew"), "divert": lazy("Divert to the open matter")}


@dataclass(frozen=True, slots=True)
class Own:
    """What the screen itself does, or an act on no state of the tables. ``choices`` as in ``How``."""

    words: tuple[str, ...]
    label: Any
    choices: Mapping[str, Any] = field(default_factory=dict)
    right: Right | None = None


_OWN: dict[str, Own] = {
    "send": Own(("send", "派"), lazy("Send"), right=Right.DISPATCH),
    "raise": Own(("raise", "升级", "升"), lazy("Raise the grade"), right=Right.TAKE_CALL),
    "lower": Own(("lower", "降级", "降"), lazy("Lower the grade"), right=Right.COMMAND),
    "open": Own(("open", "打开", "看"), lazy("Open")),
    "find": Own(("find", "找"), lazy("Find")),
    "new": Own(("new", "接警"), lazy("New call")),
    "next": Own(("next", "下一件"), lazy("Next that needs me")),
    "late": Own(("late", "超时"), lazy("Late list")),
    "crew": Own(("details", "警组详情"), lazy("Details of a crew")),
    "compare": Own(("compare", "比对"), lazy("Compare with what may be the same")),
    "answered": Own(
        ("agency", "部门答复"), lazy("The agency's answer"), REFERRAL_RESULTS, right=Right.TAKE_CALL
    ),
    "repeats": Own(("how often", "来过几次"), lazy("How often at this place"), right=Right.OPEN_PERSONAL),
    "side": Own(
        ("side", "面"), lazy("Show a side of the matter"), {code: word for code, _sign, word in SIDES}
    ),
    "lines": Own(("timeline", "时间线"), lazy("Timeline"), dict(LINE_KINDS)),
    "add_words": Own(("words", "补充内容", "记"), lazy("Add words"), right=Right.TAKE_CALL),
    "radio": Own(("radio", "电台"), lazy("Note a radio message"), right=Right.DISPATCH),
    "video": Own(("video", "视频"), lazy("Note a video link"), right=Right.DISPATCH),
    "warn": Own(("warn", "地址提示"), lazy("Warn of this place"), right=Right.TAKE_CALL),
    "close_street": Own(
        ("close street", "close road", "封路", "封闭道路"), lazy("Close a street"), right=Right.CLOSE_ROADS
    ),
    "open_street": Own(
        ("open street", "closed streets", "解封", "恢复通行"), lazy("Closed streets: open one again"),
        right=Right.CLOSE_ROADS,
    ),
    "dossier": Own(("dossier", "print", "卷宗", "打印"), lazy("Dossier to print")),
    "handover": Own(("handover", "交接班"), lazy("Hand over the shift")),
    "map_apart": Own(("map apart", "map", "地图分屏"), lazy("Map on a second screen")),
    "language": Own(("language", "语言"), lazy("The other language")),
    "sound": Own(("sound", "声音"), lazy("Sound")),
    "all": Own(("all", "全部"), lazy("Take all filters off")),
    "help": Own(("help", "帮助", "?", "？"), lazy("All keys")),
}  # fmt: skip


def vocabulary(by: Actor) -> list[dict[str, Any]]:
    """Every verb this person may ever use in the room, with what is typed for it and what it takes; then filters."""
    own = [_own(verb, one) for verb, one in _OWN.items() if one.right is None or by.may(one.right)]
    orders = [_order(v) for v in _allowed(ASSIGNMENT, by) if v in _ORDER_WORDS]
    matters = [_matter(v, MATTER[v]) for v in _allowed(INCIDENT, by) if v in MATTER]
    filters = [
        {
            "verb": f["code"],
            "kind": "filter",
            "label": f["label"],
            "words": _typed(f["words"]),
            "arguments": f["values"],
        }
        for f in vocabulary_of_filters()
    ]
    return _each_word_once([*own, *orders, *matters, *filters])


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


def _typed(words: tuple[str, ...]) -> list[str]:
    """What is typed for a verb: its words, and the initials of the Chinese ones."""
    return [*words, *dict.fromkeys(initials(w) for w in words if has_han(w) and len(w) > 1)]


def _choices(choices: Mapping[str, Any]) -> dict[str, str]:
    return {str(code): str(word) for code, word in choices.items()}


def _own(verb: str, one: Own) -> dict[str, Any]:
    said = {"verb": verb, "kind": "own", "label": str(one.label), "words": _typed(one.words)}
    return said | ({"arguments": _choices(one.choices)} if one.choices else {})


def _order(verb: str) -> dict[str, Any]:
    label, path, body = ORDER_ACTS.get(verb, (_ORDER_LABELS.get(verb), "", {}))
    return {
        "verb": verb, "kind": "order", "label": str(label), "words": _typed(_ORDER_WORDS[verb]), "path": path,
        "body": body, "from": [str(m.source) for m in ASSIGNMENT if m.verb == verb],
    }  # fmt: skip


def _matter(verb: str, how: How) -> dict[str, Any]:
    return {
        "verb": verb, "kind": "matter", "label": str(how.label), "words": _typed(how.words), "path": how.path,
        "body": dict(how.fixed), "asks": how.asks, "takes": how.takes, "form": how.form,
        "from": [str(m.source) for m in INCIDENT if m.verb == verb],
        **({"arguments": _choices(how.choices)} if how.choices else {}),
    }  # fmt: skip
