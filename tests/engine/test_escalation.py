"""Ladders as data: the seconds of workflow §2.1a, and which rungs are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.escalation import answer_ladder, due, frozen, overdue_ladder, thawed

T0 = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("grade", "seconds"),
    [
        (1, [0, 15, 30, 60, 90, 120]),
        (2, [0, 30, 60, 120, 180, 240]),
        (3, [0, 90, 180, 360, 600, 900]),
        (4, [0, 90, 180, 360, 600, 900]),
    ],
)
def test_the_answer_ladder_has_the_seconds_of_the_rule(grade, seconds):
    assert [r.after_s for r in answer_ladder(grade)] == seconds


def test_the_overdue_ladder_stands_at_half_one_one_and_a_half_and_two_limits():
    assert [r.after_s for r in overdue_ladder(300)] == [150, 300, 450, 600]


def test_a_crew_without_a_word_is_asked_after_ten_minutes_then_those_above_it():
    ladder = overdue_ladder(600, stage="welfare")
    assert [(r.code, r.after_s) for r in ladder] == [("crew", 600), ("duty_chief", 720), ("shift_commander", 900)]
    assert not any(r.loud for r in ladder), "a loud phone may give an officer away"


@given(st.integers(1, 4), st.integers(0, 2000), st.sets(st.integers(0, 5)))
def test_due_rungs_are_those_whose_time_has_come_and_that_have_not_happened(grade, waited, done):
    ladder = answer_ladder(grade)
    found = due(ladder, since=T0, now=T0 + timedelta(seconds=waited), done=done)
    assert [r.n for r in found] == [r.n for r in ladder if r.after_s <= waited and r.n not in done]


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_a_frozen_ladder_thaws_unchanged(grade):
    assert thawed(frozen(answer_ladder(grade))) == answer_ladder(grade)
