"""A town on which five minutes are not far: one street, four minutes to a block, so that crews leave holes."""

from __future__ import annotations

from datetime import timedelta

from oneroom.apps.duty.services import Fix, record_positions
from oneroom.apps.incidents.models import Incident
from oneroom.apps.places.services import load_network
from oneroom.engine.roads import assemble, to_npz_bytes
from oneroom.engine.values import SYSTEM
from tests.town import SOUTH, STEP, WEST


def slow_street(room) -> None:
    """
    One street from west to east, 400 m to a block, each four minutes: five minutes are one block. Two crews stand at
    its west end, one at its third crossing ("east").
    """
    lon = [WEST + x * STEP for x in range(6)]
    graph = assemble(
        node_lon=lon, node_lat=[SOUTH + STEP] * 6, edge_tail=range(5), edge_head=range(1, 6),
        edge_oneway=[False] * 5, edge_kmh=[5.7] * 5,
    )  # fmt: skip
    load_network(to_npz_bytes(graph), name="slow", by=SYSTEM, at=room.now)
    later = room.now + timedelta(seconds=1)
    for code, x in [("crew-1", 0), ("crew-2", 0), ("crew-3", 2)]:
        record_positions([Fix(room.town.crews[code].pk, lon[x], SOUTH + STEP, later, 5.0)], later)


def calls(room, **counts: int) -> None:
    """So many calls from each named corner, long over."""
    for place, n in counts.items():
        for _ in range(n):
            room.report("something", at=place, grade=3)
    Incident.objects.update(state="closed")
