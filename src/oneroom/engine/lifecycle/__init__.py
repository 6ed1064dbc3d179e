"""Tables of moves: from, verb, to, who may. The table is the rule; services only look moves up."""

from oneroom.engine.lifecycle.table import Lifecycle, Move

__all__ = ["Lifecycle", "Move"]
