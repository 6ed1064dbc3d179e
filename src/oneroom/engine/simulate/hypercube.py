"""
Larson's hypercube model, exact: how busy each crew is, and who goes where, in the long run.

A state says which of the n servers are at work, one bit each. Calls of an atom come at a steady rate and take the
first free server of the atom's list; work takes an exponential time. The balance equations of the 2**n states are
solved by Gauss-Seidel sweeps, to n = 15. With an infinite line the states with somebody waiting follow from the one
in which all work: each more waiting is lambda / sum(mu) times as likely (Larson & Odoni 1981, chapter 5).

What it assumes, and a city does not keep: one crew for each call, no graver calls first, work that does not depend on
who goes. `city.py` has none of these limits; this is what it is checked by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

MOST_SERVERS = 15


class Unsolvable(ValueError):
    """The model has no steady state, or is too large; the sentence says which."""


@dataclass(frozen=True)
class Hypercube:
    """
    The long run of a servers and m atoms.

    ``workload`` (n,) share of its time each server works · ``state`` (2**n,) probability that just these are at work
    and nobody waits (bit j is server j) · ``waiting``: that somebody waits · ``share`` (m, n): of all calls that are
    served, the part that comes from this atom and is done by this server; sums to 1.
    """

    workload: Floats
    state: Floats
    waiting: float
    share: Floats

    @property
    def all_busy(self) -> float:
        """Probability that a call finds nobody free: it waits, or is lost."""
        return float(self.state[-1]) + self.waiting

    def mean_travel_s(self, travel_s: Floats) -> float:
        """Mean seconds of travel over all calls that are served; ``travel_s`` is (m, n)."""
        return float((self.share * travel_s).sum())


@jit
def _next_server(prefer: Ints, atom: int, state: int) -> int:
    for rank in range(prefer.shape[1]):
        if not (state >> prefer[atom, rank]) & 1:
            return int(prefer[atom, rank])
    return -1


@jit
def _rates_by_state(rate: Floats, prefer: Ints) -> Floats:
    """(2**n, n) how often a call that comes in a state puts each server to work."""
    servers = prefer.shape[1]
    found = np.zeros((1 << servers, servers))
    for state in range((1 << servers) - 1):
        for atom in range(len(rate)):
            found[state, _next_server(prefer, atom, state)] += rate[atom]
    return found


@jit
def _settle(come: Floats, mu: Floats, total: float, tolerance: float, most: int) -> tuple[Floats, float]:
    """Sweep the balance equations until no probability moves by more than the tolerance; gives what still moved."""
    servers = len(mu)
    states = 1 << servers
    chance = np.full(states, 1.0 / states)
    moved = 1.0
    for _ in range(most):
        moved = 0.0
        whole = 0.0
        for state in range(states):
            leave = total if state < states - 1 else 0.0
            enter = 0.0
            for j in range(servers):
                other = state ^ (1 << j)
                if (state >> j) & 1:
                    leave += mu[j]
                    enter += chance[other] * come[other, j]
                else:
                    enter += chance[other] * mu[j]
            now = enter / leave
            moved = max(moved, abs(now - chance[state]))
            chance[state] = now
            whole += now
        for state in range(states):
            chance[state] /= whole
        if moved <= tolerance:
            break
    return chance, moved


def solve(rate: Floats, prefer: Ints, mu: float | Floats, *, waits: bool = True, tolerance: float = 1e-13) -> Hypercube:
    """
    The steady state for ``rate`` (m,) calls per unit of time, ``prefer`` (m, n) servers in order of preference and
    ``mu``, calls that a server (or each of the n) does in the same unit.

    ``waits``: an infinite line, first come first served; else a call that finds nobody is lost. Raises Unsolvable for
    more than 15 servers, for rates that are none, and where more calls come than can ever be done.
    """
    rate, servers = np.asarray(rate, np.float64), prefer.shape[1]
    speeds = np.broadcast_to(np.asarray(mu, np.float64), (servers,)).copy()
    if servers > MOST_SERVERS:
        raise Unsolvable(f"exact only up to {MOST_SERVERS} servers, and here are {servers}: simulate it")
    if prefer.shape != (len(rate), servers) or not (np.sort(prefer, axis=1) == np.arange(servers)).all():
        raise Unsolvable("each atom needs a list that names every server once")
    total = float(rate.sum())
    if not (np.isfinite(rate).all() and (rate >= 0).all() and total > 0 and (speeds > 0).all()):
        raise Unsolvable("there must be calls, and servers that finish them")
    load = total / float(speeds.sum())
    if waits and load >= 1:
        raise Unsolvable("more calls come than these servers can do: the line grows without end")
    order = np.ascontiguousarray(prefer, np.int32)
    come = _rates_by_state(rate, order)
    state, moved = _settle(come, speeds, total, tolerance, 100_000)
    if moved > tolerance:
        raise Unsolvable("the balance equations did not settle")
    waiting = float(state[-1]) * load / (1 - load) if waits else 0.0
    state = state / (1 + waiting)
    waiting = waiting / (1 + waiting)
    bits = (np.arange(len(state))[:, None] >> np.arange(servers)) & 1
    workload = state @ bits + waiting
    return Hypercube(workload, state, waiting, _shares(rate, order, speeds, state, waiting, waits=waits))


def _shares(rate: Floats, prefer: Ints, mu: Floats, state: Floats, waiting: float, *, waits: bool) -> Floats:
    """(m, n) who does how much of whose calls; who waited is taken by whoever is free first, quick ones the oftener."""
    found, states = np.zeros(prefer.shape), np.arange(len(state))
    for rank in range(prefer.shape[1]):  # who stands so far down a list goes while all above it are at work
        for atom in range(len(rate)):
            before = sum(1 << int(s) for s in prefer[atom, :rank])
            server = int(prefer[atom, rank])
            taken = ((states & before) == before) & (((states >> server) & 1) == 0)
            found[atom, server] = rate[atom] * state[taken].sum()
    if waits:
        found += np.outer(rate * (float(state[-1]) + waiting), mu / mu.sum())
    return np.asarray(found / found.sum())
