"""Who is on duty, in which state, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, FloatField, Func, Q

from oneroom.apps.duty.models import Crew, CrewMember, DutySpell, Fix, Position, Silence
from oneroom.apps.ledger.queries import last_entry
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Account, Grant, lasting
from oneroom.apps.people.queries import holders
from oneroom.engine.events import stamp
from oneroom.engine.roles import OFFICERS, STATION, Role

# A crew whose last fix is older than this is shown grey, never dropped.
STALE_AFTER = timedelta(minutes=2)
SWORN = OFFICERS | STATION


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A crew as the board shows it."""

    id: int
    code: str
    callsign_zh: str
    callsign_en: str
    unit_id: int
    state: str
    state_since: datetime
    officers: int
    auxiliaries: int
    skills: tuple[str, ...]
    kit: tuple[str, ...]
    runs: int
    lon: float | None
    lat: float | None
    fix_at: datetime | None
    accuracy_m: float | None
    led: bool = True  # the lead is a sworn officer and there
    line_id: int | None = None  # whose line it serves besides: that chief sees it, and does not command it (B11)


def board(*, on_duty: bool = True, unit_id: int | None = None, crew_ids: Iterable[int] | None = None) -> list[OnBoard]:
    """Crews with members counted and their latest position: two statements, whatever the number."""
    crews = Crew.objects.order_by("code")
    if on_duty:
        crews = crews.exclude(state=Crew.State.OFF_DUTY)
    if unit_id is not None:
        crews = crews.filter(unit_id=unit_id)
    if crew_ids is not None:
        crews = crews.filter(pk__in=crew_ids)
    # Plain rows, and times as numbers: a row of Django's costs ten times as much, and this is asked for all day.
    rows = crews.values_list(
        "pk", "code", "callsign_zh", "callsign_en", "unit_id", "state", _seconds("state_since"), "skills", "kit",
        "runs", "position__lon", "position__lat", _seconds("position__at"), "position__accuracy_m", "line_id",
    )  # fmt: skip
    members = _members(None if unit_id is None and crew_ids is None else [row[0] for row in rows])
    return [
        OnBoard(
            pk, code, zh, en, unit, state, datetime.fromtimestamp(since, UTC), officers, auxiliaries, tuple(skills),
            tuple(kit), runs, lon, lat, None if fix is None else datetime.fromtimestamp(fix, UTC), accuracy_m, led,
            line,
        )
        for pk, code, zh, en, unit, state, since, skills, kit, runs, lon, lat, fix, accuracy_m, line in rows
        for officers, auxiliaries, led in (members.get(pk, (0, 0, False)),)
    ]  # fmt: skip


def _seconds(field: str) -> Func:
    """A time as seconds since 1970, to the microsecond."""
    return Func(field, template="EXTRACT(EPOCH FROM %(expressions)s)::float8", output_field=FloatField())


def _members(crew_ids: Iterable[int] | None) -> dict[int, tuple[int, int, bool]]:
    """
    (officers, auxiliaries, led) of each crew: who leads is entered as lead, is an officer by a role that holds now,
    and may sign in. An auxiliary assists under an officer and is never one (workflow §2.10).
    """
    sworn = Grant.objects.filter(lasting(now()), role__in=[r.value for r in SWORN]).values("account")
    leads = Q(role=CrewMember.Role.LEAD, account__is_active=True, account__in=sworn)
    auxiliary = Q(role=CrewMember.Role.AUXILIARY)
    rows = CrewMember.objects.all() if crew_ids is None else CrewMember.objects.filter(crew_id__in=crew_ids)
    counted = rows.values_list("crew_id").annotate(
        officers=Count("pk", filter=~auxiliary), auxiliaries=Count("pk", filter=auxiliary),
        led=Count("pk", filter=leads),
    )  # fmt: skip
    return {crew: (officers, auxiliaries, led > 0) for crew, officers, auxiliaries, led in counted}


def led_crews(crew_ids: Iterable[int]) -> set[int]:
    """Those of these crews that a sworn officer leads: only they are sent."""
    return {crew for crew, (_officers, _auxiliaries, led) in _members(crew_ids).items() if led}


