"""What the intake script says, in the language of the request."""

from __future__ import annotations

from django.utils.translation import gettext as _

from oneroom.apps.incidents.codes import GRADES, SAFE_CONTACT


def words() -> dict[str, object]:
    """For `{{ words|json_script:"words" }}`."""
    return {
        "grades": {str(grade): str(word) for grade, word in GRADES.items()},
        "kinds": {
            "crossing": _("crossing"),
            "road": _("road"),
            "poi": _("place"),
            "station": _("station"),
            "area": _("street area"),
            "committee": _("residents' committee"),
        },
        "because": _("Because: {reasons}"),
        "usual": _("Usual for this category"),
        "raised": _("Raised by you. Usual for what was said: {grade}"),
        "lowered": _("Lowered by you. Usual for what was said: {grade}"),
        "comma": _(", "),
        "ungraded": _("No grade yet"),
        "choose_first": _("Choose a category; the grade follows."),
        "no_grade": _("The grade cannot be proposed now. Choose it."),
        "no_lowering": _("Only the shift commander goes below the proposed grade. Change the reasons instead."),
        "none_found": _("No such place here. Try the other street first, a few letters only, or the map."),
        "searching": _("Looking …"),
        "on_road": _("{off} m from the road"),
        "point": _("Point on the map"),
        "places_off": _("The list of places cannot be reached now. Type on, or click the map."),
        "caller": _("Caller"),
        "address": _("Place in the caller's words"),
        "safe": _("Safe to call or text back"),
        "safe_contact": {code: str(word) for code, word in SAFE_CONTACT.items()},
        "erased": _("The words were erased."),
        "sign_in": _("Sign in again"),
        "hint": _("Enter goes on to the next field. Esc leaves it and loses nothing."),
        "bad_coordinates": _("Two numbers are needed, as 31.231, 121.473 or 31°13.9′N 121°28.4′E"),
        "which_datum": _("Which map do these come from? They differ by up to 700 metres."),
        "need_words": _("Write what the caller says."),
        "need_category": _("Choose what it is."),
        "need_where": _("Say where it is: pick a place from the list, or a point on the map."),
        "need_grade": _("Choose the grade."),
        "draft_new": _("Nothing typed yet"),
        "draft_kept": _("Draft kept here {age} ago"),
        "draft_lost": _("This browser keeps no draft. Save before you leave."),
        "draft_back": _("Your draft is back."),
        "seconds": _("{n} s"),
        "minutes": _("{n} min"),
        "saving": _("Saving …"),
        "no_network": _("No connection. Nothing is lost. Trying again by itself; try {n}."),
        "broken": _("The server did not answer as it should. Nothing is lost; save again."),
        "saved": _("Saved"),
        "handed": _("Handed to 12345"),
        "not_handed": _("The call is saved, but was not handed to 12345: {why} Press F8 again."),
    }
