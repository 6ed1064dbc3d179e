"""Habits from a record: what was put in comes out again, forgotten buttons move nothing, and few runs say little."""

import numpy as np
import pytest

from oneroom.engine import roads
from oneroom.engine.geo import Box
from oneroom.engine.simulate.fitting import pace, span
from oneroom.engine.simulate.plain import plain
from oneroom.engine.simulate.world import Unrunnable

DETOUR = np.where((np.arange(24) >= 7) & (np.arange(24) < 19), 1.2, 0.8)


def ways(count, seed=1):
    """Ways whose pace is known: 40 s, then a tenth of a second a metre, slower by day and for grade 3."""
    chance = np.random.default_rng(seed)
    metres, hour, grade = chance.uniform(100, 4000, count), chance.integers(0, 24, count), chance.integers(1, 4, count)
    usual = 40 + metres * 0.1 * DETOUR[hour] * np.where(grade == 3, 1.5, 1.0)
    return metres, usual * np.exp(0.1 * chance.standard_normal(count)), hour, grade


def test_a_known_pace_is_found_again():
    metres, seconds, hour, grade = ways(20_000)
    found = pace(metres, seconds, hour, grade)
    for n in (1, 3):
        there = found.start_s + found.takes_s([2000.0] * 24, range(24), [n] * 24)
        truth = 40 + 200 * DETOUR * (1.5 if n == 3 else 1.0)
        assert np.abs(there / truth - 1).max() < 0.06


def test_a_twentieth_of_forgotten_buttons_hardly_moves_it():
    metres, seconds, hour, grade = ways(4_000)
    before = pace(metres, seconds, hour, grade)
    spoilt = np.where(np.arange(len(seconds)) % 20 == 0, 7_200.0, seconds)
    after = pace(metres, spoilt, hour, grade)
    assert np.allclose(after.takes_s(2000, range(24), [1] * 24), before.takes_s(2000, range(24), [1] * 24), rtol=0.06)
    assert span(spoilt).median_s == pytest.approx(span(seconds).median_s, rel=0.06)


def test_an_hour_with_few_runs_is_taken_for_an_hour_like_others():
    metres, seconds, hour, grade = ways(500)
    quiet = hour != 4
    found = pace(metres[quiet], seconds[quiet], hour[quiet], grade[quiet])
    assert 0.9 < found.detour[4] < 1.1
    assert found.slower[3] == 1.0  # nothing of grade 4 was seen


def test_a_known_scatter_is_found_again():
    each = 60 * np.exp(0.5 * np.random.default_rng(3).standard_normal(20_000))
    found = span(each)
    assert (found.median_s, found.sigma) == (pytest.approx(60, rel=0.02), pytest.approx(0.5, rel=0.03))


def test_a_way_over_the_plain_takes_what_its_pace_says_to_eight_hundredths():
    found = pace(*ways(4_000))
    box = Box(117.0, 36.6, 117.05, 36.64)
    city = plain(box, step_m=200.0, pace=found)
    chance = np.random.default_rng(4)
    lon, lat = chance.uniform(117.0, 117.05, 40), chance.uniform(36.6, 36.64, 40)
    node = city.node(lon, lat)
    x, y = city.graph.plane.to_xy(city.graph.node_lon[node], city.graph.node_lat[node])
    for hour in (3, 12):
        at = roads.metric(city.graph, hour=hour)
        ms = roads.times_from(city.graph, at, roads.points_at_nodes(city.graph, [int(node[0])]))[node]
        straight = found.takes_s(np.hypot(x - x[0], y - y[0]), hour, 1)
        far = straight > 0
        ratio = ms[far] / 1000 / straight[far]
        assert ratio.min() > 0.99
        assert ratio.max() < 1.09
    assert city.node(100.0, 30.0) == 0  # far outside: the nearest at the edge


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: span([0.0, np.nan]), "no time to fit"),
        (lambda: pace([5.0, 5.0], [1.0, 2.0], [0, 0], [1, 1]), "different lengths"),
        (lambda: pace([1000.0, 2000.0, 3000.0], [90.0, 60.0, 30.0], [0, 0, 0], [1, 1, 1]), "do not take longer"),
        (lambda: plain(Box(117.0, 36.6, 118.0, 37.6), step_m=10.0, pace=pace(*ways(500))), "another step"),
    ],
)
def test_a_record_that_says_nothing_is_refused_with_a_sentence(make, said):
    with pytest.raises(Unrunnable, match=said):
        make()
