"""Two matters side by side, in the words of the room."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.incidents.queries import live, row_of
from oneroom.engine.duplicates import marked, shared
from oneroom.engine.lifecycle.incident import NOT_BEGUN, OPEN
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.words import ORDER_STATES, kind_named, local, named

Incident = Any


def comparison(mine: Incident, other: Incident, *, words: list[list[str]]) -> dict[str, Any]:
    """``words`` are the texts of both, already opened for this person. Which would merge into which is said beside."""
    first, second = " ".join(words[0]), " ".join(words[1])
    both = [*shared(first, second), *shared(second, first)]
    from_, into = direction(mine, other)
    return {
        "mine": _side(mine, words[0], both), "other": _side(other, words[1], both),
        "merge_from": from_.pk if from_ else None, "merge_into": into.pk if into else None,
        "how": _how(from_, into),
    }  # fmt: skip


def direction(mine: Incident, other: Incident) -> tuple[Incident | None, Incident | None]:
    """(The one that merges, the one it counts to): the newer into the older, as long as no crew is on it."""
    newer, older = sorted((mine, other), key=lambda i: (i.received_at, i.pk), reverse=True)
    for from_, into in ((newer, older), (older, newer)):
        if from_.state in NOT_BEGUN and into.state in OPEN:
            return from_, into
    return None, None


def _how(from_: Incident | None, into: Incident | None) -> str:
    if from_ is None or into is None:
        return _("Crews are on both, or one is over: they stay two matters.")
    said = {"from": from_.reference, "into": into.reference}
    return _("%(from)s would count to %(into)s; the graver grade of the two holds.") % said


def _side(row: Incident, words: list[str], both: list[str]) -> dict[str, Any]:
    crews = [
        f"{local(a.crew.callsign_zh, a.crew.callsign_en)} {named(ORDER_STATES, a.state)}" for a in live(row_of(row))
    ]
    return {
        "id": row.pk, "reference": row.reference, "grade": row.grade, "place": place_of(row),
        "time": f"{localtime(row.received_at):%H:%M:%S}",
        "category": kind_named(row.category, row.subcategory) or _("not yet classified"),
        "words": [marked(text, both) for text in words], "sent": _(", ").join(crews) or _("nobody"),
    }  # fmt: skip
