"""Where crews should wait: counts, addresses, rates with their interval, and how near to the best (row T27)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.coverage.posting import LEAST_ADDRESSES, ONE_ADDRESS_M, addresses, interval, suggest

STREET = np.arange(12) * 100.0  # twelve doors, far enough apart


def asked(reaches, x, now=None, count=3, weeks=8.0):
    reaches = np.atleast_2d(np.array(reaches, bool))
    now = np.ones(reaches.shape[1], bool) if now is None else np.array(now, bool)
    return suggest(reaches, x, np.zeros(len(x)), now=now, count=count, weeks=weeks, blocks=42)


def test_t27_a_point_says_what_it_rests_on():
    x = np.repeat(STREET, 2)
    now = np.tile([True, False], 12)
    found = asked([np.ones(24)], x, now)
    [point] = found.points
    assert (point.calls, point.addresses, point.weekly) == (12, 12, 1.5)
    assert point.usual == pytest.approx(24 / 8 / 42)
    assert point.low < point.weekly < point.high
    assert (found.calls, found.reached, found.bound) == (12, 12, 12)


def test_t27_no_point_stands_for_fewer_than_eight_addresses():
    for doors in range(1, 12):
        points = asked([np.ones(doors * 3)], np.repeat(STREET[:doors], 3)).points
        assert len(points) == (doors >= LEAST_ADDRESSES), f"{doors} doors"


def test_one_house_that_calls_a_hundred_times_is_never_a_point():
    chance = np.random.default_rng(4)
    scattered = chance.uniform(-20, 20, 100)
    assert addresses(scattered, chance.uniform(-20, 20, 100)) < LEAST_ADDRESSES
    assert asked([np.ones(100)], scattered).points == ()


def test_the_difference_of_two_points_tells_nothing_of_one_address():
    """Twelve doors within one point, the same twelve and one more within another: the one is told by neither."""
    x = np.append(STREET, 1200.0)
    first, second = np.ones(13, bool), np.ones(13, bool)
    first[12] = False
    found = asked([first, second], x)
    assert [p.calls for p in found.points] == [13]
    others = asked([first, ~first], x)
    assert [p.place for p in others.points] == [0]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), max_size=60))
def test_counted_addresses_are_apart_and_never_more_than_the_calls(spots):
    x, y = (np.array(axis) for axis in (zip(*spots, strict=True) if spots else ((), ())))
    found = addresses(x, y)
    assert found <= len(spots)
    assert (found == 0) == (not spots)
    assert addresses(x[::-1], y[::-1]) == found, "in whatever order they came"
    cells = {(int(a // (ONE_ADDRESS_M / 2)), int(b // (ONE_ADDRESS_M / 2))) for a, b in spots}
    assert found <= len(cells), "two in one square of 25 m are one"


@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_greedy_is_within_its_stated_bound_and_the_bound_holds_for_every_choice(count, seed):
    chance = np.random.default_rng(seed)
    reaches = chance.random((6, 40)) < 0.4
    found = asked(reaches, np.arange(40) * 100.0, count=count)
    best = max(int(reaches[list(some)].any(axis=0).sum()) for some in combinations(range(6), count))
    assert found.reached <= best <= found.bound
    assert found.reached == sum(p.calls for p in found.points)
    assert all(p.addresses >= LEAST_ADDRESSES for p in found.points)


@pytest.mark.parametrize(("calls", "low", "high"), [(0, 0.0, 3.689), (10, 4.795, 18.390), (100, 81.364, 121.627)])
def test_the_interval_is_garwoods(calls, low, high):
    assert interval(calls, 1.0) == pytest.approx((low, high), abs=2e-3)
    assert interval(calls, 8.0) == pytest.approx((low / 8, high / 8), abs=2e-3)


def test_without_calls_there_is_nothing():
    assert suggest(np.zeros((0, 0), bool), [], [], now=np.zeros(0, bool), count=5, weeks=1.0, blocks=42).points == ()
