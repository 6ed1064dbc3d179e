"""Sites that serve only so much: against every choice of sites, and with a bound that no answer is better than."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from oneroom.engine.siting.covering import mclp
from oneroom.engine.siting.ground import Ground, Unanswerable
from oneroom.engine.siting.median import Effort, p_median
from tests.engine.test_siting import INSTANCES, LITTLE, choices, known, pmed, towns


def least_travel(town, sites, capacity, asked):
    """The least travel with these sites open, by a linear program of its own; None where they have too little room."""
    sites = list(sites)
    cost = (town.ms[np.ix_(asked, sites)].astype(float) * town.weight[asked][:, None]).ravel()
    size = len(sites)
    each = np.kron(np.eye(len(asked)), np.ones(size))
    load = np.kron(town.weight[asked], np.eye(size)).reshape(size, -1)
    bounds = [(0, 0 if ms >= town.far else 1) for ms in town.ms[np.ix_(asked, sites)].ravel()]
    found = linprog(cost, A_ub=load, b_ub=capacity[sites], A_eq=each, b_eq=np.ones(len(asked)), bounds=bounds)
    return found.fun if found.success else None


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(1, 4), st.data())
def test_where_sites_have_little_room_the_median_is_the_least_travel_of_all_choices(town, count, data):
    room = np.array(data.draw(st.lists(st.integers(0, 30), min_size=town.sites, max_size=town.sites)), float)
    count = max(count, len(town.standing), 1)
    left_out = town.out_of_reach(town.far - 1)
    asked = [n for n in range(town.points) if n not in left_out and town.weight[n] > 0]
    every = [least_travel(town, c, room, asked) for c in choices(town, count)] if asked else []
    possible = [travel for travel in every if travel is not None]
    if not possible:
        with pytest.raises(Unanswerable):
            p_median(town, count, seed=1, effort=LITTLE, capacity=room)
        return
    answer = p_median(town, count, seed=1, effort=LITTLE, capacity=room)

    assert answer.value == pytest.approx(min(possible), abs=1e-5)
    assert answer.gap < 1e-6
    assert set(town.standing) <= set(answer.sites)
    assert not set(town.shut) & set(answer.sites)
    assert answer.out_of_reach == left_out


def test_with_room_for_all_it_is_the_median_and_with_less_it_is_never_better():
    chance = np.random.default_rng(5)
    place, where = chance.uniform(0, 100, (60, 2)), chance.uniform(0, 100, (12, 2))
    ms = np.rint(np.hypot(*(place[:, None] - where).transpose(2, 0, 1)) * 100).astype(np.int32)
    town = Ground(ms, chance.integers(1, 9, 60).astype(float))
    free = p_median(town, 4, seed=1, effort=Effort(prove_s=20))

    ample = p_median(town, 4, seed=1, capacity=np.full(12, town.weight.sum()))
    tight = p_median(town, 4, seed=1, capacity=np.full(12, town.weight.sum() / 4 + 1))
    assert ample.value == pytest.approx(free.value)
    assert tight.value > free.value
    assert (ample.proven, tight.proven) == (True, True)
    load = [town.weight[tight.nearest == site].sum() for site in tight.sites]
    assert max(load) <= 1.2 * (town.weight.sum() / 4 + 1)  # ``nearest`` names who serves most of a point


@known
def test_an_answer_that_ran_out_of_time_states_its_gap():
    """A library graph, each site with little more room than a fifth of it: the truth lies between bound and value."""
    town, _ = pmed("pmed1")
    town = replace(town, ms=town.ms[:, ::4].copy())
    room = np.full(town.sites, town.points / 5 * 1.05)
    quick = p_median(town, 5, seed=1, effort=Effort(shakes=0, prove_s=0.3), capacity=room)
    slow = p_median(town, 5, seed=1, effort=Effort(shakes=0, prove_s=30), capacity=room)

    assert slow.bound <= slow.value <= quick.value + 1e-6
    assert quick.bound <= slow.value + 1e-6
    optimum = json.loads((INSTANCES / "expected.json").read_text())["pmedian"]["pmed1"]
    assert slow.value >= optimum  # fewer candidates and less room never win


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda town: p_median(town, 1, seed=1, capacity=np.array([5.0, 6.0])), "room for 6 at most, .* 8"),
        (lambda town: p_median(town, 2, seed=1, capacity=np.array([5.0, 2.0])), "have room for 7 at most"),
        (lambda town: p_median(town, 2, seed=1, capacity=np.ones(3)), "one capacity for each site"),
        (lambda town: p_median(town, 2, seed=1, capacity=np.array([-1.0, 9.0])), "none negative"),
        (lambda town: mclp(town, 5, 1, capacity=np.array([np.nan, 9.0])), "one capacity for each site"),
        (
            lambda town: p_median(replace(town, ms=np.array([[1, 1 << 30], [1, 1 << 30]], np.int32)), 2, seed=1,
                                  capacity=np.array([5.0, 9.0])),
            "too little room within reach",
        ),
    ],
)  # fmt: skip
def test_too_little_room_is_said_with_how_much(ask, said):
    town = Ground(np.array([[1, 2], [2, 1]], np.int32), np.array([4.0, 4.0]))
    with pytest.raises(Unanswerable, match=said):
        ask(town)


@pytest.mark.parametrize(("count", "open_", "spare"), [(1, 1, 0), (2, 2, 0), (3, 2, 1), (9, 2, 7)])
def test_more_sites_than_are_needed_are_not_opened_and_it_is_said_how_many(count, open_, spare):
    town = Ground(np.array([[1, 9, 9], [9, 1, 9], [1, 9, 9]], np.int32), np.array([4.0, 2.0, 1.0]))
    answer = mclp(town, 5, count)
    assert (len(answer.sites), answer.spare) == (open_, spare)
    assert answer.proven
