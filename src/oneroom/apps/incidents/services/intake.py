"""A report comes in: a reference, a code to follow it by, and as soon as somebody says what it is, a grade."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from oneroom.apps.incidents.codes import CATEGORIES, SAFE_CONTACT, SOURCES
from oneroom.apps.incidents.models import AddedWords, Incident, Report
from oneroom.apps.incidents.protocol import known_subcategory
from oneroom.apps.incidents.services.matter import (
    known,
    known_grade,
    known_reasons,
    lock,
    lock_matter_of,
    lock_open,
    may_lower,
    must_be_open,
    scopes,
    subject,
    watch,
)
from oneroom.apps.ledger.services import (
    Named,
    are_sealed,
    given_id,
    given_reference,
    named_at_last,
    note,
    seal,
    sealed_rows,
    service,
)
from oneroom.apps.ledger.together import NameOf, insert_together
from oneroom.apps.orders.services import overdue_began, overdue_rows, stop
from oneroom.apps.orgs.queries import station_at
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right
from oneroom.engine.text import phone, plain
from oneroom.engine.values import Actor, BadInput

# A code is read over the phone and copied by hand, so of signs that look alike none or one is here: no 0 and O, no 1,
# I and L, no 2 and Z, no 5 and S. 27 letters and digits in 9 places are 42 bits.
_CODE_LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"
# What a report counts as until somebody has read it (the model's default).
_UNREAD = 3
_NUMBER = {
    "counted": """
INSERT INTO incidents_daycount (day, last) VALUES (%s, 1)
ON CONFLICT (day) DO UPDATE SET last = incidents_daycount.last + 1 RETURNING last""",
    "named": """
UPDATE incidents_incident SET reference = %s::text || lpad(last::text, greatest(4, length(last::text)), '0')
FROM counted WHERE id = %s RETURNING reference AS name""",
}
_KIND = ("category", "subcategory", "grade", "reasons", "state", "state_since")


@dataclass(frozen=True, slots=True)
class Where:
    """
    A place that was already checked (``places.queries.locate``): WGS-84, on a road of the city.

    ``zh`` and ``en`` name the public place; a house number or flat goes to ``address``, which is sealed.
    ``given`` keeps coordinates as they were said where they came in another datum ("GCJ02 121.4,31.2").
    """

    lon: float
    lat: float
    zh: str = ""
    en: str = ""
    accuracy_m: float | None = None
    given: str = ""


@dataclass(slots=True)
class Taken:
    """
    What the caller and the operator get at once. ``code`` is shown this one time and kept nowhere.

    Until an act that numbers ``at_last`` is written, its ``reference`` is one that nobody else has.
    """

    incident_id: int
    report_id: int
    reference: str
    code: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says, before it is checked."""

    words: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    address: str = ""
    safe_contact: str = "unknown"
    text_only: bool = False  # writes, and cannot hear or speak
    urgent: bool = False  # says that somebody is in danger now; only for a door at which nobody classifies


