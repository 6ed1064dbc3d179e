"""The mobile force is entered, says how ready it is, and is tried by drills (row T25)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from oneroom.apps.duty.force import force_for
from oneroom.apps.duty.models import ForceUnit, ReadinessDrill
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.engine.readiness import LEVELS, below
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotAllowed, Overtaken


@service
def enter_force(
    *, code: str, name_zh: str, name_en: str, unit_id: int, base: str, strength: int, least: int, required: int,
    skills: Iterable[str] = (), kit: Iterable[str] = (), lon: float | None = None, lat: float | None = None, by: Actor,
    at: datetime,
) -> ForceUnit:  # fmt: skip
    """
    Enter a unit of the mobile force; until its chief says otherwise nobody of it is ready, and that is an alarm.

    ``lon`` and ``lat`` are where its base is; without them it is where the unit is that it belongs to.
    """
    by.must(Right.COMMAND)
    if not code or not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 24:
        raise BadInput("code", "A code has letters, digits and - only, at most 24.")
    above = OrgUnit.objects.filter(pk=unit_id, valid_to=None).first()
    if above is None:
        raise BadInput("unit", "There is no such choice here. Pick one of the list.")
    if not 1 <= least <= strength <= 999:
        raise BadInput("least", "The least strength is 1 or more, and no more than the whole strength.")
    _must_be_level(required, "required")
    if lon is None or lat is None:
        lon, lat = above.lon, above.lat
    try:
        with transaction.atomic():
            force = ForceUnit.objects.create(
                code=code.lower(), name_zh=plain("name_zh", name_zh, longest=60, required=True),
                name_en=plain("name_en", name_en, longest=80, required=True), unit_id=unit_id,
                base=plain("base", base, longest=80, required=True), strength=strength, least=least, required=required,
                skills=sorted(set(skills)), kit=sorted(set(kit)), lon=lon, lat=lat, said_at=at,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Conflict("There is a unit of the mobile force with this code already.", field="code") from twice
    note(
        "force.entered", f"force:{force.pk}", by=by, at=at, to=_scopes(force), force=force.pk, unit=unit_id,
        strength=strength, least=least, required=required,
    )  # fmt: skip
    _judge(force, by, at)
    return force


@service
def say_readiness(pk: int, *, level: int, present: int, by: Actor, at: datetime) -> None:
    """Its chief, or who commands, says at which level it stands and how many are there; too little is an alarm."""
    force = _mine(pk, by)
    _must_be_level(level, "level")
    if not 0 <= present <= force.strength:
        raise BadInput("present", "From 0 to the whole strength, %(most)d.", most=force.strength)
    force.level, force.present, force.said_at = level, present, at
    force.save(update_fields=["level", "present", "said_at"])
    note(
        "force.readiness", f"force:{pk}", by=by, at=at, to=_scopes(force), force=pk, level=level, present=present,
    )  # fmt: skip
    _judge(force, by, at)


@service
def base_force(pk: int, *, base: str, lon: float, lat: float, by: Actor, at: datetime) -> None:
    """Whoever commands says where its base is: from there the whole city has to be in reach (row T26)."""
    by.must(Right.COMMAND)
    force = force_for(pk, by=by, lock=True)
    force.base, force.lon, force.lat = plain("base", base, longest=80, required=True), lon, lat
    force.save(update_fields=["base", "lon", "lat"])
    note("force.based", f"force:{pk}", by=by, at=at, to=_scopes(force), force=pk)


@service
def call_drill(pk: int, *, by: Actor, at: datetime) -> int:
    """Call a unit out for a drill: who commands does, its own chief does not, since the drill measures him as well."""
    by.must(Right.COMMAND)
    force = force_for(pk, by=by, lock=True)
    try:
        with transaction.atomic():
            drill = ReadinessDrill.objects.create(
                force=force, level=force.level, limit_s=LEVELS[force.level], least=force.least, called_at=at,
                called_by_id=by.id,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Conflict("A drill of this unit runs already.") from twice
    note(
        "force.drill_called", f"force:{pk}", by=by, at=at, to=_scopes(force), force=pk, drill=drill.pk,
        level=force.level, limit_s=drill.limit_s,
    )  # fmt: skip
    return drill.pk


@service
def turn_out(pk: int, *, strength: int, by: Actor, at: datetime) -> None:
    """The unit rolls, with so many: its chief says it, or who commands for a unit that reports by radio."""
    force = _mine(pk, by)
    if not 1 <= strength <= force.strength:
        raise BadInput("strength", "From 1 to the whole strength, %(most)d.", most=force.strength)
    drill = _running(force)
    moved = ReadinessDrill.objects.filter(pk=drill.pk, ended_at=None)
    if not moved.update(turned_out_at=at, strength=strength, ended_at=at):
        raise Overtaken
    note(
        "force.turned_out", f"force:{pk}", by=by, at=at, to=_scopes(force), force=pk, drill=drill.pk, strength=strength,
    )  # fmt: skip


@service
def end_drill(pk: int, *, by: Actor, at: datetime) -> None:
    """Whoever commands ends a drill to which nobody turned out."""
    by.must(Right.COMMAND)
    force = force_for(pk, by=by, lock=True)
    drill = _running(force)
    ReadinessDrill.objects.filter(pk=drill.pk).update(ended_at=at)
    note("force.drill_ended", f"force:{pk}", by=by, at=at, to=_scopes(force), force=pk, drill=drill.pk)


@service
def force_to_heir(unit_id: int, heir_id: int | None, *, by: Actor, at: datetime) -> int:
    """A unit has ended: what of the mobile force was its is its heir's, as ready as it is, a drill running on."""
    rows = ForceUnit.objects.filter(unit_id=unit_id)
    if heir_id is None:
        if rows.exists():
            raise Conflict("Units of the mobile force would belong to nobody: name an heir of their unit.")
        return 0
    moved = rows.update(unit_id=heir_id)
    if moved:
        to = ("room", f"unit:{unit_id}", f"unit:{heir_id}")
        note("force.inherited", f"unit:{unit_id}", by=by, at=at, to=to, unit=unit_id, heir=heir_id, count=moved)
    return moved


def _mine(pk: int, by: Actor) -> ForceUnit:
    force = force_for(pk, by=by, lock=True)
    if not (by.heads(force.unit_id) or by.may(Right.COMMAND)):
        raise NotAllowed("Its own chief says this, or whoever commands.")
    return force


def _running(force: ForceUnit) -> ReadinessDrill:
    drill = ReadinessDrill.objects.select_for_update().filter(force=force, ended_at=None).first()
    if drill is None:
        raise Conflict("No drill of this unit runs.")
    return drill


def _must_be_level(level: int, field: str) -> None:
    if level not in LEVELS:
        raise BadInput(field, "A readiness level is 1 to 4.")


def _judge(force: ForceUnit, by: Actor, at: datetime) -> None:
    short = below(level=force.level, required=force.required, present=force.present, least=force.least)
    if short:
        note("force.below", f"force:{force.pk}", by=by, at=at, to=_scopes(force), force=force.pk, short=list(short))
    else:
        note("force.ready", f"force:{force.pk}", by=by, at=at, to=_scopes(force), force=force.pk)


def _scopes(force: ForceUnit) -> tuple[str, ...]:
    return ("room", f"unit:{force.unit_id}")
