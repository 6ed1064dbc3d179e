"""The words that scripts of the room need: one catalogue, translated here, embedded in the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from oneroom.apps.incidents.codes import SAFE_CONTACT
from oneroom.web.pages.room.words import ORDER_STATES
from oneroom.web.pages.start.held import HELD


def script_words() -> dict[str, object]:
    """Sentences with {name} places; the script fills them in."""
    return {
        "stale": _("not heard for {age}"),
        "hours": _("{h} h {m}"),
        "days": _("{d} d {h} h"),
        "send": _("Send {crews}"),
        "pickOne": _("Pick a crew: 1 to 9"),
        "join": _(", "),
        "sent": _("Sent: {crews}"),
        "more": _("Send another crew"),
        "notFree": _("{crew} can no longer be sent and was taken out of your choice."),
        "done": _("Done: {what}"),
        "offline": _("No connection. Nothing was sent; try again."),
        "failed": _("That did not work."),
        "needTime": _("How many minutes ago? Digits only."),
        "soundOn": _("Sound on"),
        "soundOff": _("Sound off"),
        "soundBlocked": _("Sound waits for a key"),
        "connected": _("Stream and clock alive"),
        "connecting": _("Connecting"),
        "lost": _("Stream lost, reconnecting"),
        "deaf": _("The server hears nothing"),
        "crowded": _("Too many of your screens are open"),
        "clockSilent": _("Clock silent: nothing climbs"),
        "timeUnknown": _("Server does not answer"),
        "newP1": _("New P1: {what}"),
        "climbed": _("Unanswered: {what}"),
        "words": _("Words"),
        "callerName": _("Caller"),
        "callerPhone": _("Telephone"),
        "address": _("Address"),
        "safe": _("Safe to contact"),
        "safeWords": {code: str(word) for code, word in SAFE_CONTACT.items()},
        "orderStates": {code: str(word) for code, word in ORDER_STATES.items()},
        "added": _("Added"),
        "fromScene": _("From the scene"),
        "erased": _("erased"),
        "nothingSaid": _("Nothing was noted."),
        "look": _("Your look is recorded, with the purpose: dispatch."),
        "nothingNeeds": _("Nothing needs you."),
        "noSuch": _("I do not know “{text}”. Try: send, signed, open, find, raise, close."),
        "effectOpen": _("opens {what}"),
        "effectFind": _("shows it on the map"),
        "effectSend": _("sends {crews} to {what}"),
        "effectSendNone": _("open a matter first"),
        "effectNoOrder": _("has no order"),
        "effectStep": _("enters for {crew}: {what}"),
        "effectNot": _("{crew} is at: {state}"),
        "effectNotNow": _("does not follow from where it stands"),
        "effectMatter": _("{what}: {matter}"),
        "effectNew": _("opens the form for a new call"),
        "effectHelp": _("shows all keys"),
        "effectNext": _("opens the next that needs you"),
        "effectForm": _("opens the form"),
        "groupCrews": _("Crews"),
        "groupVerbs": _("What you can say"),
        "groupMatters": _("Matters"),
        "groupPlaces": _("Places"),
        "shown": _("The map shows {what}"),
        "held": _(HELD),
        "warnedBy": _("{who}, until {until}"),
        "warnRenew": _("Still so: 30 days more"),
        "warnEnd": _("No longer so"),
    }
