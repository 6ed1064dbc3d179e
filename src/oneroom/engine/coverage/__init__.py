"""
Coverage: which part of the city a free crew would reach in time, what a crew that leaves uncovers, who should move up.

Start here: `cells.cells_of`, `reach.reach`, `reach.lost`, `moves.best_moves`; where to wait: `posting.suggest`.
"""

from oneroom.engine import roads
from oneroom.engine.coverage.cells import CELL_M, Cells, cell_at, cells_of
from oneroom.engine.coverage.moves import Move, best_moves, covers
from oneroom.engine.coverage.reach import LIMITS_S, Reach, TooLarge, Worst, kept, lost, reach, share, worst

__all__ = [
    "CELL_M", "LIMITS_S", "Cells", "Move", "Reach", "TooLarge", "Worst", "best_moves", "cell_at", "cells_of", "covers",
    "kept", "lost", "reach", "share", "warm", "worst",
]  # fmt: skip


def warm() -> None:
    """Compile the search on two streets, so that the first proposal does not wait for it."""
    graph = roads.assemble(
        node_lon=[0.0, 0.01, 0.02], node_lat=[0.0, 0.0, 0.0], edge_tail=[0, 1], edge_head=[1, 2],
        edge_oneway=[False, False], edge_kmh=[30.0, 30.0],
    )  # fmt: skip
    reach(cells_of(graph), roads.metric(graph), roads.points_on([0], [0.5]))
