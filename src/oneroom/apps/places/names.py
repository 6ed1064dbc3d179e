"""The gazetteer in memory: every named place of the active network, searched at each keystroke."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.engine.roads.finder import Finder


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers to what was typed; `number` is the house number typed with it, no part of the place."""

    id: int
    kind: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    version: tuple[int, int]
    places: list[Found]
    finder: Finder


_held: _Names | None = None
_lock = threading.Lock()


def find_places(text: str, *, limit: int = 10, near: tuple[float, float] | None = None) -> list[Found]:
    """
    The places of the active network that answer to what was typed, best first; none without a network.

    Takes characters, pinyin, initials or English, one street or two, in any order: "南京东", "njdl", "Nanjing E Rd",
    "南京东路/河南中路", "lishan wenhua e". Two streets give their crossing. ``near`` is a telephone's position.
    """
    return _answers(_names(), text, limit, near)


def held_places(text: str, *, limit: int = 10) -> list[Found]:
    """The same from what this process has in memory, for the time when the database is away."""
    return _answers(_held, text, limit, None)


def held_place(pk: int) -> Found | None:
    """A place by its id, from memory."""
    return next((p for p in _held.places if p.id == pk), None) if _held is not None else None


def _answers(names: _Names | None, text: str, limit: int, near: tuple[float, float] | None) -> list[Found]:
    if names is None:
        return []
    found = []
    for hit in names.finder.find(text[:120].replace("\x00", ""), limit=limit, near=near):
        p = names.places[hit.row]
        found.append(Found(p.id, p.kind, p.name_zh, p.name_en, p.lon, p.lat, hit.number) if hit.number else p)
    return found


def find_place(pk: int) -> Found | None:
    """A place of the active network by its id; None when another network was loaded since."""
    p = Place.objects.filter(pk=pk, network__active=True).first()
    return Found(p.pk, p.kind, p.name_zh, p.name_en, p.lon, p.lat) if p else None


def read_names() -> None:
    """Read the gazetteer before somebody types: seconds for a large city."""
    _names()


def _names() -> _Names | None:
    """Read once per process, and again when the places or the network changed: one small query tells."""
    global _held
    version = RoadNetwork.objects.filter(active=True).values_list("pk", "gazetteer").first()
    if version is None:
        return None
    held = _held
    if held is not None and held.version == version:
        return held
    with _lock:
        if _held is None or _held.version != version:
            _held = _read(version)
        return _held


def _read(version: tuple[int, int]) -> _Names:
    rows = list(
        Place.objects.filter(network=version[0]).order_by("pk")
        .values_list("pk", "kind", "name_zh", "name_en", "lon", "lat", "search", "initials", "weight")
    )  # fmt: skip
    finder = Finder(
        [row[1] for row in rows], [row[2] for row in rows], [row[6] for row in rows], [row[7] for row in rows],
        [row[4] for row in rows], [row[5] for row in rows], [row[8] for row in rows],
    )  # fmt: skip
    return _Names(version, [Found(*row[:6]) for row in rows], finder)
