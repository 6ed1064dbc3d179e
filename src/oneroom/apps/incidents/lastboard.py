"""The board as it stands now, for the time when the database is away; and what of that time waits for a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from oneroom.apps.duty.queries import led_crews, on_duty_with_members, spells_at
from oneroom.apps.incidents.models import Assignment, Incident, LateAct, Reserved
from oneroom.apps.ledger.queries import head_seq, matters_since, sessions_closed
from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.orders.queries import board_ladders, ladder_ids_used
from oneroom.apps.people.queries import staff, staff_mark
from oneroom.engine.degraded import Board, Crew, Ladder, Matter, Numbers, Order, Person, Spell
from oneroom.engine.escalation import thawed
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right, Role
from oneroom.engine.signin import AGAIN
from oneroom.engine.values import Actor, NotFound

CLOSED_KEPT = 2000
CLOSED_WITHIN = AGAIN  # no session lives longer, so a badge of one that was closed before is over
ENTRIES_MOST = 5000  # with more since the board before, the whole of it is read again


def last_board(*, at: datetime, numbers: Numbers | None = None, before: Board | None = None) -> Board:
    """
    Some dozen statements, whatever there is. Nothing personal of a caller is in it; of staff, what a ladder needs.

    ``before`` is a board that this process read before: of matters, their orders and ladders only what the record has
    entries of since then is read again. With thousands of open matters a whole board takes most of a second.
    """
    seq = head_seq()
    since = None if before is None else matters_since(before.seq, most=ENTRIES_MOST)
    rows = on_duty_with_members()
    led = led_crews([row.id for row in rows])
    crews = {
        row.id: Crew(
            row.id, row.code, row.callsign_zh, row.callsign_en, row.unit_id, row.state, row.id in led, row.members,
            row.lon, row.lat,
        )
        for row in rows
    }  # fmt: skip
    mark = staff_mark()  # read before they are: what changes meanwhile is seen the next time
    people = before.people if before is not None and before.people_mark == mark else _people()
    spells = [Spell(*row) for row in spells_at(at)]
    board = Board(at, seq, people, crews, {}, {}, {}, spells, people_mark=mark)
    known, upto = ([], 0) if before is None else (before.closed_sessions, before.seq)
    closed = sessions_closed(CLOSED_KEPT, since=at - CLOSED_WITHIN, after=upto)
    board.closed_sessions = [*closed, *known][:CLOSED_KEPT]
    if before is None or since is None:
        board.matters, board.orders, board.ladders = _matters(), _orders(), _ladders()
    else:
        # What is of no matter is read each time: nothing says whose it is.
        names = since | {""}
        ids = {int(name.removeprefix("incident:")) for name in since if name.startswith("incident:")}
        board.matters = {pk: m for pk, m in before.matters.items() if pk not in ids} | _matters(ids)
        board.orders = {pk: o for pk, o in before.orders.items() if o.matter not in ids} | _orders(ids)
        kept = {pk: one for pk, one in before.ladders.items() if one.matter not in names}
        board.ladders = dict(sorted((kept | _ladders(names)).items()))
    if numbers is not None:
        board.numbers = numbers
    return board


def _people() -> dict[int, Person]:
    """Everybody who holds a role."""
    return {
        p.account_id: Person(
            p.account_id, p.name, p.version, [Role(r) for r in p.roles], p.unit_id, sorted(p.units), p.mobile, p.email,
            p.language,
        )
        for p in staff()
    }  # fmt: skip


def _matters(ids: Collection[int] | None = None) -> dict[int, Matter]:
    """Those that are open: all, or those of these."""
    found = Incident.objects.filter(state__in=[str(s) for s in OPEN])
    return {
        row[0]: Matter(*row)
        for row in (found if ids is None else found.filter(pk__in=ids)).values_list(
            "pk", "reference", "state", "state_since", "received_at", "grade", "category", "subcategory", "place_zh",
            "place_en", "lon", "lat", "unit_id", "drill",
        )
    }  # fmt: skip


def _orders(ids: Collection[int] | None = None) -> dict[int, Order]:
    """Crews on matters that go on: on all, or on these."""
    sent = Assignment.objects.filter(
        Q(state__in=[str(s) for s in LIVE]) | Q(incident__state__in=["dispatched", "in_progress"])
    )
    return {
        pk: Order(pk, matter, crew, state, since, offered, lead, reported is not None)
        for pk, matter, crew, state, since, offered, lead, reported, reopened in (
            sent if ids is None else sent.filter(incident_id__in=ids)
        ).values_list(
            "pk", "incident_id", "crew_id", "state", "state_since", "offered_at", "lead", "reported_at",
            "incident__reopened_at",
        )
        if reopened is None or offered >= reopened
    }  # fmt: skip


def _ladders(matters: Collection[str] | None = None) -> dict[int, Ladder]:
    """Those that run: all, or those of these matters."""
    return {
        row.id: Ladder(
            row.id, row.kind, row.stage, row.subject, row.matter, row.grade, row.started, list(thawed(row.rungs)),
            row.done, row.crew_id, row.unit_id, row.never, row.drill, row.told, row.climbed_at,
        )
        for row in board_ladders(matters)
    }  # fmt: skip


def numbers_left(row: Reserved) -> Numbers:
    """What is left of a block: while all is well, nobody takes from it."""
    taken = {
        "matters": set(Incident.objects.filter(pk__in=row.ids["matters"]).values_list("pk", flat=True)),
        "orders": set(Assignment.objects.filter(pk__in=row.ids["orders"]).values_list("pk", flat=True)),
        "ladders": ladder_ids_used(row.ids["ladders"]),
    }
    left = {name: [n for n in ids if n not in taken[name]] for name, ids in row.ids.items()}
    return Numbers(
        row.pk, f"{row.day:%Y%m%d}", row.series, row.first, row.last, row.used, left["matters"], left["orders"],
        left["ladders"],
    )  # fmt: skip


def clashes() -> list[LateAct]:
    """What was done while the database was away and could not be booked, oldest first."""
    return list(LateAct.objects.filter(state=LateAct.State.CLASHED).order_by("at", "pk"))


def clash_words(pk: int, *, by: Actor, at: datetime) -> dict[str, str]:
    """What was typed with an act that could not be booked; leaves a Look."""
    by.must(Right.DISPATCH)
    row = LateAct.objects.filter(pk=pk).exclude(state=LateAct.State.BOOKED).select_related("content").first()
    if row is None:
        raise NotFound
    if row.content is None:
        return {}
    record = f"late:{pk}"
    said = open_sealed([row.content], record=record, looking=Looking("dispatch", record), by=by, at=at)
    return dict(said[row.content.pk] or {})


def leads(journal: str) -> bool:
    """Whether a line of this journal was booked under another number than it was told, or not at all."""
    return LateAct.objects.filter(journal=journal).exclude(cause="").exists()


def led_to(journal: str, kind: str, of: str, about: int | None) -> int:
    """The row that a line of a journal is about: where it was booked under another number, that one."""
    if about is None:
        return 0
    rows = LateAct.objects.filter(journal=journal).exclude(cause="")
    if kind == "step" or of == "order":
        for told, answer in rows.filter(act="offer").values_list("told", "answer"):
            pairs = dict(zip(told.get("assignments", ()), answer.get("assignments", ()), strict=False))
            if about in pairs:
                return int(pairs[about])
        return about
    for told, answer in rows.filter(act="intake", told__id=about).values_list("told", "answer"):
        return int(answer.get("id") or told["id"])
    return about
