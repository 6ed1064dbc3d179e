from oneroom.engine.roster.check import command_faults, faults
from oneroom.engine.roster.solve import Answer, solve
from oneroom.engine.roster.values import Cells, Fault, Need, Person, Question, Rules, Shift, Wish

__all__ = [
    "Answer", "Cells", "Fault", "Need", "Person", "Question", "Rules", "Shift", "Wish", "command_faults", "faults",
    "solve",
]  # fmt: skip
