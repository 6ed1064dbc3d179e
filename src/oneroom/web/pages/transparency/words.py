"""A month's report in words: what each figure counts, in plain language, and the words of its cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import CATEGORIES, GRADES, OPENING_FINDINGS, OPENING_REASONS, SOURCES
from oneroom.apps.oversight.kinds import HOLD_REASONS
from oneroom.engine.measures.transparency import FEW
from oneroom.web.pages.looks import PURPOSES
from oneroom.web.pages.office.retention import CLASSES
from oneroom.web.pages.office.unusual import FINDINGS, RULES
from oneroom.web.pages.room.words import SIGNATURE_RESULTS, SIGNED_ACTS, named

_FORMS = {"page": lazy("opened on the screen"), "pdf": lazy("printed")}
_TELEPHONE = {
    "answered_15": lazy("answered within 15 seconds"), "answered_later": lazy("answered later"),
    "abandoned": lazy("the caller hung up before"),
}  # fmt: skip
_STEPS = {"on_time": lazy("within two seconds of its time"), "late": lazy("later")}
_RIGHTS = {
    "withdrawn": lazy("reports taken back"), "words_added": lazy("words added to one's own report"),
    "rated": lazy("ratings"),
}  # fmt: skip
_ONE = {
    "raised": lazy("calls for help"), "not_reviewed": lazy("not reviewed yet"), "on_request": lazy("matters"),
    "released": lazy("released"), "held": lazy("held"),
}  # fmt: skip
# Group -> title, what it counts, words of its cells.
GROUPS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "sources": (lazy("How matters came"), lazy(
        "Matters received in the month, by how the first report came. Drills do not count, nor what was merged."
    ), SOURCES),
    "categories": (lazy("What it was"), lazy("The same matters, by what they were taken for last."),
                   {**CATEGORIES, "none": lazy("not classified")}),
    "grades": (lazy("How urgent it was"), lazy("The same matters, by their grade; 1 is the most urgent."),
               {str(grade): word for grade, word in GRADES.items()}),
    "telephone": (lazy("Telephone calls"), lazy("Calls by how long the caller waited for an answer."), _TELEPHONE),
    "steps": (lazy("Who had to be told"), lazy(
        "Steps that tell the next person when an order or a promise is not met, and whether they came in time."
    ), _STEPS),
    "help": (lazy("Officers who called for help"), lazy("Silent calls for help from crews."), _ONE),
    "looks": (lazy("Looks at personal data"), lazy(
        "Each time somebody of the police opened names, numbers, addresses or words, by purpose: one for each person, "
        "record and quarter of an hour, and one more where further fields are opened."
    ), PURPOSES),
    "searches": (lazy("Searches of the record"), lazy("Searches of what was done, by purpose."), PURPOSES),
    "tracks": (lazy("Crews' ways opened"), lazy("Where a crew was, opened with a matter or call for help."), PURPOSES),
    "glass": (lazy("Opened in an emergency"), lazy(
        "Matters that somebody opened for half an hour though they were not his, by reason. An inspector reviews each."
    ), OPENING_REASONS),
    "glass_found": (lazy("What the reviews found"), lazy("Reviews of such openings in the month."), OPENING_FINDINGS),
    "glass_waits": (lazy("Such openings without a review"), lazy("Opened in the month and not reviewed so far."), _ONE),
    "two_persons": (lazy("Done by two persons"), lazy("Acts that nobody may do alone; a second person signed."),
                    SIGNED_ACTS),
    "two_persons_not": (lazy("Not done, for want of the second signature"), lazy("Such acts that came to nothing."),
                        SIGNATURE_RESULTS),
    "flags": (lazy("Unusual looking"), lazy("What the machine put before the inspectors; it proves nothing by itself."),
              RULES),
    "flags_found": (lazy("What inspectors found of it"), lazy("Judgements in the month."), FINDINGS),
    "exports": (lazy("Lists that left the house"), lazy("Lists without personal fields, as files or on paper."), {}),
    "dossiers": (lazy("Dossiers"), lazy("Dossiers of a matter, opened or printed."), _FORMS),
    "gone": (lazy("Erased because the term was over"), lazy("How much of each class went by itself."),
             {code: words[0] for code, words in CLASSES.items()}),
    "erased": (lazy("Erased on request"), lazy("Matters whose persons two officers erased before the term."), _ONE),
    "holds": (lazy("Kept longer for a reason in law"), lazy("Legal holds of the month, by reason."), HOLD_REASONS),
    "holds_over": (lazy("Legal holds released"), lazy("By two persons each."), _ONE),
    "holds_run": (lazy("Legal holds at the end of the month"), lazy("Matters that were held then."), _ONE),
    "rights": (lazy("What callers did with their own reports"), lazy("On their own page, by their code."), _RIGHTS),
}  # fmt: skip
MEASURES = {
    "sign": (lazy("Signed by the crew"), lazy("from the order until somebody of the crew signs")),
    "depart": (lazy("Set out"), lazy("from the order until the crew sets out")),
    "arrive": (lazy("On scene"), lazy("from the order until the crew is there")),
    "report": (lazy("Reported"), lazy("from arriving until the crew's report")),
}
NOT_COUNTED = {
    "complaints": lazy("Complaints are not counted yet: they have no book of their own here."),
    "alarms": lazy("Alarms and outages of the machinery are kept apart from the record, and are not counted here."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as it is read: ``total`` is empty where it would tell a small number."""

    code: str
    title: str
    what: str
    cells: list[tuple[str, str]]
    total: str


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the loop: how many orders, how many of a hundred within the promise, the middle one."""

    title: str
    what: str
    promise: str
    orders: str
    percent: str
    middle: str


def shown(content: bytes) -> dict[str, Any]:
    """Everything that a page or a text says of a report."""
    said = json.loads(content)
    groups = []
    for code, (title, what, words) in GROUPS.items():
        found = said["groups"][code]
        cells = [(_cell(words, cell), number(n)) for cell, n in found["cells"].items()]
        groups.append(
            Shown(code, str(title), str(what), cells, "" if found["total"] is None else number(found["total"]))
        )
    return {
        "month": said["month"], "said": said, "groups": groups, "times": [_time(c, said) for c in MEASURES],
        "check": f"oneroom report --month {said['month']} --export FOLDER",
        "simulated": said["simulated"], "heads": said["heads"],
        "not_counted": [str(NOT_COUNTED[code]) for code in said["not_counted"]],
    }  # fmt: skip


def number(n: int | str) -> str:
    """A count, or that it is too small to be told."""
    return _("fewer than five") if n == FEW else f"{n:,}"


def _cell(words: dict[str, Any], code: str) -> str:
    return named(words, code) if code in words else code


def _time(code: str, said: dict[str, Any]) -> Time:
    found = said["measures"][code]
    title, what = MEASURES[code]
    promise = _minutes(found["promise_s"])
    if "percent" not in found:
        return Time(str(title), str(what), promise, number(found["orders"]), "", "")
    middle = "–" if found["median_s"] is None else _minutes(found["median_s"])
    return Time(str(title), str(what), promise, number(found["orders"]), f"{found['percent']} %", middle)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(s)d s") % {"s": rest}
    return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest} if rest else _("%(m)d min") % {"m": minutes}
