"""What a simulated crew decides: by its orders and the project time alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from oneroom.engine.geo import distance_m
from oneroom.engine.lifecycle.limits import LIMITS_S
from oneroom.project.demo import calls, crews, shifts
from oneroom.project.demo.city import bundled
from oneroom.project.demo.crews import Character, SimulatedCrew, character_of
from oneroom.project.demo.driving import Streets
from oneroom.project.demo.photos import picture
from oneroom.project.demo.shifts import Watch

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def streets():
    return Streets(bundled("shanghai").graph(), ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def station():
    found = bundled("shanghai").stations[0]
    return found["lon"], found["lat"]


@pytest.fixture
def crew(streets, station):
    def of(character=Character.PROMPT):
        return SimulatedCrew(
            1, streets, station, *streets.to_street(*station), character, Watch.DAY, id=1, on_duty=True
        )

    return of


def order(state="offered", *, grade=1, pk=7, lon=121.46, lat=31.22, **times):
    at = {"offered_at": T0, "acknowledged_at": None, "en_route_at": None, "on_scene_at": None} | times
    return {
        "id": pk, "incident": 3, "grade": grade, "category": "traffic", "state": state, "lon": lon, "lat": lat,
        **{name: time and time.isoformat() for name, time in at.items()},
    }  # fmt: skip


def first_act(crew, *, within_s, step_s=1):
    for second in range(0, within_s, step_s):
        now = T0 + timedelta(seconds=second)
        crew.move(now)
        if act := crew.next_act(now):
            return second, act
    return None


def test_a_prompt_crew_signs_before_the_second_rung(crew):
    prompt = crew()
    prompt.told([order()])

    second, act = first_act(prompt, within_s=60)

    assert act.said == {"verb": "acknowledge"}
    assert act.path == "assignments/7/step"
    assert 3 <= second < 15


def test_a_slow_crew_signs_after_the_second_rung(crew):
    slow = crew(Character.SLOW)
    slow.told([order()])

    second, _act = first_act(slow, within_s=120)

    assert second > 15


def test_a_silent_crew_never_answers(crew):
    silent = crew(Character.SILENT)
    silent.told([order()])

    assert first_act(silent, within_s=3600, step_s=10) is None


def test_most_crews_are_prompt_some_slow_and_a_few_silent():
    found = [character_of(n) for n in range(1, 201)]

    assert found.count(Character.SILENT) == 5
    assert found.count(Character.RADIO) == 5
    assert 20 <= found.count(Character.SLOW) <= 50


def test_it_drives_along_the_streets_and_arrives_only_when_it_is_there(crew, streets):
    driving = crew()
    driving.told([order("en_route", acknowledged_at=T0, en_route_at=T0)])

    for second in range(3600):
        now = T0 + timedelta(seconds=second)
        driving.move(now)
        act = driving.next_act(now)
        on_street = streets.to_street(driving.lon, driving.lat)
        assert distance_m(driving.lon, driving.lat, *on_street) < 1.0
        if act:
            break

    assert act.said == {"verb": "arrive"}
    assert second > 60
    assert distance_m(driving.lon, driving.lat, *streets.to_street(121.46, 31.22)) < 1.0


def test_on_the_scene_it_says_a_word_then_reports_with_an_outcome(crew):
    working = crew()
    working.told([order("on_scene", acknowledged_at=T0, en_route_at=T0, on_scene_at=T0)])
    said = []
    for second in range(0, 7200, 5):
        if act := working.next_act(T0 + timedelta(seconds=second)):
            said.append(act)
            if act.path.endswith("report"):
                break

    assert said[-1].path == "assignments/7/report"
    assert said[-1].said["outcome"]
    assert [act.path for act in said].count("assignments/7/word") <= 1


def test_the_same_act_has_the_same_key_so_that_it_happens_once(crew):
    one, again = crew(), crew()
    for each in (one, again):
        each.told([order()])

    assert first_act(one, within_s=60) == first_act(again, within_s=60)


def test_a_held_crew_is_left_alone(crew):
    held = crew()
    held.held = True
    held.told([order("en_route", acknowledged_at=T0, en_route_at=T0)])
    where = held.lon, held.lat

    assert first_act(held, within_s=1800, step_s=10) is None
    assert (held.lon, held.lat) == where
    assert held.fixes(T0)[0]["speed_kmh"] == 0


def test_a_released_crew_goes_on_from_where_it_stands(crew):
    released = crew()
    released.held = True
    released.told([order("en_route", acknowledged_at=T0, en_route_at=T0)])
    assert first_act(released, within_s=60) is None
    released.held = False

    assert first_act(released, within_s=3600)[1].said == {"verb": "arrive"}


def test_between_calls_it_patrols_near_its_station(crew, station):
    free = crew()
    places = set()
    for second in range(0, 90 * 60, 10):
        free.move(T0 + timedelta(seconds=second))
        places.add((round(free.lon, 4), round(free.lat, 4)))
        assert distance_m(free.lon, free.lat, *station) < 5000

    assert len(places) > 10


def test_an_order_that_was_taken_back_ends_the_drive(crew):
    driving = crew()
    driving.told([order("en_route", acknowledged_at=T0, en_route_at=T0)])
    assert first_act(driving, within_s=10) is None
    assert driving.drive is not None

    driving.told([])

    assert driving.drive is None
    assert first_act(driving, within_s=60) is None


def test_fixes_are_five_seconds_apart_and_thinned_when_time_runs_fast(crew):
    driving = crew()
    driving.told([order("en_route", acknowledged_at=T0, en_route_at=T0)])
    driving.move(T0)
    assert driving.next_act(T0) is None
    driving.move(T0)
    assert len(driving.fixes(T0)) == 1

    driving.move(T0 + timedelta(seconds=4))
    assert driving.fixes(T0 + timedelta(seconds=4)) == []
    driving.move(T0 + timedelta(seconds=20))
    at_six = driving.fixes(T0 + timedelta(seconds=20))
    driving.move(T0 + timedelta(seconds=80))
    at_sixty = driving.fixes(T0 + timedelta(seconds=80))

    assert len(at_six) == 4
    assert len(at_sixty) == 4
    assert len({(fix["lon"], fix["lat"]) for fix in at_sixty}) > 1


def test_the_day_watch_goes_when_the_night_has_come_and_no_street_is_left_without(streets):
    relief = datetime(2026, 11, 22, 12, tzinfo=UTC)  # twenty o'clock in the city
    serving = {
        minute: {
            watch: sum(
                shifts.should_serve(watch, n, relief + timedelta(minutes=minute), streets.zone) for n in range(1, 101)
            )
            for watch in Watch
        }
        for minute in (-30, -1, 0, 10)
    }

    assert serving[-30] == {Watch.DAY: 100, Watch.NIGHT: 0}
    assert serving[-1][Watch.DAY] == 100
    assert serving[-1][Watch.NIGHT] > 90  # who comes early
    assert serving[0][Watch.NIGHT] == 100
    assert serving[10] == {Watch.DAY: 0, Watch.NIGHT: 100}


def test_a_crew_on_a_call_finishes_it_before_it_goes_off_duty(crew):
    late = T0 + timedelta(hours=2, minutes=10)
    tired = crew()
    tired.told([order("on_scene", acknowledged_at=T0, en_route_at=T0, on_scene_at=late)])
    busy = tired.next_act(late)
    tired.told([])
    free = tired.next_act(late)

    assert busy is None
    assert free.path == "crews/1/off-duty"


def test_a_crew_at_home_sends_no_place_and_comes_on_duty_when_its_watch_does(streets, station):
    place = streets.to_street(*station)
    night = SimulatedCrew(201, streets, station, *place, Character.PROMPT, Watch.NIGHT, id=9)
    night.move(T0)

    assert night.fixes(T0) == []
    assert night.next_act(T0) is None
    assert night.next_act(T0 + timedelta(hours=2)).path == "crews/9/on-duty"


def test_a_crew_with_only_a_radio_sends_no_place(crew):
    radio = crew(Character.RADIO)
    radio.move(T0)

    assert radio.fixes(T0) == []


def on_scene(crew, **more):
    crew.told([order("on_scene", acknowledged_at=T0, en_route_at=T0, on_scene_at=T0, **more)])
    return [act for second in range(0, 7200, 5) if (act := crew.next_act(T0 + timedelta(seconds=second)))]


def test_on_a_grave_matter_it_says_that_all_is_well_before_the_house_asks(crew, monkeypatch):
    monkeypatch.setattr(calls, "stay_s", lambda _chance: 2000.0)
    heard = [T0]
    grave = crew()
    grave.told([order("on_scene", acknowledged_at=T0, en_route_at=T0, on_scene_at=T0)])
    for second in range(0, 2000, 5):
        now = T0 + timedelta(seconds=second)
        if (act := grave.next_act(now)) and act.path.endswith(("word", "well")):
            heard.append(now)

    assert len(heard) >= 4
    assert max(b - a for a, b in pairwise(heard)) < timedelta(seconds=LIMITS_S["welfare"][1])
    assert not [act for act in on_scene(crew(), grade=4) if act.path.endswith("well")]


def test_it_takes_a_photo_and_warns_of_the_place_where_that_is_drawn_but_not_by_radio(crew, monkeypatch):
    monkeypatch.setattr(calls, "stay_s", lambda _chance: 2000.0)
    monkeypatch.setattr(crews, "PHOTO_SHARE", 1.0)
    monkeypatch.setattr(crews, "WARNING_SHARE", 1.0)
    photo, warning = [a for a in on_scene(crew()) if a.path.endswith(("photo", "warnings"))]

    assert photo.path == "assignments/7/photo"
    assert picture(photo.key) == picture(photo.key) != picture("another")
    assert warning.said["incident"] == 3
    assert warning.said["words"].startswith(calls.MARK_ZH)
    assert {a.path for a in on_scene(crew(Character.RADIO))} == {
        "assignments/7/word",
        "assignments/7/report",
        "assignments/7/well",
    }


def test_on_patrol_it_comes_upon_something_reports_it_where_it_is_and_stands_by(crew, monkeypatch):
    monkeypatch.setattr(crews, "SEEN_SHARE", 1.0)
    patrol = crew()

    second, act = first_act(patrol, within_s=3600)
    stood = patrol.lon, patrol.lat
    for later in range(second, second + 500, 10):
        patrol.move(T0 + timedelta(seconds=later))

    assert act.path == "incidents"
    assert act.said["source"] == "self"
    assert "location" not in act.said
    assert act.said["words"].startswith(calls.MARK_ZH)
    assert (patrol.lon, patrol.lat) == stood
