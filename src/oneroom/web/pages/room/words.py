"""The room's words for codes: one thing has one name on the whole screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.protocol import subcategory_name

MATTER_STATES = {
    "received": lazy("not yet classified"),
    "classified": lazy("not sent"),
    "waiting": lazy("waiting for a crew"),
    "dispatched": lazy("crew sent"),
    "in_progress": lazy("crew at work"),
    "reported": lazy("reported, to review"),
    "reviewed": lazy("reviewed, to close"),
    "closed": lazy("closed"),
    "called_back": lazy("caller called back"),
    "archived": lazy("archived"),
    "transferred": lazy("handed to another agency"),
    "merged": lazy("merged"),
    "cancelled": lazy("cancelled"),
    "invalid": lazy("not a matter"),
}
ORDER_STATES = {
    "offered": lazy("not signed"),
    "acknowledged": lazy("signed"),
    "en_route": lazy("en route"),
    "on_scene": lazy("on scene"),
    "cleared": lazy("done here"),
    "returned": lazy("returned"),
    "lapsed": lazy("never answered"),
    "withdrawn": lazy("withdrawn"),
    "diverted": lazy("diverted"),
}
STANDBY_STATES = {
    "ordered": lazy("not signed"),
    "acknowledged": lazy("signed"),
    "there": lazy("is there"),
}
STANDBY_DECLINED = {
    "busy": lazy("busy with something else"),
    "cannot_go": lazy("cannot go there"),
    "end_of_shift": lazy("end of shift"),
}
CREW_STATES = {
    "available": lazy("Available"),
    "assigned": lazy("Assigned"),
    "en_route": lazy("En route"),
    "on_scene": lazy("On scene"),
    "busy": lazy("Busy"),
    "at_centre": lazy("At the case centre"),
    "meal": lazy("Meal"),
    "out_of_service": lazy("Out of service"),
    "off_duty": lazy("Off duty"),
}
# The shape on the board and the map (design README, principle 3).
GLYPHS = {"at_centre": "busy", "out_of_service": "off", "off_duty": "off"}
# (what is promised, the same when it has run out)
STAGES = {
    "classify": (lazy("to classify"), lazy("classifying late")),
    "dispatch": (lazy("to send"), lazy("sending late")),
    "acknowledge": (lazy("to sign"), lazy("signing late")),
    "arrive": (lazy("to arrive"), lazy("arrival late")),
    "first_word": (lazy("first word"), lazy("first word late")),
    "welfare": (lazy("word that all is well"), lazy("no word from the scene")),
    "report": (lazy("to report"), lazy("report late")),
    "clear": (lazy("to be free"), lazy("not free after its report")),
    "sos": (lazy("help"), lazy("help")),
    "left": (lazy("to save"), lazy("left unsaved")),
    "handover": (lazy("to sign the handover"), lazy("handover not signed")),
    "not_booked": (lazy("to look at"), lazy("not booked")),
    "review": (lazy("to review"), lazy("review late")),
    "agency_answer": (lazy("agency to answer"), lazy("agency's answer late")),
    "return_call": (lazy("to call back"), lazy("calling back late")),
    "complete": (lazy("to complete"), lazy("completing late")),
    "close": (lazy("to close"), lazy("closing late")),
    "call_back": (lazy("call-back due"), lazy("call-back late")),
    "look_review": (lazy("broken glass to review"), lazy("broken glass not reviewed")),
}
LATE_ACTS = {
    "intake": lazy("took a call"),
    "offer": lazy("sent a crew"),
    "acknowledge": lazy("signed"),
    "set_out": lazy("set off"),
    "arrive": lazy("arrived"),
    "note": lazy("noted a line"),
}
LATE_RESULTS = {
    "done_since": lazy("Done since"),
    "told_crew": lazy("Told the crew"),
    "not_needed": lazy("Not needed"),
}
RUNGS = {
    "crew": lazy("Crew"),
    "again": lazy("Lead"),
    "second": lazy("2nd"),
    "duty_chief": lazy("Chief"),
    "shift_commander": lazy("Cmdr"),
    "alarm": lazy("Alarm"),
    "mark": lazy("Mark"),
    "oversight": lazy("Oversight"),
    "help": lazy("Help"),
    "help_again": lazy("Again"),
    "help_station": lazy("Station"),
    "help_oversight": lazy("Oversight"),
}
TOLD = {
    "crew": lazy("the crew's phones"),
    "again": lazy("the lead, louder"),
    "second": lazy("the crew's second phone"),
    "duty_chief": lazy("the duty chief of the station"),
    "shift_commander": lazy("the shift commander"),
    "alarm": lazy("the whole room"),
    "mark": lazy("the room"),
    "oversight": lazy("the inspector"),
    "help": lazy("everybody who can help"),
    "help_again": lazy("everybody who can help, again"),
    "help_station": lazy("the station's other crews"),
    "help_oversight": lazy("the inspector"),
}
ROLES = {
    "call_taker": lazy("call-taker"),
    "dispatcher": lazy("dispatcher"),
    "shift_commander": lazy("shift commander"),
    "duty_chief": lazy("duty chief"),
    "station_chief": lazy("station chief"),
    "patrol_officer": lazy("patrol officer"),
    "community_officer": lazy("community officer"),
    "case_officer": lazy("case officer"),
    "auxiliary": lazy("auxiliary"),
    "inspector": lazy("inspector"),
    "org_planner": lazy("establishment officer"),
    "hr": lazy("personnel officer"),
    "welfare_officer": lazy("welfare officer"),
    "administrator": lazy("administrator"),
    "security_officer": lazy("security officer"),
    "legal_reviewer": lazy("legal reviewer"),
    "oversight_external": lazy("outside oversight"),
}
# What two persons do (engine.signatures), and what became of a request.
SIGNED_ACTS = {
    "give_role": lazy("Give a role"),
    "end_role": lazy("Take a role back"),
    "reopen_account": lazy("Open an account again"),
    "reset_password": lazy("Make a temporary password"),
    "reset_factors": lazy("Take the second factors away"),
    "bulk_export": lazy("Take out a long list"),
    "unseal": lazy("Open the words of a matter that is over"),
    "erase": lazy("Erase the words of a matter"),
    "release_hold": lazy("Release the legal hold of a matter"),
    "contact": lazy("Reach a caller though it is not known to be safe"),
    "reform": lazy("Reform the organisation"),
    "change_quota": lazy("Move places of the establishment"),
    "post_despite": lazy("Post somebody though a rule stands against it"),
    "keep_posting": lazy("Let a posting of earlier records be though a rule stands against it"),
    "exempt": lazy("Set a limit of years in a post aside"),
    "rotate": lazy("A round of moves"),
}
FACTORS = {
    "totp": lazy("authenticator app"),
    "passkey": lazy("passkey"),
    "recovery_code": lazy("recovery codes"),
}
SIGNATURE_RESULTS = {
    "signed": lazy("signed"),
    "refused": lazy("refused"),
    "withdrawn": lazy("taken back"),
    "lapsed": lazy("nobody signed in time"),
}
RULES = {
    "no_officer": lazy("no officer on board"),
    "no_lead": lazy("no officer leads it now"),
    "not_working": lazy("meal, busy or out of service"),
    "on_a_call": lazy("on a call"),
    "no_position": lazy("position unknown"),
    "no_way": lazy("no way by road"),
}
KIT = {
    "shield": lazy("shield"),
    "vest": lazy("stab vest"),
    "first_aid": lazy("first-aid kit"),
    "traffic": lazy("traffic kit"),
    "megaphone": lazy("megaphone"),
    "drone": lazy("drone"),
    "radio": lazy("radio"),
    "camera": lazy("body camera"),
    "aed": lazy("defibrillator"),
    "mediation": lazy("mediation"),
}
SKILLS = {
    "mediation": lazy("mediation"),
    "traffic": lazy("traffic duty"),
    "shield": lazy("shield drill"),
    "first_aid": lazy("first aid"),
}
CHANNELS = {"app": lazy("app"), "sms": lazy("SMS"), "email": lazy("e-mail"), "voice": lazy("voice")}


def kind_named(category: str, subcategory: str = "") -> str:
    """What a matter is, in a word or two: the sub-category says more where one is known."""
    first = named(CATEGORIES, category)
    return f"{first} › {subcategory_name(category, subcategory)}" if subcategory else first


def named(table: Mapping[Any, Any], code: Any) -> str:
    """The word for a code; a code without one is shown as it is, so that nothing is hidden."""
    return str(table.get(code, code or ""))


SILENT_BECAUSE = {
    "headset": lazy("on a headset"),
    "caller_near": lazy("a caller would hear it"),
    "briefing": lazy("briefing"),
    "other_desk": lazy("the next desk sounds"),
}
SOS_ENDS = {
    "helped": lazy("help was there"),
    "safe_now": lazy("the officer is safe"),
    "mistake": lazy("pressed by mistake"),
    "test": lazy("a test"),
}


def local(zh: str, en: str) -> str:
    """A public name in the language of the page, in the other where it has none."""
    return (zh or en) if (get_language() or "").startswith("zh") else (en or zh)


def part_words(code: str) -> str:
    """A summand of a crew's score in a word or two."""
    words = {
        "travel": _("drive"), "lacks_skill": _("skill"), "lacks_kit": _("kit"), "other_area": _("other area"),
        "many_runs": _("load"), "old_fix": _("old position"),
    }  # fmt: skip
    return words.get(code, code)


def reason_words(code: str, quantity: float | None, what: str = "") -> str:
    """A reason for or against a crew in two to six words."""
    match code:
        case "fastest":
            return _("fastest")
        case "has_skill":
            return _("can do %(what)s") % {"what": what}
        case "lacks_skill":
            return _("cannot do %(what)s") % {"what": what}
        case "has_kit":
            return _("has %(what)s") % {"what": what}
        case "lacks_kit":
            return _("no %(what)s") % {"what": what}
        case "own_area":
            return _("own area")
        case "other_area":
            return _("another station's area")
        case "first_run":
            return _("first run of the shift")
        case "many_runs":
            n = round(quantity or 0)
            return ngettext("%(n)d run this shift", "%(n)d runs this shift", n) % {"n": n}
        case "old_fix":
            return _("position %(age)s old") % {"age": span(quantity or 0)}
        case _:
            return code


def span(seconds: float) -> str:
    """How long, as clocks say it: 0:26, 12:30, 4 h 58."""
    whole = max(0, int(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 86400:
        return _("%(h)d h %(m)02d") % {"h": whole // 3600, "m": whole % 3600 // 60}
    return _("%(d)d d %(h)d h") % {"d": whole // 86400, "h": whole % 86400 // 3600}
