"""The words for why somebody opened personal fields, and which: one name each on all screens that list looks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

PURPOSES = {
    "dispatch": lazy("dispatch"),
    "respond": lazy("respond"),
    "review": lazy("review"),
    "complete": lazy("complete the report"),
    "call_back": lazy("call back"),
    "inspection": lazy("inspection"),
    "complaint": lazy("complaint"),
    "audit": lazy("audit"),
    "overview": lazy("overview"),
    "repeats": lazy("how often at this place"),
    "case_file": lazy("case file"),
    "track_matter": lazy("the crew's way to a matter"),
    "track_safety": lazy("a crew's call for help"),
    "countersign": lazy("second signature"),
    "break_glass": lazy("glass broken"),
    "unsealed": lazy("opened by two signatures"),
    "glass_review": lazy("review of a broken glass"),
    "hold": lazy("legal hold"),
    "care": lazy("care for staff"),
}
FIELDS = {
    "report.words": lazy("words"),
    "report.caller": lazy("caller"),
    "report.address": lazy("address"),
    "added.words": lazy("words added"),
    "scene.note": lazy("scene report"),
    "scene.photo": lazy("photos"),
    "call.recording": lazy("where the call was recorded"),
    "review.gap": lazy("what was missing"),
    "call_back.words": lazy("words of the call-back"),
    "place.repeats": lazy("how often there were matters at the place"),
    "looks": lazy("who read it"),
    "relation.person": lazy("a relative of his own"),
    "signature.reason": lazy("why it was asked for"),
    "crew.track": lazy("where the crew was"),
    "opening.reason": lazy("why the glass was broken"),
    "welfare.words": lazy("words of care"),
    "hold.basis": lazy("what a legal hold is based on"),
    "matter": lazy("the matter, without words"),
    "late.words": lazy("words of an act that was not booked"),
    "dossier": lazy("the dossier, callers masked"),
}
