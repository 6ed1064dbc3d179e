"""
The event kernel, compiled: one heap of timed events, and the queue of calls and servers that runs on it.

An event is (time, number); numbers grow as events are laid down, so that two at one moment happen in the order in
which they were laid, in every run. Random numbers come in as arrays, never from here: whoever gives the same arrays
to another program (`benchmarks/kernel.py`: SimPy) must get the same answer to the last bit. All in one file, because
numba's cache does not see a change in a file that a kernel only calls into.

The city (`city.py`) keeps its events in Python's own heap: each of its decisions is made by Python code of
`engine.dispatch`, and a call from there into compiled code costs more than a push (docs/adr/0032-simulation.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

LOST = -1
_ARRIVAL, _THERE, _FREE = 0, 1, 2


@jit
def lay(when: Floats, number: Longs, what: Longs, size: int, at: float, count: int, event: int) -> None:
    """Add an event to a heap of ``size``; the arrays must have room, the caller counts up."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if when[parent] < at or (when[parent] == at and number[parent] < count):
            break
        when[place] = when[parent]
        number[place] = number[parent]
        what[place] = what[parent]
        place = parent
    when[place] = at
    number[place] = count
    what[place] = event


@jit
def drop(when: Floats, number: Longs, what: Longs, size: int) -> None:
    """Remove the first event of a heap of ``size``; the caller counts down."""
    size -= 1
    at = when[size]
    count = number[size]
    event = what[size]
    place = 0
    child = 1
    while child < size:
        right = child + 1
        if right < size and (
            when[right] < when[child] or (when[right] == when[child] and number[right] < number[child])
        ):
            child = right
        if at < when[child] or (at == when[child] and count < number[child]):
            break
        when[place] = when[child]
        number[place] = number[child]
        what[place] = what[child]
        place = child
        child = 2 * place + 1
    when[place] = at
    number[place] = count
    what[place] = event


@jit
def serve_kernel(
    at: Floats, atom: Ints, first_s: Floats, second_s: Floats, prefer: Ints, between_s: Floats, waits: bool,
    since: float, until: float,
) -> tuple[Ints, Floats, Floats, Floats, Floats]:  # fmt: skip
    """Run `serve`; gives server, start, there, seconds each server worked and seconds with each number at work."""
    calls = len(at)
    servers = prefer.shape[1]
    server_of = np.full(calls, LOST, np.int32)
    start = np.full(calls, np.nan)
    there = np.full(calls, np.nan)
    busy_since = np.zeros(servers)
    busy = np.zeros(servers, np.bool_)
    worked = np.zeros(servers)
    with_busy = np.zeros(servers + 1)
    line = np.empty(calls, np.int64)
    first_in_line = 0
    end_of_line = 0
    when = np.empty(servers + 2)
    number = np.empty(servers + 2, np.int64)
    what = np.empty(servers + 2, np.int64)
    size = 0
    laid = 0
    at_work = 0
    clock = since
    if calls > 0:
        lay(when, number, what, size, at[0], laid, _ARRIVAL)
        size += 1
        laid += 1
    while size > 0:
        now = when[0]
        event = what[0]
        drop(when, number, what, size)
        size -= 1
        kind = event & 3
        call = event >> 2
        if min(now, until) > clock:
            with_busy[at_work] += min(now, until) - clock
            clock = min(now, until)
        begins = -1
        by = -1
        if kind == _ARRIVAL:
            if call + 1 < calls:
                lay(when, number, what, size, at[call + 1], laid, ((call + 1) << 2) | _ARRIVAL)
                size += 1
                laid += 1
            if at_work < servers:
                for rank in range(servers):
                    if not busy[prefer[atom[call], rank]]:
                        by = prefer[atom[call], rank]
                        break
                begins = call
                at_work += 1
            elif waits:
                line[end_of_line] = call
                end_of_line += 1
        elif kind == _THERE:
            there[call] = now
            lay(when, number, what, size, now + second_s[call], laid, (call << 2) | _FREE)
            size += 1
            laid += 1
        else:
            by = server_of[call]
            worked[by] += max(0.0, min(now, until) - max(busy_since[by], since))
            if first_in_line < end_of_line:
                begins = line[first_in_line]
                first_in_line += 1
            else:
                busy[by] = False
                at_work -= 1
        if begins >= 0:
            busy[by] = True
            busy_since[by] = now
            server_of[begins] = by
            start[begins] = now
            reach = now + (first_s[begins] + between_s[atom[begins], by])
            lay(when, number, what, size, reach, laid, (begins << 2) | _THERE)
            size += 1
            laid += 1
    return server_of, start, there, worked, with_busy


