"""What the callers of a matter were asked, in words: question and answer, by the protocol in the version it had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.protocol import protocols
from oneroom.web.pages.room.words import local, named

_ANSWERS = {"yes": lazy("Yes"), "no": lazy("No"), "unknown": lazy("Not known")}


@dataclass(frozen=True, slots=True)
class Asked:
    """One protocol as it was asked: its name with the version, and pairs of question and answer."""

    protocol: str
    at: datetime
    pairs: tuple[tuple[str, str], ...]


def asked_views(questionings: Iterable[Any]) -> list[Asked]:
    """Each questioning in words. A question or an answer that the house no longer knows stands by its code."""
    return [_asked(q) for q in questionings]


def _asked(q: Any) -> Asked:
    protocol = protocols().get(q.protocol)
    questions = {one.code: one for one in protocol.questions} if protocol else {}
    pairs = []
    for pair in q.answers:
        code, _sep, answer = pair.partition(":")
        question = questions.get(code)
        label = question.labels.get(answer) if question else None
        text = local(question.text.zh, question.text.en) if question else code
        pairs.append((text, local(label.zh, label.en) if label else named(_ANSWERS, answer)))
    name = local(protocol.name.zh, protocol.name.en) if protocol else q.protocol
    return Asked(_("%(protocol)s, version %(n)s") % {"protocol": name, "n": q.version}, q.at, tuple(pairs))
