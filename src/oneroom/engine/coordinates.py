"""
Coordinates as people type them: "31.2, 121.4", "121.4 31.2", 31°12'N 121°24'E, 北纬31.2 东经121.4.

Which number is which follows from N, E, 北, 东 where they stand, else from the city: only one order lies in it. The
datum cannot be seen from the numbers, and is asked for.
"""

import re

from oneroom.engine.geo import Box

_SECONDS = r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″”秒]|''))?"
_MINUTES = rf"(?:(\d{{1,2}}(?:\.\d+)?)\s*['′’分]\s*{_SECONDS})?"
_NUMBER = rf"(\d{{1,3}}(?:\.\d+)?)\s*(?:[°度]\s*{_MINUTES})?"
_SIDE = r"(?:北纬|南纬|东经|西经|[NSEW北南东西](?![a-z]))"
_ONE = re.compile(rf"^\s*({_SIDE})?\s*[:：]?\s*(-?){_NUMBER}\s*({_SIDE})?\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"^[,，;；/\s]*")
_MEANT = re.compile(rf"\d\.\d|[°度]|{_SIDE}\s*\d|\d\s*{_SIDE}", re.IGNORECASE)  # "12 3" is a house and a floor
_LATITUDE, _LONGITUDE = "NS北南", "EW东西"
_REVERSED = "SW南西"


def find_coordinates(text: str, city: Box) -> tuple[float, float] | None:
    """(longitude, latitude) of a text that is nothing but two coordinates, None otherwise."""
    if not _MEANT.search(text):
        return None
    first = _one(text)
    if first is None:
        return None
    rest = text[first[2] :]
    second = _one(rest[_BETWEEN.match(rest).end() :])  # type: ignore[union-attr]
    if second is None or rest[_BETWEEN.match(rest).end() :][second[2] :].strip():  # type: ignore[union-attr]
        return None
    (a, side_a, _), (b, side_b, _) = first, second
    if side_a in _LONGITUDE and side_b in _LATITUDE and side_a + side_b:
        return a, b
    if side_a in _LATITUDE and side_b in _LONGITUDE and side_a + side_b:
        return b, a
    reach = city.grown(50_000)  # outside the city, but plainly meant near it: it is said to be outside, not swapped
    if reach.contains(b, a) and not reach.contains(a, b):
        return b, a
    return a, b


def _one(text: str) -> tuple[float, str, int] | None:
    """(degrees, side or "", where it ends) of the coordinate at the beginning of a text."""
    found = _ONE.match(text)
    if found is None:
        return None
    before, minus, degrees, minutes, seconds, after = found.groups()
    value = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    side = (before or after or "")[:1].upper()
    return (-value if minus or (side and side in _REVERSED) else value), side, found.end()
