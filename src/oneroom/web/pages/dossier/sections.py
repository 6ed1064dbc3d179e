"""A dossier in words: the same sections for the page and for paper, in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.incidents.codes import (
    AGENCIES,
    CALL_BACK_RESULTS,
    CALL_BACK_WHY,
    CASE_DECISIONS,
    CONTACT_WAYS,
    DOSSIER_PURPOSES,
    GRADES,
    NO_CASE_REASONS,
    OUTCOMES,
    REASONS,
    REFERRAL_RESULTS,
    SAFE_CONTACT,
    SEND_BACK_REASONS,
    SOURCES,
)
from oneroom.apps.incidents.dossier import Dossier
from oneroom.web.pages.dossier.parts import Section, clock, of_merged, stamp, with_origin
from oneroom.web.pages.dossier.record import (
    broken_at,
    calls_section,
    looks_section,
    mark_section,
    photos_section,
    timeline_section,
)
from oneroom.web.pages.room.asked import asked_views
from oneroom.web.pages.room.words import MATTER_STATES, ORDER_STATES, kind_named, local, named


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole dossier in words."""

    title: str
    under: str
    reference: str
    grade: int
    drill: bool
    masked: bool
    broken_at: int | None
    sections: tuple[Section, ...]
    foot: str


def paper(found: Dossier, *, printed_by: str) -> Paper:
    """Head, what was merged, callers, their calls, crews, agencies, call-backs, timeline, photos, readers, mark."""
    i = found.matter
    place = local(i.place_zh, i.place_en) or _("place not yet known")
    sections = (
        _head(found), *_joined(found), *_asked(found), _callers(found), *calls_section(found), *_words(found),
        _crews(found), _referred(found), _called(found), timeline_section(found), photos_section(found),
        looks_section(found), mark_section(found),
    )  # fmt: skip
    at = stamp(found.opened_at)
    return Paper(
        f"{kind_named(i.category, i.subcategory) or _('not yet classified')} · {place}",
        _("Dossier of matter %(reference)s") % {"reference": i.reference}, i.reference, i.grade, i.drill,
        found.personal is None, broken_at(found), sections,
        _("Opened %(time)s by %(who)s · purpose: %(purpose)s")
        % {"time": at, "who": printed_by, "purpose": named(DOSSIER_PURPOSES, found.purpose)},
    )  # fmt: skip


def _asked(found: Dossier) -> list[Section]:
    """What the callers were asked and answered, as codes in words; what they said freely is among the words."""
    return [
        Section(a.protocol, a.pairs, head=(_("What was asked"), _("Answer")), note=stamp(a.at), wide=0)
        for a in asked_views(found.asked)
    ]


def _head(found: Dossier) -> Section:
    i = found.matter
    final = kind_named(i.final_category, i.final_subcategory) if i.final_category else "–"
    why = _(", ").join(named(REASONS, r) for r in i.reasons)
    where = local(i.place_zh, i.place_en)
    point = f"{i.lat:.5f}, {i.lon:.5f} (WGS-84)" if i.lat is not None and i.lon is not None else ""
    flags = [
        word
        for on, word in (
            (i.escalated, _("escalated")), (i.supervised, _("supervised")), (i.drill, _("drill")),
            (i.reopened > 0, _("opened again ×%(n)s") % {"n": i.reopened}),
        )
        if on
    ]  # fmt: skip
    case = named(CASE_DECISIONS, i.case)
    if i.no_case_reason:
        case = _("%(case)s: %(reason)s") % {"case": case, "reason": named(NO_CASE_REASONS, i.no_case_reason)}
    return Section(
        _("The matter"),
        (
            (_("Reference"), i.reference),
            (_("Received"), f"{stamp(i.received_at)} · {named(SOURCES, i.origin)}"),
            (_("Category at the call"), kind_named(i.category, i.subcategory) or "–"),
            (_("Category as it turned out"), final),
            (_("Grade"), f"P{i.grade} {named(GRADES, i.grade)}" + (f" · {why}" if why else "")),
            (_("Place"), " · ".join(p for p in (where, point) if p) or "–"),
            (_("Station"), local(i.unit.name_zh, i.unit.name_en) if i.unit else "–"),
            (_("Stands at"), f"{named(MATTER_STATES, i.state)} · {stamp(i.state_since)}"),
            (_("How it ended"), named(OUTCOMES, i.outcome) or "–"),
            (_("Case"), case or "–"),
            (_("Marks"), _(", ").join(flags) or "–"),
        ),
    )


def _joined(found: Dossier) -> tuple[Section, ...]:
    """The matters that were merged into this one, as each was taken."""
    if not found.joined:
        return ()
    rows = tuple(
        (
            j.matter.reference, stamp(j.matter.received_at), kind_named(j.matter.category, j.matter.subcategory) or "–",
            f"P{j.matter.grade}", local(j.matter.place_zh, j.matter.place_en) or "–", stamp(j.matter.closed_at),
        )
        for j in found.joined
    )  # fmt: skip
    head = (_("Reference"), _("Received"), _("Category at the call"), _("Grade"), _("Place"), _("Merged"))
    note = _("Their callers, crews and entries stand below among those of this matter, each with its number.")
    return (Section(_("Merged into this matter"), rows, head, note, 2),)


