"""
Entries of the record as sentences: one function for each kind of ``engine.events.KINDS``.

The record holds codes, ids and quantities; here they become what a dispatcher would say. A test fails on a kind that
has no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from oneroom.apps.incidents.codes import (
    AGENCIES,
    CALL_BACK_RESULTS,
    CALL_BACK_WHY,
    CASE_DECISIONS,
    CHOICE_REASONS,
    DOSSIER_PURPOSES,
    INVALID_REASONS,
    NO_CASE_REASONS,
    OUTCOMES,
    REASONS,
    REFERRAL_RESULTS,
    REOPEN_REASONS,
    RETURN_REASONS,
    RETURN_RESULTS,
    SAFE_CONTACT,
    SEND_BACK_REASONS,
    SOURCES,
    SUPERVISE_REASONS,
    WITHDRAW_REASONS,
)
from oneroom.apps.incidents.protocol import card_name, protocols, spoken
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.web.pages.room.words import (
    CHANNELS,
    CREW_STATES,
    MATTER_STATES,
    ROLES,
    SILENT_BECAUSE,
    SOS_ENDS,
    STAGES,
    TOLD,
    kind_named,
    local,
    named,
    span,
)

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the ids of a timeline: staff, crews and units, in every language there is."""

    staff: Mapping[int, str] = field(default_factory=dict)
    crews: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    matters: Mapping[int, str] = field(default_factory=dict)

    def matter(self, pk: int) -> str:
        return self.matters.get(pk) or _("another matter")

    def crew(self, pk: int | None) -> str:
        return local(*self.crews[pk]) if pk is not None and pk in self.crews else _("a crew")

    def advised(self, code: str) -> str:
        """The crew behind "crew:5", as advice stands in the record."""
        number = code.partition(":")[2]
        return self.crew(int(number) if number.isdecimal() else None)

    def unit(self, pk: int | None) -> str:
        return local(*self.units[pk]) if pk is not None and pk in self.units else _("no station")

    def person(self, pk: int | None) -> str:
        return self.staff.get(pk or 0) or _("an account")


Sentence = Callable[[Facts, Names], str]

# What is heard of: the second column of the timeline.
CALL, ORDER, SCENE, SYSTEM, GRADE, ROOM, OUTSIDE, STAFF, RADIO, VIDEO = (
    lazy("Call"), lazy("Orders"), lazy("Scene"), lazy("System"), lazy("Grading"), lazy("Control"), lazy("Message"),
    lazy("Staff"), lazy("Radio"), lazy("Video"),
)  # fmt: skip
# Entries about the machinery: shown, but out of the way of what people did.
MACHINE = frozenset(
    {"ladder.started", "ladder.regraded", "ladder.stopped", "delivery.sent", "delivery.receipt", "incident.state"}
)
# Entries that mean that something was not answered or kept in time.
LATE = frozenset({"sos.raised", "incident.escalated", "assignment.lapsed", "delivery.failed"})

# Entries that are something said, through whatever channel.
TALK = frozenset(
    {"incident.received", "incident.words_added", "incident.video", "incident.rated", "incident.withdrawn"}
)
# Facts that name another matter than the one of the timeline.
OTHER_MATTERS = ("into", "other")


def _codes(table: Mapping[Any, Any], codes: list[str]) -> str:
    return _(", ").join(named(table, c) for c in codes)


def _received(f: Facts, _names: Names) -> str:
    source = _("Report came in by %(source)s") % {"source": named(SOURCES, f["source"])}
    safe = f.get("safe_contact")
    if safe == "unknown":
        return source
    return _("%(what)s; safe to contact: %(safe)s") % {"what": source, "safe": named(SAFE_CONTACT, safe)}


def _closed(f: Facts, _names: Names) -> str:
    said = _("Closed: %(outcome)s · %(category)s") % {
        "outcome": named(OUTCOMES, f["outcome"]), "category": kind_named(f["category"], f.get("subcategory", ""))
    }  # fmt: skip
    if not f.get("case"):
        return said
    decision = named(NO_CASE_REASONS, f["no_case_reason"]) if f.get("no_case_reason") else ""
    case = named(CASE_DECISIONS, f["case"])
    return " · ".join((said, _("%(case)s: %(reason)s") % {"case": case, "reason": decision} if decision else case))


