"""What a roster says in words: shifts, weekdays, and each rule that is broken, or that no roster could keep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from oneroom.apps.duty.rostering import COMMAND
from oneroom.engine.roster import Fault
from oneroom.web.pages.room.words import SKILLS, named

LOOKS = {"D": "d", "N": "n", "S": "s"}
SHIFT_WORDS = {"D": lazy("Day"), "N": lazy("Night"), "S": lazy("Standby")}
LETTERS = {"D": pgettext_lazy("shift", "D"), "N": pgettext_lazy("shift", "N"), "S": pgettext_lazy("shift", "S")}
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"), pgettext_lazy("weekday", "Tu"), pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"), pgettext_lazy("weekday", "Fr"), pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)  # fmt: skip
# What a roster with names is printed for.
PAPER = {
    "notice_board": lazy("the unit's notice board"),
    "handover": lazy("handover without the system"),
    "objection": lazy("an objection to the roster"),
}
# code -> (headline, what the numbers are)
FAULTS: dict[str, Any] = {
    "unknown": lazy("Somebody or something here does not belong to this roster."),
    "away": lazy("%(who)s cannot work on that day."),
    "double": lazy("%(who)s would work twice at once."),
    "too_few": lazy("People needed: %(need)d; there are %(have)d."),
    "no_lead": lazy("Leads needed: %(need)d; there are %(have)d."),
    "skill": lazy("Needed who may command: %(need)d; there are %(have)d."),
    "alone": lazy("Auxiliaries without an officer who leads: %(have)d. They are never alone."),
    "per_lead": lazy("%(have)d auxiliaries; those who lead answer for %(need)d at most."),
    "gap": lazy("Nobody commands from %(since)s to %(until)s."),
    "overlap": lazy("Two command from %(since)s to %(until)s."),
    "rest": lazy("%(who)s has %(have_h)s h of rest before; the rule is %(need_h)s h."),
    "duty": lazy("%(who)s works %(have_h)s h; the rule is %(need_h)s h at most."),
    "week": lazy("%(who)s works %(have_h)s h in that week; the rule is %(need_h)s h at most."),
    "month": lazy("%(who)s works %(have_h)s h in four weeks; the rule is %(need_h)s h at most."),
    "nights": lazy("%(who)s works %(have)d nights in a row; the rule is %(need)d at most."),
    "days": lazy("%(who)s works %(have)d days in a row; the rule is %(need)d at most."),
    "weekends": lazy("%(who)s has %(have)d free weekends; the rule is %(need)d."),
}
CERTIFIED = lazy("Needed with a certificate (%(skill)s): %(need)d; there are %(have)d.")
FEW_CERTIFIED = lazy("Needed with a certificate (%(skill)s): %(need)d; only %(have)d may work then.")
# What somebody lacks for another one's place (``engine.roster.swaps``).
LACKS: dict[str, Any] = {
    "skill": lazy("%(who)s may not command there."),
    "no_lead": lazy("%(who)s may not take an officer's or a lead's seat."),
}
# The same rules where no roster keeps them: without a person, and with what the numbers mean then.
BLOCKED: dict[str, Any] = {
    "too_few": lazy("People needed: %(need)d; only %(have)d may work then."),
    "no_lead": lazy("Leads needed: %(need)d; only %(have)d may work then."),
    "skill": lazy("Needed who may command: %(need)d; only %(have)d may work then."),
    "nights": lazy("All together can work %(have)d nights under the rule of nights in a row; %(need)d are needed."),
    "month": lazy("All together can work %(have_h)s h in four weeks; %(need_h)s h are needed."),
    "rest": lazy("The rule of rest forbids it, together with what else is named here."),
    "week": lazy("The limit of hours in a week forbids it, together with what else is named here."),
    "days": lazy("The limit of days in a row forbids it, together with what else is named here."),
    "weekends": lazy("The free weekend forbids it, together with what else is named here."),
}


def hours(roster: Any, code: str) -> str:
    begins, minutes, _commands = roster.shifts[code]
    end = (begins + minutes) % 1440
    return f"{begins // 60:02d}:{begins % 60:02d}–{end // 60:02d}:{end % 60:02d}"


def where(roster: Any, fault: Fault) -> str:
    day = roster.first + timedelta(days=fault.day) if fault.day is not None else None
    words = [f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"] if day else []
    return " ".join([*words, *([str(SHIFT_WORDS.get(fault.shift, fault.shift))] if fault.shift else [])])


def _numbers(fault: Fault, names: dict[int, str]) -> dict[str, Any]:
    def clock(minutes: int) -> str:
        return f"{minutes % 1440 // 60:02d}:{minutes % 60:02d}"

    return {
        "who": names.get(fault.person or 0, ""), "have": fault.have, "need": fault.need,
        "have_h": f"{fault.have / 60:g}", "need_h": f"{fault.need / 60:g}", "since": clock(fault.have),
        "until": clock(fault.need),
    }  # fmt: skip


def say(fault: Fault, names: dict[int, str]) -> str:
    """The rule that is broken, in a sentence."""
    if fault.code == "skill" and fault.skill != COMMAND:
        return str(CERTIFIED) % (_numbers(fault, names) | {"skill": named(SKILLS, fault.skill)})
    return str(FAULTS[fault.code]) % _numbers(fault, names)


def say_blocked(fault: Fault, names: dict[int, str]) -> str:
    """The same where no roster can keep it: what the numbers mean then, or the rule that stands in the way."""
    if fault.code == "unknown":
        return _("It could not be settled within the time; ask for less.")
    if fault.code == "skill" and fault.skill != COMMAND:
        return str(FEW_CERTIFIED) % (_numbers(fault, names) | {"skill": named(SKILLS, fault.skill)})
    return str(BLOCKED.get(fault.code, FAULTS[fault.code])) % _numbers(fault, names)


def say_of_person(fault: Fault, names: dict[int, str]) -> str:
    """The same of a change between two: what one of them lacks for the place, or the rule with its day."""
    if fault.person is not None and fault.code in LACKS:
        return str(LACKS[fault.code]) % {"who": names.get(fault.person, "")}
    return say(fault, names)
