"""A small town for simulations: a grid of streets, four stations, calls of three grades."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from oneroom.engine import roads
from oneroom.engine.simulate.demand import Demand
from oneroom.engine.simulate.world import Crew, Habits, Kind, Span, World

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SIDE = 9
JINAN = Path(roads.__file__).resolve().parents[2] / "project" / "cities" / "jinan.npz"


def streets(block_ms=20_000):
    """A grid of 81 junctions, 20 seconds from each to the next, at any hour."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    across = [(n, n + 1) for n in range(SIDE * SIDE) if column[n] < SIDE - 1]
    along = [(n, n + SIDE) for n in range(SIDE * SIDE) if row[n] < SIDE - 1]
    tail, head = zip(*across, *along, strict=True)
    return roads.assemble(
        node_lon=117 + 0.002 * column, node_lat=36.6 + 0.002 * row, edge_tail=tail, edge_head=head,
        edge_oneway=[False] * len(tail), edge_kmh=[30.0] * len(tail), edge_ms=[block_ms] * len(tail),
        hour_factors=np.ones((24, len(roads.classes.CLASS_NAMES))),
    )  # fmt: skip


POSTS = (20, 24, 56, 60)
GRAVE, URGENT, PLAIN = range(3)
KINDS = (
    Kind("violence", 1, crews=2, scene=Span(1500, 0.5), station_share=0.5),
    Kind("dispute", 2, scene=Span(1200, 0.6)),
    Kind("noise", 3, scene=Span(900, 0.6)),
)


def town(*, crews=8, habits=None, watches=None, **more):
    """So many crews in turn at the four posts, each with a beat to the next post and back."""
    made = tuple(
        Crew(n + 1, area=n % 4, post=POSTS[n % 4], watch=n % len(watches or (1,)), beat=(POSTS[(n + 1) % 4],))
        for n in range(crews)
    )
    return World(
        streets(), made, KINDS, MONDAY, habits=habits or Habits(), **({"watches": watches} if watches else {}), **more
    )


def calls_of(rate, *, nodes=None, share=(0.1, 0.3, 0.6)):
    """So many calls an hour (by day twice as many as by night) from any junction; a quarter of the town is an area."""
    node = np.arange(SIDE * SIDE) if nodes is None else np.asarray(nodes)
    row, column = np.divmod(node, SIDE)
    area = (2 * (row > SIDE // 2) + (column > SIDE // 2)).astype(np.int32)
    by_hour = np.where((np.arange(168) % 24 >= 8) & (np.arange(168) % 24 < 20), 4 / 3, 2 / 3) * rate
    return Demand(by_hour, node.astype(np.int32), area, np.ones((1, len(node))), np.array(share))
