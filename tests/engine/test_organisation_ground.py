"""Gaps and overlaps of drawn ground: whose, how large, where (T05, T08)."""

from __future__ import annotations

from math import cos, radians

import pytest
from shapely.geometry import box

from oneroom.engine.organisation.ground import flaws, km2

KM = 180 / (3.141592653589793 * 6371.0088)  # degrees of latitude of a kilometre


def at(x: float, y: float, x2: float, y2: float):
    """A box by kilometres east and north of 121.4, 31.2."""
    wide = KM / cos(radians(31.2))
    return box(121.4 + x * wide, 31.2 + y * KM, 121.4 + x2 * wide, 31.2 + y2 * KM)


WHOLE = {"w": at(0, 0, 2, 3), "e": at(2, 0, 4, 3)}


def said(before, after):
    return [(f.kind, f.units, pytest.approx(f.km2, rel=2e-3), f.old) for f in flaws(before, after)]


def test_a_size_is_in_square_kilometres():
    assert km2(at(0, 0, 2, 3)) == pytest.approx(6, rel=1e-3)


def test_ground_that_meets_has_no_flaw_and_a_border_drawn_by_another_hand_none_either():
    assert flaws(WHOLE, WHOLE) == []
    assert flaws(WHOLE, {**WHOLE, "e": at(2.0002, 0, 4, 3)}) == []


def test_t08_ground_that_somebody_had_and_nobody_has_is_a_gap_of_who_had_it():
    after = {**WHOLE, "e": at(2.5, 0, 4, 3)}

    assert said(WHOLE, after) == [("gap", ("e",), 1.5, False)]
    (flaw,) = flaws(WHOLE, after)
    assert flaw.outline.contains(box(flaw.lon, flaw.lat, flaw.lon, flaw.lat).centroid)


def test_an_overlap_names_both_and_the_larger_flaw_comes_first():
    after = {"w": at(0, 0, 2.5, 3), "e": at(2, 0.5, 4, 3)}

    assert said(WHOLE, after) == [("overlap", ("e", "w"), 1.25, False), ("gap", ("e",), 0.75, False)]


def test_a_hole_between_units_is_named_by_its_neighbours_and_as_what_was_there_before():
    ring = {"s": at(0, 0, 3, 1), "n": at(0, 2, 3, 3), "w": at(0, 1, 1, 2), "e": at(2, 1, 3, 2)}

    assert said(ring, ring) == [("gap", ("e", "n", "s", "w"), 1.0, True)]
    assert said({}, ring) == [("gap", ("e", "n", "s", "w"), 1.0, False)]


def test_an_old_overlap_is_told_apart_from_one_that_the_change_makes():
    double = {"w": at(0, 0, 2.5, 3), "e": at(2, 0, 4, 3)}

    assert [f.old for f in flaws(double, {**double, "x": at(5, 0, 6, 1)})] == [True]
    assert [f.old for f in flaws(double, {**double, "w": at(0, 0, 3, 3)})] == [False]
