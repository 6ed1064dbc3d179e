"""
Which turns the map's restrictions forbid: from their ways and their point to the directions of a network's streets.

The spellings follow the OpenStreetMap wiki (Relation:restriction). What is kept: "no_…" and "only_…" at one point, for
cars, always. A restriction that stands at certain hours only, that leads over a way, whose ways do not both end at its
point, or whose streets are not in the network is left out: a forbidden turn that is driven costs a few seconds, a turn
that is wrongly forbidden may cut a street off. Nor does one count from which emergency vehicles are excepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_KEYS = ("restriction:motorcar", "restriction:motor_vehicle", "restriction")  # the most particular key decides
_NOT_FOR = {"emergency", "motorcar", "motor_vehicle", "police"}  # excepted: it is not for us
_BY_HOUR = ("day_on", "day_off", "hour_on", "hour_off")


@dataclass(frozen=True)
class Restriction:
    """A restriction as the map has it: the ways from which and into which, by id, the point, and its tags."""

    ways_from: tuple[int, ...]
    ways_to: tuple[int, ...]
    via: int | None  # None where it is not one point
    tags: Mapping[str, str]


@dataclass(frozen=True)
class End:
    """The end of a street at a junction: its way, and the directions that come in and go out there."""

    way: int
    comes: int | None
    goes: int | None


def find_kind(tags: Mapping[str, str]) -> str | None:
    """The kind of a restriction that holds for a police car at every hour, else None."""
    if _NOT_FOR & {word.strip() for word in tags.get("except", "").split(";")} or any(key in tags for key in _BY_HOUR):
        return None
    kind = next((tags[key].strip() for key in _KEYS if key in tags), "")
    return kind if kind.startswith(("no_", "only_")) else None


def turns_of(restriction: Restriction, ends: Mapping[int, Sequence[End]]) -> set[tuple[int, int]]:
    """The turns that a restriction forbids, from direction into direction; ``ends`` are those at each point."""
    kind = find_kind(restriction.tags)
    if kind is None or restriction.via is None:
        return set()
    here = ends.get(restriction.via, ())
    came = [_only(here, way) for way in restriction.ways_from]
    into = [_only(here, way) for way in restriction.ways_to]
    if not came or not into or None in came or None in into:
        return set()
    comes = {end.comes for end in came if end is not None and end.comes is not None}
    goes = {end.goes for end in into if end is not None and end.goes is not None}
    if kind.startswith("only_"):
        if not goes:
            return set()
        goes = {end.goes for end in here if end.goes is not None} - goes
    return {(one, other) for one in comes for other in goes}


def _only(here: Sequence[End], way: int) -> End | None:
    """The one end of this way at a junction; None where it has none there, or runs through it."""
    mine = [end for end in here if end.way == way]
    return mine[0] if len(mine) == 1 else None
