"""
Coverage: which part of the city a free crew would reach in time, what a crew that leaves uncovers, who should move up.

Start here: `cells.cells_of`, `reach.reach`, `reach.lost`, `moves.best_moves`.
"""

from oneroom.engine.coverage.cells import CELL_M, Cells, cells_of
from oneroom.engine.coverage.moves import Move, best_moves, covers
from oneroom.engine.coverage.reach import LIMITS_S, Reach, TooLarge, Worst, lost, reach, share, worst

__all__ = [
    "CELL_M", "LIMITS_S", "Cells", "Move", "Reach", "TooLarge", "Worst", "best_moves", "cells_of", "covers", "lost",
    "reach", "share", "worst",
]  # fmt: skip
