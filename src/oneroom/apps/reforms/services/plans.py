"""Draft a reform, change the draft, ask for the second signature, take it back: the one way to write plans."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.ground import read_outline
from oneroom.apps.orgs.words import fault_words
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import ask_second, drop_second
from oneroom.apps.reforms.checks import check
from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services.undo import take_back
from oneroom.engine.organisation.changes import Change
from oneroom.engine.organisation.codec import areas_named, read_changes, read_document, write_changes
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, NotAllowed, NotFound, Overtaken, Unmet

S = ReformPlan.State


def subject(pk: int) -> str:
    """The plan's name in the record."""
    return f"reform:{pk}"


@service
def draft_plan(
    name: str, day: date | None, changes: Sequence[Change] = (), *, illustration: bool = False, by: Actor, at: datetime
) -> int:
    """Begin a plan over today's facts; gives its id. It may be as unfinished as it likes until it is to be signed."""
    by.must(Right.DRAFT_REFORM)
    row = ReformPlan.objects.create(
        name=plain("name", name, longest=80, required=True), day=_day(day, at), changes=write_changes(changes),
        illustration=illustration, drafted_by_id=by.id or None, drafted_at=at,
    )  # fmt: skip
    note("reform.drafted", subject(row.pk), by=by, at=at, reform=row.pk, changes=len(changes), day=row.day.isoformat())
    return row.pk


@service
def alter_plan(
    pk: int, *, seen: int, name: str | None = None, day: date | None = None, changes: Any = None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """
    Change a draft: its name, its day, its changes (as JSON values); what is None stays. ``seen`` is the version that
    the planner had before his eyes: where somebody was quicker, nothing is done (``Overtaken``).
    """
    by.must(Right.DRAFT_REFORM)
    row = _get(pk)
    if row.state != S.DRAFT:
        raise Overtaken("Only a draft can be changed. Take the plan back to go on with it.")
    said: dict[str, Any] = {"version": seen + 1}
    if name is not None:
        said["name"] = plain("name", name, longest=80, required=True)
    if day is not None:
        said["day"] = _day(day, at)
    if changes is not None:
        read = read_changes(changes)
        _known_areas(areas_named(read))
        said["changes"] = write_changes(read)
    if not ReformPlan.objects.filter(pk=pk, state=S.DRAFT, version=seen).update(**said):
        raise Overtaken("Somebody else has just changed this plan. Yours was not done; look again.")
    row.refresh_from_db()
    note("reform.altered", subject(pk), by=by, at=at, reform=pk, changes=len(row.changes), day=row.day.isoformat())


@service
def import_plan(document: Any, *, day: date | None = None, illustration: bool = False, by: Actor, at: datetime) -> int:
    """A draft of what another house exported (engine.organisation.codec). ``day`` overrides that of the document."""
    by.must(Right.DRAFT_REFORM)
    read = read_document(document)
    names = _kept(read.areas)
    missing = areas_named(read.changes) - names
    if missing:
        raise BadInput("areas", "The changes draw ground that the document does not hold: %(name)s.", name=min(missing))
    return draft_plan(read.name, day or read.day, read.changes, illustration=illustration, by=by, at=at)


@service
def ask_for_signature(pk: int, *, words: str, by: Actor, at: datetime) -> int:
    """
    Ask the second person to sign this plan as it stands; gives the request. Refused, with each orphan named, while
    anything would be orphaned.
    """
    by.must(Right.DRAFT_REFORM)
    row = _get(pk)
    if row.state != S.DRAFT:
        raise Overtaken
    if row.day < localtime(at).date():
        raise BadInput("day", "The past cannot be reformed: give today or a later day.")
    if not row.changes:
        raise BadInput("changes", "There is nothing in this plan yet.")
    must_be_sound(row)
    row.state, row.digest = S.ASKED, digest_of(row)
    row.save(update_fields=["state", "digest"])
    return ask_second(Act.REFORM, subject(pk), details={"digest": row.digest[:32]}, words=words, by=by, at=at)


@service
def withdraw_plan(pk: int, *, by: Actor, at: datetime) -> None:
    """
    Not this. A draft is put away; what waits for its signature is not waited for; what is signed is taken back, with
    all it wrote, as long as its day has not come. Either of the two who sign may do it: it makes nothing.
    """
    if not (by.may(Right.DRAFT_REFORM) or by.may(Right.COUNTERSIGN)):
        raise NotAllowed
    row = _get(pk)
    match row.state:
        case S.DRAFT:
            pass
        case S.ASKED:
            waits = Signature.objects.filter(act=Act.REFORM, about=subject(pk), ended_at=None).first()
            if waits is not None:
                drop_second(waits.pk, by=by, at=at)
        case S.SIGNED if row.day > localtime(at).date():
            take_back(row)
        case S.SIGNED | S.IN_FORCE:
            raise Overtaken("This reform is in force. Another reform may undo it, from a day to come.")
        case _:
            raise Overtaken
    was = row.state
    row.state, row.ended_at, row.written = S.WITHDRAWN, at, None
    row.save(update_fields=["state", "ended_at", "written"])
    note("reform.withdrawn", subject(pk), by=by, at=at, reform=pk, state=str(was))


def must_be_sound(row: ReformPlan) -> None:
    """Raises ``Unmet`` with everything that stands against the plan, or what a change is refused for."""
    found = check(row)
    if found.refused is not None:
        raise found.refused
    if found.faults:
        raise Unmet({f"{fault.code}.{fault.subject}": fault_words(fault) for fault in found.faults})


def digest_of(row: ReformPlan) -> str:
    """The hash of what is signed: the day and the changes."""
    said = json.dumps([row.day.isoformat(), row.changes], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _get(pk: int) -> ReformPlan:
    row = ReformPlan.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _day(day: date | None, at: datetime) -> date:
    if day is None:
        raise BadInput("day", "Say on which day it begins.")
    if not date(2000, 1, 1) <= day <= localtime(at).date().replace(year=localtime(at).year + 20, day=1):
        raise BadInput("day", "A day of this century, within twenty years.")
    return day


def _kept(areas: Mapping[str, Any]) -> set[str]:
    """Keep the outlines of a document; the names under which they are kept, which are their own hashes."""
    names = set()
    for name, geometry in areas.items():
        digest = stored.area_digest(read_outline(geometry, where=f"areas.{name[:16]}"))
        if digest != name:
            raise BadInput("areas", "The ground %(name)s is another than its name says.", name=name[:16])
        names.add(stored.area_key(geometry))
    return names


def _known_areas(names: set[str]) -> None:
    missing = names - set(stored.areas(names))
    if missing:
        raise BadInput("changes", "The ground %(name)s is not known here.", name=min(missing)[:16])
