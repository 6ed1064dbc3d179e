"""Districts of even work along the roads (row T17): always connected, a station each, and said where they cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from shapely.geometry import box

from oneroom.engine import coverage, roads
from oneroom.engine.organisation.districts import districts as mapped
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.organisation.tree import tree_of
from oneroom.engine.siting.districting.blocks import Blocks, blocks_of, joined_by
from oneroom.engine.siting.districting.divide import Terms, divide
from oneroom.engine.siting.districting.naming import moved, named, renumbered
from oneroom.engine.siting.districting.nested import apportioned, nested
from oneroom.engine.siting.districting.outlines import outlines_of
from oneroom.engine.siting.districting.seats import chosen_seats, divide_anew, seats_apart
from oneroom.engine.values import BadInput

JINAN = Path(roads.__file__).parents[2] / "project" / "cities" / "jinan.npz"


def grid(wide: int, high: int, work=None, *, ms: int = 60_000, without=()) -> Blocks:
    """Streets of a chessboard, a minute from block to block; ``without`` some of the pairs."""
    at = np.arange(wide * high).reshape(high, wide)
    pairs = [
        *zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True),
        *zip(at[:-1].ravel(), at[1:].ravel(), strict=True),
    ]
    tail, head = np.array([p for p in pairs if p not in without], np.int64).reshape(-1, 2).T
    return joined_by(tail, head, np.full(len(tail), ms, np.int32), np.ones(wide * high) if work is None else work)


def ring(count: int) -> Blocks:
    at = np.arange(count)
    return joined_by(at, (at + 1) % count, np.full(count, 60_000, np.int32), np.ones(count))


def river() -> Blocks:
    """Twelve by eight with a river between the fourth and fifth row, and bridges in the third and tenth column."""
    cut = {(36 + x, 48 + x) for x in range(12) if x not in (2, 9)}
    return grid(12, 8, without=cut)


def thin_town() -> Blocks:
    """A round city of 10 × 10, and one street of 25 blocks that leads away from it, an hour long."""
    city = grid(10, 10)
    tail = np.repeat(np.arange(100), np.diff(city.start)).astype(np.int64)
    street = np.arange(99, 124)
    ms = np.concatenate([city.ms, np.full(25, 144_000, np.int32)])
    joins = (np.concatenate([tail, street]), np.concatenate([city.other.astype(np.int64), street + 1]))
    return joined_by(*joins, ms, np.ones(125))


def assert_whole(blocks: Blocks, found, seats, pins=()):
    """Every block in one district, every district in one piece with its own seat and pins in it."""
    assert found.of.min() >= 0
    assert found.of.max() < len(seats)
    assert [int(found.of[seat]) for seat in seats] == list(range(len(seats)))
    for district in range(len(seats)):
        part = blocks.within(np.flatnonzero(found.of == district)).parts()
        assert part.max() == 0, f"district {district} is in pieces"
    for block, district in dict(pins).items():
        assert found.of[block] == district
    np.testing.assert_allclose(found.off, found.load / found.load.mean() - 1)


GROUNDS = {
    "grid": (grid(12, 12), (0, 11, 132, 143), 0.05),
    "grid, all stations in a corner": (grid(12, 12), (0, 2, 24, 26), 0.05),
    "ring": (ring(40), (0, 3, 20, 30), 0.05),
    "river with two bridges": (river(), (0, 11, 84, 95), 0.05),
    "river, three stations on one bank": (river(), (0, 5, 11, 90), 0.05),
    "thin town far away": (thin_town(), (0, 9, 90, 95, 124), 0.05),
    "one district": (grid(5, 5), (7,), 0.0),
    "a block each": (grid(3, 3), tuple(range(9)), 0.0),
}


@pytest.mark.parametrize("name", GROUNDS)
def test_t17_work_is_even_wherever_the_ground_allows_it(name):
    blocks, seats, most = GROUNDS[name]
    found = divide(blocks, seats)
    assert_whole(blocks, found, seats)
    assert found.worst <= most + 1e-9, found.off
    assert found.why == ()


def test_t17_a_long_thin_town_far_away_goes_to_who_reaches_it_by_time_not_by_distance():
    blocks = thin_town()
    found = divide(blocks, (0, 9, 90, 95, 124))
    assert (found.of[101:] == 4).all(), "whoever else is near on a map is not by road"
    with_time = divide(blocks, (0, 9, 90, 95, 124), Terms(handling_s=1800, tolerance=0.1))
    assert (with_time.of == 4).sum() < (found.of == 4).sum(), "long drives are work, so its district is smaller"


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 100_000))
def test_t17_any_ground_any_seats_any_pins_are_one_piece_each_and_the_figures_are_counted(seed):
    chance = np.random.default_rng(seed)
    wide, high = int(chance.integers(2, 9)), int(chance.integers(2, 9))
    blocks = grid(wide, high, chance.gamma(1, 5, wide * high) * (chance.random(wide * high) < 0.9) + 1e-6)
    count = int(chance.integers(1, min(8, wide * high) + 1))
    seats = tuple(int(x) for x in chance.choice(wide * high, count, replace=False))
    pins = {}
    if chance.random() < 0.5:  # what is beside a seat can always be joined to it
        near = [int(b) for b in blocks.joined(seats[0]) if b not in seats]
        pins = {near[0]: 0} if near else {}
    was = chance.integers(-1, count, wide * high).astype(np.int32) if chance.random() < 0.5 else None
    hours = 1200.0 if chance.random() < 0.3 else None
    terms = Terms(pins=pins, was=was, handling_s=hours, rounds=4, seed=seed)
    found = divide(blocks, seats, terms)
    assert_whole(blocks, found, seats, pins)
    if hours is None:
        plain = [float(blocks.work[found.of == d].sum()) for d in range(count)]
        np.testing.assert_allclose(found.load, plain)
        assert found.worst >= found.least_off - 1e-9, "nothing is evener than what was said to be possible"
    assert bool(found.why) == (found.worst > 0.05)
    assert (divide(blocks, seats, terms).of == found.of).all(), "the same for the same seed"


def test_t17_what_is_uneven_says_by_how_much_and_why():
    heavy = np.ones(100)
    heavy[50] = 60.0
    found = divide(grid(10, 10, heavy), (0, 9, 90, 99))
    assert found.why == ("block",)
    assert found.worst >= found.least_off > 0.05
    banks = grid(10, 4, without={(10 + x, 20 + x) for x in range(10)})  # no bridge: 20 blocks each
    found = divide(banks, (0, 9, 39))
    assert found.why == ("parts",)
    assert found.least_off == pytest.approx(20 / (40 / 3) - 1)
    assert found.worst == pytest.approx(0.5, abs=0.06)
    found = divide(grid(12, 12), (0, 1, 12, 13))
    assert (found.why, found.least_off) == (("walled",), pytest.approx(1 - 1 / 36)), (
        "two stations stand on its ways out"
    )
    star = joined_by(np.zeros(9, np.int64), np.arange(1, 10), np.full(9, 60_000, np.int32), np.ones(10))
    assert divide(star, (1, 2)).why == ("roads",), "nothing but the middle can change hands"
    pinned = divide(grid(10, 2), (0, 9), Terms(pins={**dict.fromkeys(range(8), 0), **dict.fromkeys(range(10, 18), 0)}))
    assert pinned.why == ("pins",)


def test_t17_borders_that_are_pinned_stay():
    blocks, was = grid(12, 12), (np.arange(144) % 12 // 6).astype(np.int32)
    work = np.where(was == 0, 1.0, 3.0)
    blocks = Blocks(blocks.start, blocks.other, blocks.ms, work)
    line = [b for b in range(144) if b % 12 in (5, 6) and b // 12 < 9]
    free = divide(blocks, (60, 71), Terms(was=was))
    kept = divide(blocks, (60, 71), Terms(was=was, pins={b: int(was[b]) for b in line}))
    assert (free.of[line] != was[line]).any()
    assert (kept.of[line] == was[line]).all()
    assert_whole(blocks, kept, (60, 71), {b: int(was[b]) for b in line})


def test_t17_the_fewer_change_their_district_the_better():
    blocks, was = grid(12, 12), (np.arange(144) // 72).astype(np.int32)
    even = divide(blocks, (30, 110), Terms(was=was))
    assert (even.of == was).all(), "what is even already stays"
    grown = Blocks(blocks.start, blocks.other, blocks.ms, np.where(np.arange(144) < 24, 1.6, 1.0))
    found = divide(grown, (30, 110), Terms(was=was))
    assert found.worst <= 0.05
    assert (found.of != was).sum() <= 12, "seven blocks are enough; half the city need not move"


@pytest.mark.parametrize(
    ("blocks", "seats", "terms", "words"),
    [
        (grid(3, 3, np.zeros(9)), (0, 8), Terms(), "There is no work in this ground"),
        (grid(2, 2), (0, 1, 2, 3, 0), Terms(), "5 districts are more than the 4 pieces of ground"),
        (grid(2, 2), (1, 1), Terms(), "Two stations stand in one piece of ground"),
        (grid(2, 2), (9,), Terms(), "outside the ground"),
        (grid(2, 2), (), Terms(), "at least one district"),
        (
            grid(4, 2, without={(0, 4), (1, 5), (2, 6), (3, 7)}),
            (0,),
            Terms(),
            "No road leads from any station to 4 pieces",
        ),
        (grid(3, 1), (0, 2), Terms(pins={2: 0}), "gives the station of one district to another"),
        (grid(5, 1), (0, 2), Terms(pins={4: 0}), "Pinned ground cannot be joined"),
        (grid(3, 1), (0, 2), Terms(pins={7: 0}), "not there"),
    ],
)
def test_t17_ground_that_cannot_be_divided_is_refused_in_a_sentence(blocks, seats, terms, words):
    with pytest.raises(BadInput) as refused:
        divide(blocks, seats, terms)
    assert words in str(refused.value.message % refused.value.params)


def test_work_below_nothing_is_refused():
    with pytest.raises(BadInput):
        grid(2, 2, np.array([1.0, -1.0, 0.0, 0.0]))


@given(seed=st.integers(0, 10_000))
def test_t17_names_stay_where_most_of_the_work_stays_and_no_other_pairing_keeps_more(seed):
    chance = np.random.default_rng(seed)
    of, was = (chance.integers(low, 5, 60).astype(np.int32) for low in (0, -1))
    work = chance.integers(0, 9, 60).astype(float)
    names = named(of, was, work)
    assert len(set(names.values())) == len(names)
    common = np.zeros((5, 5))
    has = was >= 0
    np.add.at(common, (of[has], was[has]), work[has])
    rows, columns = linear_sum_assignment(-common)
    assert sum(common[n, o] for n, o in names.items()) == pytest.approx(common[rows, columns].sum())
    now = renumbered(of, names, 5)
    told = moved(now, was, work)
    assert sum(m.blocks for m in told) == int((now != was).sum())
    assert sum(m.work for m in told) == pytest.approx(float(work[now != was].sum()))


def test_t17_districts_that_begin_get_new_numbers_and_those_that_end_lose_theirs():
    assert named(np.array([0, 0, 1], np.int32), np.array([0, 0, 0], np.int32), np.ones(3)) == {0: 0}
    assert renumbered(np.array([0, 0, 1], np.int32), {0: 0}, 1).tolist() == [0, 0, 1]
    assert named(np.array([0, 0, 0], np.int32), np.array([0, 1, 1], np.int32), np.ones(3)) == {0: 1}
    assert named(np.array([0], np.int32), np.array([-1], np.int32), np.ones(1)) == {}


def test_t17_brigades_get_districts_by_their_work_each_at_least_one():
    assert apportioned([1, 1, 98], 10, [50, 50, 50]) == (1, 1, 8)
    assert apportioned([1, 1, 98], 10, [50, 50, 4]) == (3, 3, 4)
    assert sum(apportioned([1.0] * 20, 66, [30] * 20)) == 66
    for count, most in ((2, [9, 9, 9]), (28, [9, 9, 9])):
        with pytest.raises(BadInput):
            apportioned([1, 1, 1], count, most)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_t17_twenty_brigades_become_sixty_six_districts_each_inside_its_own_with_a_station_and_none_left_over(seed):
    chance = np.random.default_rng(seed)
    blocks = grid(30, 24, chance.gamma(2, 4, 720))
    brigade = (np.arange(720) // 30 // 6 * 5 + np.arange(720) % 30 // 6).astype(np.int32)
    stations = [int(x) for x in chance.choice(720, int(chance.integers(3, 90)), replace=False)]
    found = nested(blocks, brigade, stations, 66, Terms(rounds=3, seed=seed))
    assert len(found.brigade) == len(found.stations) == len(found.seats) == 66
    assert set(found.brigade) == set(range(20))
    assert found.of.min() >= 0, "no ground is left over"
    assert [found.brigade[d] for d in found.of] == brigade.tolist(), "nobody leaves his brigade"
    assert all(found.stations), "each works with a station"
    assert {s for mine in found.stations for s in mine} == set(range(len(stations)))
    for district in range(66):
        assert blocks.within(np.flatnonzero(found.of == district)).parts().max() == 0
    # as the organisation judges it, by drawn ground
    at = np.arange(720, dtype=np.int32)
    plane = roads.from_npz_bytes(JINAN.read_bytes()).plane
    ground = {f"d{d}": shape for d, shape in outlines_of(found.of, at % 30, at // 30, 400.0, plane).items()}
    ground["s"] = box(*_bounds(ground))
    units = [_spell(f"b{b}", "brigade", None) for b in range(20)]
    units += [_spell(f"d{d}", "district", f"b{b}") for d, b in enumerate(found.brigade)]
    tree = tree_of([*units, _spell("s", "station", None)])
    judged = mapped(tree, ground, dict.fromkeys((f"d{d}" for d in range(66)), 1))
    assert (len(judged.districts), judged.brigades, round(judged.each, 1)) == (66, 20, 3.3)
    assert judged.flawed == ()
    assert judged.uncovered == ()


def _bounds(ground):
    west, south, east, north = zip(*(shape.bounds for shape in ground.values()), strict=True)
    return min(west), min(south), max(east), max(north)


def _spell(code, kind, above):
    return Spell(code, kind, code, date(2026, 1, 1), parent=above)


def test_t17_ground_without_a_road_to_its_brigade_goes_to_the_neighbour_it_is_joined_to():
    blocks = grid(6, 2)
    brigade = np.array([0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1], np.int32)
    found = nested(blocks, brigade, [0, 3], 2)
    assert found.strayed == (5,)
    assert found.brigade[found.of[5]] == 1


def test_seats_are_distinct_and_in_every_part_of_the_ground():
    blocks = grid(4, 2, without={(0, 4), (1, 5), (2, 6), (3, 7)})
    assert len(set(seats_apart(blocks, [1, 1, 1, 2]))) == 4
    assert {s // 4 for s in chosen_seats(blocks, 2)} == {0, 1}
    with pytest.raises(BadInput):
        chosen_seats(blocks, 9)
    with pytest.raises(BadInput):
        seats_apart(blocks, [1] * 9)


def test_t17_blocks_are_joined_by_streets_and_by_nothing_else():
    lon = [0.0, 0.004, 0.008, 0.0, 0.004, 0.008]  # two banks, one bridge in the east
    lat = [0.0, 0.0, 0.0, 0.003, 0.003, 0.003]
    graph = roads.assemble(
        node_lon=lon, node_lat=lat, edge_tail=[0, 1, 3, 4, 2], edge_head=[1, 2, 4, 5, 5], edge_oneway=[False] * 5,
        edge_kmh=[30.0] * 5,
    )  # fmt: skip
    blocks = blocks_of(graph, roads.metric(graph), np.arange(6, dtype=np.int32), np.ones(6))
    assert [sorted(blocks.joined(b).tolist()) for b in range(6)] == [[1], [0, 2], [1, 5], [4], [3, 5], [2, 4]]
    closed = blocks_of(graph, roads.metric(graph, closed_edges=[4]), np.arange(6, dtype=np.int32), np.ones(6))
    assert closed.parts().tolist() == [0, 0, 0, 1, 1, 1]


def test_t17_jinan_into_sixty_six_districts_around_its_stations():
    graph = roads.from_npz_bytes(JINAN.read_bytes())
    cells = coverage.cells_of(graph)
    work = np.random.default_rng(4).gamma(2, 4, len(cells))
    blocks = blocks_of(graph, roads.metric(graph, hour=8), cells.node, work)
    assert blocks.parts().max() == 0
    found = divide_anew(blocks, 66)
    assert_whole(blocks, found, found.seats)
    assert found.worst <= 0.05, found.off
    whole = box(*_bounds(outlines_of(found.of, cells.column, cells.row, cells.size_m, graph.plane)))
    ground = outlines_of(found.of, cells.column, cells.row, cells.size_m, graph.plane, within=whole)
    assert sum(shape.area for shape in ground.values()) == pytest.approx(whole.area, rel=1e-6)
