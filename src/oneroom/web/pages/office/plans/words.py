"""A plan in plain sentences: each change, how a run stands, why one failed, and what it assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.plans.codes import TROUBLES
from oneroom.apps.plans.queries import Today
from oneroom.web.pages.room.words import SKILLS, local, named

DOES = {
    "merge": lazy("Merge stations"), "move_crew": lazy("Move crews"), "add_crew": lazy("Add a crew"),
    "remove_crew": lazy("Take crews out"), "watch": lazy("Change when crews are on duty"),
    "policy": lazy("Change what the ranking weighs"), "divert": lazy("Change when crews are diverted"),
    "ladder": lazy("Change the answer ladder"), "next_at": lazy("Change when another crew is sent"),
    "need": lazy("Change how many crews a call needs"),
}  # fmt: skip
KINDS = {"compare": lazy("Drawn calls"), "replay": lazy("Recorded days"), "districts": lazy("Districts")}
POLICY = {
    "skill_missing_s": lazy("a skill that is missing"), "kit_missing_s": lazy("equipment that is missing"),
    "other_area_s": lazy("another station's area"), "run_s": lazy("each run above the median"),
    "old_fix_after_s": lazy("a position counts as old after"),
    "old_fix_share": lazy("an old position, share of its age"),
    "metres_per_s": lazy("an inaccurate position, metres a second"),
}  # fmt: skip
RUNGS = {
    "crew": lazy("the crew"), "again": lazy("the leader once more"), "second": lazy("the second of the crew"),
    "duty_chief": lazy("the duty chief"), "shift_commander": lazy("the shift commander"),
    "alarm": lazy("alarm in the room"),
}  # fmt: skip
_SHOWN = 6


class Names:
    """Stations and crews of the day by name."""

    def __init__(self, today: Today) -> None:
        self._crews = today.callsigns
        self._units = {s.code: local(s.zh, s.en) for s in today.stations}

    def crew(self, code: str) -> str:
        """A crew's callsign."""
        return local(*self._crews.get(code, ("", ""))) or code

    def unit(self, code: str) -> str:
        """A station's name."""
        return self._units.get(code) or code

    def crews(self, codes: Sequence[str]) -> str:
        """Several crews, the rest counted."""
        said = _(", ").join(self.crew(code) for code in codes[:_SHOWN])
        more = len(codes) - _SHOWN
        return said if more <= 0 else _("%(units)s and %(n)d more") % {"units": said, "n": more}

    def place(self, to: Mapping[str, Any]) -> str:
        """A post."""
        if to.get("unit"):
            return self.unit(to["unit"])
        return _("the point %(lon)s, %(lat)s") % {"lon": f"{to['lon']:.5f}", "lat": f"{to['lat']:.5f}"}

    def by_hand(self, change: Mapping[str, Any]) -> str:
        """A change by hand as a sentence."""
        match change["do"]:
            case "move_crew":
                return _("Crew %(crew)s stands at %(place)s.") % {
                    "crew": self.crew(change["crew"]), "place": self.place(change["to"])
                }  # fmt: skip
            case "add_crew":
                return _("A new crew %(crew)s of %(officers)d at %(unit)s, %(watch)s%(skills)s.") % {
                    "crew": change["code"], "officers": change["officers"], "unit": self.unit(change["unit"]),
                    "watch": watch_said(change["watch"]),
                    "skills": "".join(f"{_(', ')}{named(SKILLS, code)}" for code in change["skills"]),
                }  # fmt: skip
            case "remove_crew":
                return _("Crew %(crew)s is not there any more.") % {"crew": self.crew(change["crew"])}
            case "watch":
                return _("%(crews)s: on duty %(watch)s.") % {
                    "crews": self.crews(change["crews"]), "watch": watch_said(change)
                }  # fmt: skip
            case "beat":
                n = len(change["places"])
                return ngettext(
                    "Crew %(crew)s goes round %(n)d place between calls.",
                    "Crew %(crew)s goes round %(n)d places between calls.", n,
                ) % {"crew": self.crew(change["crew"]), "n": n}  # fmt: skip
            case "need":
                return _need(change)
            case "policy":
                said = "; ".join(f"{named(POLICY, k)}: {_value(v)}" for k, v in change.items() if k != "do")
                return _("The ranking weighs, in seconds of travel: %(what)s.") % {"what": said}
            case "divert":
                return _divert(change)
            case "ladder":
                after = ", ".join(str(s) for s in change["after_s"])
                return _("Answer ladder of P%(grade)d: rungs after %(after)s s.") % {
                    "grade": change["grade"], "after": after
                }  # fmt: skip
            case "next_at":
                return _("The room sends another crew when the ladder reaches %(rung)s.") % {
                    "rung": named(RUNGS, change["rung"])
                }  # fmt: skip
        return str(change["do"])


def watch_said(watch: Mapping[str, Any]) -> str:
    """When a crew is on duty: from when, how long, and on which days where not on all."""
    hours = f"{watch['hours']:g}"
    days = watch["days"]
    said = _("from %(on)s for %(hours)s h") % {"on": watch["on"], "hours": hours}
    return said if len(days) == 7 else f"{said} ({_(', ').join(str(WEEKDAYS_ABBR[d]) for d in days)})"


def _need(change: Mapping[str, Any]) -> str:
    n = change["crews"]
    what = named(CATEGORIES, change["category"]) if change["category"] else _("all kinds")
    grade = f"P{change['grade']}" if change["grade"] else _("all grades")
    return ngettext(
        "Calls (%(what)s, %(grade)s) need %(n)d crew.", "Calls (%(what)s, %(grade)s) need %(n)d crews.", n
    ) % {"what": what, "grade": grade, "n": n}  # fmt: skip


def _divert(change: Mapping[str, Any]) -> str:
    if not change["on"]:
        return _("No crew is diverted from one call to another.")
    if change.get("gain_s") is None or change.get("up_to_grade") is None:
        return _("Crews are diverted to graver calls.")
    return _("Crews are diverted to calls up to P%(grade)d that they reach at least %(gain)s s earlier.") % {
        "grade": change["up_to_grade"], "gain": f"{change['gain_s']:g}"
    }  # fmt: skip


def _value(value: Any) -> str:
    return " / ".join(f"{v:g}" for v in value) if isinstance(value, list | tuple) else f"{value:g}"


def trouble_said(code: str, said: Mapping[str, Any]) -> str:
    """Why a run failed, in a sentence."""
    if code == "refused" and said.get("message"):
        text = _(str(said["message"]))
        return text % said["params"] if said.get("params") else text
    text = str(TROUBLES.get(code, code))
    try:
        return text % said if said else text
    except (KeyError, TypeError, ValueError):
        return text