def _call_back_decided(f: Facts, _names: Names) -> str:
    why = named(CALL_BACK_WHY, f["why"])
    said = (
        _("Caller to be called back within %(time)s: %(why)s") % {"time": span(f.get("limit_s") or 0), "why": why}
        if f["due"]
        else _("Caller is not called back: %(why)s") % {"why": why}
    )
    if f.get("drawn_from") is None:
        return said
    lot = {"share": round((f.get("share") or 0) * 100), "n": f["drawn_from"]}
    return f"{said} · " + _("%(share)s %% drawn by entry #%(n)s") % lot


def _called_back(f: Facts, _names: Names) -> str:
    said = {"result": named(CALL_BACK_RESULTS, f["result"]), "n": f["tries"]}
    if f["tries"] > 1 or not f["ended"]:
        return _("Called back: %(result)s, try %(n)s") % said
    return _("Called back: %(result)s") % said


def _supervised(f: Facts, _names: Names) -> str:
    reason = {"reason": named(SUPERVISE_REASONS, f["reason"])}
    return (_("Supervised: %(reason)s") if f["on"] else _("No longer supervised: %(reason)s")) % reason


def _classified(f: Facts, names: Names) -> str:
    said = {
        "category": kind_named(f["category"], f.get("subcategory", "")),
        "grade": f["grade"],
        "unit": names.unit(f.get("unit")),
    }
    if f["reasons"]:
        return _("%(category)s, P%(grade)s: %(reasons)s; area of %(unit)s") % {
            **said, "reasons": _codes(REASONS, f["reasons"])
        }  # fmt: skip
    return _("%(category)s, P%(grade)s; area of %(unit)s") % said


def _questioned(f: Facts, _names: Names) -> str:
    found = protocols().get(f["protocol"])
    said = {"name": spoken(found.name) if found else f["protocol"], "version": f["version"], "n": len(f["answers"])}
    return ngettext(
        "Asked by “%(name)s” v%(version)s: %(n)d answer", "Asked by “%(name)s” v%(version)s: %(n)d answers", said["n"]
    ) % said  # fmt: skip


def _amended(f: Facts, _names: Names) -> str:
    kind = kind_named(f["category"], f.get("subcategory", ""))
    return _("Now: %(kind)s, at another place") % {"kind": kind} if f["moved"] else _("Now: %(kind)s") % {"kind": kind}


def _referred(f: Facts, _names: Names) -> str:
    said = {"agency": named(AGENCIES, f["agency"])}
    return _("%(agency)s comes along; followed") % said if f["joint"] else _("%(agency)s is to answer") % said


def _graded(f: Facts, _names: Names) -> str:
    said = _("P%(before)s → P%(grade)s") % f
    return _("%(what)s: %(why)s") % {"what": said, "why": _codes(REASONS, f["reasons"])} if f["reasons"] else said


def _offered(f: Facts, names: Names) -> str:
    said = _("Sent %(crew)s") % {"crew": names.crew(f["crew"])}
    if f["lead"]:
        said = _("Sent %(crew)s, who leads") % {"crew": names.crew(f["crew"])}
    parts = [said]
    if f.get("advised_rank"):
        parts.append(_("proposed as no. %(n)s") % {"n": f["advised_rank"]})
    elif f["advised"]:
        parts.append(_("not among the proposed"))
    if f.get("travel_s") is not None:
        parts.append(_("%(time)s by road") % {"time": span(f["travel_s"])})
    if f.get("crews_asked", 1) > 1:
        parts.append(_("plan “%(card)s” asks for %(n)s") % {"card": card_name(f["card"]), "n": f["crews_asked"]})
    if f.get("differs"):
        first = _(", ").join(names.advised(c) for c in f.get("advised_set") or f["advised"][:1])
        parts.append(_("advised: %(crews)s") % {"crews": first})
    if f.get("reason"):
        parts.append(named(CHOICE_REASONS, f["reason"]))
    return " · ".join(parts)


