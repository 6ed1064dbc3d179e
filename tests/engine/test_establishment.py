"""The establishment's bookkeeping: nothing is lost or made, and one place too few is told with its day (B14, B15)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine import auxiliary
from oneroom.engine.auxiliary import CARRIED_BY, Action, carried_by
from oneroom.engine.establishment import (
    FORCE,
    Stay,
    balance,
    first_over,
    moved_down,
    quotas,
    share_behind,
    total,
    transfer,
)
from oneroom.engine.roles import MAY, Right, Role

DAY = date(2022, 1, 1)
days = st.integers(0, 900).map(lambda n: DAY + timedelta(days=n))
accounts = st.sampled_from([FORCE, "bureau", "branch", "west", "east"])
bookings = st.tuples(accounts, accounts, st.sampled_from(["sworn", "auxiliary"]), st.integers(1, 500), days)


@given(st.lists(bookings.filter(lambda b: b[0] != b[1]), max_size=40), days)
def test_b14_whatever_is_booked_the_units_places_sum_to_the_total_on_every_day(asked, day):
    lines = [line for booking in asked for line in transfer(*booking)]

    assert balance(lines) == {}
    for kind in ("sworn", "auxiliary"):
        places = sum(many for (_unit, of), many in quotas(lines, day).items() if of == kind)
        assert places == total(lines, day).get(kind, 0)


@given(st.lists(bookings.filter(lambda b: FORCE not in b[:2] and b[0] != b[1]), max_size=30), days)
def test_b14_moving_places_between_units_never_changes_the_total(asked, day):
    begun = list(transfer(FORCE, "bureau", "sworn", 1000, DAY))
    lines = begun + [line for booking in asked for line in transfer(*booking)]

    assert total(lines, day) == {"sworn": 1000}


stays = st.lists(
    st.tuples(days, st.one_of(st.none(), st.integers(1, 500)))
    .map(lambda s: Stay(s[0], None if s[1] is None else s[0] + timedelta(days=s[1]))),
    max_size=12,
)  # fmt: skip


@given(st.lists(st.tuples(days, st.integers(-3, 5)), max_size=8), stays, days)
def test_b14_the_first_day_over_quota_is_the_one_that_counting_each_day_finds(places, people, since):
    found = first_over(places, people, since)

    slow = None
    for n in range(1500):
        day = since + timedelta(days=n)
        here = sum(s.since <= day and (s.until is None or s.until > day) for s in people)
        there = sum(delta for from_, delta in places if from_ <= day)
        if here > there:
            slow = (day, here, there)
            break
    assert (found and (found.day, found.people, found.places)) == slow


@pytest.mark.parametrize(
    "booking", [("a", "b", "sworn", 0, DAY), ("a", "b", "sworn", -1, DAY), ("a", "a", "sworn", 1, DAY)]
)
def test_b14_a_booking_that_moves_nothing_is_none(booking):
    with pytest.raises(ValueError):
        transfer(*booking)


def test_b15_the_two_ratios_of_the_text_are_one_number_if_the_givers_held_47_5_percent():
    assert share_behind(7.6, 16.0) == pytest.approx(47.5)

    later = date(2020, 6, 1)
    lines = [
        *transfer(FORCE, "bureau", "sworn", 475, DAY.replace(year=2018)),
        *transfer(FORCE, "west", "sworn", 525, DAY.replace(year=2018)),
        *transfer("bureau", "west", "sworn", 76, later),
    ]
    pair = moved_down(lines, "sworn", since=date(2019, 1, 1), until=date(2023, 1, 1))

    assert (pair.of_all, pair.of_giving) == (pytest.approx(7.6), pytest.approx(16.0))
    assert pair.giving_share == pytest.approx(47.5)
    assert moved_down(lines, "sworn", since=date(2021, 1, 1), until=date(2023, 1, 1)).of_all == 0


def test_t41_each_action_of_the_law_is_carried_by_officers_and_never_by_an_auxiliary():
    for action in Action:
        assert CARRIED_BY[action], action
        assert not auxiliary.may("auxiliary", action)
        assert not auxiliary.may("grid_worker", action)
        assert auxiliary.may("sworn", action)
    for role in (Role.AUXILIARY, Role.GRID_WORKER):
        assert carried_by(role) == []
        for right in (Right.SCENE_REPORT, Right.DISPATCH, Right.COMMAND, Right.COUNTERSIGN):
            assert role not in MAY[right]
