"""What stands against a reform, as a sentence in the language of whoever reads it."""

from __future__ import annotations

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext

from oneroom.apps.orgs.codes import FAULTS
from oneroom.engine.organisation.faults import Fault


class _Sentence:
    """A fault, worded when it is read."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def __str__(self) -> str:
        known = FAULTS.get(self.fault.code)
        text = str(known) if known is not None else gettext(self.fault.says or self.fault.code)
        return text % self.fault.facts if self.fault.facts else text


def fault_words(fault: Fault) -> Promise:
    """The sentence, without its subject."""
    return lazystr(_Sentence(fault))
