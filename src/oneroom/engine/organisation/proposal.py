"""
A reform that is looked at before it is made: what is, what would be, and what became of whom.

Those who keep something by unit are handed this and say what of theirs would be left behind (``settings.GUARDS`` of
``organisation.reform``); it asks no table, so that each of them looks only at its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from oneroom.engine.organisation.changes import Change, Outcome
from oneroom.engine.organisation.facts import Facts
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.tree import Tree, tree_on


@dataclass(frozen=True)
class Proposal:
    """These changes on that day, over the facts ``before`` them."""

    changes: tuple[Change, ...]
    day: date
    before: Facts
    outcome: Outcome

    @cached_property
    def was(self) -> Tree:
        """The tree of that day without the reform."""
        return tree_on(self.before, self.day)

    @cached_property
    def will_be(self) -> Tree:
        """The tree of that day with it."""
        return tree_on(self.outcome.facts, self.day)

    @cached_property
    def ended(self) -> dict[str, str | None]:
        """Every unit that ends, with who has what it had; None where nobody has who is there on the day."""
        heirs = {code: self.outcome.heir_of(code) for code in self.outcome.fates}
        return {code: heir if heir in self.will_be.units else None for code, heir in sorted(heirs.items())}

    @cached_property
    def merged(self) -> tuple[int, int]:
        """How many units go into how many by its mergers, those that take others in and stay counted on both sides."""
        gone = {code for code, fate in self.outcome.fates.items() if fate.how == "merged" and code in self.was.units}
        into = {heir for code in gone if (heir := self.ended[code]) is not None}
        return len(gone | (into & self.was.units.keys())), len(into)

    def change_behind(self, fault: Fault) -> int | None:
        """The place in the list of the change that makes this fault; None where no single one does."""
        by = self.outcome.touched
        for name in (fault.facts.get("parent"), self._last_of(fault.subject)):
            if name in by and (name in self.outcome.fates or name == fault.subject):
                return by[name]
        return None

    def _last_of(self, code: str) -> str:
        """The last unit on the way of what this one had: where nobody has it, that one's end is the cause."""
        seen: set[str] = set()
        while code in self.outcome.fates and self.outcome.fates[code].heirs and code not in seen:
            seen.add(code)
            code = self.outcome.fates[code].heirs[0]
        return code


def in_order(proposal: Proposal, found: Sequence[Fault]) -> list[tuple[int | None, list[Fault]]]:
    """The faults by the change that makes them, in the order of the changes; those of none of them last."""
    by: dict[int | None, list[Fault]] = {}
    for fault in found:
        by.setdefault(proposal.change_behind(fault), []).append(fault)
    return sorted(by.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))
