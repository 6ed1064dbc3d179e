"""Rosters are drafted, judged, published, and the clock acts upon them (rows T15 T16 B11 B37)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils.timezone import localtime

from oneroom.apps.duty.clock import turn_shifts
from oneroom.apps.duty.models import Crew, CrewMember, Duty, Roster
from oneroom.apps.duty.queries import board, commander_at, posts
from oneroom.apps.duty.rostering import moment
from oneroom.apps.duty.services import draft_roster, publish_roster, set_cell, set_needs, solve_roster
from oneroom.apps.duty.services.rosters import Blocked
from oneroom.apps.duty.services.turns import man_crew
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.orgs.services import enact
from oneroom.apps.people.services import give_role
from oneroom.apps.personnel.models import Absence, Person
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Conflict
from oneroom.ports.formats.ics import read
from tests.room import Room
from tests.rostered import draft, page, published, put, station, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def west(room: Room) -> int:
    """The west station, with three who may command it."""
    return station(room)


def test_t15_a_minute_without_a_commander_is_an_error_that_stops_publishing(room, west):
    roster = draft(room, west)
    whole(room, roster)
    put(room, roster, "wang", "-N")

    with pytest.raises(Blocked) as blocked:
        publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)
    assert [(f.day, f.have % 1440, f.need % 1440) for f in blocked.value.faults if f.code == "gap"] == [(0, 1200, 480)]
    assert not Duty.objects.exists()

    answer = page(room).post("/office/duty", {"act": "publish", "roster": roster.pk})
    assert answer.status_code == 422
    assert "Nobody commands from 20:00 to 08:00." in answer.content.decode()


def test_t15_the_database_itself_refuses_two_who_command_at_once(room, west):
    published(room, west)
    held = Duty.objects.filter(commands=True).first()
    with pytest.raises(IntegrityError, match="one_command_planned"):
        Duty.objects.create(
            account=room.town.people["sun"], unit_id=west, day=held.day, shift="S", commands=True, changed_at=room.now,
            begins=held.begins + timedelta(hours=1), ends=held.ends,
        )  # fmt: skip


def test_t15_at_the_begin_of_the_shift_the_named_person_commands_and_the_record_knows(room, west):
    roster = published(room, west)
    morning = moment(roster.first, 8 * 60)

    turn_shifts(morning)
    day = [p.name for p in posts(morning) if p.unit_id == west]
    turn_shifts(morning + timedelta(hours=12))
    night = [p.name for p in posts(morning + timedelta(hours=12)) if p.unit_id == west]

    assert (day, night) == (["Leader-Li"], ["Wang"])


def test_t15_the_room_has_a_roster_of_its_own_and_who_commanded_is_in_the_record(room):
    first = localtime(room.now).date() + timedelta(days=1)
    give_role(room.town.people["dora"].pk, Role.SHIFT_COMMANDER, unit_id=None, by=SYSTEM, at=room.now)
    zhou = room.actor("zhou")
    roster = draft_roster(unit_id=None, first=first, days=1, by=zhou, at=room.now)
    set_needs(roster.pk, needs={"D": [[1, 1]] * 2, "N": [[1, 1]] * 2}, by=zhou, at=room.now)
    for who, code in (("zhou", "N"), ("dora", "D")):
        set_cell(roster.pk, account_id=room.town.people[who].pk, day=0, shift=code, by=zhou, at=room.now)
    publish_roster(roster.pk, by=zhou, at=room.now)

    turn_shifts(moment(first, 8 * 60))
    turn_shifts(moment(first, 20 * 60))

    assert commander_at(moment(first, 12 * 60)) == room.town.people["dora"].pk
    assert commander_at(moment(first, 23 * 60)) == room.town.people["zhou"].pk


def test_t16_on_duty_here_is_proposable_in_the_room_at_the_second(room, west):
    roster = published(room, west)
    for crew in Crew.objects.filter(unit_id=west):
        Crew.objects.filter(pk=crew.pk).update(state=Crew.State.OFF_DUTY)
    morning = moment(roster.first, 8 * 60)

    turn_shifts(morning - timedelta(seconds=1))
    assert not [c for c in board() if c.unit_id == west]
    turn_shifts(morning)
    out = [c for c in board() if c.unit_id == west]
    assert [(c.code, c.state, c.led) for c in out] == [("crew-1", "available", True)]
    assert [m.account.username for m in CrewMember.objects.filter(crew__code="crew-1")] == ["zhang"]

    turn_shifts(morning + timedelta(hours=12))
    assert [m.account.username for m in CrewMember.objects.filter(crew__code="crew-1")] == ["chen"], "relieved"
    last = moment(roster.first + timedelta(days=2), 8 * 60)
    turn_shifts(last - timedelta(hours=12))
    turn_shifts(last)
    assert not [c for c in board() if c.unit_id == west], "after the last shift nobody is out"


def test_t16_a_crew_on_a_call_is_relieved_only_when_that_is_over(room, west):
    roster = published(room, west)
    Crew.objects.filter(code="crew-2").update(state=Crew.State.OFF_DUTY)  # chen rode with it by hand
    morning = moment(roster.first, 8 * 60)
    turn_shifts(morning)
    crew = Crew.objects.get(code="crew-1")
    Crew.objects.filter(pk=crew.pk).update(state=Crew.State.ON_SCENE)

    turn_shifts(morning + timedelta(hours=12))
    assert [m.account.username for m in crew.members.all()] == ["zhang"]
    Crew.objects.filter(pk=crew.pk).update(state=Crew.State.AVAILABLE)
    turn_shifts(morning + timedelta(hours=12, minutes=20))
    assert [m.account.username for m in crew.members.all()] == ["chen"]


def test_t16_a_group_without_a_lead_cannot_go_on_duty_and_auxiliaries_are_never_alone(room, west):
    give_role(room.town.people["aux-he"].pk, Role.AUXILIARY, unit_id=west, by=SYSTEM, at=room.now)
    roster = draft(room, west)
    put(room, roster, "aux-he", "D-")
    with pytest.raises(Blocked) as blocked:
        publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)
    assert ("alone", 0) in [(f.code, f.day) for f in blocked.value.faults]

    crew = room.town.crews["crew-1"]
    duty = Duty(account=room.town.people["aux-he"], seat="auxiliary", crew=crew)
    with pytest.raises(Conflict, match="without its lead"):
        man_crew(crew.pk, [duty], by=SYSTEM, at=room.now)


def test_b37_a_roster_that_breaks_the_rule_of_rest_is_warned_of_beside_its_cell(room, west):
    roster = draft(room, west)
    whole(room, roster)
    put(room, roster, "sun", "ND")

    shown = page(room).get(f"/office/duty?roster={roster.pk}").content.decode()
    assert "Sun has 0 h of rest before; the rule is 11 h." in shown
    publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)
    assert Roster.objects.get(pk=roster.pk).state == "published", "warned of, not forbidden"


def test_what_no_roster_can_keep_is_said_with_its_rule_and_nothing_changes(room, west):
    roster = draft(room, west)
    set_needs(roster.pk, needs={"D": [[2, 1]] * 2, "N": [[9, 9]] * 2}, by=room.actor("leader-li"), at=room.now)
    answer = page(room).post("/office/duty", {"act": "solve", "roster": roster.pk})
    assert answer.status_code == 409
    assert "Leads needed: 9; only 5 may work then." in answer.content.decode()
    assert not Roster.objects.get(pk=roster.pk).cells


def test_a_solved_roster_is_published_and_after_somebody_falls_away_little_changes(room, west):
    chief = room.actor("leader-li")
    roster = draft(room, west, days=3)
    assert solve_roster(roster.pk, by=chief, at=room.now).proved
    publish_roster(roster.pk, by=chief, at=room.now)
    before = {(d.account_id, d.day): d.shift for d in Duty.objects.all()}
    gone = next(d for d in Duty.objects.filter(commands=False).order_by("begins"))
    person = Person.objects.create(account_id=gone.account_id, name="x", kind="sworn", joined=gone.day)
    Absence.objects.create(person=person, since=gone.day, until=gone.day + timedelta(days=1))

    again = draft_roster(unit_id=west, first=roster.first, by=chief, at=room.now)
    assert solve_roster(again.pk, repair=True, by=chief, at=room.now).proved
    publish_roster(again.pk, by=chief, at=room.now)

    after = {(d.account_id, d.day): d.shift for d in Duty.objects.filter(cancelled_at=None)}
    assert (gone.account_id, gone.day) not in after
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(changed) <= 3
    assert Roster.objects.get(pk=roster.pk).state == "replaced"


def lines(data: bytes) -> list[list[str]]:
    """Events by unfolding the text by hand (RFC 5545 §3.1): a second reader beside the library's."""
    text = data.decode().replace("\r\n ", "")
    return [part.split("END:VEVENT")[0].strip().split("\r\n") for part in text.split("BEGIN:VEVENT")[1:]]


