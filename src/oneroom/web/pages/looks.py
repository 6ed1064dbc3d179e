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
}
FIELDS = {
    "report.words": lazy("words"),
    "report.caller": lazy("caller"),
    "report.address": lazy("address"),
    "added.words": lazy("words added"),
    "scene.note": lazy("scene report"),
    "scene.photo": lazy("photos"),
    "review.gap": lazy("what was missing"),
    "call_back.words": lazy("words of the call-back"),
    "place.repeats": lazy("how often there were matters at the place"),
    "looks": lazy("who read it"),
    "matter": lazy("the matter, without words"),
    "dossier": lazy("the dossier, callers masked"),
}
