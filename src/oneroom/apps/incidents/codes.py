"""
The codes of the house for what happened, how grave it is and how it ended, with their words.

Thirteen categories after workflow §2.1. The national code tables were not available, so these are own codes;
a force maps them at its borders.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CATEGORIES = {
    "crime": _("Crime"),
    "public_order": _("Public order"),
    "traffic": _("Traffic"),
    "disaster": _("Disaster"),
    "mass_event": _("Mass event"),
    "dispute": _("Dispute"),
    "help": _("Help"),
    "missing": _("Missing person"),
    "utility": _("Water, power, gas"),
    "police_complaint": _("Complaint about police"),
    "consult": _("Question"),
    "non_police": _("Not a police matter"),
    "invalid": _("No matter"),
}

GRADES = {1: _("Life at risk"), 2: _("Urgent"), 3: _("Routine"), 4: _("Not urgent")}
REASONS = {
    "life_at_risk": _("life at risk"),
    "in_progress": _("happening now"),
    "weapon": _("weapon"),
    "injured": _("somebody is hurt"),
    "suspect_present": _("suspect is there"),
    "vulnerable": _("child, elder or helpless person"),
    "property_at_risk": _("great loss about to happen"),
    "evidence_at_risk": _("evidence about to be lost"),
    "over": _("it is over"),
    "no_danger": _("nobody in danger"),
    "can_wait": _("can wait"),
}
OUTCOMES = {
    "under_control": _("Under control"),
    "mediated": _("Mediated"),
    "case_opened": _("Case opened"),
    "helped": _("Help given"),
    "passed_on": _("Passed to another agency"),
    "nothing_found": _("Nothing found"),
    "unfounded": _("Unfounded"),
}
SOURCES = {"phone": _("Phone"), "web": _("Web"), "api": _("Interface"), "self": _("Seen by a crew")}
SEEN_BY_CREWS = "self"  # kept apart from what the public reported (scope.md §5.2)
# How a caller may be reached (engine.contact.WAYS).
CONTACT_WAYS = {"phone": _("by telephone"), "sms": _("by a text message"), "page": _("on his own page")}
# Unknown means no where a message could betray the caller (workflow §2.1a "Safe to contact").
SAFE_CONTACT = {"unknown": _("not known"), "yes": _("yes"), "no": _("no")}
# Why somebody opens a matter that is not his, and what the inspector finds of it.
OPENING_REASONS = {
    "danger": _("somebody is in danger"),
    "nobody_reached": _("whose it is cannot be reached"),
    "wrong_station": _("the matter is entered at the wrong station"),
    "same_person": _("it belongs to a matter of ours"),
    "other": _("another reason, told in words"),
}
OPENING_FINDINGS = {"called_for": _("called for"), "not_called_for": _("not called for")}
WITHDRAW_REASONS = {
    "nearer_crew": _("a nearer crew goes"),
    "not_needed": _("no longer needed there"),
    "needed_elsewhere": _("needed elsewhere"),
    "cannot_go": _("the crew cannot go"),
    "mistake": _("sent by mistake"),
}
# Why others than the advised crews were sent. Nobody must say it; it is asked below P1.
CHOICE_REASONS = {
    "knows_place": _("knows the place"),
    "nearer_in_truth": _("is nearer in truth"),
    "asked_for": _("was asked for"),
    "keeps_area_covered": _("keeps an area covered"),
}
# Why somebody aboard should not handle a matter: what a relative whom he declared and the caller have in common.
RECUSAL = {
    "number": _("recusal: the caller's number is that of a relative whom somebody aboard declared; you decide"),
    "name": _("recusal: the caller has the name of a relative whom somebody aboard declared; you decide"),
}
# The same for whoever judges a report or closes a matter: only the last may do so all the same.
OWN_RELATION = {
    "number": _("recusal: you, or a relative whom you declared, called in this matter; somebody else judges it"),
    "crew": _("recusal: a relative of yours, as declared, was sent to this matter; somebody else judges it"),
    "name": _("the caller has your name or that of a relative whom you declared: if it is so, let somebody else judge"),
}
RETURN_REASONS = {"wrong_area": _("not our area"), "wrong_function": _("not our kind of work")}
# The agency answered; it gave the matter back; nobody knows whose it is, so we keep it.
REFERRAL_RESULTS = {"answered": _("answered"), "taken_back": _("taken back"), "unclear": _("nobody's: we keep it")}
RETURN_RESULTS = {
    "no_matter": _("reached, no matter"),
    "matter": _("reached, a call was taken"),
    "not_reached": _("not reached"),
    "rang_again": _("rang again and was answered"),
}
AGENCIES = {"12345": _("City hotline 12345"), "119": _("Fire 119"), "120": _("Ambulance 120")}
HOLD_REASONS = {
    "no_crew_free": _("no crew is free"),
    "appointment": _("by appointment"),
    "caller_asked": _("the caller asked for it"),
}
INVALID_REASONS = {"silent_call": _("silent call"), "test_call": _("test call"), "mistake": _("dialled by mistake")}
# Categories in which the law asks: a case, or a reason why there is none (workflow §2.1, close rules).
LAW_CASES = frozenset({"crime", "public_order"})
CASE_DECISIONS = {"case": _("case"), "no_case": _("no case")}
NO_CASE_REASONS = {
    "no_offence": _("no offence found"),
    "minor_settled": _("minor, settled on the spot"),
    "mediated": _("mediated, both agree"),
    "civil_matter": _("a civil matter"),
    "other_authority": _("another authority decides"),
    "withdrawn_no_harm": _("caller withdrew, no harm found"),
}
SEND_BACK_REASONS = {
    "outcome_unclear": _("how it ended is unclear"),
    "category_wrong": _("the category does not fit"),
    "people_missing": _("people involved are missing"),
    "evidence_missing": _("photo or evidence is missing"),
    "words_missing": _("it does not say what was done"),
}
REOPEN_REASONS = {
    "new_facts": _("new facts"),
    "caller_dissatisfied": _("the caller is not satisfied"),
    "happened_again": _("it happened again"),
    "closed_by_mistake": _("closed by mistake"),
}
SUPERVISE_REASONS = {
    "late": _("late again and again"),
    "grave": _("grave"),
    "public_concern": _("many people ask about it"),
    "complaint": _("a complaint concerns it"),
    "settled": _("no longer needed"),
}
CALL_BACK_RESULTS = {
    "reached_satisfied": _("reached, satisfied"),
    "reached_dissatisfied": _("reached, not satisfied"),
    "reached_new_facts": _("reached, has new facts"),
    "not_reached": _("not reached"),
    "declined": _("does not want to be called"),
    "not_safe": _("not safe to call"),
}
# Why a caller is called back, or is not.
CALL_BACK_WHY = {
    "urgent": _("P1 and P2: everybody"),
    "complaint": _("complaints: everybody"),
    "drawn": _("drawn at random"),
    "not_drawn": _("not drawn"),
    "not_safe": _("not safe for the caller"),
    "not_known_safe": _("not known to be safe for the caller"),
    "no_caller": _("no caller to call"),
    "withdrawn": _("the caller took it back"),
}
# Why a dossier is opened. "overview" opens no personal field; each other purpose is bound to a live record.
DOSSIER_PURPOSES = {
    "overview": _("to see how it went"),
    "review": _("to review it"),
    "case_file": _("for the case file"),
    "inspection": _("for an inspection"),
}
