"""
The sentences of the record: the moulds of the short ones, and those that have more to say than one line.

``wording.WORDED`` says which belongs to which kind of entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from oneroom.apps.incidents.codes import (
    AGENCIES,
    CALL_BACK_RESULTS,
    CALL_BACK_WHY,
    CASE_DECISIONS,
    CHOICE_REASONS,
    NO_CASE_REASONS,
    OUTCOMES,
    REASONS,
    RECUSAL,
    SAFE_CONTACT,
    SOURCES,
    SUPERVISE_REASONS,
)
from oneroom.apps.incidents.protocol import card_name, protocols, spoken
from oneroom.web.pages.room.words import CHANNELS, ROLES, STAGES, TOLD, kind_named, local, named, span

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the ids of a timeline: staff, crews and units, in every language there is."""

    staff: Mapping[int, str] = field(default_factory=dict)
    crews: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    units: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    matters: Mapping[int, str] = field(default_factory=dict)

    def matter(self, pk: int) -> str:
        return self.matters.get(pk) or _("another matter")

    def crew(self, pk: int | None) -> str:
        return local(*self.crews[pk]) if pk is not None and pk in self.crews else _("a crew")

    def advised(self, code: str) -> str:
        """The crew behind "crew:5", as advice stands in the record."""
        number = code.partition(":")[2]
        return self.crew(int(number) if number.isdecimal() else None)

    def unit(self, pk: int | None) -> str:
        return local(*self.units[pk]) if pk is not None and pk in self.units else _("no station")

    def person(self, pk: int | None) -> str:
        return self.staff.get(pk or 0) or _("an account")


Sentence = Callable[[Facts, Names], str]


def codes(table: Mapping[Any, Any], found: list[str]) -> str:
    return _(", ").join(named(table, c) for c in found)


def received(f: Facts, _names: Names) -> str:
    source = _("Report came in by %(source)s") % {"source": named(SOURCES, f["source"])}
    safe = f.get("safe_contact")
    if safe == "unknown":
        return source
    return _("%(what)s; safe to contact: %(safe)s") % {"what": source, "safe": named(SAFE_CONTACT, safe)}


def closed(f: Facts, _names: Names) -> str:
    said = _("Closed: %(outcome)s · %(category)s") % {
        "outcome": named(OUTCOMES, f["outcome"]), "category": kind_named(f["category"], f.get("subcategory", ""))
    }  # fmt: skip
    parts = [said]
    if f.get("case"):
        decision = named(NO_CASE_REASONS, f["no_case_reason"]) if f.get("no_case_reason") else ""
        case = named(CASE_DECISIONS, f["case"])
        parts.append(_("%(case)s: %(reason)s") % {"case": case, "reason": decision} if decision else case)
    return " · ".join([*parts, *_like_named(f)])


def reviewed(f: Facts, _names: Names) -> str:
    return " · ".join([_("Scene report read and found whole"), *_like_named(f)])


def _like_named(f: Facts) -> list[str]:
    """That who judged has a caller's name, or a relative with it: the one relation that stops nobody."""
    return [_("a caller is called like whoever did this, or like a relative declared")] if f.get("recusal") else []


def call_back_decided(f: Facts, _names: Names) -> str:
    why = named(CALL_BACK_WHY, f["why"])
    said = (
        _("Caller to be called back within %(time)s: %(why)s") % {"time": span(f.get("limit_s") or 0), "why": why}
        if f["due"]
        else _("Caller is not called back: %(why)s") % {"why": why}
    )
    if f.get("drawn_from") is None:
        return said
    lot = {"share": round((f.get("share") or 0) * 100), "n": f["drawn_from"]}
    return f"{said} · " + _("%(share)s %% drawn by entry #%(n)s") % lot


def called_back(f: Facts, _names: Names) -> str:
    said = {"result": named(CALL_BACK_RESULTS, f["result"]), "n": f["tries"]}
    if f["tries"] > 1 or not f["ended"]:
        return _("Called back: %(result)s, try %(n)s") % said
    return _("Called back: %(result)s") % said


def supervised(f: Facts, _names: Names) -> str:
    reason = {"reason": named(SUPERVISE_REASONS, f["reason"])}
    return (_("Supervised: %(reason)s") if f["on"] else _("No longer supervised: %(reason)s")) % reason


