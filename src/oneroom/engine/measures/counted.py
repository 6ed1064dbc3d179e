"""What counts: entries of drills are left out of every fold, by the one entry that says what is a drill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar


class Told(Protocol):
    """An entry, as far as this needs it."""

    @property
    def kind(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


T = TypeVar("T", bound=Told)


def without_drills(entries: Iterable[T]) -> Iterator[T]:
    """
    The entries of real matters and of no matter, in order.

    A matter is a drill when the entry that received it says so, so a fold has to begin before its matters did.
    """
    drills: set[str] = set()
    for entry in entries:
        if entry.kind == "incident.received" and entry.facts.get("drill"):
            drills.add(entry.matter)
        if entry.matter not in drills:
            yield entry
