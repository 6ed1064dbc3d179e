"""What a plan starts from is read off the record: watches, posts, kinds, habits; what is not there is said (T26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from oneroom.apps.duty.models import Crew, Duty
from oneroom.apps.duty.services import come_on_duty, go_off_duty
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.plans.crews import crews_on
from oneroom.apps.plans.habits import habits_of
from oneroom.apps.plans.queries import today
from oneroom.apps.plans.record import on_record, past_calls
from oneroom.apps.plans.troubles import Trouble
from oneroom.engine.simulate.world import DAY_S, Habits, Watch
from oneroom.engine.values import SYSTEM
from tests.planned import past_calls as brought_in
from tests.town import corner

HOUR, HALF = 3600, DAY_S // 2


def crews(room):
    found, assumed = crews_on(localtime(room.now).date(), at=room.now)
    return {crew.code: crew for crew in found}, {each["code"]: each for each in assumed}


def off_duty(room, *codes):
    for code in codes:
        go_off_duty(Crew.objects.get(code=code), by=SYSTEM, at=room.now)


def duties(room, code, *, on, hours, days, who="zhang", seat="lead"):
    """A published duty of a crew on each of these days from now, beginning at this hour."""
    midnight = localtime(room.now).replace(hour=0, minute=0, second=0, microsecond=0)
    for n in days:
        begins = midnight + timedelta(days=n, hours=on)
        Duty.objects.create(
            account=room.town.people[who], unit=room.town.units["west"], day=begins.date(), shift="A", begins=begins,
            ends=begins + timedelta(hours=hours), crew=Crew.objects.get(code=code), seat=seat, changed_at=room.now,
        )  # fmt: skip


def test_all_on_duty_and_no_roster_stands_for_all_day_and_that_is_said(room):
    found, said = crews(room)
    assert {crew.watches for crew in found.values()} == {(Watch(0, DAY_S),)}
    assert said["watches_assumed"] == {"code": "watches_assumed", "crews": 3, "halves": False}
    west, lon, lat = found["crew-1"].unit, *corner("west")
    assert (west, found["crew-1"].lon, found["crew-1"].lat) == ("west", lon, lat)
    assert (found["crew-1"].officers, found["crew-1"].led, found["crew-3"].officers) == (2, True, 1)


def test_where_some_are_off_duty_there_are_two_watches(room):
    off_duty(room, "crew-2")
    found, said = crews(room)  # at three in the morning
    assert found["crew-1"].watches == (Watch(20 * HOUR, DAY_S // 2),)
    assert found["crew-2"].watches == (Watch(8 * HOUR, DAY_S // 2),)
    assert said["watches_assumed"]["halves"]


def test_published_rosters_say_when_and_a_car_of_two_shifts_is_on_duty_in_both(room):
    duties(room, "crew-1", on=8, hours=8, days=range(14))
    duties(room, "crew-1", on=16, hours=8, days=range(14), who="wang")
    weekdays = [n for n in range(14) if (localtime(room.now) + timedelta(days=n)).weekday() < 5]
    duties(room, "crew-2", on=7.5, hours=9, days=weekdays, who="chen")
    found, said = crews(room)
    assert found["crew-1"].watches == (Watch(8 * HOUR, 8 * HOUR), Watch(16 * HOUR, 8 * HOUR))
    assert found["crew-2"].watches == (Watch(int(7.5 * HOUR), 9 * HOUR, (0, 1, 2, 3, 4)),)
    assert (said["watches_rosters"]["crews"], said["watches_assumed"]["crews"]) == (2, 1)


def test_crews_that_take_turns_give_as_many_watches_as_their_rosters_do_on_the_average(room):
    duties(room, "crew-1", on=8, hours=12, days=range(0, 14, 2))
    duties(room, "crew-2", on=8, hours=12, days=range(1, 14, 2), who="chen")
    found, _said = crews(room)
    days = [day for code in ("crew-1", "crew-2") for watch in found[code].watches for day in watch.days]
    assert sorted(days) == list(range(7)), "one of the two on each day"


def test_a_crew_that_came_and_went_like_this_before_goes_on_so(room):
    crew = Crew.objects.get(code="crew-1")
    go_off_duty(crew, by=SYSTEM, at=room.now)
    for day in range(1, 5):
        came = room.now + timedelta(days=day)
        come_on_duty(crew, by=SYSTEM, at=came)
        go_off_duty(crew, by=SYSTEM, at=came + timedelta(hours=8, minutes=4))
    room.fast_forward(seconds=5 * DAY_S)
    found, said = crews(room)
    (watch,) = found["crew-1"].watches
    assert watch.lasts_s == 8 * HOUR
    assert watch.on_s == 3 * HOUR, "at twelve past three each night, to the half hour"
    assert said["watches_duty"]["crews"] == 1


def test_rosters_of_a_few_days_leave_no_weekday_without_crews(room):
    duties(room, "crew-1", on=8, hours=12, days=range(3))
    duties(room, "crew-3", on=8, hours=12, days=range(14), who="qian")
    found, said = crews(room)
    assert found["crew-1"].watches == (Watch(8 * HOUR, 12 * HOUR),), "also on the days that nothing is known of yet"
    assert found["crew-3"].watches == (Watch(8 * HOUR, 12 * HOUR),)
    assert said["watches_rosters"] == {"code": "watches_rosters", "crews": 2, "days": 3}


def test_a_lone_crew_on_every_other_day_is_on_duty_on_every_other_day(room):
    duties(room, "crew-1", on=8, hours=12, days=range(0, 14, 2))
    found, _said = crews(room)
    (watch,) = found["crew-1"].watches
    assert len(watch.days) == 4, "of seven: half of them, and not none"


def came(room, code, turns):
    """A crew came on duty on these days from now at these hours, and went after so many hours."""
    crew, midnight = Crew.objects.get(code=code), localtime(room.now).replace(hour=0, minute=0, second=0)
    go_off_duty(crew, by=SYSTEM, at=room.now)
    for day, hour, lasts in turns:
        at = midnight + timedelta(days=day, hours=hour)
        come_on_duty(crew, by=SYSTEM, at=at)
        go_off_duty(crew, by=SYSTEM, at=at + timedelta(hours=lasts))
    room.fast_forward(seconds=(max(turns)[0] + 2) * DAY_S)


@pytest.mark.parametrize("late", [0.0, 0.06])
def test_a_crew_of_days_and_nights_in_turn_has_both_watches_as_often_as_it_had(room, late):
    turns = [
        (day, hour + late * (day % 5), 12)
        for first in range(1, 19, 6)
        for day, hour in ((first, 8), (first + 1, 8), (first + 2, 20), (first + 3, 20))
    ]
    came(room, "crew-1", turns)
    found, said = crews(room)
    by_day, by_night = found["crew-1"].watches
    assert (by_day.on_s, by_day.lasts_s, by_night.on_s, by_night.lasts_s) == (8 * HOUR, HALF, 20 * HOUR, HALF)
    assert len(by_day.days) in (2, 3)
    assert len(by_night.days) in (2, 3)
    assert said["watches_duty"]["crews"] == 1


def test_around_midnight_a_start_is_one(room):
    came(room, "crew-1", [(day, 24 - 0.1 if day % 2 else 0.1, 8) for day in range(2, 16)])
    found, _said = crews(room)
    assert {(watch.on_s, watch.lasts_s) for watch in found["crew-1"].watches} == {(0, 8 * HOUR)}


def test_a_crew_that_came_at_any_hour_has_no_custom(room):
    came(room, "crew-1", [(day, 6 + day % 5, 8) for day in range(1, 11)])
    found, said = crews(room)
    assert "watches_duty" not in said
    assert found["crew-1"].watches in ((Watch(8 * HOUR, HALF),), (Watch(20 * HOUR, HALF),)), "as is assumed"


def test_a_unit_whose_place_nobody_entered_has_its_crews_in_the_middle_of_its_area_or_where_they_were_seen(room):
    OrgUnit.objects.filter(code="west").update(lon=None, lat=None)
    OrgUnit.objects.filter(code="east").update(lon=None, lat=None, area=None)
    found, _said = crews(room)
    _found, assumed = crews_on(localtime(room.now).date(), at=room.now)
    assert {(each["code"], each["crew"]) for each in assumed if each["code"].startswith("post_")} == {
        ("post_in_area", "crew-1"), ("post_in_area", "crew-2"), ("post_where_seen", "crew-3")
    }  # fmt: skip
    assert (found["crew-3"].lon, found["crew-3"].lat) == corner("east")
    assert found["crew-1"].lon is not None


def test_kinds_are_those_on_record_with_what_their_plan_asks_for(room):
    brought_in(room)
    record, assumed = on_record(room.now)
    said = {each["code"]: each for each in assumed}
    kinds = {(kind.category, kind.grade): kind for kind in record.kinds}
    assert set(kinds) == {("dispute", 2), ("crime", 1), ("help", 3)}
    assert len(record.calls) == len(record.kind) == said["demand"]["calls"] == 400
    assert sum(record.kind == record.kinds.index(kinds["crime", 1])) == sum(c == "crime" for c in record.calls.category)
    assert said["needs"]["kinds"] == 3
    assert (said["sent"]["n"], said["sent"]["share"]) == (0, 1.0)
    assert kinds["crime", 1].crews >= 1


def test_times_at_the_scene_are_fitted_from_thirty_orders_on(room):
    brought_in(room)
    for n in range(60):
        at = room.now - timedelta(days=3, minutes=n)
        matter = Incident.objects.create(
            reference=f"T{n}", origin="phone", received_at=at, category="dispute", grade=2, state_since=at, lon=121.46,
            lat=31.22, closed_at=at + timedelta(hours=3),
        )  # fmt: skip
        if n % 2:
            continue  # to half of them nobody was sent
        steps = [at + timedelta(seconds=s) for s in (30, 40, 100, 400, 400 + 600, 400 + 600 + 240)]
        offered, signed, left, there, reported, ended = steps
        Assignment.objects.create(
            incident=matter, crew=Crew.objects.get(code="crew-1"), state="cleared", state_since=ended, travel_s=150,
            offered_at=offered, acknowledged_at=signed, en_route_at=left, on_scene_at=there, reported_at=reported,
            ended_at=ended,
        )  # fmt: skip
    record, assumed = on_record(room.now)
    kinds = {(kind.category, kind.grade): kind for kind in record.kinds}
    assert kinds["dispute", 2].scene.median_s == kinds["crime", 1].scene.median_s == pytest.approx(600)
    assert kinds["dispute", 2].paper.median_s == pytest.approx(240)
    assert {each["what"] for each in assumed if each["code"] == "span_fitted"} == {"scene", "paper"}
    sent = record.sent[record.kinds.index(kinds["dispute", 2])]
    assert sent == pytest.approx((30 + 30) / (60 + 30)), "it leans on one crew to each call"
    habits, more = habits_of(room.now - timedelta(days=4), room.now)
    assert (habits.decide.median_s, habits.answer.median_s, habits.mobilise.median_s) == pytest.approx((30, 10, 60))
    assert habits.speed == (1.0, 0.5, 1.0, 1.0), "half as fast as was foretold, for the one grade that drove"
    assert habits.silent < Habits().silent
    assert [each["fitted"] for each in more if each["code"] == "speed"] == [[2]]


def order(room, number, at, *, after_s, origin="phone", crew="crew-1", lasts_s=900):
    """A matter and its order, given so long after the call."""
    matter = Incident.objects.create(
        reference=f"H{number}", origin=origin, received_at=at, category="dispute", grade=2, state_since=at, lon=121.46,
        lat=31.22, closed_at=at + timedelta(hours=3),
    )  # fmt: skip
    offered = at + timedelta(seconds=after_s)
    Assignment.objects.create(
        incident=matter, crew=Crew.objects.get(code=crew), state="cleared", state_since=offered, offered_at=offered,
        acknowledged_at=offered + timedelta(seconds=10), ended_at=offered + timedelta(seconds=lasts_s),
    )  # fmt: skip


def test_how_long_the_room_decides_is_fitted_on_calls_of_the_public_that_waited_for_no_crew(room):
    for n in range(40):
        at = room.now - timedelta(days=3, hours=n)
        order(room, f"{n}a", at, after_s=30)
        order(room, f"{n}b", at + timedelta(seconds=60), after_s=1200)  # the crew is busy until then
        order(room, f"{n}c", at, after_s=1, origin="self", crew="crew-3")
    habits, assumed = habits_of(room.now - timedelta(days=9), room.now)
    (decide,) = [each for each in assumed if each.get("what") == "decide"]
    assert (habits.decide.median_s, decide["n"]) == (pytest.approx(30), 40)
    assert [each["n"] for each in assumed if each.get("what") == "answer"] == [80], "those of crews' own are left out"


def test_with_nothing_on_record_habits_are_the_simulators_and_said(room):
    habits, assumed = habits_of(room.now - timedelta(days=4), room.now)
    assert habits == Habits()
    assert {each["code"] for each in assumed} == {"span_default", "silent_default", "speed", "habits"}


def test_a_record_that_ends_earlier_is_taken_at_its_end_and_none_is_a_trouble(room):
    with pytest.raises(Trouble) as none:
        past_calls(room.now)
    assert none.value.code == "no_calls"
    brought_in(room)
    later = room.now + timedelta(days=300)
    calls, since, until, assumed = past_calls(later)
    assert len(calls) == 400
    assert until < room.now
    assert since >= room.now - timedelta(days=90)
    assert [each["code"] for each in assumed] == ["demand_old"]


def test_what_a_planner_sees_before_he_changes_it(room):
    found = today(localtime(room.now).date(), at=room.now)
    assert [crew.code for crew in found.crews] == ["crew-1", "crew-2", "crew-3"]
    assert found.callsigns["crew-1"] == ("crew-1组", "Crew-1")
    assert [(s.code, s.en) for s in found.stations] == [("east", "East station"), ("west", "West station")]
    assert (found.stations[1].lon, found.stations[1].lat) == corner("west")
    assert found.ladders[1][:3] == (0, 15, 30)
    assert found.divert["gain_s"] == 60