@dataclass(frozen=True)
class Served:
    """
    What became of each call (n of them) and of each server (c of them).

    ``server`` (n,), LOST for a call that nobody took · ``start_s``, ``there_s`` (n,), nan for a lost one · ``worked_s``
    (c,) seconds each was at work · ``with_busy_s`` (c + 1,) seconds during which just so many were at work.
    """

    at_s: Floats
    server: Ints
    start_s: Floats
    there_s: Floats
    worked_s: Floats
    with_busy_s: Floats

    @property
    def wait_s(self) -> Floats:
        """Seconds from the call until somebody begins; nan for a lost call."""
        return self.start_s - self.at_s

    @property
    def workload(self) -> Floats:
        """(c,) share of the time each server was at work."""
        return np.asarray(self.worked_s / self.with_busy_s.sum())

    @property
    def busy_share(self) -> Floats:
        """(c + 1,) share of the time with just so many at work."""
        return np.asarray(self.with_busy_s / self.with_busy_s.sum())


def serve(
    at_s: Floats,
    first_s: Floats,
    second_s: Floats,
    prefer: Ints,
    *,
    atom: Ints | None = None,
    between_s: Floats | None = None,
    waits: bool = True,
    since_s: float = 0.0,
    until_s: float = np.inf,
) -> Served:
    """
    Calls that come at ``at_s`` (n, rising seconds), each to the first free server of its atom's list.

    ``prefer`` (atoms, c) names the servers in order of preference · ``atom`` (n,) where each call comes from, all 0 if
    None · ``first_s``, ``second_s`` (n,) the two legs of the work · ``between_s`` (atoms, c) is added to the first
    leg, travel by who goes where · ``waits``: who finds nobody free waits, first come first served, else is lost ·
    shares and workloads are counted from ``since_s`` to ``until_s`` (or until the last call is done). Raises
    ValueError for arrays that do not fit together.
    """
    calls, shape = len(at_s), prefer.shape
    if len(first_s) != calls or len(second_s) != calls or prefer.ndim != 2 or shape[1] < 1:
        raise ValueError("each call needs both its legs, and there must be a server")
    if not (np.sort(prefer, axis=1) == np.arange(shape[1])).all():
        raise ValueError("a list of preference names every server once")
    where = np.zeros(calls, np.int32) if atom is None else np.asarray(atom, np.int32)
    if len(where) != calls or (calls and not 0 <= int(where.min()) <= int(where.max()) < shape[0]):
        raise ValueError("a call comes from an atom that has no list of preference")
    travel = np.zeros(shape) if between_s is None else np.asarray(between_s, np.float64)
    if travel.shape != shape:
        raise ValueError("travel is wanted from every server to every atom")
    if calls and (not np.isfinite(at_s).all() or (np.diff(at_s) < 0).any()):
        raise ValueError("calls are wanted in the order in which they come")
    found = serve_kernel(
        np.asarray(at_s, np.float64), where, np.asarray(first_s, np.float64), np.asarray(second_s, np.float64),
        np.ascontiguousarray(prefer, np.int32), np.ascontiguousarray(travel), waits,
        float(since_s), float(until_s),
    )  # fmt: skip
    return Served(np.asarray(at_s, np.float64), *found)
