"""
What a run assumed, as sentences: an assumption without a sentence would be one that nobody is told of.

What was fitted on the force's own record is said with how much it rests on; what was taken for want of a record, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.web.pages.office.plans.numbers import clock, percent
from oneroom.web.pages.office.plans.words import Names

Said = Mapping[str, Any]
SPANS = {
    "decide": lazy("from the call to the first order"), "answer": lazy("until a crew signs"),
    "mobilise": lazy("from signing until it sets out"), "scene": lazy("at the scene"), "paper": lazy("paperwork"),
}  # fmt: skip


def assumed_said(found: Sequence[Said], names: Names) -> list[str]:
    """All of them, each a sentence; what is the same of many crews is one."""
    sentences, crews = [], dict[str, list[str]]()
    for each in found:
        code = each["code"]
        if code in OF_CREWS:
            crews.setdefault(code, []).append(each["crew"])
        else:
            sentences.append(SENTENCES[code](each, names) if code in SENTENCES else str(code))
    return sentences + [OF_CREWS[code](names.crews(mine)) for code, mine in crews.items()]


OF_CREWS: dict[str, Callable[[str], str]] = {
    "post_in_area": lambda crews: _("No place is entered for their station, so they stand in the middle of its area: "
                                    "%(crews)s.") % {"crews": crews},
    "post_where_seen": lambda crews: _("No place is entered for their station, so they stand where they were seen "
                                       "last: %(crews)s.") % {"crews": crews},
    "post_unknown": lambda crews: _("Nobody knows where they stand: %(crews)s.") % {"crews": crews},
}  # fmt: skip


def _day(text: Any) -> str:
    return f"{localtime(datetime.fromisoformat(text)):%Y-%m-%d}" if len(str(text)) > 16 else str(text)[:10]


def _calls(said: Said) -> dict[str, Any]:
    return {"n": f"{said['calls']:,}", "since": _day(said["since"]), "until": _day(said["until"])}


def _span(said: Said, *, fitted: bool) -> str:
    values = {"what": SPANS.get(said["what"], said["what"]), "median": clock(said["median_s"]), "n": f"{said['n']:,}"}
    text = (
        _("Time %(what)s: median %(median)s, fitted on %(n)s of your own.")
        if fitted
        else _("Time %(what)s: median %(median)s, a usual value; your record has too few (%(n)s).")
    ) % values
    if said.get("kinds"):
        few = _("For %(kinds)d of %(of)d kinds of calls the record alone is too small; they lean on the whole.")
        text += " " + few % {"kinds": said["kinds"], "of": said["of"]}
    return text


def _speed(said: Said) -> str:
    each = " / ".join(f"{x:.2f}" for x in said["by_grade"])
    fitted = ", ".join(f"P{g}" for g in said["fitted"])
    text = _("Cars drive at %(each)s of the speed of traffic, P1 to P4.") % {"each": each}
    said_of = _("Fitted on your record: %(grades)s.") % {"grades": fitted} if fitted else _("None of it is fitted yet.")
    return f"{text} {said_of}"


def _watches(said: Said) -> str:
    if said.get("halves"):
        return _("Of %(n)d crews no watch is on record: those on duty now have this half of the day, the others the "
                 "other.") % {"n": said["crews"]}  # fmt: skip
    return _("Of %(n)d crews no watch is on record: they are on duty all day.") % {"n": said["crews"]}


def _rosters(said: Said) -> str:
    text = _("Watches of %(n)d crews are those of published rosters.") % {"n": said["crews"]}
    if "days" not in said or said["days"] >= 7:
        return text
    few = _("Of a station's weekdays that no roster is published for yet (%(days)d days are), the mean of the others "
            "is taken.") % {"days": said["days"]}  # fmt: skip
    return f"{text} {few}"


SENTENCES: dict[str, Callable[[Said, Names], str]] = {
    "districts_calls": lambda said, _names: _(
        "Work is counted by the %(n)s calls of the public from %(since)s to %(until)s."
    ) % _calls(said),
    "districts_hour": lambda said, _names: _("Drives are those of %(hour)s:00, when most roads are slow.") % {
        "hour": said["hour"]
    },
    "districts_handling": lambda said, _names: _(
        "A call takes %(n)s minutes on the spot; beside it the drive from the station counts."
    ) % {"n": said["minutes"]},
    "demand": lambda a, _n: _("Calls are drawn by hour of the week, place and kind as the %(n)s calls of the public "
                              "from %(since)s to %(until)s came.") % _calls(a),
    "replayed": lambda a, _n: _("The %(n)s calls of the public from %(since)s to %(until)s are run again as they came.")
    % _calls(a),
    "left_out": lambda a, _n: _("Calls that are left out: %(outside)s from more than 2 km outside all areas, %(lost)s "
                                "from where no crew gets by road.")
    % {"outside": f"{a['outside']:,}", "lost": f"{a['unreachable']:,}"},
    "replay_filled": lambda a, _n: _("The calls of %(day)s, the day before, only fill the city and are not counted. "
                                     "Calls are the same in each run: intervals hold the chance of people alone.")
    % {"day": _day(a["day"])},
    "nothing_closed": lambda _a, _n: _("In a run no street is closed, whatever is closed today."),
    "officer_hours": lambda a, _n: _("An officer works %(hours)d hours a week; leave and sickness are left out.")
    % {"hours": a["hours"]},
    "demand_old": lambda a, _n: _("The newest calls on record are of %(until)s: the draw rests on the weeks before.")
    % {"until": _day(a["until"])},
    "riders": lambda a, _n: _("In %(n)d crews nobody rides by roster or duty: they count as %(officers)d officers with "
                              "a leader.") % {"n": a["crews"], "officers": a["officers"]},
    "watches_rosters": lambda a, _n: _rosters(a),
    "watches_duty": lambda a, _n: _("Watches of %(n)d crews are those they had in the last weeks.") % {"n": a["crews"]},
    "watches_assumed": lambda a, _n: _watches(a),
    "span_fitted": lambda a, _n: _span(a, fitted=True),
    "span_default": lambda a, _n: _span(a, fitted=False),
    "silent_fitted": lambda a, _n: _("%(share)s of orders are not noticed at first, fitted on %(n)s orders.")
    % {"share": percent(a["share"]), "n": f"{a['n']:,}"},
    "silent_default": lambda a, _n: _("%(share)s of orders are not noticed at first, a usual value; your record has "
                                      "too few (%(n)s).") % {"share": percent(a["share"]), "n": f"{a['n']:,}"},
    "speed": lambda a, _n: _speed(a),
    "habits": lambda a, _n: _("Each rung wakes %(wakes)s of silent crews; a handover takes %(min)d min; who did not "
                              "answer is not asked again for %(mute)d min.")
    % {"wakes": percent(a["wakes"]), "min": round(a["handover_s"] / 60), "mute": round(a["mute_s"] / 60)},
    "needs": lambda a, _n: _("Each of %(n)d kinds of calls asks for the crews, skills and equipment of its plan card.")
    % {"n": a["kinds"]},
    "sent": lambda a, _n: _("Crews are sent to every call: your record has none to count.")
    if not a["n"]
    else _("Crews are sent to %(share)s of calls, as on record (%(n)s calls).")
    % {"share": percent(a["share"]), "n": f"{a['n']:,}"},
    "unit_place": lambda a, n: _("No place is entered for %(unit)s: its crews stand where %(of)s was.")
    % {"unit": n.unit(a["unit"]), "of": n.unit(a["of"])},
    "stands_at_post": lambda _a, _n: _("Between calls crews stand at their posts; no beat is on record."),
}  # fmt: skip