def _callers(found: Dossier) -> Section:
    opened = {r["id"]: r for r in found.personal["reports"]} if found.personal else {}
    rows = []
    for n, report in enumerate(found.reports, start=1):
        caller = (opened.get(report.pk) or {}).get("caller") or {}
        address = (opened.get(report.pk) or {}).get("address")
        if found.personal is None:
            who = _("masked")
        else:
            who = " · ".join(str(p) for p in (caller.get("name"), caller.get("phone"), address) if p) or "–"
        rows.append(
            (
                str(n), stamp(report.received_at),
                of_merged(found, named(SOURCES, report.source), report.taken_as_id), who,
                _safe(report), f"{report.stars}/5" if report.stars else "–",
            )
        )  # fmt: skip
    head = (_("Caller"), _("Received"), _("By"), _("Who"), _("Safe to contact"), _("Rated"))
    masked = _("Callers and words open only with a purpose. This copy has none.")
    return Section(_("Callers"), tuple(rows), head, masked if found.personal is None else "", 3, _("No caller."))


def _safe(report: Any) -> str:
    """What is known, and by what way two persons let the caller be reached all the same."""
    said = named(SAFE_CONTACT, report.safe_contact)
    if report.overridden_until is None:
        return said
    over = _("by two signatures %(way)s until %(until)s") % {
        "way": named(CONTACT_WAYS, report.overridden_way), "until": stamp(report.overridden_until)
    }  # fmt: skip
    return f"{said}; {over}"


def _words(found: Dossier) -> tuple[Section, ...]:
    """What was said, in order; only where a purpose opened it."""
    said = found.personal
    if said is None:
        return ()
    gone = _("erased")
    by_time: list[tuple[datetime, str, str]] = [
        (r["received_at"], with_origin(_("Caller"), r["of"]), r["words"] or gone) for r in said["reports"]
    ]
    crews = {a.crew_id: local(a.crew.callsign_zh, a.crew.callsign_en) for a in found.crews}
    by_time += [(a["at"], with_origin(_("Added"), a["of"]), a["words"] or gone) for a in said["added"]]
    by_time += [
        (n["at"], with_origin(f"{_('From the scene')}: {crews.get(n['crew_id'], '–')}", n["of"]), n["words"] or gone)
        for n in said["notes"]
    ]
    by_time += [
        (g["at"], f"{_('Sent back')}: {named(SEND_BACK_REASONS, g['reason'])}", g["words"] or gone)
        for g in said["gaps"]
    ]  # fmt: skip
    by_time += [
        (c["at"], f"{_('Call-back')}: {named(CALL_BACK_RESULTS, c['result'])}", c["words"] or gone)
        for c in said["calls"]
    ]  # fmt: skip
    by_time.sort(key=lambda row: row[0])
    rows = tuple((stamp(at), who, words) for at, who, words in by_time)
    return (Section(_("Words"), rows, (_("Time"), _("Who"), _("What was said")), wide=2),)


def _crews(found: Dossier) -> Section:
    rows = tuple(
        (
            of_merged(found, local(a.crew.callsign_zh, a.crew.callsign_en) + (f" ({_('leads')})" if a.lead else ""),
                a.incident_id),
            clock(a.offered_at), clock(a.acknowledged_at), clock(a.en_route_at), clock(a.on_scene_at),
            clock(a.reported_at), clock(a.ended_at),
            " · ".join(w for w in (named(ORDER_STATES, a.state), named(OUTCOMES, a.outcome)) if w),
        )
        for a in found.crews
    )  # fmt: skip
    head = (
        _("Crew"), _("Sent"), _("Signed"), _("Set out"), _("On scene"), _("Reported"), _("Ended"), _("How it ended")
    )  # fmt: skip
    return Section(_("Crews"), rows, head, wide=7, empty=_("No crew was sent."))


def _referred(found: Dossier) -> Section:
    """Which agencies were asked, and what they answered."""
    rows = tuple(
        (
            named(AGENCIES, r.agency),
            of_merged(found, _("comes along") if r.joint else _("took it over"), r.incident_id),
            stamp(r.made_at), stamp(r.due_at), stamp(r.answered_at),
            " · ".join(w for w in (named(REFERRAL_RESULTS, r.result), r.reference) if w) or "–",
        )
        for r in found.referrals
    )  # fmt: skip
    head = (_("Agency"), _("How"), _("Asked"), _("Answer due"), _("Answered"), _("Answer, its number"))
    return Section(_("Other agencies"), rows, head, wide=5, empty=_("No other agency was asked."))


def _called(found: Dossier) -> Section:
    numbers = {report.pk: n for n, report in enumerate(found.reports, start=1)}
    rows = tuple(
        (
            str(numbers.get(c.report_id, "–")),
            _("to be called by %(time)s") % {"time": stamp(c.deadline)} if c.due else _("not called back"),
            named(CALL_BACK_WHY, c.why)
            + (
                " · "
                + _("%(share)s %% drawn by entry #%(n)s") % {"share": round((c.share or 0) * 100), "n": c.drawn_from}
                if c.drawn_from is not None
                else ""
            ),
            named(CALL_BACK_RESULTS, c.result) or "–",
            str(c.tries),
        )
        for c in found.call_backs
    )
    head = (_("Caller"), _("Decided"), _("Why"), _("Result"), _("Tries"))
    return Section(_("Call-backs"), rows, head, wide=2, empty=_("Nothing was decided: the matter was not closed yet."))
