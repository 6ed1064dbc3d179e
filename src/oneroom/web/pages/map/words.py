"""The words that map.js shows, in the language of the request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def words() -> dict[str, Any]:
    """For the page's JSON of words: `{{ map_words|json_script:"map-words" }}`."""
    return {
        "map": _("Map. Arrow keys move it, plus and minus zoom, Home goes back."),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "centre": _("Back to the open incident, or to the whole city"),
        "apart": _("Map apart, for a second screen"),
        "follows": _("Follows the room:"),
        "follows_none": _("Follows the room: no matter is open"),
        "gap": _("gap if they go"),
        "circles": {"60": _("1 min"), "180": _("3 min"), "300": _("5 min"), "open": _("longer")},
        "no_map": _("This device draws no map (no WebGL 2). The lists hold the same facts, and everything else works."),
        "no_roads": _("The streets cannot be read now. Trying again; everything else works."),
        "states": {
            "available": _("Available"),
            "assigned": _("Assigned"),
            "en_route": _("En route"),
            "on_scene": _("On scene"),
            "busy": _("Busy"),
        },
    }
