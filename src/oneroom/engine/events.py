"""
Kinds of entries in the one record, each with a version and the exact shape of its facts.

A fact is an id, a code, a quantity, a time or a commitment (HMAC of an erasable row): never a name, a
number of a telephone or a plate, an address or free text. ``check`` refuses anything else, so that an entry
can stay for ever while what it points at can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Fact(StrEnum):
    """What a fact may be."""

    ID = "id"  # int
    CODE = "code"  # [a-z0-9_.:-], at most 64
    CODES = "codes"  # list of codes
    QUANTITY = "quantity"  # int or float
    TIME = "time"  # datetime, kept as RFC 3339 text in UTC
    COMMITMENT = "commitment"  # 64 hex digits
    FLAG = "flag"  # bool


_CODE = re.compile(r"^[a-z0-9][a-z0-9_.:\-]{0,63}$")
_HEX = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name, version, what it means in a sentence, and its facts (``?`` = may be absent)."""

    name: str
    version: int
    meaning: str
    facts: Mapping[str, Fact]
    optional: frozenset[str] = frozenset()


def _kind(name: str, meaning: str, *, shape: int = 1, **facts: str) -> Kind:
    optional = frozenset(n for n, f in facts.items() if f.endswith("?"))
    return Kind(name, shape, meaning, {n: Fact(f.rstrip("?")) for n, f in facts.items()}, optional)


