"""
Points on the Earth: distance, a local metre plane, segments, polygons, and China's map datums.

Everything inside OneRoom is WGS-84 longitude, latitude in degrees. Chinese map services deliver
GCJ-02 (Gaode, Tencent) or BD-09 (Baidu), 300 to 700 m away from it, so whatever comes from outside
names its datum and is converted at the door. Functions take floats or NumPy arrays alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EARTH_M = 6_371_008.8  # mean radius, IUGG
DATUMS = ("WGS84", "GCJ02", "BD09")


def distance_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Great-circle distance in metres (haversine: stable for the few metres between two fixes)."""
    p1, p2 = np.radians(np.asarray(lat1, float)), np.radians(np.asarray(lat2, float))
    half_lat = np.sin((p2 - p1) / 2)
    half_lon = np.sin(np.radians(np.asarray(lon2, float) - np.asarray(lon1, float)) / 2)
    inner = half_lat**2 + np.cos(p1) * np.cos(p2) * half_lon**2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(inner, 0.0, 1.0))), dtype=np.float64)


def heading_deg(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Compass direction from the first point to the second: 0 north, 90 east."""
    east = (lon2 - lon1) * np.cos(np.radians((lat1 + lat2) / 2))
    return float(np.degrees(np.arctan2(east, lat2 - lat1)) % 360)


def box(lon: float, lat: float, reach_m: float) -> tuple[float, float, float, float]:
    """(west, south, east, north) in degrees of the square that reaches this far from a point."""
    up = float(np.degrees(reach_m / EARTH_M))
    side = up / max(float(np.cos(np.radians(lat))), 0.01)
    return lon - side, lat - up, lon + side, lat + up


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres east and north of a point; within 50 km of it an error below 1 in 1,000."""

    lon: float
    lat: float

    @property
    def metres_per_degree(self) -> tuple[float, float]:
        degree = EARTH_M * np.pi / 180
        return float(degree * np.cos(np.radians(self.lat))), float(degree)

    def to_xy(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        east, north = self.metres_per_degree
        x = (np.asarray(lon, dtype=np.float64) - self.lon) * east
        y = (np.asarray(lat, dtype=np.float64) - self.lat) * north
        return x, y

    def to_lonlat(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        east, north = self.metres_per_degree
        lon = np.asarray(x, dtype=np.float64) / east + self.lon
        lat = np.asarray(y, dtype=np.float64) / north + self.lat
        return lon, lat


def onto_segment(
    px: ArrayLike, py: ArrayLike, ax: ArrayLike, ay: ArrayLike, bx: ArrayLike, by: ArrayLike
) -> tuple[Floats, Floats]:
    """The nearest place on segment AB to P, in a metre plane: (share of the way from A to B, metres)."""
    px, py, ax, ay, bx, by = (np.asarray(v, dtype=np.float64) for v in (px, py, ax, ay, bx, by))
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    inner = (px - ax) * dx + (py - ay) * dy
    share = np.clip(np.divide(inner, square, out=np.zeros_like(inner * square), where=square > 0), 0, 1)
    return share, np.hypot(px - (ax + share * dx), py - (ay + share * dy))


def polygon_contains(ring: ArrayLike, x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
    """Even-odd test of points against one ring of shape (n, 2), open or closed; borders fall either way."""
    corners = np.asarray(ring, dtype=np.float64)
    px = np.atleast_1d(np.asarray(x, dtype=np.float64))
    py = np.atleast_1d(np.asarray(y, dtype=np.float64))
    inside = np.zeros(px.shape, dtype=np.bool_)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > py) != (by > py)
        inside ^= crosses & (px < (bx - ax) * (py - ay) / (by - ay) + ax)
    return inside


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of longitudes and latitudes."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def grown(self, metres: float) -> "Box":
        east, north = Plane(0.0, (self.south + self.north) / 2).metres_per_degree
        return Box(
            self.west - metres / east, self.south - metres / north,
            self.east + metres / east, self.north + metres / north,
        )  # fmt: skip

    def looks_swapped(self, lon: float, lat: float) -> bool:
        """The point is outside, but exchanging its two numbers would bring it inside."""
        return not self.contains(lon, lat) and self.contains(lat, lon)


# ---- datums -------------------------------------------------------------------------------------
# GCJ-02 adds a smooth pseudo-random shift to WGS-84, defined on the Krasovsky 1940 ellipsoid; the
# constants are those in general use since 2010 (an official text was never published). BD-09 turns
# and stretches GCJ-02 once more. Both ways back are found by iteration, not by closed formula.
_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_CHINA = Box(72.004, 0.8293, 137.8347, 55.8271)  # outside this box the services do not shift
_BAIDU = np.pi * 3000 / 180


def _wave(value: Floats) -> Floats:
    return np.asarray(20 * np.sin(6 * np.pi * value) + 20 * np.sin(2 * np.pi * value))


def _gcj_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The shift in degrees that GCJ-02 adds at a WGS-84 point."""
    x, y = lon - 105.0, lat - 35.0
    root, common = np.sqrt(np.abs(x)), _wave(x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (common + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north = north + (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (common + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east = east + (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    angle = np.radians(lat)
    magic = 1 - _ECCENTRICITY2 * np.sin(angle) ** 2
    per_lat = _AXIS_M * (1 - _ECCENTRICITY2) / magic**1.5 * np.pi / 180
    per_lon = _AXIS_M / np.sqrt(magic) * np.cos(angle) * np.pi / 180
    inside = (lon >= _CHINA.west) & (lon <= _CHINA.east) & (lat >= _CHINA.south) & (lat <= _CHINA.north)
    return np.where(inside, east / per_lon, 0.0), np.where(inside, north / per_lat, 0.0)


def _to_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    east, north = _gcj_shift(lon, lat)
    return lon + east, lat + north


def _to_baidu(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """BD-09 from GCJ-02."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """The same places in another datum. Raises ValueError for a datum not in DATUMS."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}")
    if datum != "WGS84":
        x, y = _to_gcj(x, y)
    if datum == "BD09":
        x, y = _to_baidu(x, y)
    return x, y


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """
    WGS-84 of places given in another datum, to about a millimetre.

    The shifts change slowly (less than 1 in 100), so stepping back by the error made converges
    in a few rounds. Raises ValueError for a datum not in DATUMS.
    """
    goal_x, goal_y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    x, y = goal_x, goal_y
    for _ in range(1 if datum == "WGS84" else 12):
        there_x, there_y = from_wgs84(x, y, datum)
        x, y = x + (goal_x - there_x), y + (goal_y - there_y)
    return x, y
