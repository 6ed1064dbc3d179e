"""A simulated day of calls keeps to the fitted rhythm, lies in the city, and reads like people talking."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from oneroom.apps.incidents.codes import AGENCIES, CATEGORIES, INVALID_REASONS, OUTCOMES, REASONS, SAFE_CONTACT
from oneroom.apps.incidents.protocol import assessed, known_subcategory, protocol_of
from oneroom.apps.places.codes import WARNING_REASONS
from oneroom.engine.geo import distance_m
from oneroom.engine.roads import positions, snap, snap_index
from oneroom.engine.text import phone, plain
from oneroom.project.demo import calibrate, calls, surge
from oneroom.project.demo.city import bundled

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
LOG = Path(__file__).parents[3] / "shared/data/incidents/sffd_calls_2020-04-07_2020-04-20.csv.gz"


@pytest.fixture(scope="module")
def graph():
    return bundled("shanghai").graph()


@pytest.fixture(scope="module")
def streets(graph):
    return calls.streets(graph)


@pytest.fixture(scope="module")
def fortnight(streets):
    return [calls.day(7, MONDAY + timedelta(days=n), streets, crews=200, zone=ZONE) for n in range(14)]


def test_the_same_seed_and_date_give_the_same_day_and_others_another(streets):
    day = calls.day(7, MONDAY, streets, crews=200, zone=ZONE)

    assert day == calls.day(7, MONDAY, streets, crews=200, zone=ZONE)
    assert day != calls.day(8, MONDAY, streets, crews=200, zone=ZONE)
    assert [c.words for c in day[:9]] != [
        c.words for c in calls.day(7, MONDAY + timedelta(days=1), streets, crews=200, zone=ZONE)[:9]
    ]


def test_calls_come_in_order_within_their_local_day_each_with_a_key_of_its_own(fortnight):
    for number, day in enumerate(fortnight):
        assert all(a.at <= b.at for a, b in pairwise(day))
        assert {c.at.astimezone(ZONE).date() for c in day} == {MONDAY + timedelta(days=number)}
    keys = [c.key for day in fortnight for c in day]
    assert len(set(keys)) == len(keys)


def test_arrivals_fit_the_table(fortnight):
    hours = Counter(c.at.hour for day in fortnight for c in day if c.is_first)
    expected = np.array(calls.table()["hour_share"]) * calls.CALLS_PER_CREW_AND_DAY * 200 * len(fortnight)
    found = np.array([hours[hour] for hour in range(24)])

    assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected))  # four standard deviations of a Poisson count


def test_a_city_of_two_hundred_crews_has_twenty_four_to_forty_open_matters_by_day(fortnight):
    """By Little's law: arrivals times the time a matter is open (sent, driven to, handled, reviewed, closed)."""
    chance = Random("stays")
    stay_s = np.mean([calls.stay_s(chance) for _ in range(5000)])
    around_it_s = 45 + 20 + 25 + 240 + 190  # sent, signed, off, driven, reviewed and closed
    per_s = np.mean([sum(1 for c in day if 10 <= c.at.hour < 20) for day in fortnight]) / 36000

    assert 24 <= per_s * (stay_s + around_it_s) <= 40


def test_several_callers_tell_of_one_event_each_in_other_words_within_minutes_and_metres(fortnight):
    calls_of: dict[str, list[calls.Call]] = {}
    for call in (c for day in fortnight for c in day):
        calls_of.setdefault(call.event, []).append(call)
    told_again = [told for told in calls_of.values() if len(told) > 1]

    share = sum(len(told) - 1 for told in told_again) / sum(map(len, calls_of.values()))
    assert 0.02 < share < 0.25
    for first, *others in told_again:
        assert first.is_first
        assert not any(other.is_first for other in others)
        for other in others:
            assert (other.category, other.grade) == (first.category, first.grade)
            assert other.words != first.words
            assert 0 < (other.at - first.at).total_seconds() <= 360
            assert distance_m(first.lon, first.lat, other.lon, other.lat) < 200


