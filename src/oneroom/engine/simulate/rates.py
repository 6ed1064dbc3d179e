"""
How often a city's calls come by hour of the week, and how those of an hour fall on places, from its own record.

Where little is on record, little is believed: a rate leans on that of the whole (empirical Bayes: a gamma prior whose
strength is read off the counts themselves, Robbins 1956), and a time is fitted from thirty cases or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.simulate.fitting import span
from oneroom.engine.simulate.world import Span

Floats = NDArray[np.float64]
LEAST = 30  # times that a span is fitted from
_MOST_S = 86_400.0


def span_of(times_s: ArrayLike, *, least: int = LEAST) -> Span | None:
    """The log-normal time of these seconds (`fitting.span`); None for fewer than ``least`` from a second to a day."""
    each = np.asarray(times_s, np.float64)
    each = each[(each >= 1) & (each <= _MOST_S)]
    return span(each) if len(each) >= least else None


def shrunk(counts: ArrayLike, expected: ArrayLike) -> Floats:
    """
    Counts drawn towards what was expected of them, as far as chance alone explains the difference.

    Each count is Poisson around its own mean, and the means scatter around ``expected`` (of any shape, above 0 where
    there is a count) as a gamma distribution of one shape, fitted by moments. Where they scatter no more than chance
    does, all of what is expected is believed.
    """
    c, m = np.broadcast_arrays(np.asarray(counts, np.float64), np.asarray(expected, np.float64))
    known = m > 0
    squares = float((m[known] ** 2).sum())
    more = float(((c[known] - m[known]) ** 2 - m[known]).sum()) / squares if squares else 0.0
    if more <= 0:  # nothing beyond chance
        return np.where(known, m, 0.0)
    shape = 1.0 / more
    return np.where(known, (shape + c) / (shape / np.where(known, m, 1.0) + 1.0), 0.0)


def rates(hours: ArrayLike, seen: ArrayLike) -> Floats:
    """
    (168,) calls an hour, by hour of the week from Monday 0:00.

    ``hours`` (168,) calls counted in each, ``seen`` (168,) how often each hour was on record. An hour leans on the
    profile of its day (hour of the day × day of the week), the profile on the mean; one that was never on record has
    what the profile says.
    """
    count, times = np.asarray(hours, np.float64), np.asarray(seen, np.float64)
    whole = float(times.sum())
    if whole <= 0:
        return np.zeros(168)
    mean = float(count.sum()) / whole
    if mean <= 0:
        return np.zeros(168)
    by_hour = _profile(count.reshape(7, 24).sum(axis=0), times.reshape(7, 24).sum(axis=0) * mean)
    by_day = _profile(
        count.reshape(7, 24).sum(axis=1), (times.reshape(7, 24) * mean * by_hour).sum(axis=1)
    )  # fmt: skip
    profile = mean * (by_day[:, None] * by_hour[None, :]).ravel()
    counted = shrunk(count, times * profile)
    return np.where(times > 0, counted / np.maximum(times, 1e-12), profile)


def _profile(count: Floats, expected: Floats) -> Floats:
    """How many times as many calls as were expected; 1 where none could have been seen."""
    return np.where(expected > 0, shrunk(count, expected) / np.maximum(expected, 1e-12), 1.0)


def weights(cell: ArrayLike, hour: ArrayLike, cells: int) -> Floats:
    """
    (24, cells) how the calls of an hour of the day fall on the cells, each hour summing to 1.

    ``cell`` and ``hour`` say of each call where and when it came. The hours of a cell lean on those of the city: what a
    cell had in all is believed, when it had it only as far as its counts show more than chance.
    """
    where, when = np.asarray(cell, np.int64), np.asarray(hour, np.int64)
    count = np.zeros((24, cells))
    np.add.at(count, (when, where), 1.0)
    by_hour = count.sum(axis=1)
    city = shrunk(by_hour, np.full(24, by_hour.mean()))
    city = city / city.sum() if city.sum() > 0 else np.full(24, 1 / 24)
    found = shrunk(count, city[:, None] * count.sum(axis=0)[None, :])
    whole = found.sum(axis=1, keepdims=True)
    flat = count.sum(axis=0) / max(float(count.sum()), 1.0)
    return np.where(whole > 0, found / np.where(whole > 0, whole, 1.0), flat)


def hours_seen(first: int, hours: int) -> Floats:
    """(168,) how often each hour of the week comes in so many hours, of which ``first`` is the first."""
    return np.bincount((first + np.arange(hours)) % 168, minlength=168).astype(np.float64)


def share(yes: int, of: int, *, usual: float, worth: int = LEAST) -> float:
    """A share that leans on the usual one as if that had been seen ``worth`` times."""
    return (yes + usual * worth) / (of + worth)


def joined(spans: Sequence[Span | None], usual: Span) -> Span:
    """The first that could be fitted, else the usual one."""
    return next((found for found in spans if found is not None), usual)
