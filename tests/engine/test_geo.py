import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.geo import (
    DATUMS,
    Box,
    Plane,
    distance_m,
    from_wgs84,
    heading_deg,
    onto_segment,
    polygon_contains,
    to_wgs84,
)

in_china = st.tuples(st.floats(73, 135), st.floats(4, 53))


@pytest.mark.parametrize(
    ("datum", "lon", "lat"),
    [
        ("GCJ02", 116.41024449916938, 39.91640428150164),
        ("BD09", 116.41662724378733, 39.92269955221620),
    ],
)
def test_tiananmen_is_where_the_published_formulas_put_it(datum: str, lon: float, lat: float):
    assert from_wgs84(116.404, 39.915, datum) == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))


@given(in_china, st.sampled_from(DATUMS))
def test_there_and_back_is_less_than_a_centimetre_off(point: tuple[float, float], datum: str):
    lon, lat = to_wgs84(*from_wgs84(*point, datum), datum)

    assert distance_m(*point, lon, lat) < 0.01


def test_the_shift_is_hundreds_of_metres_in_china_and_none_abroad():
    assert 300 < distance_m(121.47, 31.23, *from_wgs84(121.47, 31.23, "GCJ02")) < 700
    assert distance_m(9.5, 47.1, *from_wgs84(9.5, 47.1, "GCJ02")) == 0


def test_an_unknown_datum_is_refused():
    with pytest.raises(ValueError, match="ED50"):
        to_wgs84(121.47, 31.23, "ED50")


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_m(121, 31, 121, 32) == pytest.approx(111_195, rel=1e-4)


@given(in_china, st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_the_plane_agrees_with_the_sphere_nearby(point: tuple[float, float], x: float, y: float):
    plane = Plane(*point)
    lon, lat = plane.to_lonlat(x, y)

    assert distance_m(*point, lon, lat) == pytest.approx(np.hypot(x, y), rel=2e-3, abs=0.01)
    assert plane.to_xy(lon, lat) == (pytest.approx(x, abs=1e-5), pytest.approx(y, abs=1e-5))


def test_the_nearest_place_on_a_segment_may_be_its_end():
    assert onto_segment(5, 3, 0, 0, 10, 0) == (0.5, 3)
    assert onto_segment(13, 4, 0, 0, 10, 0) == (1, 5)
    assert onto_segment(3, 4, 0, 0, 0, 0) == (0, 5)


def test_a_polygon_contains_its_inside_and_not_its_bay():
    ring = [(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)]

    assert polygon_contains(ring, [1, 2, 5], [1, 3, 1]).tolist() == [True, False, False]


def test_headings_follow_the_compass():
    assert heading_deg(121, 31, 121, 32) == pytest.approx(0)
    assert heading_deg(121, 31, 121.1, 31) == pytest.approx(90)
    assert heading_deg(121, 31, 120.9, 31) == pytest.approx(270)


def test_swapped_axes_are_seen():
    shanghai = Box(121.4, 31.1, 121.6, 31.3)

    assert shanghai.looks_swapped(31.2, 121.5)
    assert not shanghai.looks_swapped(121.5, 31.2)
    assert not shanghai.looks_swapped(116.4, 39.9)
