"""What an alarm says beside its sentence, in words: ids and counts stay numbers, every code becomes a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.web.pages.room.words import CHANNELS, CREW_STATES, MATTER_STATES, ORDER_STATES, STAGES, local, named

Callsigns = Mapping[int, tuple[str, str]]
_PROMISED = {code: words[0] for code, words in STAGES.items()}
# What the auditor compares a ladder with: said where it does not fit.
UNFIT = {
    "no_steps": lazy("it has no steps"),
    "other_crew": lazy("it is that of another crew"),
    "other_station": lazy("it is that of another station"),
    "other_grade": lazy("it is that of another grade"),
    "began_late": lazy("it began too late"),
}
# A state may be that of a crew, a matter or an order: where two have the code, the word is the same.
_STATES = {**CREW_STATES, **MATTER_STATES, **ORDER_STATES}


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _words(table: Mapping[Any, Any], value: Any) -> str:
    return _(", ").join(named(table, code) for code in _many(value))


def _numbers(value: Any) -> str:
    return _(", ").join(str(n) for n in _many(value))


NOTED: dict[str, Callable[[Any], str]] = {
    "ladder": lambda v: _("ladder %(n)s") % {"n": v},
    "rung": lambda v: _("step %(n)s") % {"n": v},
    "stage": lambda v: _words(_PROMISED, v),
    "stages": lambda v: _words(_PROMISED, v),
    "state": lambda v: _words(_STATES, v),
    "matter_state": lambda v: _("the matter: %(state)s") % {"state": _words(MATTER_STATES, v)},
    "accounts": lambda v: _("accounts %(list)s") % {"list": _numbers(v)},
    "messages": lambda v: _("messages: %(n)s") % {"n": v},
    "channels": lambda v: _words(CHANNELS, v),
    "says": lambda v: _("says it ends at %(n)s") % {"n": v},
    "last": lambda v: _("ends at %(n)s") % {"n": v},
    "signed": lambda v: _("signed up to %(n)s") % {"n": v},
    "ahead_s": lambda v: _("differs by %(n)s s") % {"n": v},
    "tables": lambda v: _("tables: %(list)s") % {"list": _numbers(v)},
    "entry": lambda v: _("entry %(n)s") % {"n": v},
    "vouch": lambda v: _("commander's word %(n)s") % {"n": v},
}


def detail_said(detail: Mapping[str, Any], callsigns: Callsigns) -> str:
    """Everything an alarm notes beside its kind, in the reader's language; what has no word yet is shown as it is."""
    return " · ".join(filter(None, (_one(name, value, callsigns) for name, value in sorted(detail.items()))))


def _one(name: str, value: Any, callsigns: Callsigns) -> str:
    if name in UNFIT:
        return str(UNFIT[name]) if value else ""
    if name == "crew":
        return local(*callsigns[value]) if value in callsigns else _("crew %(n)s") % {"n": value}
    return NOTED[name](value) if name in NOTED else f"{name} {value}"
