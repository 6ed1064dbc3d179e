"""Runs on all cores: the same whatever the backend, in the order of the seeds; stopped at once, and nothing is left."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from oneroom.apps.plans import spreading

SHARED = Path("/dev/shm")  # where large arrays lie while processes share them


def summed(large, seed):
    return float(large.sum()) + seed


def for_a_minute(large, seed):
    time.sleep(60.0)
    return seed


def ended_from_outside(large, seed):
    os.kill(os.getpid(), 9)


def laid_down():
    return {path.name for path in SHARED.glob(f"joblib_memmapping_folder_{os.getpid()}_*")}


@pytest.fixture
def large():
    return np.ones(1_000_000)


@pytest.mark.parametrize("backend", spreading.BACKENDS)
def test_each_backend_gives_the_same_in_the_order_of_the_seeds(backend, settings, large):
    settings.RUNS_BACKEND = backend
    assert list(spreading.spread(partial(summed, large), range(5))) == [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4]
    assert not laid_down()


def test_what_is_stopped_ends_at_once_leaves_nothing_behind_and_the_next_one_runs(settings, large):
    settings.RUNS_BACKEND = "loky"
    began = time.monotonic()
    stopping = threading.Timer(3.0, spreading.stop)
    stopping.start()
    with pytest.raises(RuntimeError):
        list(spreading.spread(partial(for_a_minute, large), range(4)))
    stopping.join()
    assert time.monotonic() - began < 40, "not after the runs that were under way"
    assert not laid_down()
    assert list(spreading.spread(partial(summed, large), range(3))) == [1e6, 1e6 + 1, 1e6 + 2]


def test_a_process_that_is_ended_from_outside_is_said_so(settings, large):
    settings.RUNS_BACKEND = "loky"
    with pytest.raises(spreading.WorkerDied):
        list(spreading.spread(partial(ended_from_outside, large), range(3)))
    assert list(spreading.spread(partial(summed, large), range(2))) == [1e6, 1e6 + 1]


def test_who_asks_for_no_more_is_given_no_more(settings, large):
    settings.RUNS_BACKEND = "sequential"
    found = spreading.spread(partial(summed, large), range(10**9))
    assert next(iter(found)) == 1e6
    found.close()