@service
def take_report(
    said: Said,
    *,
    source: str,
    where: Where | None,
    category: str = "",
    subcategory: str = "",
    grade: int | None = None,
    reasons: Iterable[str] = (),
    drill: bool = False,
    code: str = "",
    number_at_last: bool = False,
    by: Actor,
    at: datetime,
) -> Taken:
    """
    A report becomes an incident; with category, grade and place it is ready to be dispatched at once.

    ``code`` is the caller's code where the door has one to give (``follow_code``); else a random one is made.
    ``number_at_last``: nothing else of this act needs the reference, which is given by its last statement.
    Raises BadInput naming the field, before anything is written.
    """
    _may_report(source, by)
    if source not in SOURCES:
        raise BadInput("source", "There is no such way of reporting.")
    words, caller, address = check_said(said)
    reserved = given_reference()
    row = Incident(
        pk=given_id("incident"), reference=reserved or f"~{secrets.token_hex(7)}", origin=source, received_at=at,
        state_since=at, drill=drill, grade=1 if said.urgent else _UNREAD,
        reasons=["in_progress"] if said.urgent else [], **placed(where),
    )  # fmt: skip
    if category:
        checked = check_classification(category, grade, reasons, where, subcategory=subcategory)
        _classify(row, category=category, subcategory=subcategory, grade=grade, reasons=checked, by=by, at=at)
    named = subject(row.pk) if row.pk is not None else NameOf("incident", row)
    texts = {"words": words, "caller": caller if any(caller.values()) else None, "address": address}
    sealed = sealed_rows({f"report.{name}": text for name, text in texts.items() if text}, matter=named, at=at)
    seals = {purpose.removeprefix("report."): kept for purpose, kept in sealed.items()}
    code = code or follow_code(secrets.token_bytes(32))
    report = Report(
        incident=row, source=source, received_at=at, code_hash=code_hash(code), safe_contact=said.safe_contact,
        safe_ways=["page"] if said.text_only and said.safe_contact == "yes" else [], text_only=said.text_only,
        **{name: kept for name, (kept, _) in seals.items()},
    )  # fmt: skip
    stage = "dispatch" if category else "classify"
    watching = overdue_rows(
        named, stage=stage, limit_s=limit_s(stage, row.grade), grade=row.grade, drill=drill, unit_id=row.unit_id, at=at
    )
    insert_together(row, *(kept for kept, _ in sealed.values()), report, *watching)
    are_sealed(sealed)
    matter = subject(row.pk)
    commitments: dict[str, Any] = {("place" if n == "address" else n): c for n, (_, c) in seals.items()}
    note(
        "incident.received", matter, by=by, at=at, to=scopes(row, new=True), matter=matter, incident=row.pk,
        report=report.pk, source=source, safe_contact=said.safe_contact, drill=drill or None,
        text_only=said.text_only or None, grade=row.grade, unit=row.unit_id, **commitments,
    )  # fmt: skip
    if category:
        _note_classified(row, scopes(row, new=True), by=by, at=at)
    overdue_began(watching, by=by, at=at)
    taken = Taken(row.pk, report.pk, row.reference, code)
    if reserved is None:
        _number(row, taken, at, at_last=number_at_last)
    return taken