def classified(f: Facts, names: Names) -> str:
    said = {
        "category": kind_named(f["category"], f.get("subcategory", "")),
        "grade": f["grade"],
        "unit": names.unit(f.get("unit")),
    }
    if f["reasons"]:
        return _("%(category)s, P%(grade)s: %(reasons)s; area of %(unit)s") % {
            **said, "reasons": codes(REASONS, f["reasons"])
        }  # fmt: skip
    return _("%(category)s, P%(grade)s; area of %(unit)s") % said


def questioned(f: Facts, _names: Names) -> str:
    found = protocols().get(f["protocol"])
    said = {"name": spoken(found.name) if found else f["protocol"], "version": f["version"], "n": len(f["answers"])}
    return ngettext(
        "Asked by “%(name)s” v%(version)s: %(n)d answer", "Asked by “%(name)s” v%(version)s: %(n)d answers", said["n"]
    ) % said  # fmt: skip


def amended(f: Facts, _names: Names) -> str:
    kind = kind_named(f["category"], f.get("subcategory", ""))
    return _("Now: %(kind)s, at another place") % {"kind": kind} if f["moved"] else _("Now: %(kind)s") % {"kind": kind}


def referred(f: Facts, _names: Names) -> str:
    said = {"agency": named(AGENCIES, f["agency"])}
    return _("%(agency)s comes along; followed") % said if f["joint"] else _("%(agency)s is to answer") % said


def graded(f: Facts, _names: Names) -> str:
    said = _("P%(before)s → P%(grade)s") % f
    return _("%(what)s: %(why)s") % {"what": said, "why": codes(REASONS, f["reasons"])} if f["reasons"] else said


def offered(f: Facts, names: Names) -> str:
    said = _("Sent %(crew)s") % {"crew": names.crew(f["crew"])}
    if f["lead"]:
        said = _("Sent %(crew)s, who leads") % {"crew": names.crew(f["crew"])}
    parts = [said]
    if f.get("advised_rank"):
        parts.append(_("proposed as no. %(n)s") % {"n": f["advised_rank"]})
    elif f["advised"]:
        parts.append(_("not among the proposed"))
    if f.get("travel_s") is not None:
        parts.append(_("%(time)s by road") % {"time": span(f["travel_s"])})
    if f.get("crews_asked", 1) > 1:
        parts.append(_("plan “%(card)s” asks for %(n)s") % {"card": card_name(f["card"]), "n": f["crews_asked"]})
    if f.get("differs"):
        first = _(", ").join(names.advised(c) for c in f.get("advised_set") or f["advised"][:1])
        parts.append(_("advised: %(crews)s") % {"crews": first})
    if f.get("reason"):
        parts.append(named(CHOICE_REASONS, f["reason"]))
    if f.get("recusal"):
        parts.append(named(RECUSAL, f["recusal"]))
    return " · ".join(parts)


def offerable(f: Facts, names: Names) -> str:
    said = _("Before the dispatcher again")
    if f["cause"] == "time_up":
        said = _("Held until now: before the dispatcher again")
    if not f.get("crew"):
        return said
    free = _("%(crew)s free") % {"crew": names.crew(f["crew"])}
    if f.get("travel_s") is not None:
        free = _("%(crew)s free, %(time)s") % {"crew": names.crew(f["crew"]), "time": span(f["travel_s"])}
    return f"{said} · {free}"


def climbed(f: Facts, names: Names) -> str:
    told = named(TOLD, f["rung_code"])
    stage = named({k: v[0] for k, v in STAGES.items()}, f["stage"])
    if f["skipped"]:
        return _("Nobody on duty to tell: %(who)s was skipped (%(stage)s)") % {"who": told, "stage": stage}
    if f["stage"] == "welfare" and f["rung_code"] == "crew":
        return _("%(crew)s is asked whether all is well: no word from the scene") % {"crew": names.crew(f.get("crew"))}
    if f["rung_code"] == "crew":
        return _("%(crew)s: the phones ring") % {"crew": names.crew(f.get("crew"))}
    if f["rung_code"] in ("mark", "alarm"):
        return _("Told %(who)s (%(stage)s)") % {"who": told, "stage": stage}
    return ngettext("Told %(who)s (%(stage)s): %(n)d person", "Told %(who)s (%(stage)s): %(n)d people", f["told"]) % {
        "who": told,
        "n": f["told"],
        "stage": stage,
    }


