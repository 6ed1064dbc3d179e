"""The crews board: by station, by state, or as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from oneroom.apps.duty.queries import STALE_AFTER, OnBoard, station_names
from oneroom.engine.roads.spelling import search_text
from oneroom.web.pages.room.words import CREW_STATES, GLYPHS, local, named

_ONE_BY_ONE = 4  # crews of a station that fit beside its name
WAYS = ("station", "state", "table")


@dataclass(frozen=True, slots=True)
class CrewView:
    """A crew as a glyph with a number; ``keys`` are all the ways of typing its callsign, ``short`` the shortest."""

    id: int
    name: str
    number: str
    station: str
    state: str
    glyph: str
    word: str
    since: datetime
    officers: int
    auxiliaries: int
    runs: int
    lon: float | None
    lat: float | None
    fix_at: datetime | None
    stale: bool
    keys: str
    short: str


@dataclass(frozen=True, slots=True)
class Group:
    """
    Crews of one station or one state; ``empty`` where nobody is left to send. ``many`` is how many are available where
    that is too many to show one by one: then their number stands for them, and who is busy stands out.
    """

    id: str
    name: str
    crews: tuple[CrewView, ...]
    empty: bool = False
    many: int = 0
    glyph: str = ""


def crew_views(crews: list[OnBoard], *, at: datetime) -> list[CrewView]:
    """The crews on duty with their names in the language of the page."""
    stations = {pk: short_name(*names) for pk, names in station_names().items()}
    return [_crew(c, stations, at) for c in crews]


def short_name(zh: str, en: str) -> str:
    """A station as the room says it: on a board of stations the word station is left out."""
    return local(zh, en).removesuffix(_("Police Station")).strip()


def _crew(c: OnBoard, stations: dict[int, str], at: datetime) -> CrewView:
    name = local(c.callsign_zh, c.callsign_en)
    digits = "".join(ch for ch in name if ch.isdigit()).lstrip("0")
    keys = callsign_keys(c.callsign_zh, c.callsign_en, c.code)
    return CrewView(
        c.id, name, digits or c.code, stations.get(c.unit_id, ""), c.state, GLYPHS.get(c.state, c.state),
        named(CREW_STATES, c.state), c.state_since, c.officers, c.auxiliaries, c.runs, c.lon, c.lat, c.fix_at,
        c.fix_at is not None and at - c.fix_at > STALE_AFTER, keys, short_code(keys) or c.code,
    )  # fmt: skip


@lru_cache(maxsize=4096)  # a name does not change while its crew is on duty
def callsign_keys(zh: str, en: str, code: str) -> str:
    """Every way to type a callsign, blanks left out: 千佛山02, qianfoshan02, qfs02, Qianfoshan 02, its code."""
    digits = "".join(ch for ch in zh if ch.isdigit())
    short = digits.lstrip("0")
    stems = [w for w in search_text(zh.replace(digits, "").strip(), en.replace(digits, "").strip()).split() if w]
    whole = [zh.replace(" ", ""), en.replace(" ", ""), code]
    ways = [f"{stem}{number}" for stem in stems for number in dict.fromkeys((digits, short)) if number]
    return " ".join(dict.fromkeys(way.lower() for way in (*whole, *ways) if way))


@lru_cache(maxsize=4096)
def short_code(keys: str) -> str:
    """The shortest way to type a callsign that still carries its whole number: qfs02."""
    latin = [key for key in keys.split() if re.fullmatch(r"[a-z]{2,}\d{2,}", key)]
    return min(latin, key=len, default="")


def grouped(crews: list[CrewView], way: str) -> list[Group]:
    """The board's groups: stations in the order of their first crew, or states in the order of readiness."""
    if way == "state":
        order = [s for s in CREW_STATES if s != "off_duty"]
        groups = [(s, named(CREW_STATES, s), tuple(c for c in crews if c.state == s)) for s in order]
        return [Group(f"st-{s}", name, mine, glyph=GLYPHS.get(s, s)) for s, name, mine in groups if mine]
    stations: dict[str, list[CrewView]] = {}
    for c in crews:
        stations.setdefault(c.station, []).append(c)
    return [_station(name, mine) for name, mine in stations.items()]


def _station(name: str, crews: list[CrewView]) -> Group:
    free = sum(1 for c in crews if c.state == "available")
    many = free if len(crews) > _ONE_BY_ONE else 0
    return Group(f"sn-{crews[0].id}", name, tuple(crews), empty=free == 0, many=many)