@service
def classify(
    incident_id: int,
    *,
    category: str,
    subcategory: str = "",
    grade: int | None,
    reasons: Iterable[str] = (),
    where: Where | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Say what it is and how grave, with the reasons; the matter is then ready to be sent to.

    Somebody may have raised the grade before: as everywhere, only the shift commander lowers it again.
    """
    row = lock(incident_id)
    checked = check_classification(category, grade, reasons, where or place_of(row), subcategory=subcategory)
    _classify(row, category=category, subcategory=subcategory, grade=grade, reasons=checked, by=by, at=at)
    where_now = placed(where) if where else {}
    for name, value in where_now.items():
        setattr(row, name, value)
    row.save(update_fields=[*_KIND, *where_now])
    _note_classified(row, scopes(row), by=by, at=at)
    stop(subject(row.pk), cause="classified", stage="classify", by=by, at=at)
    watch(row, "dispatch", by=by, at=at)


def _classify(
    row: Incident, *, category: str, subcategory: str, grade: int | None, reasons: list[str], by: Actor, at: datetime
) -> None:
    """The move itself, on the row in hand; whoever asked has checked what was said."""
    move = INCIDENT.move(row.state, "classify", by=by)
    if row.grade < min(_UNREAD, known_grade(grade)):
        may_lower(by, at=at)
    row.category, row.subcategory, row.grade, row.reasons = category, subcategory, known_grade(grade), reasons
    row.state, row.state_since = move.target, at


def _note_classified(row: Incident, heard: set[str], *, by: Actor, at: datetime) -> None:
    note(
        "incident.classified", subject(row.pk), by=by, at=at, to=heard, matter=subject(row.pk),
        incident=row.pk, category=row.category, subcategory=row.subcategory or None, grade=row.grade,
        reasons=row.reasons, unit=row.unit_id,
    )  # fmt: skip


@service
def add_words(
    incident_id: int, *, words: str, source: str, report_id: int, crew_id: int | None = None, by: Actor, at: datetime
) -> None:
    """
    The caller, the room or a crew adds words. From a crew on scene it is the first word that is waited for.

    Words to a report go to the matter that it counts to now, whichever it was when they were typed.
    """
    text = plain("words", words, longest=2000, required=True)
    row = must_be_open(lock_matter_of(report_id)) if report_id else lock_open(incident_id)
    sealed, commitment = seal(text, matter=subject(row.pk), purpose="added.words", at=at)
    AddedWords.objects.create(
        incident=row, source=source, report_id=report_id or None, account_id=by.id or None, at=at, words=sealed
    )
    note(
        "incident.words_added", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report_id, words=commitment, source=source, crew=crew_id,
    )  # fmt: skip


def _may_report(source: str, by: Actor) -> None:
    """The public at its own door; an officer what he sees himself; everything else is for who takes calls."""
    if source == "web":
        by.must(Right.REPORT_MATTER)
    elif not (source == "self" and by.crew_id is not None and by.may(Right.SCENE_REPORT)):
        by.must(Right.TAKE_CALL)


def check_said(said: Said) -> tuple[str, dict[str, str], str]:
    """Words, caller and address of a report, cleaned; BadInput names the field."""
    words = plain("words", said.words, longest=4000, required=True)
    caller = {"name": plain("caller_name", said.caller_name, longest=60)}
    caller["phone"] = phone("caller_phone", said.caller_phone)
    address = plain("address", said.address, longest=200)
    known("safe_contact", said.safe_contact, SAFE_CONTACT)
    return words, caller, address


def check_classification(
    category: str, grade: int | None, reasons: Iterable[str], where: Where | None, *, subcategory: str = ""
) -> list[str]:
    """The reasons as a list, if all of it can be taken; BadInput names the field otherwise."""
    known("category", category, CATEGORIES)
    known_subcategory(category, subcategory)
    known_grade(grade)
    checked = known_reasons(reasons)
    if where is None or where.lon is None:
        raise BadInput("location", "Say where it is: a crossing, a road or a point on the map.")
    return checked


def follow_code(seed: bytes) -> str:
    """
    A follow-up code from unguessable bytes.

    A door that may be asked twice (same key, same answer) derives them from the key and the house's secret, so
    that the answer it keeps need not hold the code.
    """
    secret = hmac.new(f"code:{settings.SECRET_KEY}".encode(), seed, hashlib.sha256).digest()
    number, letters = int.from_bytes(secret, "big"), ""
    for _ in range(9):
        number, place = divmod(number, len(_CODE_LETTERS))
        letters += _CODE_LETTERS[place]
    return letters


def code_hash(code: str) -> bytes:
    """Keyed hash of a follow-up code; blanks and case do not matter."""
    plain_code = "".join(code.split()).upper()
    return hmac.new(f"follow:{settings.SECRET_KEY}".encode(), plain_code.encode(), hashlib.sha256).digest()


def place_of(row: Incident) -> Where | None:
    """Where a matter is, if that is known."""
    if row.lon is None or row.lat is None:
        return None
    return Where(row.lon, row.lat, row.place_zh, row.place_en, row.accuracy_m, row.given)


def placed(where: Where | None) -> dict[str, object]:
    """The fields of a matter for its place; the station whose area it is in is found by it."""
    if where is None:
        return {}
    return {
        "lon": where.lon, "lat": where.lat, "accuracy_m": where.accuracy_m, "given": where.given,
        "place_zh": where.zh, "place_en": where.en, "unit": station_at(where.lon, where.lat),
    }  # fmt: skip


def day_of(at: datetime) -> date:
    """The day of a reference: that of the force's own time zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _number(row: Incident, taken: Taken, at: datetime, *, at_last: bool) -> None:
    """
    Give a matter its reference: the day and a number of that day, gapless.

    The last thing that taking a report does: the day's counter is locked until the commit, and whoever takes another
    report meanwhile waits for it.
    """
    day = day_of(at)

    def heard(name: str) -> None:
        row.reference = taken.reference = name

    number = Named(_NUMBER, [day, f"{day:%Y%m%d}-", row.pk], stands=row.reference, heard=heard)
    if at_last:
        named_at_last(number)
    else:
        number.now()
