"""What the terminal's scripts say, in the language of the page (embedded as JSON, never built in script)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.incidents.contact import WHY_NOT


def words() -> dict[str, Any]:
    """Sentences by key; {n} and {time} are filled in by the script."""
    return {
        "stale": _("Not fresh: {age} old"),
        "online": _("online"),
        "lost": _("no network"),
        "deaf": _("no news"),
        "crowded": _("open elsewhere"),
        "connecting": _("connecting"),
        "carry_on": _("No network. Carry on."),
        "kept_none": _("What you tap is kept here and sent once when the network is back."),
        "kept_one": _("1 act kept here; it is sent once when the network is back."),
        "kept_many": _("{n} acts kept here; each is sent once, in order, when the network is back."),
        "waiting_server": _("The server does not answer. Carry on."),
        "deaf_title": _("The server hears no news just now."),
        "deaf_text": _("Orders may come late. Listen to the radio."),
        "crowded_title": _("OneRoom is open too often."),
        "crowded_text": _("Close the other pages; this one gets no news until then."),
        "sending": _("sending"),
        "kept": _("kept here {time}"),
        "ring_order": _("New order: sign for it"),
        "ring_standby": _("Stand by elsewhere: sign for it"),
        "ring_again": _("Still not signed for: sign now"),
        "ring_welfare": _("Is all well? Say so"),
        "ring_sos": _("SOS: an officer calls for help"),
        "sos_hold": _("hold 2 s"),
        "sos_sending": _("sending"),
        "sos_got": _("received"),
        "sos_how": _("Hold it for two seconds."),
        "sos_again": _("Press once more to call for help."),
        "sos_mistake": _("Pressed by mistake"),
        "photo": _("Photo"),
        "photo_sent": _("✓ Photo sent"),
        "photos_wait": _("Photos kept here until the server has them: {n}"),
        "pick_kind": _("Say what it is: pick one."),
        "pick_grade": _("Say how grave it is: pick one."),
        "taken_withdrawn": _("{what}: the room took you off this order. Do not go on."),
        "taken_diverted": _("{what}: you go to a graver call now. Look at the list."),
        "taken_returned": _("{what}: the room took it back."),
        "taken_lapsed": _("{what}: not answered in time; another crew goes."),
        "added_to_caller": _("The room wrote to the caller"),
        "ring_complete": _("A report was sent back: complete it"),
        "ring_silent": _("Somebody does not answer: look"),
        "sound_off": _("Silent until you touch the screen once"),
        "gone": _("This order is no longer yours."),
        "told_act": _("{what}: not done. {why}"),
        "gave_up": _("{what}: the server could not take this. Tell the room by radio."),
        "no_words": _("Nobody has written any words yet."),
        "words_wait": _("The words are not loaded: no network. They come when it is back."),
        "looked": _("Opened for this order; the look is on record."),
        "caller": _("Caller"),
        "no_caller": _("The caller gave no name."),
        "call_not": {why: _("Do not call. %(why)s") % {"why": said} for why, said in WHY_NOT.items()},
        "address": _("Address"),
        "added_caller": _("The caller added"),
        "added_room": _("The room added"),
        "added_crew": _("A crew added"),
        "noted": _("A crew reported"),
        "route": _("{km} km by road, about {minutes}"),
        "route_none": _("No way by road is known from your last place."),
        "minutes": _("{m} min {s} s"),
        "seconds": _("{s} s"),
        "pick_outcome": _("Say how it ended: pick one."),
        "pick_reason": _("Pick why it is not yours."),
        "write_word": _("Write a line first."),
        "word_sent": _("Word to the room"),
        "seen": _("✓ The room has what you saw."),
        "place_on": _("Your place goes to the room every 5 seconds while the crew is on duty."),
        "place_asking": _("Asking this device for its place."),
        "place_denied": _(
            "This device does not give its place. Allow it for this page, or the room finds your crew late."
        ),
        "place_missing": _("This device finds no place just now. The room sees your last one."),
        "place_off_duty": _("Off duty: no place is asked for or sent."),
        "place_unsent": _("Your place cannot be sent just now; it is kept and sent later."),
        "close": _("Close this message"),
    }
