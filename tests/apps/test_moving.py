"""A move takes effect (security points 6 and 17): beside a reform, beside a roster, and whatever refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import localtime

from oneroom.apps.duty.clock import turn_shifts
from oneroom.apps.duty.models import CrewMember, Duty, DutySpell
from oneroom.apps.duty.queries import posts
from oneroom.apps.duty.rostering import moment
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.orgs.services import enact
from oneroom.apps.people.models import Grant
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.personnel import clock
from oneroom.apps.personnel.clock import follow_moves
from oneroom.apps.personnel.models import Move
from oneroom.apps.personnel.services import moving
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Conflict
from tests.clock import HAND
from tests.force import Force
from tests.rostered import published, station

pytestmark = pytest.mark.django_db


def moves(room, *who: str, to: str = "branch") -> Force:
    """The force, in which each of these goes from the west station to another unit tomorrow."""
    force = Force(room)
    force.places("west", 20)
    force.places(to, 20)
    for name in who:
        one = force.person(name.title(), account=name)
        force.sits(one, force.post(f"w-{name}", "west"))
        force.sits(one, force.post(f"m-{name}", to, day=force.days(1)), day=force.days(1), basis="transfer")
    return force


def tomorrow(minute: int = 1) -> datetime:
    at = HAND.now().astimezone().replace(hour=0, minute=0) + timedelta(days=1, minutes=minute)
    HAND.set(at)
    return at


def both_are_one(room) -> None:
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)
    day = localtime(room.now).date() + timedelta(days=1)
    enact([Merge(("west", "east"), "both", both)], day=day, by=SYSTEM, at=room.now)


def test_point_17_whoever_left_a_unit_that_ends_on_the_same_day_keeps_nothing_at_its_heir(room):
    """The reform takes effect first, and while he is at work the move waits: what went to the heir ends there."""
    moves(room, "zhang", "leader-li")
    both_are_one(room)
    at = tomorrow()
    assert follow_the_day(at) > 0
    both = OrgUnit.objects.get(code="both")
    give_role(room.town.people["zhang"].pk, Role.COMMUNITY_OFFICER, unit_id=both.pk, by=SYSTEM, at=at)
    assert follow_moves(at) == 0, "he rides with a crew on duty, and she was chief of what is no more"
    riding = room.actor("zhang")
    assert (riding.unit_id, Role.PATROL_OFFICER in riding.roles) == (both.pk, True), "the reform took it along"
    assert not Move.objects.get(person__account__username="zhang", to_unit="branch").followed

    HAND.forward(12 * 3600)

    assert follow_moves(room.now) == 1
    zhang = room.actor("zhang")
    assert (zhang.crew_id, zhang.roles) == (None, {Role.COMMUNITY_OFFICER}), "what he was given at the heir stays"
    assert not CrewMember.objects.filter(account=room.town.people["zhang"]).exists()
    wang = room.actor("wang")
    assert (wang.unit_id, wang.crew_id) == (both.pk, room.town.crews["crew-1"].pk), "nobody else loses anything"
    assert not Move.objects.filter(followed=False, day__lte=localtime(room.now).date()).exists()


def test_point_17_whoever_was_posted_to_the_heir_himself_keeps_what_the_reform_took_along(room):
    moves(room, "zhang", to="east")
    both_are_one(room)
    follow_the_day(tomorrow())
    HAND.forward(12 * 3600)

    assert follow_moves(room.now) == 0

    assert Grant.objects.filter(
        account=room.town.people["zhang"], role=Role.PATROL_OFFICER, unit__code="both", ends=None
    ).exists()
    assert Move.objects.get(person__account__username="zhang", from_unit="west").followed


def test_t15_t16_who_moved_is_neither_seated_nor_commands_by_the_old_units_roster(room):
    west = station(room)
    first = published(room, west).first
    moves(room, "leader-li", "zhang")
    mine = Duty.objects.filter(account__username__in=("leader-li", "zhang"))
    told = {duty.pk: duty.sequence for duty in mine}
    others = Duty.objects.exclude(pk__in=told)
    assert len(told) == 4
    HAND.set(moment(first, 1))
    CrewMember.objects.filter(account__username="zhang").delete()
    DutySpell.objects.update(ends=room.now)

    assert follow_moves(room.now) == 2

    assert {duty.pk: duty.sequence - 1 for duty in mine.filter(cancelled_at=room.now)} == told, "his calendar hears it"
    assert not others.exclude(cancelled_at=None).exists()
    kept = Entry.objects.filter(kind="duty.cancelled").values_list("facts__account", "facts__duties")
    assert set(kept) == {(room.town.people[who].pk, 2) for who in ("leader-li", "zhang")}
    morning = moment(first, 8 * 60)
    turn_shifts(morning)
    assert not CrewMember.objects.filter(account__username="zhang").exists()
    assert [p.name for p in posts(morning) if p.unit_id == west] == []
    assert [p.name for p in _night(first) if p.unit_id == west] == ["Wang"], "the others' duties hold"


def _night(first):
    night = moment(first, 20 * 60)
    turn_shifts(night)
    return posts(night)


def test_point_17_whoever_still_commands_the_unit_after_the_half_day_commands_it_no_more(room):
    moves(room, "leader-li")
    at = tomorrow()
    DutySpell.objects.filter(account__username="leader-li").update(ends=at + timedelta(days=1))
    assert follow_moves(at) == 0

    HAND.forward(12 * 3600)

    assert follow_moves(room.now) == 1
    assert not DutySpell.objects.filter(account__username="leader-li", ends__gt=room.now).exists()


def officers(room, count: int) -> list[str]:
    west = room.town.units["west"].pk
    names = [f"mover-{n}" for n in range(count)]
    for name in names:
        room.town.people[name] = create_account(username=name, name=name, by=SYSTEM, at=room.now)
        give_role(room.town.people[name].pk, Role.COMMUNITY_OFFICER, unit_id=west, by=SYSTEM, at=room.now)
    return names


def test_r3_people_at_work_and_a_row_that_breaks_hold_up_nobody_and_each_turn_is_bounded(room, monkeypatch, caplog):
    """Six at work and one broken row stand before the last; three are asked at each turn."""
    monkeypatch.setattr(moving, "AT_ONCE", 3)
    names = officers(room, 8)
    moves(room, *names)
    due = dict(Move.objects.exclude(from_unit=None).values_list("pk", "person__account"))
    order = sorted(due)
    at_work, broken, last = {due[pk] for pk in order[:6]}, order[6], order[7]
    asked: list[int] = []

    def guards(name, *, account_id, at):
        if account_id in at_work:
            raise Conflict("He is at work: what he works with ends when he is done.")

    def follow(pk, *, at):
        asked.append(pk)
        if pk == broken:
            raise ValueError("a row that breaks")
        return moving.follow_move(pk, at=at)

    monkeypatch.setattr(moving, "ask_guards", guards)
    monkeypatch.setattr(clock, "follow_move", follow)
    at = tomorrow()

    ended = [follow_moves(at) for _turn in range(4)]

    assert (ended, asked) == ([0, 0, 1, 0], order), "each once within the minute, three at a turn"
    assert Move.objects.get(pk=last).followed
    assert "was not followed" in caplog.text
    assert "a row that breaks" in caplog.text
    at_work.clear()
    HAND.forward(60)
    assert [follow_moves(room.now) for _turn in range(3)] == [3, 3, 0], "and a minute later again"
    assert list(Move.objects.filter(followed=False, pk__in=order).values_list("pk", flat=True)) == [broken]


def test_r3_moves_are_followed_beside_the_ladders_not_among_them():
    assert "oneroom.apps.personnel.clock.follow_moves" in settings.HOUSEWORK
    assert "oneroom.apps.personnel.clock.follow_moves" not in settings.CLOCKWORK


@pytest.mark.parametrize(("zone", "left"), [("Etc/GMT-14", 0), ("Etc/GMT+12", 1)])
def test_r16_an_upgrade_leaves_the_moves_of_the_day_here_alone_though_the_connection_is_a_day_behind(
    room, zone, left
):  # fmt: skip
    """At any second the day at UTC+14 is later than the one at UTC-12."""
    moves(room, "zhang")
    migration = import_module("oneroom.apps.personnel.migrations.0007_move_followed")
    ours = [one.sql for one in migration.Migration.operations if hasattr(one, "sql")]
    assert ours == [[(migration.BEFORE, [settings.TIME_ZONE])]]
    move = Move.objects.filter(person__account__username="zhang", from_unit="west")
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Etc/GMT-14')::date")
        move.update(day=cursor.fetchone()[0])

        cursor.execute(migration.BEFORE, [zone])

    assert move.filter(followed=False).count() == left
