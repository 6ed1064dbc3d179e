"""Words for purposes and for what was opened."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

PURPOSES = {
    "dispatch": lazy("dispatch"), "respond": lazy("respond"), "review": lazy("review"),
    "inspection": lazy("inspection"), "complaint": lazy("complaint"), "audit": lazy("audit"),
}  # fmt: skip
LOOKED_FIELDS = {
    "report.words": lazy("words"), "report.caller": lazy("caller"), "report.address": lazy("address"),
    "matter": lazy("the matter, without words"),
}  # fmt: skip
