"""A dossier in words: the same sections for the page and for paper, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.incidents.codes import (
    CALL_BACK_RESULTS,
    CALL_BACK_WHY,
    CASE_DECISIONS,
    DOSSIER_PURPOSES,
    GRADES,
    NO_CASE_REASONS,
    OUTCOMES,
    REASONS,
    SAFE_CONTACT,
    SEND_BACK_REASONS,
    SOURCES,
)
from oneroom.apps.incidents.dossier import Dossier
from oneroom.apps.people.queries import staff_names
from oneroom.web.pages.looks import FIELDS, PURPOSES
from oneroom.web.pages.room.asked import asked_views
from oneroom.web.pages.room.timeline import shown
from oneroom.web.pages.room.words import MATTER_STATES, ORDER_STATES, kind_named, local, named

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows. With ``head`` it is a table; without, pairs of name and value."""

    title: str
    rows: tuple[Row, ...]
    head: Row = ()
    note: str = ""
    wide: int = -1  # the column that takes what room is left
    empty: str = field(default="")


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
    """Head, places, callers, crews, call-backs, timeline, photos, who read it, and the mark; in this order."""
    i = found.matter
    place = local(i.place_zh, i.place_en) or _("place not yet known")
    sections = (
        _head(found), *_asked(found), _callers(found), *_words(found), _crews(found), _called(found), _timeline(found),
        _photos(found), _looks(found), _mark(found),
    )  # fmt: skip
    at = stamp(found.opened_at)
    return Paper(
        f"{kind_named(i.category, i.subcategory) or _('not yet classified')} · {place}",
        _("Dossier of matter %(reference)s") % {"reference": i.reference}, i.reference, i.grade, i.drill,
        found.personal is None, found.mark.broken_at, sections,
        _("Opened %(time)s by %(who)s · purpose: %(purpose)s")
        % {"time": at, "who": printed_by, "purpose": named(DOSSIER_PURPOSES, found.purpose)},
    )  # fmt: skip


def stamp(moment: datetime | None) -> str:
    """Day and second in the force's time zone."""
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else "–"


def _clock(moment: datetime | None) -> str:
    return f"{localtime(moment):%H:%M:%S}" if moment else "–"


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
            (i.reopened > 0, _("opened again: %(n)s times") % {"n": i.reopened}),
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
                str(n), stamp(report.received_at), named(SOURCES, report.source), who,
                named(SAFE_CONTACT, report.safe_contact), f"{report.stars}/5" if report.stars else "–",
            )
        )  # fmt: skip
    head = (_("Caller"), _("Received"), _("By"), _("Who"), _("Safe to contact"), _("Rated"))
    masked = _("Callers and words open only with a purpose. This copy has none.")
    return Section(_("Callers"), tuple(rows), head, masked if found.personal is None else "", 3, _("No caller."))


def _words(found: Dossier) -> tuple[Section, ...]:
    """What was said, in order; only where a purpose opened it."""
    said = found.personal
    if said is None:
        return ()
    gone = _("erased")
    by_time: list[tuple[datetime, str, str]] = [
        (r["received_at"], _("Caller"), r["words"] or gone) for r in said["reports"]
    ]
    by_time += [(a["at"], _("Added"), a["words"] or gone) for a in said["added"]]
    by_time += [(n["at"], _("From the scene"), n["words"] or gone) for n in said["notes"]]
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
            local(a.crew.callsign_zh, a.crew.callsign_en) + (f" ({_('leads')})" if a.lead else ""),
            _clock(a.offered_at), _clock(a.acknowledged_at), _clock(a.en_route_at), _clock(a.on_scene_at),
            _clock(a.reported_at), _clock(a.ended_at),
            " · ".join(w for w in (named(ORDER_STATES, a.state), named(OUTCOMES, a.outcome)) if w),
        )
        for a in found.crews
    )  # fmt: skip
    head = (
        _("Crew"), _("Sent"), _("Signed"), _("Set out"), _("On scene"), _("Reported"), _("Ended"), _("How it ended")
    )  # fmt: skip
    return Section(_("Crews"), rows, head, wide=7, empty=_("No crew was sent."))


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


def _timeline(found: Dossier) -> Section:
    rows = tuple(
        (
            f"#{line.seq}", stamp(line.at), line.channel,
            line.what + (f" — {line.meta}" if line.meta else ""),
        )
        for line in reversed(shown(found.lines))
    )  # fmt: skip
    return Section(_("Timeline, every entry"), rows, ("#", _("Time"), _("Channel"), _("What happened")), wide=3)


def _photos(found: Dossier) -> Section:
    rows = tuple(
        (f"#{e.seq}", stamp(e.at), str(e.facts["content"])) for e in found.lines if e.kind == "assignment.photo"
    )
    note = _("The commitment binds the photo's content (HMAC-SHA256 under a key kept with the photo).")
    return Section(
        _("Photos"), rows, ("#", _("Time"), _("Commitment")), note if rows else "", 2, _("No photo.")
    )  # fmt: skip


def _looks(found: Dossier) -> Section:
    names = staff_names({look.actor for look in found.looks})
    rows = tuple(
        (stamp(look.at), names.get(look.actor) or _("an account"), named(PURPOSES, look.purpose), _fields(look.fields))
        for look in sorted(found.looks, key=lambda look: look.seq)
    )
    head = (_("Time"), _("Who"), _("Purpose"), _("What was opened"))
    return Section(_("Who read it"), rows, head, wide=3, empty=_("Nobody before this opening."))


def _fields(fields: Iterable[str]) -> str:
    return _(", ").join(named(FIELDS, f) for f in fields)


def _mark(found: Dossier) -> Section:
    mark = found.mark
    state = (
        _("intact: each entry gives its hash and hangs together with its neighbours")
        if mark.broken_at is None
        else _("ALTERED: entry #%(n)s is not as it was written") % {"n": mark.broken_at}
    )
    n, chain_hash = found.head
    command = f"oneroom verify --matter incident:{found.matter.pk} --upto {mark.last}"
    return Section(
        _("Integrity mark"),
        (
            (_("Record"), state),
            (_("Entries"), _("%(n)s, from #%(first)s to #%(last)s")
             % {"n": mark.entries, "first": mark.first, "last": mark.last}),
            (_("Mark of the matter"), mark.mark),
            (_("Head of the chain"), f"#{n} {chain_hash}"),
            (_("How to verify"), _("On any machine that has the record: %(command)s prints the same mark.")
             % {"command": command}),
            (_("How it is made"), _("SHA-256 over the SHA-256 hashes of the entries, one after the other in order;"
                                    " each is the hash of the entry's RFC 8785 bytes.")),
        ),
    )  # fmt: skip