def test_a_calendar_program_follows_the_duties_and_takes_away_what_is_cancelled(room, west):
    first = published(room, west)
    mine = page(room, "wang")
    shown = mine.post("/account/duties", {"act": "new"}).content.decode()
    address = shown.split('signin-key">')[1].split("<")[0].split("testserver")[1]
    reader = Client()  # no session

    entries = read(reader.get(address).content)
    assert [(e.sequence, e.cancelled) for e in entries] == [(0, False), (0, False)]
    assert entries[0].begins == moment(first.first, 20 * 60)
    assert entries[0].ends == moment(first.first + timedelta(days=1), 8 * 60), "over midnight"
    data = reader.get(address).content
    assert b"BEGIN:VTIMEZONE" in data
    assert any(line.startswith("DTSTART;TZID=Asia/Shanghai:") for line in lines(data)[0])

    again = draft_roster(unit_id=west, first=first.first, by=room.actor("leader-li"), at=room.now)
    put(room, again, "wang", "-N")
    put(room, again, "sun", "N-")
    publish_roster(again.pk, by=room.actor("leader-li"), at=room.now)

    data = reader.get(address).content
    later = read(data)
    assert [(e.uid, e.sequence, e.cancelled) for e in later] == [
        (entries[0].uid, 1, True), (entries[1].uid, 0, False),
    ]  # fmt: skip
    assert "STATUS:CANCELLED" in lines(data)[0]
    assert "STATUS:CONFIRMED" in lines(data)[1]

    mine.post("/account/duties", {"act": "end"})
    assert reader.get(address).status_code == 404
    assert reader.get("/duties/guessed.ics").status_code == 404


