"""What a running city keeps of a call, of an order, and of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Told(Protocol):
    """Takes an entry: kind, time, subject, matter, facts. `measures.loop.Loop.take` is one."""

    def __call__(self, kind: str, at: datetime, subject: str, matter: str, facts: Mapping[str, Any], /) -> object: ...


@dataclass(slots=True, eq=False)
class Order:
    """
    An order to a crew. ``state``: offered, signed, under_way, there, paper or over · ``node``, ``lead_ms``: where the
    crew was found · ``far_ms`` its way to the junction ``goal`` at the speed of traffic · ``rings``: so often its
    phones must still ring.
    """

    id: int
    call: int
    crew: int
    normal: list[float]
    even: list[float]
    node: int
    lead_ms: int
    far_ms: int
    goal: int
    offered_s: float
    state: str = "offered"
    left_s: float = 0.0
    rung: int = 0
    rings: int = 0
    way: tuple[NDArray[np.int32], NDArray[np.int64]] | None = None


@dataclass(slots=True)
class Matter:
    """A call that is not over: orders that live, crews that did not answer, how many were sent and are done."""

    live: list[Order] = field(default_factory=list)
    mute: set[int] = field(default_factory=set)
    sent: int = 0
    done: int = 0
    waits: bool = False


@dataclass(slots=True)
class Outcome:
    """
    What no entry of a run says: seconds of each crew at work and on duty (n,), and how often things happened, all from
    the time that counts on.
    """

    worked_s: NDArray[np.float64]
    duty_s: NDArray[np.float64]
    overtime_s: float = 0.0
    lapsed: int = 0
    diverted: int = 0
    waited: int = 0  # calls that once found nobody
    left_over: int = 0  # calls that still waited for a crew at the end
    events: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A crew that could be sent: its index, where it is, and how far."""

    crew: int
    node: int
    lead_ms: int
    far_ms: int