def _offerable(f: Facts, names: Names) -> str:
    said = _("Before the dispatcher again")
    if f["cause"] == "time_up":
        said = _("Held until now: before the dispatcher again")
    if not f.get("crew"):
        return said
    free = _("%(crew)s free") % {"crew": names.crew(f["crew"])}
    if f.get("travel_s") is not None:
        free = _("%(crew)s free, %(time)s") % {"crew": names.crew(f["crew"]), "time": span(f["travel_s"])}
    return f"{said} · {free}"


def _climbed(f: Facts, names: Names) -> str:
    told = named(TOLD, f["rung_code"])
    stage = named({k: v[0] for k, v in STAGES.items()}, f["stage"])
    if f["skipped"]:
        return _("Nobody on duty to tell: %(who)s was skipped (%(stage)s)") % {"who": told, "stage": stage}
    if f["stage"] == "welfare" and f["rung_code"] == "crew":
        return _("%(crew)s is asked whether all is well: no word from the scene") % {"crew": names.crew(f.get("crew"))}
    if f["rung_code"] == "crew":
        return _("%(crew)s: the phones ring") % {"crew": names.crew(f.get("crew"))}
    if f["rung_code"] in ("mark", "alarm"):
        return _("Told %(who)s (%(stage)s)") % {"who": told, "stage": stage}
    return ngettext("Told %(who)s (%(stage)s): %(n)d person", "Told %(who)s (%(stage)s): %(n)d people", f["told"]) % {
        "who": told,
        "n": f["told"],
        "stage": stage,
    }


def _ladder_started(f: Facts, _names: Names) -> str:
    return _("Being watched: %(stage)s") % {"stage": named({k: v[0] for k, v in STAGES.items()}, f["stage"])}


def _ladder_stopped(f: Facts, _names: Names) -> str:
    return ngettext("No longer watched, after %(n)d rung", "No longer watched, after %(n)d rungs", f["rungs_done"]) % {
        "n": f["rungs_done"]
    }


def _crew(text: Any) -> Sentence:
    return lambda f, names: str(text) % {"crew": names.crew(f.get("crew"))}


def _crew_because(text: Any, with_reason: Any, reasons: Mapping[str, Any]) -> Sentence:
    def said(f: Facts, names: Names) -> str:
        what = {"crew": names.crew(f["crew"])}
        if not f.get("reason"):
            return str(text) % what
        return str(with_reason) % {**what, "reason": named(reasons, f["reason"])}

    return said


def _plain(text: Any) -> Sentence:
    return lambda f, _names: str(text) % f if f else str(text)


def _coded(text: Any, fact: str, table: Mapping[Any, Any]) -> Sentence:
    return lambda f, _names: str(text) % {"code": named(table, f[fact])}


def _matter(text: Any, fact: str = "other") -> Sentence:
    return lambda f, names: str(text) % {"matter": names.matter(f[fact])}


def _account(text: Any) -> Sentence:
    return lambda f, names: str(text) % {
        "name": names.person(f.get("account")), "role": named(ROLES, f.get("role", ""))
    }  # fmt: skip


def _searched(f: Facts, _names: Names) -> str:
    what = [f[name] for name in ("matter_asked", "kind_asked") if f.get(name)]
    what += [f"#{f['number']}"] if f.get("number") is not None else []
    what += [_("account %(n)s") % {"n": f["account_asked"]}] if f.get("account_asked") is not None else []
    said = _("Looks were searched") if f["chain"] == "looks" else _("The record was searched")
    return " · ".join([said, *what, f["basis"]])


def _exported(f: Facts, _names: Names) -> str:
    said = _("List exported: %(list)s, %(n)s rows")
    if f["form"] == "print":
        said = _("List printed: %(list)s, %(n)s rows")
    return said % {"list": f["list"], "n": f["rows"]}


