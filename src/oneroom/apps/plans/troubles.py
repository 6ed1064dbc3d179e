"""What ends a run with a sentence: a code of ``codes.TROUBLES`` and the values of its sentence."""

from __future__ import annotations

from typing import Any

from oneroom.engine.values import BadInput


class Trouble(Exception):
    """This cannot be run; ``code`` says why, ``said`` fills the sentence."""

    def __init__(self, code: str, **said: Any):
        super().__init__(code, said)
        self.code, self.said = code, said


def of_refusal(refused: BadInput) -> Trouble:
    """A change that cannot be made: its field, its sentence and the values of that."""
    return Trouble("refused", field=refused.field, message=str(refused.message), params=refused.params)
