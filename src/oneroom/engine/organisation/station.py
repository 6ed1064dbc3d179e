"""
One room and two teams in a station, or two groups in a small one (rows T14, B16): the template, and whether it is so.

The founding text names the parts and that small stations have groups; at which strength a station is small each force
says. Whether a station has its parts is read from the tree and from who serves there, never from what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oneroom.engine.organisation.changes import Create, New
from oneroom.engine.organisation.facts import Spell, System
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Role

ROOM = "command_room"
COMMUNITY = frozenset({"community_team", "community_group"})
CASE = frozenset({"case_team", "case_group"})
TEAMS = COMMUNITY | CASE | {"team"}  # a team of no said work counts where nobody said which (row B16)

_NAMES = {
    ROOM: ("综合指挥室", "command room"),
    "community_team": ("社区警务队", "community team"), "community_group": ("社区警务组", "community group"),
    "case_team": ("案件办理队", "case team"), "case_group": ("案件办理组", "case group"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """
    A point of the checklist: ``code`` says which, ``unit`` is what was found (empty: nothing), ``count`` how many
    people serve there, ``done`` whether the point holds.
    """

    code: str
    unit: str
    count: int
    done: bool


def parts(*, strength: int, small: int) -> tuple[str, str, str]:
    """The kinds of the three parts of a station with so many officers; fewer than ``small`` makes groups of teams."""
    team = "group" if strength < small else "team"
    return ROOM, f"community_{team}", f"case_{team}"


def template(station: Spell, *, strength: int, small: int) -> list[Create]:
    """What a reform creates below a station: its room, and two teams or groups by its strength."""
    made = []
    for kind in parts(strength=strength, small=small):
        zh, english = _NAMES[kind]
        short = "room" if kind == ROOM else kind.partition("_")[0]
        named = f"{station.name_en or station.code} {english}"
        system = System.COMMAND if kind == ROOM else System.OPERATIONS
        made.append(Create(New(f"{station.code}-{short}", kind, f"{station.name_zh}{zh}", named, "", system,
                               station.code)))  # fmt: skip
    return made


def fits_team(kind: str, role: Role) -> bool:
    """Rights go by team (row T14): the community's role is none of the case team, and the other way round."""
    others = {**dict.fromkeys(COMMUNITY, Role.CASE_OFFICER), **dict.fromkeys(CASE, Role.COMMUNITY_OFFICER)}
    return others.get(kind) != role


def has_parts(tree: Tree, station: str) -> bool:
    """A room and at least two teams or groups stand below it."""
    below = Counter(tree.units[unit].kind for unit in tree.below.get(station, ()))
    return below[ROOM] >= 1 and sum(below[kind] for kind in TEAMS) >= 2


def checklist(tree: Tree, station: str, strength: Mapping[str, int], led: Iterable[str]) -> list[Item]:
    """
    The points of row B16 for a station: each of its parts is there, people serve in it, somebody heads it.

    ``strength`` are people by unit, ``led`` the units whose leading post is held.
    """
    heads = set(led)
    below = tree.below.get(station, ())
    found: list[Item] = []
    for name, kinds in (("room", {ROOM}), ("community", COMMUNITY), ("case", CASE)):
        unit = next((code for code in below if tree.units[code].kind in kinds), "")
        people = strength.get(unit, 0) if unit else 0
        found += [
            Item(f"{name}_there", unit, people, bool(unit)), Item(f"{name}_manned", unit, people, people > 0),
            Item(f"{name}_headed", unit, people, unit in heads),
        ]  # fmt: skip
    return found