def told_late(f: Facts, _names: Names) -> str:
    stage = named({k: v[0] for k, v in STAGES.items()}, f["stage"])
    return ngettext(
        "Told %(who)s afterwards (%(stage)s), the database had been away: %(n)d person",
        "Told %(who)s afterwards (%(stage)s), the database had been away: %(n)d people",
        f["told"],
    ) % {"who": named(TOLD, f["rung_code"]), "n": f["told"], "stage": stage}


def skipped(f: Facts, _names: Names) -> str:
    ways = f.get("channels") or [f["channel"]]
    said = _("No message by %(code)s: it is not set up here") % {"code": codes(CHANNELS, ways)}
    n = f.get("times", 1)
    if n <= len(ways):
        return said
    return ngettext("%(what)s (%(n)d time)", "%(what)s (%(n)d times)", n) % {"what": said, "n": n}


def ladder_started(f: Facts, _names: Names) -> str:
    return _("Being watched: %(stage)s") % {"stage": named({k: v[0] for k, v in STAGES.items()}, f["stage"])}


def ladder_stopped(f: Facts, _names: Names) -> str:
    return ngettext("No longer watched, after %(n)d rung", "No longer watched, after %(n)d rungs", f["rungs_done"]) % {
        "n": f["rungs_done"]
    }


def crew(text: Any) -> Sentence:
    return lambda f, names: str(text) % {"crew": names.crew(f.get("crew"))}


def crew_because(text: Any, with_reason: Any, reasons: Mapping[str, Any]) -> Sentence:
    def said(f: Facts, names: Names) -> str:
        what = {"crew": names.crew(f["crew"])}
        if not f.get("reason"):
            return str(text) % what
        return str(with_reason) % {**what, "reason": named(reasons, f["reason"])}

    return said


def plain(text: Any) -> Sentence:
    return lambda f, _names: str(text) % f if f else str(text)


def coded(text: Any, fact: str, table: Mapping[Any, Any]) -> Sentence:
    return lambda f, _names: str(text) % {"code": named(table, f[fact])}


def matter(text: Any, fact: str = "other") -> Sentence:
    return lambda f, names: str(text) % {"matter": names.matter(f[fact])}


def account(text: Any) -> Sentence:
    return lambda f, names: str(text) % {
        "name": names.person(f.get("account")), "role": named(ROLES, f.get("role", ""))
    }  # fmt: skip


def searched(f: Facts, _names: Names) -> str:
    what = [f[name] for name in ("matter_asked", "kind_asked") if f.get(name)]
    what += [f"#{f['number']}"] if f.get("number") is not None else []
    what += [_("account %(n)s") % {"n": f["account_asked"]}] if f.get("account_asked") is not None else []
    said = _("Looks were searched") if f["chain"] == "looks" else _("The record was searched")
    return " · ".join([said, *what, f["basis"]])


def exported(f: Facts, _names: Names) -> str:
    said = _("List exported: %(list)s, %(n)s rows")
    if f["form"] == "print":
        said = _("List printed: %(list)s, %(n)s rows")
    return said % {"list": f["list"], "n": f["rows"]}


_WORDS_BY = {"caller": lazy("The caller added words"), "crew": lazy("A word from the scene"),
             "room": lazy("The room added words"), "radio": lazy("On the radio"),
             "to_caller": lazy("The room wrote to the caller")}  # fmt: skip
_VIDEO = {"started": lazy("Video link began"), "ended": lazy("Video link ended")}


def of_crew(text: str, f: Facts, names: Names) -> str:
    return _("%(crew)s: %(text)s") % {"crew": names.crew(f["crew"]), "text": text} if f.get("crew") else text


def words(f: Facts, names: Names) -> str:
    return of_crew(named(_WORDS_BY, f["source"]), f, names)


def video(f: Facts, names: Names) -> str:
    return of_crew(named(_VIDEO, f["event"]), f, names)
