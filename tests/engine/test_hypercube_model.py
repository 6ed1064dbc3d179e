"""The exact hypercube model: against the published table, a dense solution, laws that must hold, and the simulator."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine import roads
from oneroom.engine.simulate.hypercube import Unsolvable, solve
from oneroom.engine.simulate.kernel import serve
from tests.engine.test_simulate_kernel import RUNS, within_three

EXPECTED = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "expected.json"
JINAN = Path(roads.__file__).resolve().parents[2] / "project" / "cities" / "jinan.npz"


def test_larson_and_odonis_three_crews_to_the_last_published_digit(larson_odoni):
    rate, prefer, workloads = larson_odoni
    found = solve(rate, prefer, 1.0)
    assert np.abs(found.workload - workloads).max() < 6e-6
    assert found.state[0] == pytest.approx(4 / 19, abs=1e-10)
    assert found.all_busy == pytest.approx(9 / 38, abs=1e-10)


def test_the_published_figures_at_hand_are_those_of_this_test(larson_odoni):
    if not EXPECTED.exists():
        pytest.skip("../shared/benchmarks/expected.json is not here")
    told = json.loads(EXPECTED.read_text())["hypercube"]["larson_odoni_3_server"]
    rate, prefer, workloads = larson_odoni
    assert [c["lambda"] for c in told["classes"]] == rate.tolist()
    assert [[s - 1 for s in c["pref"]] for c in told["classes"]] == prefer.tolist()
    assert told["derived"]["exact_workloads_6dp"] == workloads.tolist()


def dense(rate, prefer, mu):
    """The loss system's steady state from the whole generator matrix, by linear algebra."""
    servers = prefer.shape[1]
    states = 1 << servers
    flow = np.zeros((states, states))
    for state in range(states):
        for atom, order in enumerate(prefer):
            free = [s for s in order if not state >> s & 1]
            if free:
                flow[state, state | 1 << free[0]] += rate[atom]
        for server in range(servers):
            if state >> server & 1:
                flow[state, state ^ 1 << server] += mu[server]
    flow -= np.diag(flow.sum(axis=1))
    equations = np.vstack([flow.T, np.ones(states)])
    return np.linalg.lstsq(equations, np.append(np.zeros(states), 1.0), rcond=None)[0]


@st.composite
def cities(draw):
    servers = draw(st.integers(1, 5))
    atoms = draw(st.integers(1, 4))
    prefer = np.array([draw(st.permutations(range(servers))) for _ in range(atoms)])
    some = st.floats(0.05, 3.0)
    return (
        np.array([draw(some) for _ in range(atoms)]), prefer, np.array([draw(some) for _ in range(servers)])
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(cities())
def test_any_small_city_is_solved_as_linear_algebra_solves_it(city):
    rate, prefer, mu = city
    found = solve(rate, prefer, mu, waits=False)
    assert np.abs(found.state - dense(rate, prefer, mu)).max() < 1e-9
    # What is begun is done: of each crew, and in all.
    served = rate.sum() * (1 - found.all_busy)
    assert found.workload * mu == pytest.approx(served * found.share.sum(axis=0), abs=1e-9)
    assert found.share.sum(axis=1) == pytest.approx(rate / rate.sum(), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(cities())
def test_with_a_line_of_waiting_all_calls_are_served(city):
    rate, prefer, mu = city
    if rate.sum() >= 0.95 * mu.sum():
        with pytest.raises(Unsolvable, match="without end") if rate.sum() >= mu.sum() else pytest.raises(Unsolvable):
            solve(np.full_like(rate, mu.sum()), prefer, mu)
        return
    found = solve(rate, prefer, mu)
    assert found.workload @ mu == pytest.approx(rate.sum(), abs=1e-8)
    assert found.state.sum() + found.waiting == pytest.approx(1.0, abs=1e-12)


def test_a_city_that_looks_the_same_to_all_crews_loads_them_alike():
    prefer = np.array([[(a + k) % 6 for k in range(6)] for a in range(6)])
    found = solve(np.full(6, 0.5), prefer, 1.0)
    assert found.workload == pytest.approx(np.full(6, 0.5), abs=1e-10)


def on_the_roads(servers, atoms, seed):
    """Posts and places of calls at junctions of Jinan, and the seconds from each post to each place."""
    graph = roads.from_npz_bytes(JINAN.read_bytes())
    free = roads.metric(graph, hour=8)
    chance = np.random.default_rng(seed)
    ms = roads.times_from(graph, free, roads.points_at_nodes(graph, [0]))
    near = np.flatnonzero(ms < roads.INF)
    posts, places = chance.choice(near, servers, replace=False), chance.choice(near, atoms, replace=False)
    return np.column_stack(
        [roads.times_from(graph, free, roads.points_at_nodes(graph, [p]))[places] / 1000 for p in posts]
    )


@pytest.mark.parametrize(("servers", "waits"), [(12, True), (12, False), (15, True), (15, False)])
def test_the_model_and_the_simulator_agree_on_the_roads_of_a_city(servers, waits):
    """Crews at posts in Jinan, sixty places, the nearest first: each crew's share, and the mean travel."""
    atoms = 60
    travel_s = on_the_roads(servers, atoms, 3)
    assert np.isfinite(travel_s).all()
    prefer = np.argsort(travel_s, axis=1, kind="stable")
    rate = np.random.default_rng(4).gamma(1.0, 1.0, atoms)
    rate *= 0.6 * servers / rate.sum()
    exact = solve(rate, prefer, 1.0, waits=waits)
    found = []
    for seed in range(3 * RUNS):  # seventeen figures at once: among so many, forty runs throw one out by chance
        chance = np.random.default_rng([5, seed])
        at = np.cumsum(chance.exponential(1 / rate.sum(), 40_000))
        atom = chance.choice(atoms, len(at), p=rate / rate.sum()).astype(np.int32)
        run = serve(
            at, np.zeros(len(at)), chance.exponential(1.0, len(at)), prefer, atom=atom, waits=waits,
            since_s=at[4000], until_s=at[-1],
        )  # fmt: skip
        kept = np.flatnonzero(run.server[4000:] >= 0) + 4000
        found.append([*run.workload, run.busy_share[-1], travel_s[atom[kept], run.server[kept]].mean()])
    within_three(found, np.array([*exact.workload, exact.all_busy, exact.mean_travel_s(travel_s)]))


@pytest.mark.parametrize(
    ("rate", "servers", "said"),
    [(0.1, 16, "simulate it"), (3.0, 3, "without end"), (0.0, 2, "must be calls"), (float("nan"), 2, "must be calls")],
)
def test_what_cannot_be_solved_is_refused_with_a_sentence(rate, servers, said):
    with pytest.raises(Unsolvable, match=said):
        solve(np.array([rate]), np.arange(servers)[None, :], 1.0)
