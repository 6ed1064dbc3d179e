"""
Everything about one matter, to be read through or put on paper, with the mark by which its record is verified.

Opening a dossier is an act: it leaves a Look with its purpose, and an entry with the mark that was handed out. The
entry of an opening stands outside of its own mark, which ends before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oneroom.apps.incidents.access import personal_of
from oneroom.apps.incidents.models import Assignment, Call, CallBack, Incident, Questioning, Referral, Report
from oneroom.apps.incidents.queries import questionings_of, story
from oneroom.apps.incidents.services.calls import call_subject
from oneroom.apps.incidents.services.matter import scopes, subject
from oneroom.apps.incidents.telephone import calls_of
from oneroom.apps.ledger.excerpt import Excerpt, verify_matter
from oneroom.apps.ledger.models import Look
from oneroom.apps.ledger.queries import Line, head, looks_at
from oneroom.apps.ledger.services import Looking, looked, note, service
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotAllowed, NotFound

FORMS = ("page", "pdf")


@dataclass(frozen=True, slots=True)
class Joined:
    """A matter that was merged into this one, with the mark of its own entries."""

    matter: Incident
    mark: Excerpt


@dataclass(frozen=True, slots=True)
class Rang:
    """A telephone call of the matter or of one that was merged into it, with the mark of what was before the matter."""

    call: Call
    mark: Excerpt


@dataclass(frozen=True, slots=True)
class Dossier:
    """
    A matter with all that was merged into it: its callers, crews and entries are among those here, and name their own.

    ``personal`` is what ``access.personal_of`` opens, or None where callers and words stay masked.
    """

    matter: Incident
    joined: list[Joined]
    calls: list[Rang]
    purpose: str
    reports: list[Report]
    asked: list[Questioning]
    crews: list[Assignment]
    lines: list[Line]
    call_backs: list[CallBack]
    referrals: list[Referral]
    looks: list[Look]
    personal: dict[str, Any] | None
    mark: Excerpt
    head: tuple[int, str]
    opened_at: datetime


def find_subject(text: str) -> str | None:
    """The name in the record of a matter that is given by reference ("20261121-0001"), number or name, or of a call."""
    if (call := re.fullmatch(r"call:([0-9]{1,15})", text.strip())) is not None:
        return call_subject(int(call[1])) if Call.objects.filter(pk=int(call[1])).exists() else None
    plain = text.strip().removeprefix("incident:")
    number = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 16 else None
    rows = Incident.objects.filter(reference=plain) if number is None else Incident.objects.filter(pk=number)
    found = rows.values_list("pk", flat=True).first()
    return None if found is None else subject(found)


def purposes(matter: Incident, *, by: Actor, inspection: str = "") -> dict[str, str]:
    """
    For what this person may open the dossier, and the live record each purpose is bound to; empty: not at all.

    ``inspection`` is the reference within which an inspector reads. The room reads any matter, a chief those of his
    station; with callers only while the matter is open, or where a case was opened and its file is made.
    """
    own = subject(matter.pk)
    found: dict[str, str] = {}
    chief = by.heads(matter.unit_id)
    if by.may(Right.SEE_ROOM) or chief:
        found["overview"] = own
        if matter.state in OPEN and by.may(Right.OPEN_PERSONAL):
            found["review"] = own
        if matter.case == "case" and (chief or by.may(Right.COMMAND)):
            found["case_file"] = own
    if by.may(Right.INSPECT) and inspection:
        found |= {"overview": inspection, "inspection": inspection}
    return found


def matter_to_read(pk: int, *, by: Actor) -> Incident:
    """The matter whose dossier this person may ask for: room, its station's chief, inspector."""
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None or not (by.may(Right.SEE_ROOM) or by.heads(row.unit_id) or by.may(Right.INSPECT)):
        raise NotFound
    return row


@service
def open_dossier(
    pk: int, *, purpose: str = "overview", form: str, inspection: str = "", by: Actor, at: datetime
) -> Dossier:
    """The dossier for a purpose; the disclosure is entered with the mark that it carries."""
    row = matter_to_read(pk, by=by)
    basis = purposes(row, by=by, inspection=inspection).get(purpose)
    if basis is None or form not in FORMS:
        raise NotAllowed("There is no live matter that this purpose belongs to.")
    looking = Looking(purpose, basis)
    mark, (last, last_hash) = verify_matter(subject(row.pk)), head("acts")
    merged = list(Incident.objects.filter(merged_into=row).order_by("pk"))
    joined = [Joined(m, verify_matter(subject(m.pk))) for m in merged]
    matters = [row.pk, *(m.pk for m in merged)]
    looks = [look for pk in matters for look in looks_at(subject(pk))]
    calls = [Rang(call, verify_matter(call_subject(call.pk))) for call in calls_of(map(subject, matters))]
    upto = {subject(row.pk): mark.last} | {subject(j.matter.pk): j.mark.last for j in joined}
    upto |= {call_subject(c.call.pk): c.mark.last for c in calls}
    lines = [line for line in story(row.pk, merged=matters[1:]) if line.seq <= upto.get(line.matter, 0)]
    with_callers = purpose != "overview"
    personal = personal_of(row, looking=looking, by=by, at=at) if with_callers else None
    if personal is None or not personal["reports"]:
        looked(subject(row.pk), ["dossier"], looking=looking, by=by, at=at)
    note(
        "incident.disclosed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        form=form, purpose=purpose, callers=with_callers, last=mark.last, digest=mark.mark,
    )  # fmt: skip
    return Dossier(
        row, joined, calls, purpose,
        list(Report.objects.filter(incident=row).select_related("taken_as").order_by("pk")), questionings_of(row),
        list(Assignment.objects.filter(incident__in=matters).select_related("crew").order_by("offered_at", "pk")),
        lines,
        list(CallBack.objects.filter(incident__in=matters).order_by("pk")),
        list(Referral.objects.filter(incident__in=matters).order_by("made_at", "pk")),
        looks, personal, mark, (last, last_hash.hex()), at,
    )  # fmt: skip
