"""`oneroom audit --once` for a monitor outside of the house, and `oneroom auditrole`."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from oneroom.apps.oversight.clock import forget_old_beats
from oneroom.apps.oversight.models import Alarm
from oneroom.apps.oversight.queries import alarms, open_alarms
from oneroom.apps.oversight.retention import keep_all
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.project.auditor import auditor as auditor_module
from oneroom.project.auditor.auditor import Auditor
from oneroom.project.auditor.rounds import Moment, look
from oneroom.project.trouble import Trouble
from oneroom.project.watching import board as board_module
from oneroom.project.watching.board import Board
from oneroom.project.watching.watch import PARTS
from tests.clock import HAND
from tests.waiting import until
from tests.watched import ROLE, as_auditor, auditor_url, kinds, moment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def monitored(room, settings):
    settings.AUDITOR_URL = auditor_url()
    return room


def beat(url, *parts, kind="working", at=None, node="here"):
    for part in parts:
        board = Board(url, part=part, node=node)
        board.beat(kind, at or HAND.now())
        board.close()


def once():
    """(exit code, what it printed)."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit", "--once", stdout=out)
    return end.value.code, out.getvalue()


def test_a_monitor_learns_by_the_exit_code_that_all_is_well(monitored, database_url):
    beat(database_url, *PARTS)

    assert once() == (0, "web heard, clock heard, courier heard, auditor heard\n")


def test_a_finding_is_one_and_writes_nothing(monitored, database_url):
    beat(database_url, *PARTS)
    sent = monitored.dispatch(monitored.report("knife", at="market"), "crew-1")
    HAND.forward(30)
    before = Alarm.objects.count()

    code, said = once()

    assert code == 1
    assert said.startswith(f"rung_late assignment:{sent.pk} since ")
    assert Alarm.objects.count() == before


def test_what_another_part_found_counts_too(monitored, database_url):
    beat(database_url, *PARTS)
    raise_alarm("record_set_back", "acts", part="clock", at=HAND.now())
    assert once()[0] == 1

    end_alarm("record_set_back", "acts", part="clock", at=HAND.now())
    assert once()[0] == 0


def test_no_data_is_two_for_a_part_never_heard_of_and_for_a_database_that_is_away(monitored, database_url, settings):
    beat(database_url, "web", "clock", "courier")
    assert once() == (2, "web heard, clock heard, courier heard, auditor unheard\n")

    beat(database_url, "auditor")
    Alarm.objects.filter(part="auditor").update(written=Alarm.objects.get(part="clock").written - timedelta(minutes=1))
    code, said = once()
    assert code == 1
    assert "silent auditor" in said

    settings.AUDITOR_URL = "postgresql://nobody@127.0.0.1:1/none"
    assert once() == (2, "no data: the database does not answer the auditor's role\n")


def test_of_two_auditors_one_works_and_the_other_takes_over(room):
    url = auditor_url()
    first, second = (Auditor(url, node=node, moment=moment) for node in ("one", "two"))
    first.turn()
    second.turn()
    assert (first.stands_by, second.stands_by) == (False, True)

    first.close()

    def took_over():
        second.turn()
        return not second.stands_by

    until(took_over)  # the server lets go of what an ended connection held a moment later
    second.close()


def test_what_an_auditor_sees_at_its_start_is_said_when_it_lasts_and_what_it_said_before_goes_on(room):
    """The clock may be starting too; and a finding of before is neither ended nor said again by a restart."""
    room.dispatch(room.report("knife", at="market"), "crew-1")
    HAND.forward(30)
    url = auditor_url()
    first = Auditor(url, node="one", moment=moment)
    first.turn()
    first.turn()
    assert not open_alarms()
    for seen in (first, "again"):
        auditor = first if seen is first else Auditor(url, node="one", moment=moment)
        auditor.turn()
        auditor._began_s -= auditor_module.STARTS_S
        auditor._seen_s = {key: at_s - 60 for key, at_s in auditor._seen_s.items()}
        auditor.turn()
        auditor.close()

        [row] = alarms()
        assert row.kind == "rung_late"
        assert not hasattr(row, "over")