_KINDS = [
    # the record itself
    _kind("record.erased", "Erasable rows of a matter were erased with their keys.", count="quantity", cause="code"),
    _kind("words.altered", "A personal text was opened that is not the one an entry committed to.", text="id",
          purpose="code", entry="id?"),
    _kind("retention.applied", "The term of what is kept was over: so many of a class went, all that was over before.",
          kept="code", count="quantity", term_h="quantity", before="time", held="quantity"),
    _kind("hold.placed", "A matter is kept past its terms, for a reason in law; somebody looks again on a day.",
          hold="id", incident="id", reason="code", basis="commitment", review="time"),
    _kind("hold.reviewed", "Somebody looked: the hold is still needed, until the next review.", hold="id",
          incident="id", review="time"),
    _kind("hold.released", "Two persons released a hold: the matter's terms count again.", hold="id", incident="id",
          signature="id"),
    _kind("transparency.published", "The transparency report of a month was published, with the digest of its bytes.",
          month="code", acts="quantity", looks="quantity", digest="commitment"),
    _kind("record.searched", "Somebody searched the record, with a purpose; what was asked stands here.", chain="code",
          purpose="code", basis="code", matter_asked="code?", kind_asked="code?", account_asked="id?", since="time?",
          until="time?", number="quantity?"),
    _kind("list.exported", "A list without personal fields left the house as a file or on paper.", shape=2,
          list="code", form="code", rows="quantity", asked="codes", signature="id?"),
    _kind("record.refused", "Somebody asked for the record, or its heads, who may not read it.", account="id"),
    _kind("record.exported", "The whole record left the house as files; operator is who sat at the console.",
          acts="quantity", looks="quantity", operator="code", signature="id?"),
    _kind("backup.made", "A whole copy of the database was made, with all that it holds.", copy="code",
          bytes="quantity", operator="code"),
    # people and access
    _kind("account.created", "An account was made.", account="id"),
    _kind("account.changed", "Fields of an account were changed.", account="id", fields="codes"),
    _kind("account.password", "A password was set; a temporary one must be changed at once.", account="id",
          temporary="flag"),
    _kind("grant.given", "A role was given.", account="id", role="code", unit="id?"),
    _kind("grant.ended", "A role was taken back.", account="id", role="code", unit="id?"),
    _kind("signature.asked", "An act waits for a second person of another unit.", signature="id", act="code",
          about="code", details="codes", reason="commitment", until="time"),
    _kind("signature.given", "The second person signed; the act was done.", signature="id", act="code", about="code",
          asked_by="id"),
    _kind("signature.ended", "The act was not done: refused, withdrawn or nobody signed in time.", signature="id",
          act="code", cause="code"),
    _kind("signature.used", "What was signed for was done.", signature="id"),
    _kind("relation.declared", "Somebody declared a relative of his own; looks at matters of that caller are flagged.",
          relation="id", account="id", kin="code", person="commitment"),
    _kind("relation.ended", "A declared relation was taken back; name and number were erased.", relation="id",
          account="id"),
    _kind("access.changed", "What this account may do changed; its streams close.", version="id", cause="code"),
    _kind("session.opened", "Somebody signed in.", account="id", way="code"),
    _kind("session.refused", "Somebody was not let in: a wrong word or second factor, or a locked name.",
          account="id?", way="code", cause="code", tries="quantity?"),
    _kind("session.ended", "A session ended by itself: its time was over, or nobody had touched it.", account="id",
          session="commitment", cause="code"),
    _kind("session.again", "Somebody showed anew who he is, in the same session.", account="id", way="code"),
    _kind("account.locked", "After too many wrong tries a name was locked.", account="id?", tries="quantity"),
    _kind("account.freed", "A locked account may sign in again.", account="id"),
    _kind("account.tied", "The force's own sign-in named this person for the first time: its number for him is his.",
          account="id", way="code"),
    _kind("factor.added", "A second factor was set up.", account="id", factor="code"),
    _kind("factor.removed", "A second factor was taken away.", account="id", factor="code"),
    _kind("vouch.given", "A commander vouched for somebody on duty whose account is locked; the room was told.",
          vouch="id", account="id", words="commitment", until="time"),
    _kind("vouch.used", "Who was vouched for came in.", vouch="id", account="id"),
    _kind("vouch.ended", "What a commander had opened is shut again.", vouch="id", account="id", cause="code"),
    _kind("console.secured", "A console counts as standing in a secured room.", console="id"),
    _kind("console.ended", "A console no longer counts as secured.", console="id"),
    _kind("session.closed", "Somebody signed out; the streams of this one session close.", account="id",
          session="commitment?"),
    _kind("look.flagged", "Looking that is out of the ordinary was put before the inspectors.", flag="id",
          account="id", rule="code", count="quantity", usual="quantity", record="code?"),
    _kind("look.judged", "An inspector judged whether unusual looking is explained.", flag="id", account="id",
          finding="code"),
    # places
    _kind("roads.loaded", "A road network was loaded and made active.", network="id", nodes="quantity",
          arcs="quantity", digest="commitment"),
    _kind("places.entered", "Stations, areas or points of interest were entered into the gazetteer.", network="id",
          places="quantity"),
    _kind("calls.imported", "A list of calls from before OneRoom was brought in, without a person in it.",
          batch="id", calls="quantity", since="time", until="time", simulated="flag", digest="commitment"),
    _kind("warning.raised", "A place was warned of, for a time.", warning="id", reason="code", words="commitment",
          radius="quantity", until="time"),
    _kind("warning.renewed", "A warning of a place holds longer.", warning="id", until="time"),
    _kind("warning.ended", "A warning of a place no longer holds; its words were erased.", warning="id", cause="code"),
    _kind("roads.closed", "Streets were closed, until a time.", closure="id", reason="code", how="code",
          pieces="quantity", length="quantity", one_way="flag", until="time"),
    _kind("roads.prolonged", "Streets stay closed until another time.", closure="id", until="time"),
    _kind("roads.reopened", "Streets that were closed are open again.", closure="id", cause="code"),
    # organisation and duty
    _kind("unit.created", "A unit of the organisation begins.", unit="id", unit_kind="code"),
    _kind("unit.changed", "A unit of the organisation is something else from today on.", unit="id", fields="codes"),
    _kind("unit.ended", "A unit of the organisation is no more; what it had is its heir's.", unit="id", heir="id?"),
    _kind("organisation.reformed", "Changes of the organisation were made, from a day on.", changes="quantity",
          ended="quantity", day="code"),
    _kind("reform.drafted", "A reform of the organisation was drafted.", reform="id", changes="quantity", day="code"),
    _kind("reform.altered", "A draft of a reform was changed.", reform="id", changes="quantity", day="code"),
    _kind("aim.entered", "An aim of the reforms was entered; without a figure it is unproven.", aim="id",
          figure="code?"),
    _kind("aim.bound", "An aim is judged by another figure, baseline or target, or by none.", aim="id", figure="code?",
          before="code?"),
    _kind("aim.ended", "An aim is none any more.", aim="id"),
    _kind("reform.signed", "The second person signed a reform; it stands in the facts from its day on.", reform="id",
          signature="id", day="code", ended="quantity"),
    _kind("reform.in_force", "The day of a signed reform came, and all followed.", reform="id"),
    _kind("reform.stopped", "On its day something stood against a reform; what it wrote was taken back.", reform="id",
          causes="codes"),
    _kind("reform.withdrawn", "A reform was taken back before its day.", reform="id", state="code"),
    _kind("plan.drafted", "A plan was drafted, to be run over simulated calls.",
          plan="id", changes="quantity", reform="id?"),
    _kind("plan.altered", "A plan was changed: changes of the organisation, and those by hand.",
          plan="id", changes="quantity", hand="quantity"),
    _kind("plan.put_away", "A plan was put away.", plan="id"),
    _kind("plan.became_reform", "A reform was drafted of a plan's changes of the organisation.",
          plan="id", reform="id"),
    _kind("plan.run_asked", "Somebody asked what a plan, or the city as it is, comes to.",
          run="id", plan="id?", question="code"),
    _kind("plan.run_cancelled", "A run of a plan is not wanted any more.", run="id"),
    _kind("plan.run_ended", "A run of a plan is over: done, failed or cancelled.",
          run="id", state="code", cause="code?"),
    _kind("crew.moved", "A crew belongs to another unit: its own has ended.", crew="id", unit="id", before="id"),
    _kind("crew.on_duty", "A crew came on duty.", crew="id", unit="id"),
    _kind("crew.off_duty", "A crew went off duty.", crew="id", unit="id"),
    _kind("crew.state", "A crew said what it is doing.", crew="id", unit="id", state="code"),
    _kind("roster.published", "A roster was published: so many duties are new or changed, so many cancelled.",
          roster="id", unit="id?", version="quantity", told="quantity", cancelled="quantity"),
    _kind("roster.unavailable", "Who plans entered that somebody is unavailable for so many days; why is not kept.",
          account="id", days="quantity"),
    _kind("roster.inherited", "A unit ended: duties that were told are its heir's; who was to command it is not to.",
          unit="id", heir="id?", duties="quantity", lapsed="quantity"),
    _kind("duty.cancelled", "Somebody moved to another unit: what he was told to do at the former one is cancelled.",
          account="id", duties="quantity"),
    _kind("swap.asked", "Somebody asked a colleague to exchange a duty, or to take it over.",
          swap="id", asker="id", partner="id", given="id", taken="id?"),
    _kind("swap.accepted", "The colleague accepted; it waits for who plans.",
          swap="id", asker="id", partner="id", given="id", taken="id?"),
    _kind("swap.refused", "The colleague, or who plans, refused a swap with a reason.",
          swap="id", asker="id", partner="id", given="id", taken="id?", reason="code"),
    _kind("swap.withdrawn", "One of the two took a swap back before it was approved.",
          swap="id", asker="id", partner="id", given="id", taken="id?"),
    _kind("swap.approved", "Who plans approved a swap; the roster follows as a new version.",
          swap="id", asker="id", partner="id", given="id", taken="id?", roster="id", version="quantity"),
    _kind("swap.lapsed", "A swap is over undecided: its duty began, or is somebody else's.",
          swap="id", asker="id", partner="id", given="id", taken="id?"),
    _kind("crew.line", "A crew does the work of another line as well: both chiefs see it, its unit's commands.",
          crew="id", unit="id", line="id?"),
    _kind("gear.entered", "A vehicle or a piece of kit was entered.", gear="id", unit="id", crew="id?", state="code"),
    _kind("gear.moved", "A vehicle or a piece of kit is in another state, unit or crew from now on.", gear="id",
          unit="id", crew="id?", state="code", before="id"),
    _kind("gear.inherited", "A unit ended: its vehicles and kit are its heir's.", unit="id", heir="id",
          count="quantity"),
    _kind("force.inherited", "A unit ended: its units of the mobile force are its heir's.", unit="id", heir="id",
          count="quantity"),
    _kind("crew.kit", "A crew carries something else.", crew="id", kit="codes"),
    _kind("force.entered", "A unit of the mobile force was entered.", force="id", unit="id", strength="quantity",
          least="quantity", required="quantity"),
    _kind("force.readiness", "A unit of the mobile force said how ready it is.", force="id", level="quantity",
          present="quantity"),
    _kind("force.based", "A unit of the mobile force has its base at a place on the map.", force="id"),
    _kind("force.below", "A unit of the mobile force is below what is required of it.", force="id", short="codes"),
    _kind("force.ready", "A unit of the mobile force holds what is required of it.", force="id"),
    _kind("force.drill_called", "A drill: a unit of the mobile force was called out. No call, in no statistics.",
          force="id", drill="id", level="quantity", limit_s="quantity"),
    _kind("force.turned_out", "A drill: the unit of the mobile force rolled, with so many.", force="id", drill="id",
          strength="quantity"),
    _kind("force.drill_ended", "A drill of the mobile force ended and nobody had turned out.", force="id", drill="id"),
    _kind("calendar.opened", "Somebody made a secret address for the calendar of his own duties.", account="id"),
    _kind("calendar.ended", "The secret address of somebody's calendar was ended.", account="id"),
    _kind("duty.begun", "Somebody took over a duty role.", account="id", role="code", unit="id?", until="time"),
    _kind("desk.silenced", "Sound was switched off at a desk of the room, for a reason.", account="id", reason="code"),
    _kind("desk.sounding", "Sound is on again at a desk of the room.", account="id"),
    _kind("handover.begun", "The shift commander signed what is handed over; the next one is to sign.", handover="id",
          incoming="id", open="quantity", late="quantity", crews="quantity", note="commitment?"),
    _kind("handover.signed", "The next shift commander signed; command passed at this second.", handover="id",
          outgoing="id", incoming="id", until="time"),
    _kind("handover.dropped", "A handover was taken back before it was signed.", handover="id", incoming="id"),
    _kind("track.opened", "Somebody opened where a crew was, for a matter or a call for help; the crew sees it.",
          crew="id", account="id", purpose="code", basis="code", since="time", until="time", fixes="quantity"),
    _kind("crew.member_left", "Somebody of a crew has left the force or its unit; who leads it now, if anybody.",
          crew="id", unit="id", account="id", lead="id?"),
    _kind("crew.skills", "What a crew can is what valid certificates of its members say.", crew="id", skills="codes"),
    # personnel: places, people, rules
    _kind("quota.booked", "Places of the establishment moved between units, or were approved; the total adds up.",
          booking="id", basis="code", day="code", count="quantity", units="codes", signature="id?"),
    _kind("posts.begun", "Posts begin on a day.", count="quantity", day="code"),
    _kind("post.ended", "A post is no more from a day on.", post="id", day="code"),
    _kind("villages.entered", "Villages that are to have an auxiliary each were entered.", count="quantity"),
    _kind("person.entered", "Somebody serves in the force; what is private of him is sealed.", person="id",
          person_kind="code", account="id?", private="commitment?"),
    _kind("person.posted", "Somebody takes a post from a day on, on a basis.", person="id", posting="id", post="code",
          full="flag", basis="code", day="code", signature="id?"),
    _kind("rotation.exempted", "Two persons set a limit of years aside for somebody in a post, until a day.",
          person="id", exemption="id", rule="code", until="code", signature="id"),
    _kind("round.drafted", "The planner was asked for a round of moves from a day on.", round="id", day="code"),
    _kind("round.planned", "A round of moves was planned, or there is none.", round="id", moves="quantity",
          found="flag"),
    _kind("round.altered", "A move of a round was changed by hand.", round="id"),
    _kind("round.signed", "Two persons signed a round; its people are posted from its day on.", round="id",
          moves="quantity", day="code", signature="id"),
    _kind("round.withdrawn", "A round was taken back, with the postings it made.", round="id"),
    _kind("person.left", "Somebody left the force; his account, roles and crew place ended at once.", person="id",
          account="id?", cause="code", day="code"),
    _kind("person.moved", "Somebody's move to another unit took effect: his roles and his place in a crew ended there.",
          person="id", account="id?", unit="id", roles="quantity"),
    _kind("person.unavailable", "Somebody is unavailable until a day; no reason is kept.", person="id", absence="id",
          since="code", until="code"),
    _kind("people.imported", "People were taken over from a file: all of its rows.", count="quantity",
          posted="quantity"),
    _kind("deviations.found", "Postings were taken over that a rule stands against; they are to be settled.",
          count="quantity", day="code"),
    _kind("deviation.settled", "A deviation of a posting taken over is settled: met, moved or kept.", person="id",
          posting="id", must="code", how="code", signature="id?"),
    _kind("certificate.given", "Somebody has shown a skill, until a day.", person="id", account="id?", certificate="id",
          skill="code", until="code?"),
    _kind("certificate.ended", "A certificate counts no more.", person="id", account="id?", certificate="id",
          skill="code", day="code"),
    _kind("kin.declared", "Somebody declared that another of the force is a relative of his.", person="id",
          kinship="id"),
    _kind("kin.ended", "A declared kinship within the force was taken back.", person="id", kinship="id"),
    _kind("sitting.held", "A training, meeting or exam took place; so many were there.", sitting="id",
          sitting_kind="code", topic="code", day="code", attended="quantity", passed="quantity?"),
    _kind("policy.published", "A version of a rule document was published.", policy="id", rule="code",
          number="quantity"),
    _kind("policy.ended", "A rule document is no longer in force.", policy="id", day="code"),
    _kind("policy.acknowledged", "Somebody says that he has read a version of a rule document.", policy="id",
          person="id"),
    _kind("budget.set", "What a year has for something was set.", budget="id", year="quantity", item="code",
          amount_fen="quantity"),
    _kind("awards.scaled", "How much an award of a kind is from a day on.", scale="id", award_kind="code",
          amount_fen="quantity", day="code"),
    _kind("grades.scaled", "What a grade of auxiliaries has a month was set, from a day on.", scale="id", grade="code",
          amount_fen="quantity", day="code"),
    _kind("person.graded", "An auxiliary has a grade from a day on.", person="id", grade="code", day="code"),
    _kind("award.given", "Somebody got an award, out of a budget.", person="id", award="id", award_kind="code",
          budget="id", amount_fen="quantity"),
    _kind("welfare.noted", "Somebody who cares wrote a word; of whom stands nowhere in the record.", welfare="id",
          words="commitment"),
    _kind("welfare.ended", "A word of care is over, and was erased.", welfare="id"),
    # orders: ladders, rungs, deliveries
    _kind("ladder.started", "An order or a promise began to be watched.", ladder="id", ladder_kind="code",
          stage="code", grade="quantity", rungs="quantity"),
    _kind("ladder.climbed", "A rung happened: these duty roles were told.", ladder="id", rung="quantity",
          rung_code="code", told="quantity", skipped="flag", due="time", stage="code", crew="id?"),
    _kind("ladder.told_late", "The database is back: who could not be told of a rung meanwhile was told now.",
          ladder="id", rung="quantity", rung_code="code", told="quantity", stage="code"),
    _kind("ladder.stopped", "Nobody is told any more.", ladder="id", cause="code", rungs_done="quantity"),
    _kind("ladder.regraded", "The matter's grade changed; what was left of this ladder moved with it.", ladder="id",
          stage="code", before="quantity", grade="quantity"),
    _kind("delivery.sent", "A message left for the outside.", delivery="id", channel="code", repeat="flag"),
    _kind("delivery.failed", "A message could not be sent.", delivery="id", channel="code", cause="code"),
    _kind("delivery.skipped", "No message left: there is no way out for it.", delivery="id", channel="code",
          cause="code"),
    _kind("delivery.receipt", "A phone says that an order arrived or was read.", delivery="id", receipt="code"),
    # calls for help
    _kind("sos.raised", "Somebody of a crew calls for help, without a sound.", sos="id", account="id", crew="id?",
          unit="id?", placed="flag"),
    _kind("sos.answered", "A person has the call for help.", sos="id", crew="id?"),
    _kind("sos.sent", "Crews were sent to the call for help.", sos="id", incident="id", crew="id?"),
    _kind("sos.mistake", "Who called says that it was a mistake; the room decides.", sos="id", crew="id?"),
    _kind("sos.ended", "The call for help is over, for a reason.", sos="id", reason="code", crew="id?"),
    # incidents
    _kind("incident.received", "A report came in and has a reference.", shape=2, incident="id", report="id",
          source="code", words="commitment?", caller="commitment?", place="commitment?", safe_contact="code",
          text_only="flag?", drill="flag?", grade="quantity?", unit="id?"),
    _kind("incident.inherited", "The station has ended; the matter is its heir's.", incident="id", unit="id",
          before="id"),
    _kind("incident.classified", "Category and grade were given, with the reasons.", incident="id", category="code",
          subcategory="code?", grade="quantity", reasons="codes", unit="id?"),
    _kind("incident.questioned", "The caller was asked, by a protocol in this version.", incident="id", protocol="code",
          version="quantity", answers="codes", words="commitment?"),
    _kind("incident.amended", "What it is or where was said anew.", incident="id", category="code",
          subcategory="code?", reasons="codes", moved="flag", unit="id?"),
    _kind("incident.call_saved", "The desk ended a call that had been sent on while it was taken.", incident="id",
          report="id", caller="commitment?", place="commitment?", safe_contact="code"),
    _kind("incident.graded", "The grade was changed.", incident="id", before="quantity", grade="quantity",
          reasons="codes"),
    _kind("incident.held", "Nobody is sent for now.", incident="id", reason="code", until="time?"),
    _kind("incident.offerable", "What waited is put before the dispatcher again: a crew is free, or its time is up.",
          incident="id", cause="code", crew="id?", travel_s="quantity?"),
    _kind("incident.state", "The matter follows its crews.", incident="id", before="code", state="code"),
    _kind("incident.contact_overridden", "By two signatures a caller may be reached by one way for a time, "
          "though it is not known to be safe.", incident="id", report="id", way="code", until="time", signature="id"),
    _kind("incident.words_added", "The caller or the room added words.", incident="id", report="id",
          words="commitment", source="code", crew="id?"),
    _kind("incident.video", "A link of video from the scene began or ended; no picture is kept.", incident="id",
          event="code", crew="id?"),
    _kind("incident.safe_contact", "Whether it is safe to contact a caller was changed.", incident="id", report="id",
          before="code", safe_contact="code", ways="codes?"),
    _kind("incident.withdrawn", "A caller took a report back.", incident="id", report="id"),
    _kind("incident.reviewed", "The report was read and found whole.", incident="id", recusal="code?"),
    _kind("incident.sent_back", "The report has a gap: back to the crew and its station to complete.", incident="id",
          assignment="id?", reason="code", words="commitment"),
    _kind("incident.completed", "The report that was sent back was completed.", incident="id", assignment="id?",
          outcome="code", note="commitment?"),
    _kind("incident.closed", "The matter is closed with an outcome.", incident="id", outcome="code", category="code",
          subcategory="code?", case="code?", no_case_reason="code?", recusal="code?"),
    _kind("incident.call_back_decided", "Whether this caller is called back, and why.", incident="id", report="id",
          due="flag", why="code", limit_s="quantity?", share="quantity?", drawn_from="id?"),
    _kind("incident.called_back", "A caller was called back, or it was tried.", incident="id", report="id",
          result="code", tries="quantity", ended="flag", words="commitment?"),
    _kind("incident.reopen_proposed", "What a caller said asks for the matter to be opened again.", incident="id",
          report="id", reason="code"),
    _kind("incident.reopened", "The shift commander opened the matter again.", incident="id", reason="code",
          times="quantity", before="code", outcome="code"),
    _kind("incident.archived", "Nothing is open any more: the machine put the matter away.", incident="id"),
    _kind("incident.deidentified", "Nobody is in this matter any more: its term was over, or two persons signed.",
          incident="id", cause="code"),
    _kind("incident.supervised", "Somebody above watches this matter, or no longer.", incident="id", on="flag",
          reason="code"),
    _kind("glass.broken", "Somebody opened a matter outside of his own for half an hour; the inspectors were told.",
          opening="id", incident="id", account="id", why="code", words="commitment", until="time"),
    _kind("glass.closed", "An opening is over.", opening="id", incident="id", account="id", cause="code"),
    _kind("glass.reviewed", "An inspector judged whether an opening was called for.", opening="id", incident="id",
          account="id", finding="code"),
    _kind("incident.unsealed", "By two signatures the words of a matter that is over opened to one person for a time.",
          opening="id", incident="id", account="id", signature="id", until="time"),
    _kind("incident.disclosed", "The dossier was opened or printed, with its integrity mark.", incident="id",
          form="code", purpose="code", callers="flag", last="id", digest="commitment"),
    _kind("incident.cancelled", "The caller withdrew or the room cancelled.", incident="id", reason="code"),
    _kind("incident.transferred", "Not a police matter: handed over.", incident="id", agency="code"),
    _kind("incident.invalid", "Not a matter.", incident="id", reason="code"),
    _kind("incident.merged", "Somebody found it to be about the same event as another; its callers count to that.",
          incident="id", into="id", reports="quantity"),
    _kind("incident.joined", "The callers of another matter about the same event count to this one.", incident="id",
          other="id", reports="quantity"),
    _kind("incident.unmerged", "The merging was a mistake: it stands by itself again.", incident="id", other="id",
          reports="quantity"),
    _kind("incident.parted", "The callers of a matter that was merged by mistake count to that again.", incident="id",
          other="id", reports="quantity"),
    _kind("incident.distinct", "Somebody compared it with another matter and found that they are not the same.",
          incident="id", other="id"),
    _kind("incident.escalated", "An order of this matter is unanswered or a promise ran out.", incident="id",
          rung_code="code", stage="code"),
    _kind("incident.rated", "The caller rated how the matter was handled.", incident="id", report="id",
          stars="quantity", words="commitment?"),
    # what was done while the database was away
    _kind("numbers.reserved", "References of a series of their own were kept for when the database is away.",
          reserved="id", series="code", first="quantity", last="quantity"),
    _kind("numbers.ended", "So many of the references kept in reserve were given; the others never will be.",
          reserved="id", series="code", first="quantity", last="quantity", used="quantity"),
    _kind("late.booked", "What was done while the database was away is booked: so many acts, so many that clash.",
          acts="quantity", clashes="quantity", since="time", until="time"),
    _kind("late.clashed", "An act of that time cannot be booked, or got another number: somebody looks at it.",
          late="id", act="code", cause="code", incident="id?", crew="id?", words="commitment?"),
    _kind("late.settled", "Somebody looked at an act that could not be booked, and said what becomes of it.",
          late="id", act="code", result="code"),
    # assignments
    # what is on its way to be a matter, or went elsewhere
    _kind("draft.shown", "A call is being taken; what the room may see of it changed.", draft="id", category="code?",
          subcategory="code?", grade="quantity?", placed="flag", drill="flag?"),
    _kind("draft.ended", "The call was saved, or came to nothing; what was typed is erased.", draft="id", cause="code",
          incident="id?"),
    _kind("call.ringing", "The exchange says that a call rings.", call="id"),
    _kind("call.answered", "A call was answered, so long after it began to ring.", call="id", waited_s="quantity",
          account="id?"),
    _kind("call.joined", "A matter was made of a call, or the call was about it.", call="id", incident="id"),
    _kind("call.ended", "A call ended.", call="id"),
    _kind("call.abandoned", "The caller hung up before anybody answered: to be called back.", call="id",
          waited_s="quantity"),
    _kind("call.returned", "An abandoned call was called back, with a result.", call="id", result="code"),
    _kind("referral.made", "Another agency was asked to take it or to come along, and to answer by a time.",
          referral="id", incident="id", agency="code", joint="flag", due="time"),
    _kind("referral.answered", "The agency answered, or the matter came back.", referral="id", incident="id",
          result="code"),
    _kind("standby.ordered", "A free crew was told to stand by at a place for a time; it stays available.",
          standby="id", crew="id", why="code", gain="quantity", calls="quantity", days="quantity",
          drive_s="quantity?", until="time", area="id?"),
    _kind("standby.acknowledged", "Signed for.", standby="id", crew="id"),
    _kind("standby.there", "The crew stands by at the place.", standby="id", crew="id"),
    _kind("standby.declined", "The crew cannot stand by, for a reason.", standby="id", crew="id", reason="code"),
    _kind("standby.ended", "The crew stands by no more: the room, a call, the end of duty or of the time.",
          standby="id", crew="id", cause="code"),
    _kind("assignment.offered", "A crew was sent an order.", assignment="id", incident="id", crew="id",
          grade="quantity", lead="flag", advised="codes", advised_rank="quantity?", travel_s="quantity?", card="code?",
          crews_asked="quantity?", advised_set="codes?", differs="flag?", reason="code?",
          recusal="code?"),
    _kind("assignment.acknowledged", "Signed for.", assignment="id", incident="id", crew="id"),
    _kind("assignment.en_route", "On the way.", assignment="id", incident="id", crew="id"),
    _kind("assignment.on_scene", "Arrived.", assignment="id", incident="id", crew="id"),
    _kind("assignment.well", "The crew on scene says that all is well.", assignment="id", incident="id", crew="id"),
    _kind("assignment.photo", "A photo from the scene was taken in.", shape=2, assignment="id", incident="id",
          crew="id", photo="id", content="commitment", small="commitment?", size="quantity"),
    _kind("assignment.reported", "The crew reported from the scene.", assignment="id", incident="id", crew="id",
          outcome="code", category="code?", subcategory="code?", note="commitment?"),
    _kind("assignment.cleared", "The crew is free again.", assignment="id", incident="id", crew="id"),
    _kind("assignment.return_asked", "The crew says: not ours.", assignment="id", incident="id", crew="id",
          reason="code"),
    _kind("assignment.returned", "The room took the order back as not theirs.", assignment="id", incident="id",
          crew="id", reason="code?"),
    _kind("assignment.lapsed", "Nobody answered; another crew was sent.", assignment="id", incident="id", crew="id"),
    _kind("assignment.withdrawn", "The room took the crew off.", assignment="id", incident="id", crew="id",
          reason="code?"),
    _kind("assignment.diverted", "The crew was sent to a graver call.", assignment="id", incident="id", crew="id",
          graver="id"),
    _kind("assignment.lead", "This crew leads now.", assignment="id", incident="id", crew="id"),
]  # fmt: skip

