"""
The auditor asks of everything open whether each due step happened, to the right people (R3, R4, R5).

It reads a committed database over a connection of its own, so these tests commit; each plants one broken state past all
services and finds it, and a whole evening in which nothing is broken finds nothing.
"""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from oneroom.apps.duty.services import begin_spell
from oneroom.apps.incidents import services
from oneroom.apps.incidents.services.openings import break_glass
from oneroom.apps.ledger.services import Looking, looked
from oneroom.apps.orders.channel import channels
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Delivery, Ladder, Rung
from oneroom.apps.orders.services import answer_sos, raise_sos, stop
from oneroom.apps.orders.services.courier import work
from oneroom.apps.orgs.services import enact
from oneroom.apps.oversight.models import Alarm
from oneroom.apps.oversight.queries import alarms, open_alarms
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.auditor.rounds import look
from tests.clock import HAND
from tests.watched import as_auditor, audit, kinds, moment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def auditor(room):
    with as_auditor() as own:
        yield own


def plant(statement, *values):
    """Break something past every service."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "nothing was broken"


def a_matter(room, grade=1, crew="crew-1"):
    return room.dispatch(room.report("knife", at="market", grade=grade), crew)


def test_nothing_is_found_in_an_evening_in_which_everything_happens_as_it_should(room, auditor):
    found = []

    def later(**span):
        room.fast_forward(**span)
        found.extend(audit(auditor))

    sent = a_matter(room)
    later(seconds=20)
    later(seconds=200)  # nobody answers: crew, second, station, commander, alarm
    room.step(sent, "acknowledge", by="zhang")
    later(minutes=6)  # late on the way
    room.step(sent, "set_out", "arrive", by="zhang")
    later(minutes=11)  # not a word from the scene
    services.say_well(sent.pk, by=room.actor("zhang"), at=room.now)
    later(minutes=1)
    services.report_and_clear(
        sent.pk, outcome="under_control", category="crime", words="quiet", by=room.actor("zhang"), at=room.now
    )
    later(minutes=1)
    services.review(sent.incident_id, by=room.actor("leader-li"), at=room.now)
    later(minutes=1)
    services.close(
        sent.incident_id, outcome="under_control", category="crime", subcategory="theft", case="case",
        by=room.actor("leader-li"), at=room.now,
    )  # fmt: skip
    later(minutes=1)
    held = room.report("quarrel", at="north", grade=3, category="dispute")
    services.hold(
        held.pk, reason="no_crew_free", until=room.now + timedelta(minutes=30), by=room.actor("dora"), at=room.now
    )
    later(minutes=10)
    later(minutes=50)
    services.regrade(held.pk, grade=2, by=room.actor("dora"), at=room.now)
    later(minutes=5)
    other = room.dispatch(held, "crew-2")
    room.step(other, "acknowledge", by="chen")
    services.take_off(other.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    later(seconds=2)
    room.report_online("noise")
    later(minutes=90)
    call = raise_sos(by=room.actor("chen"), at=room.now)
    later(minutes=3)
    answer_sos(call, by=room.actor("dora"), at=room.now)
    later(seconds=2)

    assert found == []
    assert not Alarm.objects.exists()


def test_a_step_that_is_due_and_did_not_happen_is_found_and_over_when_it_happens(room, auditor):
    """R3: the clock is dead; nothing climbs."""
    sent = a_matter(room)
    HAND.forward(18)
    assert audit(auditor) == []  # within what a busy machine may take

    HAND.forward(4)
    [late] = audit(auditor)
    audit(auditor)  # looked at again, it is the same finding and no second row

    assert (late.kind, late.subject, late.matter) == (
        "rung_late",
        f"assignment:{sent.pk}",
        f"incident:{sent.incident_id}",
    )
    assert late.since == sent.offered_at + timedelta(seconds=15)
    assert late.detail["rung"] == 1
    [row] = open_alarms()
    assert (row.kind, row.part, row.since, row.detail["stage"]) == ("rung_late", "auditor", late.since, "acknowledge")
    room.fast_forward(seconds=0)
    assert audit(auditor) == []
    assert not open_alarms()
    [row] = alarms()
    assert row.over.at == room.now


def test_a_step_whose_row_was_lost_is_found_by_the_frozen_ladder(room, auditor):
    sent = a_matter(room)
    plant("DELETE FROM orders_rung WHERE n = 1 AND ladder_id = (SELECT id FROM orders_ladder WHERE subject = %s)",
          f"assignment:{sent.pk}")  # fmt: skip

    room.fast_forward(seconds=22)

    assert kinds(audit(auditor)) == {("rung_late", f"assignment:{sent.pk}")}


@pytest.mark.parametrize(
    ("seconds", "who", "channel"),
    [(0, "wang", "app"), (15, "zhang", "sms"), (60, "leader-li", "sms"), (90, "zhou", "email")],
)
def test_whoever_held_the_duty_and_was_not_told_is_named(room, auditor, seconds, who, channel):
    """Whose phone must ring is found anew, from the crew and the duty roster of that minute."""
    sent = a_matter(room)
    room.fast_forward(seconds=seconds)
    account = room.town.people[who].pk
    assert audit(auditor) == []

    plant("DELETE FROM orders_delivery WHERE account_id = %s AND channel = %s", account, channel)

    [missing] = audit(auditor)
    assert (missing.kind, missing.subject) == ("told_missing", f"assignment:{sent.pk}")
    assert missing.detail["accounts"] == [account]
    room.step(sent, "acknowledge", by="wang")
    assert audit(auditor) == []


def test_a_chief_who_came_on_duty_after_the_step_is_not_missed_and_the_one_before_is(room, auditor):
    a_matter(room)
    room.fast_forward(seconds=60)
    room.fast_forward(seconds=2)
    at, people = room.now, room.town.people
    begin_spell(role=Role.DUTY_CHIEF, account_id=people["leader-lu"].pk, unit_id=room.town.units["west"].pk,
                until=at + timedelta(hours=8), by=SYSTEM, at=at)  # fmt: skip
    assert audit(auditor) == []

    plant("DELETE FROM orders_delivery WHERE account_id = %s", people["leader-li"].pk)

    assert [f.detail["accounts"] for f in audit(auditor)] == [[people["leader-li"].pk]]


def test_a_step_that_told_a_stranger_is_found(room, auditor):
    sent = a_matter(room)
    plant("UPDATE orders_delivery SET account_id = %s WHERE account_id = %s",
          room.town.people["qian"].pk, room.town.people["zhang"].pk)  # fmt: skip

    found = kinds(audit(auditor))

    assert found == {("told_wrong", f"assignment:{sent.pk}"), ("told_missing", f"assignment:{sent.pk}")}


def test_the_phone_that_calls_for_help_must_never_ring(room, auditor):
    call = raise_sos(by=room.actor("zhang"), at=room.now)
    assert audit(auditor) == []

    plant("UPDATE orders_delivery SET account_id = %s WHERE account_id = %s",
          room.town.people["zhang"].pk, room.town.people["wang"].pk)  # fmt: skip

    assert ("told_wrong", f"sos:{call}") in kinds(audit(auditor))


def test_whoever_is_told_after_the_answer_is_found(room, auditor):
    """R4: none after the answer."""
    sent = a_matter(room)
    room.fast_forward(seconds=15)
    room.step(sent, "acknowledge", by="zhang")
    assert audit(auditor) == []
    order = f"assignment:{sent.pk}"

    late = Delivery.objects.filter(rung__ladder__subject=order, rung__ladder__stage="acknowledge", channel="sms")
    late.update(state="sent", state_since=room.now + timedelta(seconds=16))
    HAND.forward(20)
    assert kinds(audit(auditor)) == {("told_after_answer", order)}

    late.update(state_since=room.now - timedelta(minutes=1))
    assert audit(auditor) == []
    Rung.objects.filter(ladder__subject=order, n=2, ladder__stage="acknowledge").update(done=room.now)
    assert kinds(audit(auditor)) == {("told_after_answer", order)}


def test_a_message_that_does_not_leave_the_house_is_found(room, auditor):
    """The courier is dead, or has lost one."""
    sent = a_matter(room)
    HAND.forward(15)
    climb(room.now)
    HAND.forward(12)
    assert audit(auditor) == []
    plant("UPDATE orders_rung SET done = due WHERE n > 1")  # what follows is not what is asked here
    plant("UPDATE orders_ladder SET rungs = jsonb_path_query_array(rungs, '$[*] ? (@.n < 2)')")

    HAND.forward(20)

    assert ("message_stuck", f"assignment:{sent.pk}") in kinds(audit(auditor))
    while work(room.now, worker="test", channels=channels()):
        pass
    assert ("message_stuck", f"assignment:{sent.pk}") not in kinds(audit(auditor))


def test_an_open_order_that_nobody_watches_is_found(room, auditor):
    """R5: each matter goes on to its end, or somebody is told: there is no third way."""
    sent = a_matter(room)
    stop(f"assignment:{sent.pk}", cause="bug", by=SYSTEM, at=room.now)
    assert kinds(audit(auditor)) == {("unwatched", f"assignment:{sent.pk}")}


@pytest.mark.parametrize(
    "what", ["received", "to_send", "arriving", "on_scene", "stays", "reported", "reviewed", "help", "glass"]
)
def test_whatever_is_open_must_be_watched(room, auditor, what):
    """R5."""
    subject = None
    if what == "received":
        taken = room.report_online("noise")
        subject = f"incident:{taken.incident_id}"
    elif what == "to_send":
        subject = f"incident:{room.report('knife', at='market').pk}"
    elif what == "glass":
        row = room.report("knife", at="market")
        chief = room.actor("leader-lu")
        opening = break_glass(row.reference, why="wrong_station", words="at my door", by=chief, at=room.now)
        subject = f"opening:{opening}"
    elif what == "help":
        subject = f"sos:{raise_sos(by=room.actor('zhang'), at=room.now)}"
    else:
        sent = a_matter(room)
        subject = f"assignment:{sent.pk}"
        room.step(sent, "acknowledge", by="zhang")
        if what != "arriving":
            room.step(sent, "set_out", "arrive", by="zhang")
        if what == "stays":
            services.report(sent.pk, outcome="under_control", by=room.actor("zhang"), at=room.now)
        if what.startswith("review") or what == "reported":
            services.report_and_clear(sent.pk, outcome="under_control", by=room.actor("zhang"), at=room.now)
            subject = f"incident:{sent.incident_id}"
        if what == "reviewed":
            services.review(sent.incident_id, by=room.actor("leader-li"), at=room.now)
    assert audit(auditor) == []

    Ladder.objects.filter(subject=subject, stopped=None).update(stopped=room.now)

    assert kinds(audit(auditor)) == {("unwatched", subject)}


@pytest.mark.parametrize(
    ("wrong", "how"),
    [
        ("rungs = '[]'", "no_steps"),
        ("crew_id = crew_id + 1", "other_crew"),
        ("unit_id = NULL", "other_station"),
        ("grade = 4", "other_grade"),
        ("started = started + interval '1 minute'", "began_late"),
    ],
)
def test_a_ladder_that_does_not_fit_its_order_is_found(room, auditor, wrong, how):
    """By such a ladder each step would happen as it says, and tell nobody, strangers, or too late."""
    sent = a_matter(room)
    assert audit(auditor) == []

    plant(f"UPDATE orders_ladder SET {wrong} WHERE stage = 'acknowledge'")

    [found] = [f for f in audit(auditor) if f.kind == "watched_wrong"]
    assert (found.subject, found.detail[how]) == (f"assignment:{sent.pk}", True)
    assert [name for name, so in found.detail.items() if so is True] == [how]


def test_a_matter_that_is_in_nobodys_hands_is_found(room, auditor):
    sent = a_matter(room)
    room.step(sent, "acknowledge", by="zhang")
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    assert audit(auditor) == []

    plant("UPDATE incidents_incident SET state = 'in_progress' WHERE id = %s", sent.incident_id)

    assert ("matter_adrift", f"incident:{sent.incident_id}") in kinds(audit(auditor))


def test_a_ladder_that_runs_on_after_the_answer_is_found(room, auditor):
    sent = a_matter(room)
    room.step(sent, "acknowledge", by="zhang")
    Ladder.objects.filter(subject=f"assignment:{sent.pk}", stage="acknowledge").update(stopped=None)

    assert ("ladder_left", f"assignment:{sent.pk}") in kinds(audit(auditor))


def test_what_is_late_and_does_not_stand_in_the_list_of_the_late_is_found(room, auditor):
    """R5: done in time, or in the list of what is overdue."""
    sent = a_matter(room)
    room.fast_forward(seconds=61)
    assert audit(auditor) == []

    plant("UPDATE incidents_incident SET escalated = false WHERE id = %s", sent.incident_id)

    assert kinds(audit(auditor)) == {("not_marked", f"incident:{sent.incident_id}")}


def test_a_matter_that_is_over_with_a_living_order_is_found(room, auditor):
    sent = a_matter(room)
    plant("UPDATE incidents_incident SET state = 'closed' WHERE id = %s", sent.incident_id)

    assert kinds(audit(auditor)) == {("order_left", f"assignment:{sent.pk}")}


def test_an_order_whose_crew_is_off_duty_is_found(room, auditor):
    sent = a_matter(room)
    plant("UPDATE duty_crew SET state = 'off_duty', duty_since = NULL WHERE id = %s", sent.crew_id)

    assert kinds(audit(auditor)) == {("order_nobody", f"assignment:{sent.pk}")}


def test_a_crew_that_counts_as_sent_and_has_no_order_is_found(room, auditor):
    crew = room.town.crews["crew-3"].pk
    plant("UPDATE duty_crew SET state = 'en_route' WHERE id = %s", crew)

    assert kinds(audit(auditor)) == {("crew_adrift", f"crew:{crew}")}


def test_a_record_whose_end_was_cut_off_is_found(room, auditor):
    plant("DELETE FROM ledger_entry WHERE seq = (SELECT max(seq) FROM ledger_entry)")

    assert kinds(audit(auditor)) == {("record_head", "acts")}


def test_a_record_that_grows_and_is_not_signed_is_found(room, auditor):
    """No data is an alarm: a house that is to sign heads of its record and has none."""
    HAND.forward(200)
    assert audit(auditor, signs=True) == []

    HAND.forward(200)

    assert kinds(audit(auditor, signs=True)) == {("heads_stale", "acts")}
    assert audit(auditor, signs=False) == []
    looked("incident:1", ["looks"], looking=Looking("audit", "incident:1"), by=room.actor("ina"), at=room.now)
    HAND.forward(400)
    assert kinds(audit(auditor, signs=True)) == {("heads_stale", "acts"), ("heads_stale", "looks")}


def test_the_auditors_role_writes_one_table_and_reads_nothing_that_people_said(room, auditor):
    """Whatever is wrong with the auditor, it cannot spoil what it looks at: PostgreSQL refuses."""
    a_matter(room)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall()]
    assert len(tables) > 30
    for table in tables:
        name = sql.Identifier(table)
        forbidden = ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET id = NULL", "DROP TABLE {}"]
        forbidden += [] if table == "oversight_alarm" else ["INSERT INTO {} DEFAULT VALUES"]
        for statement in forbidden:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)) as refused:
                auditor.execute(sql.SQL(statement).format(name))
            if refused.type is psycopg.errors.UndefinedColumn:  # no column "id": ask by the privilege itself
                asked = auditor.execute("SELECT has_any_column_privilege(%s::regclass, 'UPDATE')", [table]).fetchone()
                assert asked == (False,)
    for words in ("text FROM ledger_sealed", "mobile FROM people_account", "facts FROM ledger_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute(f"SELECT {words}")
    assert audit(auditor) == []


def test_an_auditor_that_could_write_more_says_so_of_itself(room, database_url):
    with psycopg.connect(database_url, autocommit=True) as owner:
        [found] = look(owner, moment())

    assert found.kind == "auditor_role"
    assert "ledger_sealed" in found.detail["tables"]


def test_a_reform_in_the_middle_of_everything_is_no_fault(room, auditor):
    """T08: two stations merge while an order climbs and a report waits; whoever was told was told rightly."""
    reported = a_matter(room, grade=2, crew="crew-3")
    room.step(reported, "acknowledge", "set_out", "arrive", by="qian")
    services.report_and_clear(
        reported.pk, outcome="under_control", category="crime", words="quiet", by=room.actor("qian"), at=room.now
    )
    a_matter(room)
    room.fast_forward(seconds=70)  # past the crew, to the chief of the station
    assert audit(auditor) == []
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)

    enact([Merge(("west", "east"), "both", both)], day=room.now.astimezone().date(), by=SYSTEM, at=room.now)

    assert audit(auditor) == []
    room.fast_forward(seconds=30)
    assert audit(auditor) == []
