"""R6: numbers in reserve for the time without a database, read back from a journal."""

from __future__ import annotations

from oneroom.engine.degraded import Numbers


def test_a_ladder_that_has_the_number_of_a_matter_takes_none_from_the_matters():
    """In a young house both count from one; a web process that read its journal again lost a number in eight."""
    numbers = Numbers(1, "20261122", "D", 1, 10, 0, [7, 8, 9], [7, 8], [7, 8, 9, 10])

    numbers.spend({"incident": 7, "reference": "20261122-D001", "ladder:incident:7:dispatch": 8, "order:3": 8})

    assert (numbers.matters, numbers.orders, numbers.ladders) == ([8, 9], [7], [7, 9, 10])
    assert numbers.reference() == "20261122-D002"


def test_what_is_given_twice_or_was_never_in_reserve_changes_nothing():
    numbers = Numbers(1, "20261122", "D", 1, 10, 3, [9], [], [])

    for _ in range(2):
        numbers.spend({"incident": 7, "reference": "20261122-D002"})

    assert (numbers.matters, numbers.used) == ([9], 3)
