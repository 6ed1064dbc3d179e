"""
What the tags of an OpenStreetMap way mean for a police car: may it drive here, which way, what is it called.

The spellings follow the OpenStreetMap wiki (Key:oneway, Key:access, Key:junction, Names); junk is read as
if it were absent, because a missing street is worse than one with a default.
"""

from collections.abc import Mapping

from oneroom.engine.roads.classes import find_class

FORWARD, BOTH, BACKWARD = 1, 0, -1

_YES = {"yes", "true", "1"}
_NO = {"no", "false", "0", "reversible", "alternating"}  # changes by the hour: neither way is safe to exclude
_REVERSE = {"-1", "reverse"}
_SHUT = {"no", "agricultural", "forestry", "agricultural;forestry"}


def find_car_class(tags: Mapping[str, str]) -> int | None:
    """
    The road class if a car may be sent along this way, else None.

    Private and customers-only roads stay: police enter them. Parking aisles and areas do not.
    """
    road_class = find_class(tags.get("highway", ""))
    if road_class is None or tags.get("area") == "yes" or tags.get("service") in ("parking_aisle", "drive-through"):
        return None
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):  # the most particular key decides
        if key in tags:
            return None if tags[key].strip().lower() in _SHUT else road_class
    return road_class


def direction(tags: Mapping[str, str]) -> int:
    """FORWARD, BACKWARD or BOTH ways of the order in which the way was drawn."""
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway"):
        value = tags.get(key, "").strip().lower()
        if value in _YES:
            return FORWARD
        if value in _REVERSE:
            return BACKWARD
        if value in _NO:
            return BOTH
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return FORWARD if implied else BOTH


def names(tags: Mapping[str, str]) -> dict[str, str]:
    """
    A street's names by language code: "default" for `name`, then every `name:xx`.

    `name:zh-Hans` also serves as "zh" where that is missing. Other name tags (`name:etymology…`,
    `name:left`) are no languages and are left out.
    """
    found: dict[str, str] = {}
    for key, value in tags.items():
        text = " ".join(value.split())
        if not text:
            continue
        if key == "name":
            found["default"] = text
        elif key.startswith("name:") and _is_language(key[5:]):
            found[key[5:]] = text
    if "zh" not in found and "zh-Hans" in found:
        found["zh"] = found["zh-Hans"]
    if found and "default" not in found:
        found["default"] = found.get("zh") or found.get("en") or next(iter(found.values()))
    if "default" in found and "zh" not in found and any("\u4e00" <= letter <= "\u9fff" for letter in found["default"]):
        found["zh"] = found["default"]
    return found


def _is_language(code: str) -> bool:
    head, *rest = code.split("-")
    return (
        head.isascii() and head.isalpha() and head.islower() and len(head) in (2, 3) and all(p.isalnum() for p in rest)
    )


_WATER = {("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"), ("landuse", "basin")}
_GREEN = {
    ("leisure", "park"), ("leisure", "garden"), ("leisure", "nature_reserve"), ("leisure", "golf_course"),
    ("landuse", "forest"), ("landuse", "grass"), ("landuse", "meadow"), ("landuse", "cemetery"),
    ("landuse", "recreation_ground"), ("landuse", "village_green"), ("natural", "wood"), ("natural", "grassland"),
    ("natural", "scrub"), ("natural", "wetland"),
}  # fmt: skip


def find_ground_class(tags: Mapping[str, str]) -> str | None:
    """What an area is to who reads a map: "water", "green", or nothing that is drawn."""
    pairs = set(tags.items())
    return "water" if pairs & _WATER else "green" if pairs & _GREEN else None
