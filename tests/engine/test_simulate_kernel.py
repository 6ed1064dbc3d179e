"""
The event kernel against what is known: SimPy on the same random stream, closed forms, Larson and Odoni's three crews.

Issue "One brain, two clocks", point 8: each rung of trust is a test, within three standard errors.
"""

import math

import numpy as np
import pytest

from oneroom.engine.simulate.kernel import LOST, serve
from tests.engine.simpy_peer import simpy_queue

RUNS = 40


def within_three(samples, truth):
    """The mean of independent runs lies within three of its own standard errors of the truth, which are small."""
    samples = np.asarray(samples)
    error = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    assert (error < 0.02 * np.maximum(np.abs(truth), 0.05)).all(), error  # a test that any figure passes is none
    assert (np.abs(samples.mean(axis=0) - truth) <= 3 * error).all(), (samples.mean(axis=0), truth, error)


def offered(chance, calls, rate, mu):
    at = np.cumsum(chance.exponential(1 / rate, calls))
    return at, np.zeros(calls), chance.exponential(1 / mu, calls)


def erlang_b(servers, load):
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers, load):
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def test_the_kernel_and_simpy_give_the_same_times_on_the_same_random_stream():
    chance = np.random.default_rng(1)
    calls, servers = 3000, 5
    at = np.cumsum(chance.exponential(1 / 4.2, calls))
    first, second = chance.exponential(0.5, calls), chance.exponential(0.5, calls)
    ours = serve(at, first, second, np.arange(servers)[None, :])
    start, there, _done = simpy_queue(at.tolist(), first.tolist(), second.tolist(), servers)
    # SimPy reaches a call by adding what is left to the clock, so a time may differ by the last bit of a double.
    assert np.abs(ours.start_s - start).max() < 1e-9
    assert np.abs(ours.there_s - there).max() < 1e-9
    assert ours.wait_s.max() > 1  # there was a line


def test_events_of_one_moment_happen_in_the_order_in_which_they_were_laid():
    at = np.array([0.0, 0.0, 0.0, 2.0])
    done = serve(at, np.zeros(4), np.full(4, 2.0), np.array([[1, 0]]))
    assert done.server.tolist() == [1, 0, 1, 0]
    assert done.start_s.tolist() == [0, 0, 2, 2]  # first come first served: the third call has waited


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.6), (3, 2.1), (8, 6.0)])
def test_mmc_waits_as_erlang_says(servers, rate):
    """M/M/c: the share that waits, the mean wait and the share of time with all at work."""
    found = []
    for seed in range(RUNS):
        at, first, second = offered(np.random.default_rng([7, seed]), 60_000, rate, 1.0)
        run = serve(at, first, second, np.arange(servers)[None, :], since_s=at[5000], until_s=at[-1])
        wait = run.wait_s[5000:]
        found.append([(wait > 0).mean(), wait.mean(), run.busy_share[-1], run.workload.mean()])
    waits = erlang_c(servers, rate)
    within_three(found, np.array([waits, waits / (servers - rate), waits, rate / servers]))


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.8), (4, 3.5), (10, 9.0)])
def test_mmcc_loses_as_erlang_says(servers, rate):
    """M/M/c/c: the share of calls lost, and every share of time with just so many at work."""
    found = []
    for seed in range(RUNS):
        at, first, second = offered(np.random.default_rng([8, seed]), 60_000, rate, 1.0)
        run = serve(at, first, second, np.arange(servers)[None, :], waits=False, since_s=at[5000], until_s=at[-1])
        found.append([(run.server[5000:] == LOST).mean(), run.busy_share @ np.arange(servers + 1)])
    lost = erlang_b(servers, rate)
    within_three(found, np.array([lost, rate * (1 - lost)]))


def test_three_crews_are_as_busy_as_larson_and_odoni_published(larson_odoni):
    """Section 5.4.3: workloads 0.5574, 0.4734, 0.4693 with an infinite line."""
    rate, prefer, workloads = larson_odoni
    found = []
    for seed in range(RUNS):
        chance = np.random.default_rng([9, seed])
        at, first, second = offered(chance, 60_000, rate.sum(), 1.0)
        atom = chance.choice(len(rate), len(at), p=rate / rate.sum()).astype(np.int32)
        run = serve(at, first, second, prefer, atom=atom, since_s=at[5000], until_s=at[-1])
        found.append([*run.workload, run.busy_share[0], run.busy_share[-1]])
    within_three(found, np.array([*workloads, 4 / 19, 9 / 38]))


def test_travel_by_who_goes_where_is_part_of_the_first_leg():
    at, legs = np.array([0.0, 1.0]), np.ones(2)
    run = serve(
        at, legs, legs, np.array([[0, 1], [1, 0]]), atom=np.array([0, 0], np.int32),
        between_s=np.array([[3.0, 5.0], [9.0, 9.0]]),
    )  # fmt: skip
    assert run.server.tolist() == [0, 1]
    assert run.there_s.tolist() == [4.0, 7.0]
    assert run.worked_s.tolist() == [5.0, 7.0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"at_s": np.array([2.0, 1.0])}, "in the order"),
        ({"prefer": np.array([[0, 0]])}, "once"),
        ({"first_s": np.zeros(1)}, "both its legs"),
        ({"atom": np.array([0, 4])}, "no list"),
        ({"between_s": np.zeros((1, 3))}, "every server"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_a_sentence(changed, said):
    fine = {"at_s": np.array([0.0, 1.0]), "first_s": np.zeros(2), "second_s": np.ones(2), "prefer": np.array([[0, 1]])}
    with pytest.raises(ValueError, match=said):
        serve(**(fine | changed))


def test_no_call_at_all_is_a_quiet_day():
    run = serve(np.empty(0), np.empty(0), np.empty(0), np.array([[0, 1]]))
    assert (len(run.server), run.worked_s.tolist()) == (0, [0.0, 0.0])