def test_a_storm_brings_three_to_five_times_the_calls_for_two_hours_and_many_are_about_one_thing(streets):
    since = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
    brought = surge.storm(7, since, streets, crews=200, zone=ZONE)
    usual = [c for c in calls.day(7, MONDAY, streets, crews=200, zone=ZONE) if since <= c.at < since + surge.LASTS]

    assert brought == surge.storm(7, since, streets, crews=200, zone=ZONE)
    assert brought != surge.storm(8, since, streets, crews=200, zone=ZONE)
    assert 3 <= (len(brought) + len(usual)) / len(usual) <= 5.5
    assert all(since <= c.at < since + surge.LASTS for c in brought)
    assert all(a.at <= b.at for a, b in pairwise(brought))
    assert 0.2 < np.mean([not c.is_first for c in brought]) < 0.6
    assert all(c.words.startswith((calls.MARK_ZH, calls.MARK_EN)) for c in brought)
    assert len({c.key for c in brought}) == len(brought)
    assert surge.strength(since, since - timedelta(minutes=1)) == surge.strength(since, since + surge.LASTS) == 1


def test_calls_go_on_over_midnight_from_any_moment(streets):
    since = datetime(2026, 11, 23, 15, 58, tzinfo=UTC)  # two minutes before midnight in the city
    next_ones = list(islice(calls.calls_after(since, 7, streets, crews=200, zone=ZONE), 40))

    assert all(c.at > since for c in next_ones)
    assert all(a.at <= b.at for a, b in pairwise(next_ones))
    assert {c.at.astimezone(ZONE).day for c in next_ones} >= {24}


def test_every_call_lies_on_a_street_of_the_city(fortnight, graph):
    day = [c for c in fortnight[0] if c.is_first]
    lon, lat = np.array([c.lon for c in day]), np.array([c.lat for c in day])
    x, y = positions(graph, snap(snap_index(graph), lon, lat, max_m=50))

    assert all(graph.box.contains(c.lon, c.lat) for c in day)
    assert distance_m(lon, lat, x, y).max() < 1.0


def test_words_are_plain_marked_and_without_a_blank_left_unfilled(fortnight):
    for call in (c for day in fortnight[:7] for c in day):
        assert plain("words", call.words, longest=4000, required=True) == call.words
        assert call.words.startswith((calls.MARK_ZH, calls.MARK_EN))
        assert "{" not in call.words


def test_phone_numbers_are_in_no_numbering_plan(fortnight):
    for call in fortnight[0]:
        assert phone("caller_phone", call.phone) == call.phone
        assert call.phone.startswith("1000000")


def test_every_code_is_one_of_the_house():
    for said in calls.sentences()["storm"]:
        assert set(said["reasons"]) <= set(REASONS)
        known_subcategory(said["category"], said["sub"])
    for name in calls.kinds():
        kind = calls.sentences()[name]
        assert name in CATEGORIES
        for said in kind["calls"]:
            known_subcategory(name, said["sub"])
        assert len(kind["calls"]) >= 5
        assert all(set(said["reasons"]) <= set(REASONS) and said["grade"] in (1, 2, 3, 4) for said in kind["calls"])
        assert all(outcome in OUTCOMES for outcome, _zh, _en in kind["ends"])
        verb, *reasons = kind.get("aside", ["", ""])
        assert set(reasons) <= set({"transfer": AGENCIES, "invalidate": INVALID_REASONS}.get(verb, {""}))


def test_who_whispers_at_home_is_never_rung_back(fortnight):
    violence = [c for day in fortnight for c in day if "丈夫" in c.words or "夫妻" in c.words]

    assert violence
    assert {c.safe_contact for c in violence} == {"no"}
    assert not any(c.web for c in violence)
    assert {c.safe_contact for day in fortnight for c in day} == set(SAFE_CONTACT)


@pytest.mark.skipif(not LOG.exists(), reason="The log of real calls lies outside this repository, and is not here.")
def test_the_table_is_what_the_log_says():
    assert calibrate.fit(calibrate.read(LOG)) == calls.table()


def test_callers_answer_the_houses_questions_in_keeping_with_how_grave_it_is(fortnight):
    told = [(call, *calls.answered(call)) for call in (c for day in fortnight[:3] for c in day)]

    assert sum(1 for _call, choices, _words in told if choices) > len(told) / 2
    for call, choices, words in told:
        protocol = protocol_of(call.category, call.subcategory)
        assert assessed(protocol, choices).grade >= min(call.grade, protocol.usual)
        assert all(said.startswith((calls.MARK_ZH, calls.MARK_EN)) for said in words.values())


def test_what_crews_find_and_warn_of_is_of_the_house():
    for said in calls.sentences()["seen"]:
        known_subcategory(said["category"], said["subcategory"])
        assert set(said["reasons"]) <= set(REASONS)
    assert {said["reason"] for said in calls.sentences()["warnings"]} <= set(WARNING_REASONS)
