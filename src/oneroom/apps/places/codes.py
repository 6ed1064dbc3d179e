"""Why a place is warned of, with the words of the screens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# A fact about a place, never about who lives there: nothing here describes a person.
WARNING_REASONS = {
    "dog": _("dog"),
    "gas": _("gas bottles or fuel"),
    "chemicals": _("chemicals or explosives"),
    "electric": _("live wires"),
    "structure": _("stairs, floor or roof unsafe"),
    "height": _("open shaft, roof edge or water"),
    "access": _("hard to enter: gate, code, way round"),
    "attacked": _("officers were attacked here"),
    "weapons": _("weapons were found here"),
    "other": _("something else"),
}

# Why a street is closed.
CLOSURE_REASONS = {
    "accident": _("accident"),
    "event": _("event or gathering"),
    "works": _("road works"),
    "flood": _("flooded"),
    "fire": _("fire"),
    "danger": _("danger: gas, wires, collapse"),
    "security": _("security measure"),
    "blocked": _("blocked by something else"),
}
