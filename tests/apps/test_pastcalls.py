"""Calls from before OneRoom: a list is taken whole or not at all; what crews found themselves is kept apart (T27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.management import call_command
from django.utils.translation import override

from oneroom.apps.incidents import pastcalls, retention
from oneroom.apps.incidents.models import Incident, PastBatch, PastCall
from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.apps.ledger.queries import entries_since
from oneroom.engine.retention import NO_HOLDS, Due
from oneroom.engine.values import SYSTEM, Conflict
from oneroom.project.demo.before import weeks_before
from oneroom.project.demo.city import bundled
from oneroom.project.trouble import Trouble
from tests.town import corner

pytestmark = pytest.mark.django_db

HEAD = "received_at,lon,lat,category,grade,origin\n"


def write(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "calls.csv"
    file.write_bytes(text.encode(encoding))
    return file


def since_ever(room):
    return pastcalls.calls_of_the_public(room.now - timedelta(days=400), room.now)


def brought(room, *, at="market", days=1.0, origin="phone", category="dispute", grade=3):
    lon, lat = corner(at)
    return BroughtIn(room.now - timedelta(days=days), lon, lat, category, grade, origin)


def test_t27_a_list_is_taken_over_in_both_languages_and_stands_beside_the_own_matters(room, tmp_path):
    room.report("fight", at="west", grade=2, category="dispute")
    chinese = "接警时间,经度,纬度,警情类别,警情等级,来源\n2026/11/01 14:05,121.464,31.224,纠纷,P3,电话\n"
    call_command("importcalls", write(tmp_path, chinese, "gb18030"))
    call_command("importcalls", write(tmp_path, HEAD + "2026-11-02T09:00:00+08:00,121.465,31.225,traffic,2,public\n"))

    found = since_ever(room)
    assert found.category == ("dispute", "traffic", "dispute")
    assert found.grade.tolist() == [3, 2, 2]
    assert (found.grade.dtype, found.at.dtype, found.lon.dtype) == (np.int8, np.float64, np.float64)
    first = datetime.fromtimestamp(found.at[0], ZoneInfo("Asia/Shanghai"))
    assert first.isoformat() == "2026-11-01T14:05:00+08:00"
    kinds = [entry for entry in entries_since(0) if entry.kind == "calls.imported"]
    assert [entry.facts["calls"] for entry in kinds] == [1, 1]


def test_every_line_that_cannot_be_taken_is_answered_and_nothing_is_written(room, tmp_path, capsys):
    lines = (
        "2026-11-02 09:00,121.465,31.225,traffic,2,phone\n"
        "yesterday,121.465,31.225,traffic,2,phone\n"
        "2026-11-02 09:00,east,95,weather,9,pigeon\n"
        "2036-11-02 09:00,121.465,31.225,traffic,2,\n"
        "1999-11-02 09:00,121.465,31.225,traffic,2,\n"
    )
    with override("en"), pytest.raises(Trouble, match="4 of 5 lines"):
        call_command("importcalls", write(tmp_path, HEAD + lines))
    said = capsys.readouterr().out
    assert "calls.csv:3: Received: Write a day and a time" in said
    assert [word in said for word in ("Longitude:", "Latitude:", "Category:", "Grade:", "How it came:")] == [True] * 5
    assert "calls.csv:5: Received: This time is still to come." in said
    assert "calls.csv:6: Received: This is older than calls are kept" in said
    assert not PastBatch.objects.exists()
    assert not PastCall.objects.exists()


def test_the_same_list_is_taken_once_in_whatever_order(room):
    one, other = brought(room, days=1), brought(room, days=2)
    bring_in_calls([one, other], by=SYSTEM, at=room.now)
    with pytest.raises(Conflict):
        bring_in_calls([other, one], by=SYSTEM, at=room.now)
    assert len(since_ever(room)) == 2


def test_a_list_that_overlaps_an_earlier_one_adds_only_what_is_new(room):
    """January to March and March to May hold March once."""
    first, second, third = (brought(room, days=days) for days in (3, 2, 1))
    bring_in_calls([first, second, second], by=SYSTEM, at=room.now)  # two called about the same in one minute
    taken = bring_in_calls([second, second, third], by=SYSTEM, at=room.now)
    assert (taken.calls, taken.known, taken.own) == (1, 2, 0)
    assert len(since_ever(room)) == 4
    assert PastBatch.objects.order_by("-pk")[0].calls == 1
    with pytest.raises(Conflict):
        bring_in_calls([third, first], by=SYSTEM, at=room.now)


def test_what_came_on_days_that_oneroom_recorded_itself_is_left_out_and_counted(room, tmp_path, capsys):
    room.report("fight", at="west", category="dispute")
    Incident.objects.update(received_at=room.now - timedelta(days=5))
    taken = bring_in_calls(
        [brought(room, days=6), replace(brought(room, days=5), received_at=room.now - timedelta(days=5, seconds=-70)),
         brought(room, days=1)], by=SYSTEM, at=room.now,
    )  # fmt: skip
    assert (taken.calls, taken.own) == (2, 1)
    assert len(since_ever(room)) == 3
    lines = "".join(
        f"{(room.now - timedelta(days=days)).isoformat()},121.46,31.22,dispute,3,phone\n" for days in (5, 8)
    )
    call_command("importcalls", write(tmp_path, HEAD + lines))
    assert "1 calls were brought in. 0 were there already, 1 came on days" in capsys.readouterr().out


def test_of_a_call_the_minute_and_ten_metres_are_kept_and_no_more(room):
    lon, lat = corner("market")
    when = room.now.replace(second=0, microsecond=0) - timedelta(days=1)
    one = BroughtIn(when + timedelta(seconds=37.5), lon + 0.000013, lat - 0.000017, "dispute", 3, "phone")
    bring_in_calls([one], by=SYSTEM, at=room.now)
    row = PastCall.objects.get()
    assert (row.received_at, row.lon, row.lat) == (when, round(one.lon, 4), round(one.lat, 4))


def test_t27_what_crews_found_themselves_drills_and_second_calls_change_nothing(room):
    """No feedback loop: more patrols find more, and that alone must never draw more patrols."""
    bring_in_calls([brought(room)], by=SYSTEM, at=room.now)
    room.report("fight", at="west")
    before = since_ever(room)

    bring_in_calls([brought(room, days=n, origin="self") for n in (2, 3, 4)], by=SYSTEM, at=room.now)
    found_by_crew = room.report("seen", at="east")
    drill = room.report("a drill", at="east")
    twice = room.report("the same fight", at="west")
    Incident.objects.filter(pk=found_by_crew.pk).update(origin="self")
    Incident.objects.filter(pk=drill.pk).update(drill=True)
    Incident.objects.filter(pk=twice.pk).update(state="merged")

    after = since_ever(room)
    assert len(before) == len(after) == 2
    assert after.lon.tolist() == before.lon.tolist()


def test_a_call_from_before_goes_at_its_term(room):
    bring_in_calls([brought(room, days=10), brought(room, days=1)], by=SYSTEM, at=room.now)
    due = Due("past_call", room.now - timedelta(days=5), timedelta(days=3 * 365), NO_HOLDS)
    gone = retention.past_calls.find(due, [], 10)
    retention.past_calls.forget(gone, due, room.now)
    assert PastCall.objects.get().received_at == room.now.replace(second=0, microsecond=0) - timedelta(days=1)


def test_the_demo_has_eight_weeks_of_simulated_calls_of_its_city_and_the_same_ones_each_time(room):
    until = room.now.replace(hour=9)
    city = bundled("jinan", 6)
    found = weeks_before(city, until, ZoneInfo("Asia/Shanghai"))
    assert found == weeks_before(city, until, ZoneInfo("Asia/Shanghai"))
    assert all(call.received_at < until for call in found)
    assert until - found[0].received_at > timedelta(days=55)
    assert 6 * 6.4 * 56 * 0.5 < len(found) < 6 * 6.4 * 56 * 1.1
    assert {call.origin for call in found} == {"phone", "web", "self"}
    bring_in_calls(found, simulated=True, by=SYSTEM, at=room.now)
    assert set(PastCall.objects.values_list("simulated", flat=True)) == {True}
