"""
How far everybody is, on a city so large that searching until the last crew comes out takes longer than a hierarchy.

The hierarchy is made beside, once per network, while searches answer; only a file that brings its order (a minute of
work, done by `importroads`) has one. Times of an hour are laid over it once, those under closures are mended from them.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from oneroom.engine.roads import Metric, RoadGraph
from oneroom.engine.roads.hierarchy import Hierarchy, Times, hierarchy

log = logging.getLogger(__name__)
# A list of all crews settles every junction; from so many on (engine decisions §2) a walk of the hierarchy is quicker.
PAYS_FROM = 40_000


@dataclass
class Everybody:
    """The hierarchy of a network, None until it is made, and its times without closures by hour."""

    over: Hierarchy | None = None
    free: dict[int | None, Times] = field(default_factory=dict)
    _laying: threading.Lock = field(default_factory=threading.Lock)

    def times(self, hour: int | None, free: Metric, now: Metric) -> Times | None:
        """
        Times under ``now``, which differs from ``free`` by closures alone; None where a search has to answer.

        That is so while there is no hierarchy, and while another request lays the hour over: at a full hour and after
        a closure many ask at once, and one of them is enough.
        """
        if self.over is None:
            return None
        held = self.free.get(hour)
        if held is not None and now is held.metric:
            return held
        if not self._laying.acquire(blocking=False):
            return None
        try:
            if hour not in self.free:
                self.free[hour] = self.over.times(free)
            held = self.free[hour]
            return held if now is held.metric else held.changed(now)
        finally:
            self._laying.release()


def begin(graph: RoadGraph) -> Everybody:
    """Make the hierarchy in a thread where it pays; what comes back is without one until it is there, or for good."""
    made = Everybody()
    if graph.order is not None and graph.nodes > PAYS_FROM:
        threading.Thread(target=_make, args=(made, graph), name="hierarchy", daemon=True).start()
    return made


def _make(made: Everybody, graph: RoadGraph) -> None:
    try:
        made.over = hierarchy(graph)
    except Exception:  # searches answer as before
        log.exception("the hierarchy of the road network was not made")