KINDS: dict[str, Kind] = {k.name: k for k in _KINDS}


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: one spelling per instant, so that hashes agree."""
    if at.tzinfo is None:
        raise ValueError("a time without an offset")
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def check(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """
    The facts as plain data for the entry, in the declared shape.

    Raises ValueError on an unknown kind, a missing or unknown fact, or a value that is not what the fact
    may be: a programming error, found by the first test that passes there.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"no such kind of entry: {name}")
    given = {n: v for n, v in facts.items() if v is not None}
    unknown = given.keys() - kind.facts.keys()
    missing = kind.facts.keys() - kind.optional - given.keys()
    if unknown or missing:
        raise ValueError(f"{name}: unknown facts {sorted(unknown)}, missing facts {sorted(missing)}")
    return {n: _plain(name, n, kind.facts[n], v) for n, v in given.items()}


def _plain(name: str, fact_name: str, fact: Fact, value: Any) -> Any:
    ok = False
    match fact:
        case Fact.ID:
            ok = isinstance(value, int) and not isinstance(value, bool)
        case Fact.QUANTITY:
            ok = isinstance(value, int | float) and not isinstance(value, bool)
        case Fact.FLAG:
            ok = isinstance(value, bool)
        case Fact.CODE:
            value = str(value)
            ok = bool(_CODE.match(value))
        case Fact.CODES:
            value = [str(v) for v in value]
            ok = all(_CODE.match(v) for v in value)
        case Fact.TIME:
            ok = isinstance(value, datetime)
            value = stamp(value) if ok else value
        case Fact.COMMITMENT:
            ok = isinstance(value, str) and bool(_HEX.match(value))
    if not ok:
        raise ValueError(f"{name}.{fact_name}: {value!r} is not a {fact.value}")
    return value