_CANCELLED = {"by_caller": lazy("the caller withdrew"), "by_room": lazy("by the room")}
_WARNING_ENDS = {"ended": lazy("no longer so"), "expired": lazy("its day came")}
_WORDS_BY = {"caller": lazy("The caller added words"), "crew": lazy("A word from the scene"),
             "room": lazy("The room added words"), "radio": lazy("On the radio"),
             "to_caller": lazy("The room wrote to the caller")}  # fmt: skip

_WORD_CHANNELS = {"crew": SCENE, "room": ROOM, "radio": RADIO, "to_caller": OUTSIDE}
_VIDEO = {"started": lazy("Video link began"), "ended": lazy("Video link ended")}


def _word_channel(f: Facts) -> Any:
    return _WORD_CHANNELS.get(f["source"], CALL)


def _of_crew(text: str, f: Facts, names: Names) -> str:
    return _("%(crew)s: %(text)s") % {"crew": names.crew(f["crew"]), "text": text} if f.get("crew") else text


def _words(f: Facts, names: Names) -> str:
    return _of_crew(named(_WORDS_BY, f["source"]), f, names)


def _video(f: Facts, names: Names) -> str:
    return _of_crew(named(_VIDEO, f["event"]), f, names)


WORDED: dict[str, tuple[Any, Sentence]] = {
    "record.erased": (SYSTEM, _plain(lazy("Personal texts erased: %(count)s"))),
    "record.searched": (STAFF, _searched),
    "list.exported": (STAFF, _exported),
    "account.changed": (STAFF, _account(lazy("Details of %(name)s's account changed"))),
    "account.password": (STAFF, lambda f, names: (
        _("Temporary password for %(name)s") if f["temporary"] else _("%(name)s set a password"))
        % {"name": names.person(f["account"])}),
    "account.created": (STAFF, _account(lazy("Account made for %(name)s"))),
    "grant.given": (STAFF, _account(lazy("%(name)s became %(role)s"))),
    "grant.ended": (STAFF, _account(lazy("%(name)s is no longer %(role)s"))),
    "access.changed": (STAFF, _plain(lazy("Rights changed; open screens were closed"))),
    "session.opened": (STAFF, _account(lazy("%(name)s signed in"))),
    "session.closed": (STAFF, _account(lazy("%(name)s signed out"))),
    "duty.begun": (STAFF, _account(lazy("%(name)s took over as %(role)s"))),
    "desk.silenced": (STAFF, _coded(lazy("Sound off at a desk: %(code)s"), "reason", SILENT_BECAUSE)),
    "desk.sounding": (STAFF, _plain(lazy("Sound on again at a desk"))),
    "handover.begun": (STAFF, lambda f, names: _("Shift handed over to %(name)s, not yet signed") % {
        "name": names.person(f["incoming"])}),
    "handover.signed": (STAFF, lambda f, names: _("%(name)s signed the handover and commands now") % {
        "name": names.person(f["incoming"])}),
    "handover.dropped": (STAFF, _plain(lazy("Handover taken back before it was signed"))),
    "roads.loaded": (SYSTEM, _plain(lazy("Road network loaded: %(nodes)s junctions"))),
    "places.entered": (SYSTEM, _plain(lazy("Places entered: %(places)s"))),
    "warning.raised": (SCENE, _coded(lazy("Place warned of: %(code)s"), "reason", WARNING_REASONS)),
    "warning.renewed": (SCENE, _plain(lazy("Warning of the place renewed"))),
    "warning.ended": (SCENE, _coded(lazy("Warning of the place ended: %(code)s"), "cause", _WARNING_ENDS)),
    "unit.created": (SYSTEM, lambda f, names: _("%(unit)s begins") % {"unit": names.unit(f["unit"])}),
    "crew.on_duty": (ORDER, _crew(lazy("%(crew)s came on duty"))),
    "crew.off_duty": (ORDER, _crew(lazy("%(crew)s went off duty"))),
    "crew.state": (
        ORDER,
        lambda f, names: _("%(crew)s: %(state)s")
        % {"crew": names.crew(f["crew"]), "state": named(CREW_STATES, f["state"])},
    ),
    "ladder.started": (SYSTEM, _ladder_started),
    "ladder.climbed": (ORDER, _climbed),
    "ladder.regraded": (
        SYSTEM,
        lambda f, _names: _("%(stage)s: now by the times of P%(grade)s")
        % {"stage": named({k: v[0] for k, v in STAGES.items()}, f["stage"]), "grade": f["grade"]},
    ),
    "ladder.stopped": (SYSTEM, _ladder_stopped),
    "delivery.sent": (OUTSIDE, _coded(lazy("Message left by %(code)s"), "channel", CHANNELS)),
    "delivery.failed": (OUTSIDE, _coded(lazy("Message could not be sent by %(code)s"), "channel", CHANNELS)),
    "delivery.skipped": (OUTSIDE, _coded(lazy("No message by %(code)s: it is not set up here"), "channel", CHANNELS)),
    "delivery.receipt": (
        OUTSIDE,
        _coded(lazy("Phone: %(code)s"), "receipt", {"delivered": lazy("it rang"), "read": lazy("somebody looked")}),
    ),
    "sos.raised": (SCENE, _crew(lazy("SOS: %(crew)s calls for help"))),
    "sos.answered": (ROOM, _crew(lazy("SOS of %(crew)s: somebody has it"))),
    "sos.sent": (ORDER, _crew(lazy("Crews were sent to help %(crew)s"))),
    "sos.mistake": (SCENE, _crew(lazy("%(crew)s says: pressed by mistake"))),
    "sos.ended": (ROOM, _coded(lazy("SOS over: %(code)s"), "reason", SOS_ENDS)),
    "incident.received": (CALL, _received),
    "incident.classified": (GRADE, _classified),
    "incident.graded": (GRADE, _graded),
    "incident.held": (ROOM, _plain(lazy("Held: nobody is sent for now"))),
    "incident.offerable": (ROOM, _offerable),
    "incident.state": (SYSTEM, _coded(lazy("Stands at: %(code)s"), "state", MATTER_STATES)),
    "incident.words_added": (_word_channel, _words),
    "incident.video": (VIDEO, _video),
    "incident.safe_contact": (CALL, _coded(lazy("Safe to contact the caller: %(code)s"), "safe_contact", SAFE_CONTACT)),
    "incident.withdrawn": (CALL, _plain(lazy("The caller took the report back"))),
    "incident.reviewed": (ROOM, _plain(lazy("Scene report read and found whole"))),
    "incident.closed": (ROOM, _closed),
    "incident.sent_back": (ROOM, _coded(lazy("Report sent back: %(code)s"), "reason", SEND_BACK_REASONS)),
    "incident.completed": (SCENE, _coded(lazy("Report completed: %(code)s"), "outcome", OUTCOMES)),
    "incident.call_back_decided": (SYSTEM, _call_back_decided),
    "incident.called_back": (CALL, _called_back),
    "incident.reopen_proposed": (CALL, _coded(lazy("Asks to be opened again: %(code)s"), "reason", REOPEN_REASONS)),
    "incident.reopened": (ROOM, _coded(lazy("Opened again: %(code)s"), "reason", REOPEN_REASONS)),
    "incident.archived": (SYSTEM, _plain(lazy("Put away: nothing is open any more"))),
    "incident.supervised": (ROOM, _supervised),
    "incident.disclosed": (STAFF, lambda f, _names: _("Dossier opened: %(purpose)s, %(callers)s") % {
        "purpose": named(DOSSIER_PURPOSES, f["purpose"]),
        "callers": _("with callers") if f["callers"] else _("callers masked")}),
    "incident.cancelled": (ROOM, _coded(lazy("Cancelled: %(code)s"), "reason", _CANCELLED)),
    "incident.transferred": (ROOM, _coded(lazy("Handed over: %(code)s"), "agency", AGENCIES)),
    "incident.invalid": (ROOM, _coded(lazy("Not a matter: %(code)s"), "reason", INVALID_REASONS)),
    "incident.merged": (ROOM, _matter(lazy("Same event as %(matter)s: merged, its callers count to that"), "into")),
    "incident.joined": (ROOM, _matter(lazy("Same event: %(matter)s merged into this, both callers kept"))),
    "incident.unmerged": (ROOM, _matter(lazy("Merged with %(matter)s by mistake: stands by itself again"))),
    "incident.parted": (ROOM, _matter(lazy("%(matter)s was merged by mistake and stands by itself again"))),
    "incident.distinct": (ROOM, _matter(lazy("Compared with %(matter)s: not the same"))),
    "incident.escalated": (
        SYSTEM,
        lambda f, _names: _("Escalated to %(who)s: %(stage)s")
        % {"who": named(TOLD, f["rung_code"]), "stage": named({k: v[1] for k, v in STAGES.items()}, f["stage"])},
    ),
    "incident.rated": (CALL, _plain(lazy("The caller gave %(stars)s of 5"))),
    "incident.questioned": (CALL, _questioned),
    "incident.amended": (CALL, _amended),
    "incident.call_saved": (CALL, _plain(lazy("The desk saved the call; it had been sent on while it was taken"))),
    "draft.shown": (CALL, _plain(lazy("A call is being taken"))),
    "draft.ended": (CALL, _plain(lazy("The desk is done with the call; its draft is erased"))),
    "call.ringing": (CALL, _plain(lazy("A call rings"))),
    "call.answered": (CALL, _plain(lazy("Call answered after %(waited_s)s s"))),
    "call.ended": (CALL, _plain(lazy("Call ended"))),
    "call.abandoned": (CALL, _plain(lazy("The caller hung up after %(waited_s)s s; to be called back"))),
    "call.returned": (CALL, _coded(lazy("Called back: %(code)s"), "result", RETURN_RESULTS)),
    "referral.made": (ROOM, _referred),
    "referral.answered": (ROOM, _coded(lazy("The other agency: %(code)s"), "result", REFERRAL_RESULTS)),
    "assignment.offered": (ORDER, _offered),
    "assignment.acknowledged": (ORDER, _crew(lazy("%(crew)s signed"))),
    "assignment.en_route": (SCENE, _crew(lazy("%(crew)s set out"))),
    "assignment.on_scene": (SCENE, _crew(lazy("%(crew)s is on scene"))),
    "assignment.well": (SCENE, _crew(lazy("%(crew)s: all is well"))),
    "assignment.photo": (SCENE, _crew(lazy("%(crew)s sent a photo"))),
    "assignment.reported": (SCENE, lambda f, names: _("%(crew)s reported: %(outcome)s") % {
        "crew": names.crew(f["crew"]), "outcome": named(OUTCOMES, f["outcome"])}),
    "assignment.cleared": (SCENE, _crew(lazy("%(crew)s is free again"))),
    "assignment.return_asked": (ORDER, _crew_because(
        lazy("%(crew)s asks to return the order"), lazy("%(crew)s asks to return the order: %(reason)s"),
        RETURN_REASONS)),
    "assignment.returned": (ORDER, _crew_because(
        lazy("Order taken back from %(crew)s"), lazy("Order taken back from %(crew)s: %(reason)s"), RETURN_REASONS)),
    "assignment.lapsed": (ORDER, _crew(lazy("%(crew)s never answered; the order ended"))),
    "assignment.withdrawn": (ORDER, _crew_because(
        lazy("%(crew)s was taken off"), lazy("%(crew)s was taken off: %(reason)s"), WITHDRAW_REASONS)),
    "assignment.diverted": (ORDER, _crew(lazy("%(crew)s was diverted to a graver call"))),
    "assignment.lead": (ORDER, _crew(lazy("%(crew)s leads now"))),
}  # fmt: skip


def sentence(kind: str, facts: Facts, names: Names) -> tuple[str, str]:
    """(channel, sentence) of an entry in the language of the page."""
    channel, said = WORDED[kind]
    return str(channel(facts) if callable(channel) else channel), said(facts, names)