def last_position(crew_id: int) -> tuple[float, float] | None:
    """Where a crew on duty was last, (lon, lat)."""
    return Position.objects.filter(crew_id=crew_id).values_list("lon", "lat").first()


def crew_of(account_id: int) -> Crew | None:
    """The crew a person rides with, if any."""
    member = CrewMember.objects.filter(account_id=account_id).select_related("crew").first()
    return member.crew if member else None


def riders(crew_id: int | None) -> list[int]:
    """The accounts of everybody who rides with a crew now."""
    rows = CrewMember.objects.filter(crew_id=crew_id) if crew_id is not None else CrewMember.objects.none()
    return list(rows.order_by("pk").values_list("account_id", flat=True))


def callsigns() -> dict[int, tuple[str, str]]:
    """(Chinese, English) callsign of every crew."""
    return {pk: (zh, en) for pk, zh, en in Crew.objects.values_list("pk", "callsign_zh", "callsign_en")}


def who(target: str, *, at: datetime, crew_id: int | None, unit_id: int | None) -> list[Account]:
    """
    The people behind a rung's target at this minute: never somebody off duty (workflow §2.1a).

    ``crew`` all members, ``crew_lead``, ``crew_second`` its other sworn member, ``duty_chief`` of the
    station, ``station_crews`` all other crews of the station, ``shift_commander``, ``room`` nobody by name
    (the alarm is the room's), ``inspector``.
    """
    if target.startswith("crew") and crew_id is not None:
        members = CrewMember.objects.filter(crew_id=crew_id).exclude(crew__state=Crew.State.OFF_DUTY)
        if target == "crew_lead":
            members = members.filter(role=CrewMember.Role.LEAD)
        if target == "crew_second":
            members = members.filter(role=CrewMember.Role.SECOND)
        return [m.account for m in members.select_related("account").order_by("pk") if m.account.is_active]
    if target == "station_crews":
        members = CrewMember.objects.filter(crew__unit_id=unit_id, account__is_active=True)
        members = members.exclude(crew__state=Crew.State.OFF_DUTY).exclude(crew_id=crew_id or 0)
        return [m.account for m in members.select_related("account").order_by("pk")]
    if target in ("duty_chief", "shift_commander"):
        spells = DutySpell.objects.filter(role=target, begins__lte=at, ends__gt=at, account__is_active=True)
        if target == "duty_chief":
            spells = spells.filter(unit_id=unit_id)
        return [s.account for s in spells.select_related("account").order_by("pk")]
    if target == "inspector":
        return holders(Role.INSPECTOR)
    return []


def find_position(crew_id: int) -> Position | None:
    """The last place of a crew on duty."""
    return Position.objects.filter(crew_id=crew_id).exclude(crew__state=Crew.State.OFF_DUTY).first()


def station_names() -> dict[int, tuple[str, str]]:
    """(Chinese, English) names of stations."""
    rows = OrgUnit.objects.filter(kind=OrgUnit.Kind.STATION).values_list("pk", "name_zh", "name_en")
    return {pk: (zh, en) for pk, zh, en in rows}


@dataclass(frozen=True, slots=True)
class Post:
    """A duty role that somebody holds now."""

    role: str
    unit_id: int | None
    name: str
    until: datetime


def posts(at: datetime) -> list[Post]:
    """Who holds which duty role at this minute: commander first, then the stations' chiefs."""
    rows = DutySpell.objects.filter(begins__lte=at, ends__gt=at, account__is_active=True)
    rows = rows.order_by("-role", "unit__code", "pk")
    return [Post(*row) for row in rows.values_list("role", "unit_id", "account__name", "ends")]


def commanding(at: datetime) -> Post | None:
    """Who commands the room at this minute, by name and until when, as duty is entered now; None in a gap (T15)."""
    return next((p for p in posts(at) if p.role == Role.SHIFT_COMMANDER), None)


@dataclass(frozen=True, slots=True)
class Lead:
    """A crew on duty and who leads it."""

    crew_id: int
    callsign_zh: str
    callsign_en: str
    state: str
    account_id: int


