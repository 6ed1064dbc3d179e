"""Who works when: the question, its rules and their check. `solve` is asked by its own name: it brings OR-tools."""

from oneroom.engine.roster.check import command_faults, faults
from oneroom.engine.roster.values import Cells, Fault, Need, Person, Question, Rules, Shift, Wish

__all__ = ["Cells", "Fault", "Need", "Person", "Question", "Rules", "Shift", "Wish", "command_faults", "faults"]
