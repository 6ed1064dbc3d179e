"""
Runs spread over the cores by joblib, whose backend is a setting; whatever the backend, the figures are the same.

The processes that compute know no Django and no database: what they are given to do is of `engine`.

What computes can be stopped from another thread: the processes of loky at once, the others after the runs they are in.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import joblib
from django.conf import settings
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import BrokenProcessPool

T = TypeVar("T")
BACKENDS = ("loky", "threading", "multiprocessing", "sequential")
_PR_SET_PDEATHSIG = 1

Spread = Callable[[Callable[[int], T], Sequence[int]], Iterable[T]]


class WorkerDied(Exception):
    """A process that computed was ended from outside: killed, or by a machine without memory."""


def spread(run: Callable[[int], T], seeds: Sequence[int]) -> Iterator[T]:
    """
    What ``run`` gives for each seed, in the order of the seeds, each as soon as it and all before it are there.

    Raises WorkerDied where a process of it is no more. Nothing goes on after the last that was asked for.
    """
    backend, jobs = settings.RUNS_BACKEND, min(len(seeds), os.cpu_count() or 1)
    if backend == "sequential" or jobs < 2:
        yield from map(run, seeds)
        return
    if backend == "multiprocessing":  # it gives nothing before all is there: so a few at a time
        for first in range(0, len(seeds), jobs):
            these = (joblib.delayed(_tied)(run, seed) for seed in seeds[first : first + jobs])
            yield from joblib.Parallel(n_jobs=jobs, backend=backend)(these)
        return
    parallel = joblib.Parallel(n_jobs=jobs, backend=backend, return_as="generator", pre_dispatch="n_jobs")
    found = parallel(joblib.delayed(_tied if backend == "loky" else _plain)(run, seed) for seed in seeds)
    try:
        yield from found
    except BrokenProcessPool as died:
        raise WorkerDied from died
    finally:
        if backend == "loky":
            stop()
        with contextlib.suppress(Exception):  # its processes are gone: it says so once more
            found.close()


def stop() -> None:
    """End the processes that compute, wherever they are in it."""
    # The one that is there, whatever it was made with: to ask for another one would wait for its runs.
    processes = get_reusable_executor(reuse=True, kill_workers=True)
    if hasattr(
        processes, "terminate"
    ):  # one of joblib's own, which lays large arrays down in memory files: those go too
        processes.terminate(kill_workers=True)
    else:
        processes.shutdown(wait=False, kill_workers=True)


def _plain(run: Callable[[int], Any], seed: int) -> Any:
    return run(seed)


def _tied(run: Callable[[int], Any], seed: int) -> Any:
    """
    In a process of its own, which does not outlive the one that asked: else a killed planner went on computing.

    Linux means by the one that asked the *thread* that began the process (PR_SET_PDEATHSIG in prctl(2)): runs must be
    spread from a thread that lives as long as the planner does. It is the main one, never the beat's.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return run(seed)