def test_the_calendar_is_limited_like_the_public_doors(room):
    answers = [Client().get("/duties/guessed.ics").status_code for _n in range(61)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_a_chief_makes_no_roster_of_another_station(room, west):
    roster = draft(room, west)
    other = page(room, "leader-lu")
    assert other.get(f"/office/duty?roster={roster.pk}").status_code == 404
    assert other.post("/office/duty", {"act": "publish", "roster": roster.pk}).status_code == 404
    assert page(room, "zhang").get("/office/duty").status_code == 404


def test_a_roster_leaves_as_a_file_without_names_or_on_marked_paper_for_a_purpose(room, west):
    """Scope 5.1-10 and G2: no list of persons as data; names on paper with purpose, look, entry and watermark."""
    roster = published(room, west)
    chief, way = page(room), f"/office/duty/{roster.pk}/out"
    text = chief.post(way, {"as": "csv"}).content.decode()
    assert "N,N" in text
    assert not [name for name in ("Wang", "Zhang", "Leader-Li") if name in text]

    assert chief.post(way, {"as": "print"}).status_code == 422
    assert not Look.objects.filter(record=f"roster:{roster.pk}").exists()
    paper = chief.post(way, {"as": "print", "purpose": "notice_board"}).content.decode()
    assert "Wang" in paper
    assert "Printed for Leader-Li on" in paper
    assert Look.objects.get(record=f"roster:{roster.pk}").purpose == "notice_board"
    entries = Entry.objects.filter(kind="list.exported").order_by("seq")
    assert [e.facts["form"] for e in entries] == ["csv", "print"]
    assert "purpose:notice_board" in entries[1].facts["asked"]
    assert chief.get(way).status_code == 405, "no act by a link"
    assert page(room, "leader-lu").post(way, {"as": "csv"}).status_code == 404


def test_t08_the_duties_of_a_unit_that_ends_are_its_heirs_and_calendars_hear_of_it(room, west):
    published(room, west)
    told = {duty.pk: duty.sequence for duty in Duty.objects.all()}
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)
    day = localtime(room.now).date() + timedelta(days=1)
    enact([Merge(("west", "east"), "both", both)], day=day, by=SYSTEM, at=room.now)
    morning = moment(day, 8 * 60)

    follow_the_day(morning - timedelta(hours=1))
    heir = OrgUnit.objects.get(code="both")
    turn_shifts(morning)

    duties = Duty.objects.filter(cancelled_at=None)
    assert {duty.unit_id for duty in duties} == {heir.pk}
    assert all(duty.sequence == told[duty.pk] + 1 for duty in duties)
    assert not duties.filter(commands=True).exists(), "who was to command what is no more commands nobody by that"
    entry = Entry.objects.get(kind="roster.inherited")
    assert (entry.facts["heir"], entry.facts["duties"], entry.facts["lapsed"]) == (heir.pk, len(told), 4)
    out = [c for c in board() if c.code == "crew-1"]
    assert [(c.unit_id, c.state, c.led) for c in out] == [(heir.pk, "available", True)], "the shift begins at the heir"