def test_an_auditor_that_cannot_look_does_not_say_that_all_is_well(room):
    auditor = Auditor("postgresql://nobody@127.0.0.1:1/none", node="here", moment=moment)

    with pytest.raises(psycopg.OperationalError):
        auditor.turn()
    assert not auditor.stands_by


def test_a_part_whose_time_is_not_that_of_the_others_is_named(room, database_url):
    """R11: more than two seconds apart is an alarm; a clock that is not the world's has no such comparison."""
    beat(database_url, "web", "courier", "auditor")
    beat(database_url, "clock", at=HAND.now() + timedelta(seconds=1))
    real = Moment(HAND.now(), 1.0, real=True, signs=False)
    with as_auditor() as own:
        assert look(own, real) == []

        Alarm.objects.filter(part="clock").delete()
        beat(database_url, "clock", at=HAND.now() + timedelta(minutes=5))

        assert kinds(look(own, real)) == {("clock_skew", "clock@here")}
        assert look(own, moment()) == []


def test_a_database_that_stood_still_is_no_skew(room, database_url, monkeypatch):
    """R11: what was measured over a stall is known within the half of it; beyond that it is an alarm all the same."""
    beat(database_url, "web", "courier", "auditor")
    stall_s = 12.0
    clock = board_module.time.monotonic
    board = Board(database_url, part="clock", node="here")
    with monkeypatch.context() as patch:
        ticks = iter([0.0, stall_s])
        patch.setattr(board_module, "time", SimpleNamespace(monotonic=lambda: next(ticks, clock())))
        board.beat("working", HAND.now() - timedelta(seconds=stall_s))  # asked before it, answered after it
    real = Moment(HAND.now(), 1.0, real=True, signs=False)
    with as_auditor() as own:
        assert look(own, real) == []

        Alarm.objects.filter(part="clock").delete()
        with monkeypatch.context() as patch:
            ticks = iter([0.0, stall_s])
            patch.setattr(board_module, "time", SimpleNamespace(monotonic=lambda: next(ticks, clock())))
            board.beat("working", HAND.now() + timedelta(seconds=20))
        assert kinds(look(own, real)) == {("clock_skew", "clock@here")}
    board.close()


def test_the_role_is_made_and_made_again_after_an_upgrade(monitored, capsys):
    call_command("auditrole")
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON incidents_incident TO " + ROLE)
    with as_auditor() as own:
        pass
    call_command("auditrole")

    with as_auditor() as own:
        assert look(own, moment()) == []
    assert f"The role {ROLE} reads" in capsys.readouterr().out


def test_an_administrator_may_run_what_it_prints(monitored, capsys):
    call_command("auditrole", "--sql")

    printed = capsys.readouterr().out
    assert f'GRANT INSERT ON "oversight_alarm" TO "{ROLE}";' in printed
    with connection.cursor() as cursor:
        cursor.execute(printed)


def test_a_role_that_is_none_of_its_own_is_refused(monitored, settings):
    settings.AUDITOR_URL = "postgresql://postgres@/x"

    with pytest.raises(Trouble, match="names no role of its own"):
        call_command("auditrole")


def test_signs_of_life_are_forgotten_after_an_hour_and_alarms_a_year_after_they_were_over(room, database_url):
    beat(database_url, "web")
    Alarm.objects.update(written=Alarm.objects.get().written - timedelta(hours=2))
    beat(database_url, "web", "clock")
    for subject in ("old", "open"):
        raise_alarm("work_failed", subject, part="clock", at=HAND.now())
    end_alarm("work_failed", "old", part="clock", at=HAND.now())

    assert forget_old_beats(HAND.now()) == 1
    keep_all(HAND.now() + timedelta(days=367))

    assert sorted(Alarm.objects.values_list("what", "subject")) == [("beat", ""), ("beat", ""), ("raised", "open")]
