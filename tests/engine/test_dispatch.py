"""The ranking: road time first, reasons that add up, rules before wishes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.dispatch import Candidates, Need, Policy, rank


def crews(n: int, **given_columns: object) -> Candidates:
    """n ordinary crews a minute apart, with some columns set otherwise."""
    columns: dict[str, object] = {
        "crew_id": np.arange(1, n + 1), "travel_s": 60.0 * np.arange(1, n + 1), "free": np.ones(n, bool),
        "working": np.ones(n, bool), "officers": np.full(n, 2), "skills": np.zeros(n, int),
        "area_id": np.full(n, 7), "runs": np.zeros(n, int), "fix_age_s": np.full(n, 5.0),
    }  # fmt: skip
    return Candidates(**{k: np.asarray(v) for k, v in (columns | given_columns).items()})


def ids(ranking) -> list[int]:
    return [p.crew_id for p in ranking.proposals]


def test_the_nearest_by_road_comes_first_and_says_so():
    ranking = rank(Need(1), crews(3, travel_s=[300.0, 100.0, 200.0]))

    assert ids(ranking) == [2, 3, 1]
    assert ranking.proposals[0].reasons[0].code == "fastest"


def test_auxiliaries_alone_are_excluded_by_rule_however_near():
    ranking = rank(Need(1), crews(2, travel_s=[1.0, 500.0], officers=[0, 2]))

    assert ids(ranking) == [2]
    assert [(e.crew_id, e.rule) for e in ranking.excluded] == [(1, "no_officer")]


def test_each_excluded_crew_names_the_first_rule_that_applies():
    ranking = rank(
        Need(2),
        crews(5, officers=[0, 2, 2, 2, 2], working=[True, False, True, True, True],
              free=[True, True, False, True, True], fix_age_s=[5, 5, 5, np.inf, 5], travel_s=[1, 1, 1, np.inf, np.inf]),
    )  # fmt: skip

    assert [e.rule for e in ranking.excluded] == ["no_officer", "not_working", "on_a_call", "no_position", "no_way"]
    assert ranking.proposals == ()


def test_a_missing_skill_costs_the_seconds_of_the_policy():
    policy = Policy(skill_missing_s=100.0)
    near_unskilled_far_skilled = crews(2, travel_s=[60.0, 150.0], skills=[0b0, 0b1])

    assert ids(rank(Need(3, skills=0b1), near_unskilled_far_skilled, policy)) == [2, 1]
    assert ids(rank(Need(3, skills=0b1), crews(2, travel_s=[40.0, 150.0], skills=[0, 1]), policy)) == [1, 2]


def test_a_heavy_night_counts_for_routine_calls_but_never_for_life_at_risk():
    tired_is_nearer = crews(2, travel_s=[100.0, 130.0], runs=[9, 0])

    assert ids(rank(Need(1), tired_is_nearer)) == [1, 2]
    assert ids(rank(Need(3), tired_is_nearer)) == [2, 1]


def test_an_old_position_is_a_reason_against():
    ranking = rank(Need(1), crews(1, fix_age_s=[400.0]))

    assert [(r.code, r.sign, r.quantity) for r in ranking.proposals[0].reasons if r.sign < 0] == [
        ("old_fix", -1, 400.0)
    ]


@given(st.lists(st.floats(1, 5000), min_size=1, max_size=30), st.integers(1, 4))
def test_everybody_is_ranked_or_excluded_and_ties_go_by_crew_id(times, grade):
    facts = crews(len(times), travel_s=times)
    ranking = rank(Need(grade), facts)

    assert sorted(ids(ranking) + [e.crew_id for e in ranking.excluded]) == list(range(1, len(times) + 1))
    keys = [(p.score_s, p.crew_id) for p in ranking.proposals]
    assert keys == sorted(keys)
    assert rank(Need(grade), facts) == ranking
