"""What a record says of calls and people: fitted where there is enough of it, leaning on the whole where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.simulate.rates import hours_seen, rates, share, shrunk, span_of, weights


def test_a_scattering_time_is_found_again_also_among_times_entered_late():
    chance = np.random.default_rng(1)
    times = 600 * np.exp(0.5 * chance.standard_normal(4000))
    for given_times in (times, np.concatenate([times, [80_000.0] * 20, [np.nan, -5.0, 1e9]])):
        found = span_of(given_times)
        assert found.median_s == pytest.approx(600, rel=0.05)
        assert found.sigma == pytest.approx(0.5, rel=0.06)
    assert span_of(times[:29]) is None
    assert span_of([0.0] * 40) is None


def test_a_rate_leans_on_the_whole_only_as_far_as_chance_explains():
    chance = np.random.default_rng(2)
    expected = np.full(400, 9.0)
    alike = shrunk(chance.poisson(expected), expected)
    assert np.abs(alike - 9).max() < 1.5  # the scatter of the counts, up to 9 either way, is taken for chance
    truth = 9 * chance.gamma(2.0, 1 / 2.0, 400)
    apart = shrunk(counts := chance.poisson(truth), expected)
    assert np.square(apart - truth).mean() < 0.9 * np.square(counts - truth).mean()
    assert (shrunk([0.0, 3.0], [0.0, 3.0]) == [0.0, 3.0]).all()


def test_the_hours_of_a_week_are_found_again_better_than_by_counting():
    hour, day = np.arange(168) % 24, np.arange(168) // 24
    truth = (2 + 1.5 * np.sin((hour - 9) / 24 * 2 * np.pi)) * np.where(day >= 5, 1.4, 1.0)
    truth[5 * 24 + 22] *= 3  # a match night
    seen = np.full(168, 8.0)
    counts = np.random.default_rng(3).poisson(truth * seen)
    found = rates(counts, seen)
    assert np.square(found - truth).mean() < 0.6 * np.square(counts / seen - truth).mean()
    assert found[5 * 24 + 22] > 1.5 * found[4 * 24 + 22]
    assert found.sum() == pytest.approx(counts.sum() / 8, rel=0.05)


def test_of_one_hour_on_record_every_hour_is_alike_and_of_none_there_is_no_call():
    counts, seen = np.zeros(168), np.zeros(168)
    counts[30], seen[30] = 12, 1
    assert np.allclose(rates(counts, seen), 12)
    assert not rates(np.zeros(168), np.zeros(168)).any()
    assert not rates(np.zeros(168), np.ones(168)).any()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 23)), max_size=60))
def test_places_have_a_whole_of_one_in_each_hour_and_none_where_nobody_called(calls):
    cell, hour = ([c for c, _ in calls], [h for _, h in calls])
    found = weights(cell, hour, 5)
    assert found.shape == (24, 5)
    assert (found >= 0).all()
    if calls:
        assert np.allclose(found.sum(axis=1), 1)
        assert (found[:, sorted({*range(5)} - {*cell})] == 0).all()


def test_the_nights_of_a_bar_street_are_its_own_when_there_is_enough_of_them():
    chance = np.random.default_rng(4)
    cell = np.repeat([0, 1], 3000)
    hour = np.concatenate([chance.integers(20, 24, 3000), chance.integers(0, 24, 3000)])
    found = weights(cell, hour, 2)
    assert found[22, 0] > 0.8
    assert found[12, 0] < 0.05


def test_hours_on_record_and_a_share_that_leans_on_the_usual():
    assert hours_seen(160, 10).tolist() == [1.0, 1.0] + [0.0] * 158 + [1.0] * 8
    assert hours_seen(0, 336).min() == hours_seen(0, 336).max() == 2
    assert share(0, 0, usual=0.02) == 0.02
    assert share(30, 30, usual=0.0) == 0.5
