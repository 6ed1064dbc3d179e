"""Vehicles and kit are entered and change hands; what a crew carries follows at the second, and dispatch with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.duty.gear import VEHICLE, piece_for, with_crews
from oneroom.apps.duty.models import Crew, Gear, GearSpell
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

S = GearSpell.State


@dataclass(frozen=True, slots=True)
class NewGear:
    """A piece that is entered: its number, kind and name, the unit that has it, and the crew that it rides with."""

    number: str
    kind: str
    name: str
    unit_id: int
    crew_id: int | None = None
    state: str = S.READY


@service
def enter_gear(pieces: Sequence[NewGear], *, by: Actor, at: datetime) -> list[int]:
    """Enter vehicles or kit, all of them or none; gives their ids."""
    made = []
    for piece in pieces:
        number = plain("number", piece.number, longest=24, required=True)
        name = plain("name", piece.name, longest=60)
        _must_be_theirs(piece.unit_id, piece.crew_id, piece.state, by)
        try:
            with transaction.atomic():
                gear = Gear.objects.create(number=number, kind=piece.kind, name=name)
        except IntegrityError as twice:
            raise BadInput("number", "There is a piece with this number already.") from twice
        GearSpell.objects.create(gear=gear, state=piece.state, unit_id=piece.unit_id, crew_id=piece.crew_id, since=at)
        _told("gear.entered", gear.pk, piece.unit_id, piece.crew_id, piece.state, by=by, at=at)
        made.append(gear.pk)
    renew_kit({piece.crew_id for piece in pieces if piece.crew_id is not None}, by=by, at=at)
    return made


@service
def move_gear(pk: int, *, state: str, unit_id: int, crew_id: int | None, by: Actor, at: datetime) -> None:
    """
    From now on a piece is in this state, with this unit and crew. Its unit's chief says so, or who commands.

    Nothing is overwritten: what it was until now stays as a dated fact.
    """
    now = piece_for(pk, by=by, at=at)
    if not (by.heads(now.unit_id) or by.may(Right.COMMAND)):
        raise NotFound
    if now.state == S.RETIRED:
        raise Conflict("This piece is retired: enter another one.")
    _must_be_theirs(unit_id, crew_id, state, by, giving=now.unit_id)
    if (now.state, now.unit_id, now.crew_id) == (state, unit_id, crew_id):
        return
    _turn(now, state, unit_id, crew_id, at)
    _told("gear.moved", pk, unit_id, crew_id, state, by=by, at=at, before=now.unit_id)
    renew_kit({crew for crew in (now.crew_id, crew_id) if crew is not None}, by=by, at=at)


@service
def gear_to_heir(unit_id: int, heir_id: int | None, *, by: Actor, at: datetime) -> int:
    """A unit has ended: its vehicles and kit are its heir's as they are; how many."""
    rows = list(GearSpell.objects.select_for_update(of=("self",)).filter(unit_id=unit_id, until=None).order_by("pk"))
    if rows and heir_id is None:
        raise Conflict("Vehicles and kit would belong to nobody: name an heir of their unit.")
    for row in rows:
        assert heir_id is not None
        _turn(row, row.state, heir_id, row.crew_id, at)
    if rows and heir_id is not None:
        to = ("room", f"unit:{unit_id}", f"unit:{heir_id}")
        note("gear.inherited", f"unit:{unit_id}", by=by, at=at, to=to, unit=unit_id, heir=heir_id, count=len(rows))
    return len(rows)


def renew_kit(crew_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Let these crews carry what rides with them now; a crew with which nothing ever rode keeps what it had."""
    found = with_crews(crew_ids, at=at)
    for crew in Crew.objects.filter(pk__in=crew_ids).order_by("pk"):
        kit = sorted({gear.kind for gear in found.get(crew.pk, []) if gear.kind != VEHICLE})
        if kit != crew.kit:
            Crew.objects.filter(pk=crew.pk).update(kit=kit)
            scopes = ("room", f"unit:{crew.unit_id}", f"crew:{crew.pk}")
            note("crew.kit", f"crew:{crew.pk}", by=by, at=at, to=scopes, crew=crew.pk, kit=kit)


def _turn(row: GearSpell, state: str, unit_id: int, crew_id: int | None, at: datetime) -> None:
    GearSpell.objects.filter(pk=row.pk).update(until=at)
    GearSpell.objects.create(gear_id=row.gear_id, state=state, unit_id=unit_id, crew_id=crew_id, since=at)


def _must_be_theirs(unit_id: int, crew_id: int | None, state: str, by: Actor, *, giving: int | None = None) -> None:
    """
    The unit is there and one of his (or he gives away what is one's of his), the crew is the unit's, the state is one.
    """
    if state not in S.values:
        raise BadInput("state", "There is no such choice here. Pick one of the list.")
    unit = OrgUnit.objects.filter(pk=unit_id, valid_to=None).exists()
    mine = by.heads(unit_id) or by.may(Right.COMMAND) or (giving is not None and by.heads(giving))
    if not unit or not mine:
        raise BadInput("unit", "There is no such choice here. Pick one of the list.")
    if crew_id is not None and not Crew.objects.filter(pk=crew_id, unit_id=unit_id).exists():
        raise BadInput("crew", "This crew is of another unit.")
    if crew_id is not None and state != S.READY:
        raise BadInput("crew", "Only what can be used rides with a crew.")


def _told(kind: str, gear: int, unit: int, crew: int | None, state: str, *, by: Actor, at: datetime,
          before: int | None = None) -> None:  # fmt: skip
    to = {"room", f"unit:{unit}", *([f"crew:{crew}"] if crew is not None else [])}
    to |= {f"unit:{before}"} if before is not None else set()
    said: dict[str, Any] = {"before": before} if before is not None else {}
    note(kind, f"gear:{gear}", by=by, at=at, to=sorted(to), gear=gear, unit=unit, crew=crew, state=state, **said)
