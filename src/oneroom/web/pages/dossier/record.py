"""What the record itself says of a matter on its dossier: every entry, photos, who read it, and the mark."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from oneroom.apps.incidents.dossier import Dossier
from oneroom.apps.ledger.excerpt import Excerpt
from oneroom.apps.people.queries import staff_names
from oneroom.web.pages.dossier.parts import Section, clock, matter_number, of_merged, stamp
from oneroom.web.pages.looks import FIELDS, PURPOSES
from oneroom.web.pages.room.timeline import shown
from oneroom.web.pages.room.words import local, named


def marks(found: Dossier) -> list[Excerpt]:
    """The mark of the matter, those of the matters that were merged into it, and of their calls."""
    return [found.mark, *(j.mark for j in found.joined), *(c.mark for c in found.calls)]


def broken_at(found: Dossier) -> int | None:
    """The number of the first entry that is not as it was written, of any of them."""
    return next((m.broken_at for m in marks(found) if m.broken_at is not None), None)


def timeline_section(found: Dossier) -> Section:
    """Every entry, oldest first; of a merged matter with its number."""
    calls = {f"call:{c.call.pk}": c.call.incident_id for c in found.calls}
    matter = {line.seq: calls.get(line.matter) or matter_number(line.matter) for line in found.lines}
    rows = tuple(
        (
            f"#{line.seq}", stamp(line.at), line.channel,
            of_merged(found, line.what + (f" — {line.meta}" if line.meta else ""), matter[line.seq]),
        )
        for line in reversed(shown(found.lines))
    )  # fmt: skip
    return Section(_("Timeline, every entry"), rows, ("#", _("Time"), _("Channel"), _("What happened")), wide=3)


def calls_section(found: Dossier) -> tuple[Section, ...]:
    """The telephone calls as the exchange told of them; where each is recorded opens only with a purpose."""
    if not found.calls:
        return ()
    kept = {r["call"]: r["recording"] for r in found.personal["recordings"]} if found.personal else {}
    rows = tuple(
        (
            of_merged(found, stamp(c.call.ringing_at), c.call.incident_id), clock(c.call.answered_at),
            clock(c.call.ended_at), _("masked") if found.personal is None else kept.get(c.call.pk, "–"),
        )
        for c in found.calls
    )  # fmt: skip
    head = (_("Rang"), _("Picked up"), _("Ended"), _("Recording"))
    return (Section(_("Telephone calls"), rows, head, wide=3),)


def photos_section(found: Dossier) -> Section:
    """That there are photos, who took them, and what binds their content; no picture."""
    crews = {a.crew_id: local(a.crew.callsign_zh, a.crew.callsign_en) for a in found.crews}
    rows = tuple(
        (
            f"#{e.seq}", stamp(e.at), of_merged(found, crews.get(e.facts["crew"], "–"), e.facts["incident"]),
            str(e.facts["content"]),
        )
        for e in found.lines
        if e.kind == "assignment.photo"
    )  # fmt: skip
    note = _("The commitment binds the photo's content (HMAC-SHA256 under a key kept with the photo).")
    return Section(
        _("Photos"), rows, ("#", _("Time"), _("Crew"), _("Commitment")), note if rows else "", 3, _("No photo.")
    )  # fmt: skip


def looks_section(found: Dossier) -> Section:
    """Who opened personal fields of it before this opening."""
    names = staff_names({look.actor for look in found.looks})
    rows = tuple(
        (
            stamp(look.at),
            names.get(look.actor) or _("an account"),
            named(PURPOSES, look.purpose),
            of_merged(found, _fields(look.fields), matter_number(look.record)),
        )
        for look in sorted(found.looks, key=lambda look: look.seq)
    )
    head = (_("Time"), _("Who"), _("Purpose"), _("What was opened"))
    return Section(_("Who read it"), rows, head, wide=3, empty=_("Nobody before this opening."))


def _fields(fields: Iterable[str]) -> str:
    return _(", ").join(named(FIELDS, f) for f in fields)


def mark_section(found: Dossier) -> Section:
    """By which anybody who has the record verifies this copy."""
    mark = found.mark
    broken = broken_at(found)
    state = (
        _("intact: each entry gives its hash and hangs together with its neighbours")
        if broken is None
        else _("ALTERED: entry #%(n)s is not as it was written") % {"n": broken}
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
            *(
                (_("Mark of %(reference)s") % {"reference": j.matter.reference},
                 f"{j.mark.mark} (--matter incident:{j.matter.pk} --upto {j.mark.last})")
                for j in found.joined
            ),
            *(
                (_("Mark of telephone call %(n)s") % {"n": c.call.pk},
                 f"{c.mark.mark} (--matter call:{c.call.pk} --upto {c.mark.last})")
                for c in found.calls
            ),
            (_("Head of the chain"), f"#{n} {chain_hash}"),
            (_("How to verify"), _("On any machine that has the record: %(command)s prints the same mark.")
             % {"command": command}),
            (_("How it is made"), _("SHA-256 over the SHA-256 hashes of the entries, one after the other in order;"
                                    " each is the hash of the entry's RFC 8785 bytes.")),
        ),
    )  # fmt: skip
