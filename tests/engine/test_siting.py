"""Where stations should stand: every model against looking at all sets of sites, and against published optima."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations, combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine.siting import ground as grounds
from oneroom.engine.siting.center import p_center
from oneroom.engine.siting.covering import expected, greedy, lscp, mclp, mexclp, rows_of
from oneroom.engine.siting.ground import NOBODY, Ground, Unanswerable
from oneroom.engine.siting.median import Effort, p_median

FAR = 1 << 30
INSTANCES = Path(__file__).resolve().parents[3] / "shared" / "benchmarks"
LITTLE = Effort(starts=3, shakes=20, steps=200)


@st.composite
def towns(draw, *, gaps: bool = True):
    """A few points and sites with one-way times, some pairs without any way; sites that stand, and that are shut."""
    points, sites = draw(st.integers(1, 7)), draw(st.integers(2, 6))
    time = st.one_of(st.integers(0, 30), st.just(FAR)) if gaps else st.integers(0, 30)
    ms = draw(st.lists(time, min_size=points * sites, max_size=points * sites))
    weight = draw(st.lists(st.integers(0, 9), min_size=points, max_size=points).filter(any))
    roles = draw(st.lists(st.sampled_from("uuuusx"), min_size=sites, max_size=sites))
    roles[0] = "u"
    pick = lambda letter: tuple(n for n, role in enumerate(roles) if role == letter)  # noqa: E731
    return Ground(
        np.array(ms, np.int32).reshape(points, sites), np.array(weight, float), standing=pick("s"), shut=pick("x")
    )


def choices(town, count):
    """Every set of ``count`` usable sites that holds those that stand."""
    count = min(count, len(town.usable))
    return [c for c in combinations(town.usable.tolist(), count) if set(town.standing) <= set(c)]


def reached(town, sites, limit):
    within = (town.ms[:, list(sites)] <= limit).any(axis=1) if sites else np.zeros(town.points, bool)
    return float(town.weight[within].sum())


@settings(max_examples=40)
@given(towns(), st.integers(0, 30))
def test_as_few_sites_as_can_be_reach_everybody_who_can_be_reached(town, limit):
    answer = lscp(town, limit)

    asked = [n for n in range(town.points) if town.weight[n] > 0 and n not in answer.out_of_reach]
    alone = [n for n in range(town.points) if not (town.ms[n, town.usable] <= limit).any() and town.weight[n] > 0]
    assert list(answer.out_of_reach) == alone
    covering = [
        len(c) for k in range(town.sites + 1) for c in combinations(town.usable.tolist(), k)
        if set(town.standing) <= set(c) and all((town.ms[n, list(c)] <= limit).any() if c else False for n in asked)
    ]  # fmt: skip
    assert answer.value == len(answer.sites) == min(covering)
    assert answer.proven
    assert all(answer.nearest[n] in answer.sites for n in asked)


@settings(max_examples=40)
@given(towns(), st.integers(0, 30), st.integers(1, 4))
def test_a_few_sites_reach_as_much_as_any_that_few_can(town, limit, count):
    count = max(count, len(town.standing), 1)
    answer = mclp(town, limit, count)

    best = max(reached(town, c, limit) for c in choices(town, count))
    assert answer.value == reached(town, answer.sites, limit) == best
    assert answer.proven
    assert set(town.standing) <= set(answer.sites)
    assert not set(town.shut) & set(answer.sites)
    rows = rows_of(town, limit)
    known = reached(town, greedy(town, rows, town.wanted(count)), limit)
    assert known >= (1 - 1 / np.e) * best - 1e-9  # Nemhauser, Wolsey & Fisher 1978, and better with sites that stand


@settings(max_examples=40)
@given(towns(gaps=False), st.integers(0, 30), st.integers(1, 4), st.sampled_from([0.0, 0.3, 0.6]))
def test_crews_stand_where_most_is_expected_to_find_a_free_one(town, limit, crews, busy):
    crews = max(crews, len(town.standing), 1)
    answer = mexclp(town, limit, crews, busy=busy)

    rows = rows_of(town, limit)
    every = [
        expected(rows, np.bincount(c, minlength=town.sites), busy)
        for c in combinations_with_replacement(town.usable.tolist(), max(crews, 1)) if set(town.standing) <= set(c)
    ]  # fmt: skip
    assert answer.value == pytest.approx(max(every))
    assert answer.proven
    assert len(answer.sites) == crews
    shallow = mexclp(town, limit, crews, busy=busy, levels=1)
    assert shallow.value <= answer.value + 1e-9 <= shallow.bound + 1e-6  # what was not looked at is in the bound


def test_crews_that_are_never_busy_make_it_the_covering_question_and_one_crew_the_best_site():
    chance = np.random.Generator(np.random.PCG64(4))
    town = Ground(chance.integers(0, 100, (40, 12)).astype(np.int32), chance.integers(1, 20, 40).astype(float))

    assert mexclp(town, 20, 4, busy=0.0).value == pytest.approx(mclp(town, 20, 4).value)
    assert mexclp(town, 20, 1, busy=0.4).value == pytest.approx(0.6 * mclp(town, 20, 1).value)


@settings(max_examples=40)
@given(towns(), st.integers(1, 4), st.integers(0, 5))
def test_the_median_is_the_least_travel_or_says_how_far_it_may_be_from_it(town, count, seed):
    count = max(count, len(town.standing), 1)
    left_out = town.out_of_reach(FAR - 1)
    asked = [n for n in range(town.points) if n not in left_out and town.weight[n] > 0]
    if not asked:
        with pytest.raises(Unanswerable):
            p_median(town, count, seed=seed, effort=LITTLE)
        return
    answer = p_median(town, count, seed=seed, effort=Effort(3, 20, 200, prove_s=20))

    def total(sites):
        return sum(town.weight[n] * int(town.ms[n, list(sites)].min()) for n in asked)

    serving = [total(c) for c in choices(town, count) if all(town.ms[n, list(c)].min() < FAR for n in asked)]
    if serving:
        assert answer.value == total(answer.sites) == min(serving)
        assert answer.proven
    quick = p_median(town, count, seed=seed, effort=LITTLE)
    assert quick.bound <= answer.value + 1e-6


@settings(max_examples=40)
@given(towns(), st.integers(1, 4))
def test_the_centre_makes_the_worst_place_as_near_as_can_be(town, count):
    count = max(count, len(town.standing), 1)
    left_out = town.out_of_reach(FAR - 1)
    asked = [n for n in range(town.points) if n not in left_out and town.weight[n] > 0]
    if not asked:
        return
    answer = p_center(town, count)

    assert answer.value == min(int(town.ms[np.ix_(asked, c)].min(axis=1).max()) for c in choices(town, count))
    assert answer.proven
    assert answer.out_of_reach == left_out


def test_a_site_serves_no_more_than_it_can():
    ms = np.array([[1, 9], [1, 9], [2, 3]], np.int32)
    town = Ground(ms, np.array([4.0, 4.0, 4.0]))

    assert mclp(town, 5, 1).value == 12
    assert mclp(town, 5, 1, capacity=np.array([6.0, 6.0])).value == 6
    both = mclp(town, 5, 2, capacity=np.array([6.0, 6.0]))
    assert both.value == 10
    assert both.proven


def test_what_does_not_fit_together_is_said_before_anything_is_computed():
    ms, weight = np.array([[1, 2]], np.int32), np.ones(1)
    for wrong in (
        lambda: Ground(ms, np.ones(2)),
        lambda: Ground(ms, -weight),
        lambda: Ground(ms, weight, standing=(0,), shut=(0,)),
        lambda: Ground(ms, weight, standing=(2,)),
        lambda: Ground(np.zeros((0, 2), np.int32), np.zeros(0)),
        lambda: mclp(Ground(ms, weight, standing=(0, 1)), 5, 1),
        lambda: mexclp(Ground(ms, weight), 5, 1, busy=1.0),
        lambda: mclp(Ground(ms, weight), 5, 1, capacity=np.ones(3)),
        lambda: p_center(Ground(np.full((1, 2), FAR, np.int32), weight), 1),
    ):
        with pytest.raises(Unanswerable):
            wrong()


def test_nobody_serves_a_point_beyond_the_limit():
    town = Ground(np.array([[1, 5], [9, 9]], np.int32), np.ones(2))

    assert grounds.nearest_open(town, (1,), 6).tolist() == [1, NOBODY]
    assert grounds.nearest_open(town, ()).tolist() == [NOBODY, NOBODY]


@pytest.mark.parametrize(
    "order", [("highspy", "ortools.sat.python.cp_model"), ("ortools.sat.python.cp_model", "highspy")]
)
def test_both_solvers_live_in_one_process(order):
    """Some versions of them cannot be loaded together, in one order or the other."""
    load = [sys.executable, "-c", f"import {order[0]}, {order[1]}"]
    said = subprocess.run(load, check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr


# -- published optima ---------------------------------------------------------------

known = pytest.mark.skipif(not INSTANCES.is_dir(), reason="The instances with known answers are not at hand.")


def pmed(name):
    """An OR-Library graph as all-pairs distances (where an edge is listed twice the last one counts), and its p."""
    first, *lines = (INSTANCES / "pmed" / f"{name}.txt").read_text().splitlines()
    size, _, count = map(int, first.split())
    way = np.full((size, size), 1 << 28, np.int64)
    for line in lines:
        if line.strip():
            a, b, cost = map(int, line.split())
            way[a - 1, b - 1] = way[b - 1, a - 1] = cost
    np.fill_diagonal(way, 0)
    for k in range(size):
        np.minimum(way, way[:, k : k + 1] + way[k], out=way)
    return Ground(way.astype(np.int32), np.ones(size)), count


def optimum(kind, name):
    return json.loads((INSTANCES / "expected.json").read_text())[kind][name]


@known
@pytest.mark.parametrize("name", ["pmed1", "pmed5", "pmed10", "pmed13"])
def test_medians_of_the_library_are_its_optima_and_no_bound_is_above_one(name):
    town, count = pmed(name)
    answer = p_median(town, count, seed=1, effort=Effort(shakes=40, steps=300))

    assert answer.value == optimum("pmedian", name)
    assert answer.bound <= answer.value
    assert answer.gap < 0.01


@known
@pytest.mark.parametrize(
    "name",
    [
        "pmed5",
        "pmed10",
        *(pytest.param(f"pmed{n}", marks=pytest.mark.prove) for n in (1, 2, 4, 7, 8, 11, 13, 14, 16, 17, 19, 20)),
    ],
)
def test_centres_of_the_library_are_its_optima(name):
    town, count = pmed(name)
    answer = p_center(town, count)

    assert (answer.value, answer.proven) == (optimum("pcenter", name), True)


@known
@pytest.mark.parametrize(
    ("name", "radius"),
    [("SJC324", 1200), *(pytest.param(*more, marks=pytest.mark.prove) for more in (
        ("SJC324", 800), ("SJC402", 800), ("SJC402", 1200), ("SJC708", 800), ("SJC708", 1200)))],
)  # fmt: skip
def test_covering_of_a_real_town_is_the_proved_optimum(name, radius):
    rows = [
        line.split()[:3] for line in (INSTANCES / "mclp" / f"{name}.txt").read_text().splitlines()[1:] if line.strip()
    ]
    x, y, demand = (np.array(column, float) for column in zip(*rows, strict=True))
    town = Ground(np.ceil(np.hypot(x[:, None] - x, y[:, None] - y)).astype(np.int32), demand)
    cases = [c for c in json.loads((INSTANCES / "expected.json").read_text())["mclp"] if c["instance"] == name]
    cases = [case for case in cases if case["radius"] == radius]

    for case in cases:
        answer = mclp(town, radius, case["p"])
        assert (answer.value, answer.proven) == (case["optimum"], True), case
    assert len(cases) >= 3
