"""
Entries of the record as sentences: one for each kind of ``engine.events.KINDS``.

The record holds codes, ids and quantities; here they become what a dispatcher would say. A test fails on a kind that
has no sentence.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import (
    AGENCIES,
    CONTACT_WAYS,
    DOSSIER_PURPOSES,
    INVALID_REASONS,
    OPENING_FINDINGS,
    OPENING_REASONS,
    OUTCOMES,
    REFERRAL_RESULTS,
    REOPEN_REASONS,
    RETURN_REASONS,
    RETURN_RESULTS,
    SAFE_CONTACT,
    SEND_BACK_REASONS,
    WITHDRAW_REASONS,
)
from oneroom.apps.oversight.kinds import HOLD_REASONS
from oneroom.apps.places.codes import CLOSURE_REASONS, WARNING_REASONS
from oneroom.web.pages.room import sentences as say
from oneroom.web.pages.room.on_duty import SENTENCES as ON_DUTY
from oneroom.web.pages.room.personnel import SENTENCES as PERSONNEL
from oneroom.web.pages.room.plans import SENTENCES as PLANS
from oneroom.web.pages.room.sentences import Facts, Names, Sentence
from oneroom.web.pages.room.words import (
    CHANNELS,
    CREW_STATES,
    FACTORS,
    LATE_ACTS,
    LATE_RESULTS,
    MATTER_STATES,
    SIGNATURE_RESULTS,
    SIGNED_ACTS,
    SILENT_BECAUSE,
    SOS_ENDS,
    STAGES,
    TOLD,
    named,
)

# What is heard of: the second column of the timeline.
CALL, ORDER, SCENE, SYSTEM, GRADE, ROOM, OUTSIDE, STAFF, RADIO, VIDEO = (
    lazy("Call"), lazy("Orders"), lazy("Scene"), lazy("System"), lazy("Grading"), lazy("Control"), lazy("Message"),
    lazy("Staff"), lazy("Radio"), lazy("Video"),
)  # fmt: skip
# Entries about the machinery: shown, but out of the way of what people did.
MACHINE = frozenset(
    {
        "ladder.started",
        "ladder.regraded",
        "ladder.stopped",
        "delivery.sent",
        "delivery.receipt",
        "incident.state",
        "call.joined",
    }
)
# Entries that mean that something was not answered or kept in time.
LATE = frozenset({"sos.raised", "glass.broken", "incident.escalated", "assignment.lapsed", "delivery.failed"})

# Entries that are something said, through whatever channel.
TALK = frozenset(
    {"incident.received", "incident.words_added", "incident.video", "incident.rated", "incident.withdrawn"}
)
# Facts that name another matter than the one of the timeline.
OTHER_MATTERS = ("into", "other")


_CANCELLED = {"by_caller": lazy("the caller withdrew"), "by_room": lazy("by the room")}
GONE = {"term": lazy("its term is over"), "two_signed": lazy("two persons signed")}
_CLOSURE_ENDS = {"ended": lazy("by the room"), "expired": lazy("its hour came")}
_WARNING_ENDS = {"ended": lazy("no longer so"), "expired": lazy("its day came")}
_WORD_CHANNELS = {"crew": SCENE, "room": ROOM, "radio": RADIO, "to_caller": OUTSIDE}


def _word_channel(f: Facts) -> Any:
    return _WORD_CHANNELS.get(f["source"], CALL)


WORDED: dict[str, tuple[Any, Sentence]] = {
    "record.erased": (SYSTEM, say.plain(lazy("Personal texts erased: %(count)s"))),
    "words.altered": (SYSTEM, say.plain(lazy("ALTERED: personal text %(text)s is not the one that was recorded"))),
    "retention.applied": (SYSTEM, say.plain(lazy("Term over: %(count)s of class %(kept)s went"))),
    "hold.placed": (STAFF, say.coded(lazy("Legal hold: kept past its terms (%(code)s)"), "reason", HOLD_REASONS)),
    "hold.reviewed": (STAFF, say.plain(lazy("Legal hold reviewed: still needed"))),
    "hold.released": (STAFF, say.plain(lazy("Legal hold released by two persons"))),
    "transparency.published": (STAFF, say.plain(lazy("Transparency report of %(month)s published"))),
    "record.searched": (STAFF, say.searched),
    "record.refused": (STAFF, say.account(lazy("%(name)s asked for the record and may not read it"))),
    "list.exported": (STAFF, say.exported),
    "record.exported": (STAFF, say.plain(
        lazy("The whole record was written out: %(acts)s acts, %(looks)s looks, at the console by %(operator)s"))),
    "backup.made": (SYSTEM, say.plain(lazy("A whole copy of the database was made by %(operator)s"))),
    **PERSONNEL,
    **ON_DUTY,
    **PLANS,
    "account.changed": (STAFF, say.account(lazy("Details of %(name)s's account changed"))),
    "account.password": (STAFF, lambda f, names: (
        _("Temporary password for %(name)s") if f["temporary"] else _("%(name)s set a password"))
        % {"name": names.person(f["account"])}),
    "account.created": (STAFF, say.account(lazy("Account made for %(name)s"))),
    "grant.given": (STAFF, say.account(lazy("%(name)s became %(role)s"))),
    "grant.ended": (STAFF, say.account(lazy("%(name)s is no longer %(role)s"))),
    "signature.asked": (STAFF, say.coded(lazy("A second signature was asked for: %(code)s"), "act", SIGNED_ACTS)),
    "signature.given": (STAFF, say.coded(lazy("The second person signed: %(code)s"), "act", SIGNED_ACTS)),
    "signature.ended": (STAFF, say.coded(lazy("No second signature: %(code)s"), "cause", SIGNATURE_RESULTS)),
    "signature.used": (STAFF, say.plain(lazy("What was signed for was done"))),
    "relation.declared": (STAFF, say.account(lazy("%(name)s declared a relative"))),
    "relation.ended": (STAFF, say.account(lazy("%(name)s took a declared relative back"))),
    "access.changed": (STAFF, say.plain(lazy("Rights changed; open screens were closed"))),
    "session.refused": (STAFF, say.plain(lazy("Somebody was not let in"))),
    "session.ended": (STAFF, say.account(lazy("A session of %(name)s ended by itself"))),
    "session.again": (STAFF, say.account(lazy("%(name)s showed anew who he is"))),
    "account.locked": (STAFF, say.plain(lazy("A name was locked after %(tries)s wrong tries"))),
    "account.freed": (STAFF, say.account(lazy("The lock on %(name)s's account was lifted"))),
    "account.tied": (STAFF, say.plain(lazy("Tied to the force's own sign-in"))),
    "factor.added": (STAFF, lambda f, names: _("%(name)s set up: %(factor)s") % {
        "name": names.person(f["account"]), "factor": named(FACTORS, f["factor"])}),
    "factor.removed": (STAFF, lambda f, names: _("Taken from %(name)s's account: %(factor)s") % {
        "name": names.person(f["account"]), "factor": named(FACTORS, f["factor"])}),
    "vouch.given": (STAFF, say.account(lazy("A commander vouched for %(name)s, whose account is locked"))),
    "vouch.used": (STAFF, say.account(lazy("%(name)s came in on the commander's word"))),
    "vouch.ended": (STAFF, say.account(lazy("The commander's word for %(name)s is over"))),
    "console.secured": (STAFF, say.plain(lazy("A console counts as standing in a secured room"))),
    "console.ended": (STAFF, say.plain(lazy("A console no longer counts as secured"))),
    "session.opened": (STAFF, say.account(lazy("%(name)s signed in"))),
    "session.closed": (STAFF, say.account(lazy("%(name)s signed out"))),
    "roster.published": (STAFF, say.plain(lazy("Roster published, version %(version)s"))),
    "roster.inherited": (STAFF, say.plain(lazy("Its unit ended; duties that are the heir's: %(duties)s"))),
    "duty.cancelled": (STAFF, say.plain(lazy("Moved away; duties cancelled at the former unit: %(duties)s"))),
    "calendar.opened": (STAFF, say.account(lazy("%(name)s made an address for the calendar of duties"))),
    "calendar.ended": (STAFF, say.account(lazy("%(name)s ended the address of the calendar of duties"))),
    "duty.begun": (STAFF, say.account(lazy("%(name)s took over as %(role)s"))),
    "desk.silenced": (STAFF, say.coded(lazy("Sound off at a desk: %(code)s"), "reason", SILENT_BECAUSE)),
    "desk.sounding": (STAFF, say.plain(lazy("Sound on again at a desk"))),
    "handover.begun": (STAFF, lambda f, names: _("Shift handed over to %(name)s, not yet signed") % {
        "name": names.person(f["incoming"])}),
    "handover.signed": (STAFF, lambda f, names: _("%(name)s signed the handover and commands now") % {
        "name": names.person(f["incoming"])}),
    "numbers.reserved": (STAFF, lambda f, names: _("Numbers %(first)s to %(last)s kept in reserve") % {
        "first": f["first"], "last": f["last"]}),
    "numbers.ended": (STAFF, lambda f, names: _(
        "Of numbers %(first)s to %(last)s kept in reserve %(used)s were given") % {
        "first": f["first"], "last": f["last"], "used": f["used"]}),
    "late.booked": (ROOM, lambda f, names: _(
        "Done while the database was away, and booked now: %(acts)s; not booked: %(clashes)s") % {
        "acts": f["acts"], "clashes": f["clashes"]}),
    "late.clashed": (ROOM, say.coded(
        lazy("Done while the database was away, and not booked: %(code)s"), "act", LATE_ACTS)),
    "late.settled": (ROOM, say.coded(lazy("Looked at what could not be booked: %(code)s"), "result", LATE_RESULTS)),
    "handover.dropped": (STAFF, say.plain(lazy("Handover taken back before it was signed"))),
    "look.flagged": (STAFF, say.account(lazy("Unusual looking by %(name)s put before the inspectors"))),
    "look.judged": (STAFF, say.account(lazy("Unusual looking by %(name)s was judged"))),
    "calls.imported": (SYSTEM, say.plain(lazy("Calls from before OneRoom brought in: %(calls)s"))),
    "roads.loaded": (SYSTEM, say.plain(lazy("Road network loaded: %(nodes)s junctions"))),
    "places.entered": (SYSTEM, say.plain(lazy("Places entered: %(places)s"))),
    "roads.closed": (ROOM, say.coded(lazy("Streets closed: %(code)s"), "reason", CLOSURE_REASONS)),
    "roads.prolonged": (ROOM, say.plain(lazy("Closure of streets prolonged"))),
    "roads.reopened": (ROOM, say.coded(lazy("Streets open again: %(code)s"), "cause", _CLOSURE_ENDS)),
    "warning.raised": (SCENE, say.coded(lazy("Place warned of: %(code)s"), "reason", WARNING_REASONS)),
    "warning.renewed": (SCENE, say.plain(lazy("Warning of the place renewed"))),
    "warning.ended": (SCENE, say.coded(lazy("Warning of the place ended: %(code)s"), "cause", _WARNING_ENDS)),
    "unit.created": (SYSTEM, lambda f, names: _("%(unit)s begins") % {"unit": names.unit(f["unit"])}),
    "unit.changed": (SYSTEM, lambda f, names: _("%(unit)s is changed from today on") % {"unit": names.unit(f["unit"])}),
    "unit.ended": (SYSTEM, lambda f, names: _("%(unit)s is no more") % {"unit": names.unit(f["unit"])}),
    "organisation.reformed": (STAFF, say.plain(lazy("The organisation changes on %(day)s; units that end: %(ended)s"))),
    "reform.drafted": (STAFF, say.plain(lazy("A reform was drafted for %(day)s; changes: %(changes)s"))),
    "reform.altered": (STAFF, say.plain(lazy("A draft of a reform was changed: for %(day)s, changes: %(changes)s"))),
    "aim.entered": (STAFF, say.plain(lazy("An aim of the reforms was entered"))),
    "aim.bound": (STAFF, say.plain(lazy("An aim of the reforms has another figure, baseline or target"))),
    "aim.ended": (STAFF, say.plain(lazy("An aim of the reforms is none any more"))),
    "reform.signed": (STAFF, say.plain(lazy("A reform was signed for %(day)s; units that end: %(ended)s"))),
    "reform.in_force": (STAFF, say.plain(lazy("A reform is in force from today on"))),
    "reform.stopped": (STAFF, say.plain(lazy("A reform was stopped on its day; what it wrote was taken back"))),
    "reform.withdrawn": (STAFF, say.plain(lazy("A reform was taken back"))),
    "crew.moved": (
        ORDER,
        lambda f, names: _("%(crew)s belongs to %(unit)s now")
        % {"crew": names.crew(f["crew"]), "unit": names.unit(f["unit"])},
    ),
    "incident.inherited": (
        SYSTEM,
        lambda f, names: _("The matter is now %(unit)s's: its station is no more") % {"unit": names.unit(f["unit"])},
    ),
    "crew.on_duty": (ORDER, say.crew(lazy("%(crew)s came on duty"))),
    "crew.off_duty": (ORDER, say.crew(lazy("%(crew)s went off duty"))),
    "crew.state": (
        ORDER,
        lambda f, names: _("%(crew)s: %(state)s")
        % {"crew": names.crew(f["crew"]), "state": named(CREW_STATES, f["state"])},
    ),
    "track.opened": (STAFF, say.crew(lazy("Where %(crew)s was: the track was opened"))),
    "ladder.started": (SYSTEM, say.ladder_started),
    "ladder.climbed": (ORDER, say.climbed),
    "ladder.told_late": (ORDER, say.told_late),
    "ladder.regraded": (
        SYSTEM,
        lambda f, _names: _("%(stage)s: now by the times of P%(grade)s")
        % {"stage": named({k: v[0] for k, v in STAGES.items()}, f["stage"]), "grade": f["grade"]},
    ),
    "ladder.stopped": (SYSTEM, say.ladder_stopped),
    "delivery.sent": (OUTSIDE, say.coded(lazy("Message left by %(code)s"), "channel", CHANNELS)),
    "delivery.failed": (OUTSIDE, say.coded(lazy("Message could not be sent by %(code)s"), "channel", CHANNELS)),
    "delivery.skipped": (OUTSIDE, say.skipped),
    "delivery.receipt": (
        OUTSIDE,
        say.coded(lazy("Phone: %(code)s"), "receipt", {"delivered": lazy("it rang"), "read": lazy("somebody looked")}),
    ),
    "sos.raised": (SCENE, say.crew(lazy("SOS: %(crew)s calls for help"))),
    "sos.answered": (ROOM, say.crew(lazy("SOS of %(crew)s: somebody has it"))),
    "sos.sent": (ORDER, say.crew(lazy("Crews were sent to help %(crew)s"))),
    "sos.mistake": (SCENE, say.crew(lazy("%(crew)s says: pressed by mistake"))),
    "sos.ended": (ROOM, say.coded(lazy("SOS over: %(code)s"), "reason", SOS_ENDS)),
    "incident.received": (CALL, say.received),
    "incident.classified": (GRADE, say.classified),
    "incident.graded": (GRADE, say.graded),
    "incident.held": (ROOM, say.plain(lazy("Held: nobody is sent for now"))),
    "incident.offerable": (ROOM, say.offerable),
    "incident.state": (SYSTEM, say.coded(lazy("Stands at: %(code)s"), "state", MATTER_STATES)),
    "incident.words_added": (_word_channel, say.words),
    "incident.video": (VIDEO, say.video),
    "incident.safe_contact": (
        CALL, say.coded(lazy("Safe to contact the caller: %(code)s"), "safe_contact", SAFE_CONTACT)),
    "incident.contact_overridden": (ROOM, say.coded(
        lazy("Two persons let the caller be reached all the same, for half an hour: %(code)s"), "way", CONTACT_WAYS)),
    "incident.withdrawn": (CALL, say.plain(lazy("The caller took the report back"))),
    "incident.reviewed": (ROOM, say.reviewed),
    "incident.closed": (ROOM, say.closed),
    "incident.sent_back": (ROOM, say.coded(lazy("Report sent back: %(code)s"), "reason", SEND_BACK_REASONS)),
    "incident.completed": (SCENE, say.coded(lazy("Report completed: %(code)s"), "outcome", OUTCOMES)),
    "incident.call_back_decided": (SYSTEM, say.call_back_decided),
    "incident.called_back": (CALL, say.called_back),
    "incident.reopen_proposed": (CALL, say.coded(lazy("Asks to be opened again: %(code)s"), "reason", REOPEN_REASONS)),
    "incident.reopened": (ROOM, say.coded(lazy("Opened again: %(code)s"), "reason", REOPEN_REASONS)),
    "incident.archived": (SYSTEM, say.plain(lazy("Put away: nothing is open any more"))),
    "incident.deidentified": (SYSTEM, say.coded(lazy("Nobody is in this matter any more: %(code)s"), "cause", GONE)),
    "incident.supervised": (ROOM, say.supervised),
    "glass.broken": (STAFF, say.coded(lazy("Glass broken, for half an hour: %(code)s"), "why", OPENING_REASONS)),
    "glass.closed": (STAFF, say.plain(lazy("Broken glass closed again"))),
    "glass.reviewed": (STAFF, say.coded(lazy("Broken glass reviewed: %(code)s"), "finding", OPENING_FINDINGS)),
    "incident.unsealed": (STAFF, say.account(lazy("Words opened to %(name)s for half an hour, by two signatures"))),
    "incident.disclosed": (STAFF, lambda f, _names: _("Dossier opened: %(purpose)s, %(callers)s") % {
        "purpose": named(DOSSIER_PURPOSES, f["purpose"]),
        "callers": _("with callers") if f["callers"] else _("callers masked")}),
    "incident.cancelled": (ROOM, say.coded(lazy("Cancelled: %(code)s"), "reason", _CANCELLED)),
    "incident.transferred": (ROOM, say.coded(lazy("Handed over: %(code)s"), "agency", AGENCIES)),
    "incident.invalid": (ROOM, say.coded(lazy("Not a matter: %(code)s"), "reason", INVALID_REASONS)),
    "incident.merged": (ROOM, say.matter(lazy("Same event as %(matter)s: merged, its callers count to that"), "into")),
    "incident.joined": (ROOM, say.matter(lazy("Same event: %(matter)s merged into this, both callers kept"))),
    "incident.unmerged": (ROOM, say.matter(lazy("Merged with %(matter)s by mistake: stands by itself again"))),
    "incident.parted": (ROOM, say.matter(lazy("%(matter)s was merged by mistake and stands by itself again"))),
    "incident.distinct": (ROOM, say.matter(lazy("Compared with %(matter)s: not the same"))),
    "incident.escalated": (
        SYSTEM,
        lambda f, _names: _("Escalated to %(who)s: %(stage)s")
        % {"who": named(TOLD, f["rung_code"]), "stage": named({k: v[1] for k, v in STAGES.items()}, f["stage"])},
    ),
    "incident.rated": (CALL, say.plain(lazy("The caller gave %(stars)s of 5"))),
    "incident.questioned": (CALL, say.questioned),
    "incident.amended": (CALL, say.amended),
    "incident.call_saved": (CALL, say.plain(lazy("The desk saved the call; it had been sent on while it was taken"))),
    "draft.shown": (CALL, say.plain(lazy("A call is being taken"))),
    "draft.ended": (CALL, say.plain(lazy("The desk is done with the call; its draft is erased"))),
    "call.ringing": (CALL, say.plain(lazy("A call rings"))),
    "call.answered": (CALL, say.plain(lazy("Call answered after %(waited_s)s s"))),
    "call.joined": (CALL, say.plain(lazy("The telephone call belongs to this matter"))),
    "call.ended": (CALL, say.plain(lazy("Call ended"))),
    "call.abandoned": (CALL, say.plain(lazy("The caller hung up after %(waited_s)s s; to be called back"))),
    "call.returned": (CALL, say.coded(lazy("Called back: %(code)s"), "result", RETURN_RESULTS)),
    "referral.made": (ROOM, say.referred),
    "referral.answered": (ROOM, say.coded(lazy("The other agency: %(code)s"), "result", REFERRAL_RESULTS)),
    "assignment.offered": (ORDER, say.offered),
    "assignment.acknowledged": (ORDER, say.crew(lazy("%(crew)s signed"))),
    "assignment.en_route": (SCENE, say.crew(lazy("%(crew)s set out"))),
    "assignment.on_scene": (SCENE, say.crew(lazy("%(crew)s is on scene"))),
    "assignment.well": (SCENE, say.crew(lazy("%(crew)s: all is well"))),
    "assignment.photo": (SCENE, say.crew(lazy("%(crew)s sent a photo"))),
    "assignment.reported": (SCENE, lambda f, names: _("%(crew)s reported: %(outcome)s") % {
        "crew": names.crew(f["crew"]), "outcome": named(OUTCOMES, f["outcome"])}),
    "assignment.cleared": (SCENE, say.crew(lazy("%(crew)s is free again"))),
    "assignment.return_asked": (ORDER, say.crew_because(
        lazy("%(crew)s asks to return the order"), lazy("%(crew)s asks to return the order: %(reason)s"),
        RETURN_REASONS)),
    "assignment.returned": (ORDER, say.crew_because(
        lazy("Order taken back from %(crew)s"), lazy("Order taken back from %(crew)s: %(reason)s"), RETURN_REASONS)),
    "assignment.lapsed": (ORDER, say.crew(lazy("%(crew)s never answered; the order ended"))),
    "assignment.withdrawn": (ORDER, say.crew_because(
        lazy("%(crew)s was taken off"), lazy("%(crew)s was taken off: %(reason)s"), WITHDRAW_REASONS)),
    "assignment.diverted": (ORDER, say.crew(lazy("%(crew)s was diverted to a graver call"))),
    "assignment.lead": (ORDER, say.crew(lazy("%(crew)s leads now"))),
}  # fmt: skip


def sentence(kind: str, facts: Facts, names: Names) -> tuple[str, str]:
    """(channel, sentence) of an entry in the language of the page."""
    channel, said = WORDED[kind]
    return str(channel(facts) if callable(channel) else channel), said(facts, names)