def leads() -> list[Lead]:
    """Every crew on duty with its lead, in the order of crew codes."""
    rows = CrewMember.objects.filter(role=CrewMember.Role.LEAD, account__is_active=True)
    rows = rows.exclude(crew__state=Crew.State.OFF_DUTY).select_related("crew").order_by("crew__code")
    return [Lead(m.crew_id, m.crew.callsign_zh, m.crew.callsign_en, m.crew.state, m.account_id) for m in rows]


def commander(at: datetime) -> int | None:
    """The account that commands the room at this minute, as duty is entered now; None in a gap."""
    spells = DutySpell.objects.filter(role=Role.SHIFT_COMMANDER, begins__lte=at, ends__gt=at)
    return spells.values_list("account_id", flat=True).first()


def commander_at(at: datetime) -> int | None:
    """
    The account that commanded the room at a time, as the record has it (T15), however duty was entered since.

    Whoever took over last before that time, if the time for which he took over was not up. None: nobody did.
    """
    entry = last_entry("duty.begun", until=at, facts={"role": Role.SHIFT_COMMANDER.value})
    return None if entry is None or entry.facts["until"] <= stamp(at) else int(entry.facts["account"])


def command_gaps(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Times within which nobody is entered as shift commander. Overlaps cannot be entered: the database refuses."""
    gaps, free_from = [], since
    spells = DutySpell.objects.filter(role=Role.SHIFT_COMMANDER, begins__lt=until, ends__gt=since).order_by("begins")
    for begins, ends in spells.values_list("begins", "ends"):
        if begins > free_from:
            gaps.append((free_from, begins))
        free_from = max(free_from, ends)
    if free_from < until:
        gaps.append((free_from, until))
    return gaps


@dataclass(frozen=True, slots=True)
class SilentDesk:
    """A desk whose sound is off."""

    account_id: int
    name: str
    reason: str
    since: datetime


def is_silent(account_id: int) -> bool:
    """Whether this person's desk has its sound off."""
    return Silence.objects.filter(account_id=account_id).exists()


def silent_desks() -> list[SilentDesk]:
    """Desks of the room whose sound is off, the longest first."""
    rows = Silence.objects.order_by("since", "pk").values_list("account_id", "account__name", "reason", "since")
    return [SilentDesk(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Trail:
    """One place of a crew on its way."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float
    speed_kmh: float | None


def trail(crew_id: int, *, since: datetime, until: datetime) -> list[Trail]:
    """Where a crew was, in order. Only ``incidents.tracks`` asks: whoever opens a track says for what, and it shows."""
    rows = Fix.objects.filter(crew_id=crew_id, at__gte=since, at__lte=until).order_by("at", "pk")
    return [Trail(*row) for row in rows.values_list("at", "lon", "lat", "accuracy_m", "speed_kmh")]


@dataclass(frozen=True, slots=True)
class Riding:
    """A crew on duty with everybody who rides with it: (account, role in the crew), as they were entered."""

    id: int
    code: str
    callsign_zh: str
    callsign_en: str
    unit_id: int
    state: str
    lon: float | None
    lat: float | None
    members: list[tuple[int, str]]


def on_duty_with_members() -> list[Riding]:
    """Every crew on duty, by code, with its people and its last place: two statements."""
    members: dict[int, list[tuple[int, str]]] = {}
    rows = CrewMember.objects.filter(account__is_active=True).exclude(crew__state=Crew.State.OFF_DUTY)
    for crew, account, role in rows.order_by("pk").values_list("crew_id", "account_id", "role"):
        members.setdefault(crew, []).append((account, role))
    crews = Crew.objects.exclude(state=Crew.State.OFF_DUTY).order_by("code")
    return [
        Riding(*row, members.get(row[0], []))
        for row in crews.values_list(
            "pk", "code", "callsign_zh", "callsign_en", "unit_id", "state", "position__lon", "position__lat"
        )
    ]


def spells_at(at: datetime) -> list[tuple[str, int | None, int, datetime, datetime]]:
    """(role, unit, account, from, to) of who holds a duty role now or later."""
    rows = DutySpell.objects.filter(ends__gt=at, account__is_active=True).order_by("begins", "pk")
    return list(rows.values_list("role", "unit_id", "account_id", "begins", "ends"))
