"""The ranking: road time first, reasons that add up, rules before wishes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.dispatch import Candidates, Member, Need, Policy, best_set, could_be_diverted, rank


def crews(n: int, **given_columns: object) -> Candidates:
    """n ordinary crews a minute apart, with some columns set otherwise."""
    columns: dict[str, object] = {
        "crew_id": np.arange(1, n + 1), "travel_s": 60.0 * np.arange(1, n + 1), "free": np.ones(n, bool),
        "working": np.ones(n, bool), "officers": np.full(n, 2), "skills": np.zeros(n, int),
        "area_id": np.full(n, 7), "runs": np.zeros(n, int), "fix_age_s": np.full(n, 5.0),
        "led": np.ones(n, bool), "kit": np.zeros(n, int), "accuracy_m": np.full(n, 8.0),
    }  # fmt: skip
    return Candidates(**{k: np.asarray(v) for k, v in (columns | given_columns).items()})


def ids(ranking) -> list[int]:
    return [p.crew_id for p in ranking.proposals]


def test_the_nearest_by_road_comes_first_and_says_so():
    ranking = rank(Need(1), crews(3, travel_s=[300.0, 100.0, 200.0]))

    assert ids(ranking) == [2, 3, 1]
    assert ranking.proposals[0].reasons[0].code == "fastest"


def test_who_wants_only_the_first_gets_them_as_they_stand_in_the_whole_list():
    facts = crews(9, travel_s=[300.0, 100.0, 200.0] * 3, runs=[5, 0, 0] * 3, officers=[2, 2, 0] * 3)
    whole, two = rank(Need(3), facts), rank(Need(3), facts, first=2)

    assert two.proposals == whole.proposals[:2]
    assert two.excluded == whole.excluded


def test_auxiliaries_alone_are_excluded_by_rule_however_near():
    ranking = rank(Need(1), crews(2, travel_s=[1.0, 500.0], officers=[0, 2]))

    assert ids(ranking) == [2]
    assert [(e.crew_id, e.rule) for e in ranking.excluded] == [(1, "no_officer")]


def test_each_excluded_crew_names_the_first_rule_that_applies():
    ranking = rank(
        Need(2),
        crews(6, officers=[0, 2, 2, 2, 2, 1], led=[True] * 5 + [False], working=[True, False, True, True, True, False],
              free=[True, True, False, True, True, False], fix_age_s=[5, 5, 5, np.inf, 5, 5],
              travel_s=[1, 1, 1, np.inf, np.inf, 1]),
    )  # fmt: skip

    rules = ["no_officer", "not_working", "on_a_call", "no_position", "no_way", "no_lead"]
    assert [e.rule for e in ranking.excluded] == rules
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
def test_everybody_is_ranked_or_excluded_and_every_score_can_be_added_up(times, grade):
    facts = crews(len(times), travel_s=times)
    ranking = rank(Need(grade), facts)

    assert sorted(ids(ranking) + [e.crew_id for e in ranking.excluded]) == list(range(1, len(times) + 1))
    keys = [(p.score_s, p.travel_s, p.crew_id) for p in ranking.proposals]
    assert keys == sorted(keys)
    assert all(p.score_s == sum(part.seconds for part in p.parts) for p in ranking.proposals)
    assert rank(Need(grade), facts) == ranking


def test_each_consideration_is_a_part_of_the_sum_in_whole_seconds():
    need = Need(3, skills=0b11, kit=0b1, area_id=9)
    far = crews(3, travel_s=[100.4, 50, 50], skills=[0b01, 0, 0], runs=[4, 0, 0], fix_age_s=[100.0, 5, 5])
    (first,) = [p for p in rank(need, far).proposals if p.crew_id == 1]

    assert {p.code: p.seconds for p in first.parts} == {
        "travel": 100, "lacks_skill": 120, "lacks_kit": 120, "other_area": 60, "many_runs": 80, "old_fix": 10,
    }  # fmt: skip
    assert first.score_s == 490
    assert {(r.code, r.what) for r in first.reasons if r.what} == {
        ("has_skill", 0b01), ("lacks_skill", 0b10), ("lacks_kit", 0b1),
    }  # fmt: skip


def test_an_old_and_inaccurate_position_makes_the_arrival_less_sure():
    fresh, old = rank(Need(1), crews(2, fix_age_s=[4.0, 120.0], accuracy_m=[8.0, 80.0])).proposals

    assert (fresh.uncertain_s, old.uncertain_s) == (2.0, 40.0)


# ---- several crews by plan ----

members = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(0, 15)), min_size=0, max_size=8).map(
    lambda rows: [Member(n, s, float(t), b) for n, (s, t, b) in enumerate(rows, 1)]
)


@given(members, st.integers(0, 4), st.integers(0, 15))
def test_the_set_is_the_best_of_all_sets(given_crews, count, asked):
    found = best_set(given_crews, count=count, asked=asked, uncovered_s=200)

    def worth(some):
        brought = 0
        for c in some:
            brought |= c.brings
        open_bits = (asked & ~brought).bit_count()
        return sum(c.seconds for c in some) + 200 * open_bits, max((c.travel_s for c in some), default=0.0)

    every = combinations(given_crews, min(count, len(given_crews)))
    chosen = [c for c in given_crews if c.crew_id in found.crew_ids]
    assert (found.cost_s, found.latest_s) == worth(chosen) == min(map(worth, every))
    assert found.short == max(0, count - len(given_crews))
    arrivals = [next(c.travel_s for c in given_crews if c.crew_id == i) for i in found.crew_ids]
    assert arrivals == sorted(arrivals)


def test_the_set_takes_a_farther_crew_for_what_nobody_else_brings_but_not_at_any_price():
    near, other, shield = Member(1, 60, 60, 0b00), Member(2, 90, 90, 0b01), Member(3, 300, 300, 0b10)

    assert best_set([near, other, shield], count=2, asked=0b11).crew_ids == (2, 3)
    too_far = best_set([near, other, Member(3, 900, 900, 0b10)], count=2, asked=0b11)
    assert (too_far.crew_ids, too_far.uncovered) == ((1, 2), 0b10)


def test_a_set_that_cannot_be_filled_says_how_many_and_what_is_missing():
    found = best_set([Member(4, 60, 60.0, 0b01)], count=3, asked=0b11)

    assert (found.crew_ids, found.short, found.uncovered) == ((4,), 2, 0b10)


# ---- from a lesser matter ----


def diverted(grade=1, **given_columns):
    n = 3
    facts = crews(n, travel_s=[100.0, 200.0, 50.0], free=[False, False, False], **given_columns)
    return could_be_diverted(
        grade, facts, leaves_grade=np.array([3, 2, 1]), on_scene=np.array([True, False, False]), best_free_s=400.0
    )


def test_for_a_p1_crews_on_lesser_matters_are_found_if_they_are_clearly_earlier():
    assert [(d.crew_id, d.gain_s) for d in diverted()] == [(1, 300.0), (2, 200.0)]
    assert diverted(grade=2) == ()
    with_nobody_free = could_be_diverted(
        1, crews(1, free=[False]), leaves_grade=np.array([4]), on_scene=np.array([False]), best_free_s=np.inf
    )
    assert [d.crew_id for d in with_nobody_free] == [1]


def test_a_crew_that_gains_less_than_the_policy_or_may_not_go_is_not_diverted():
    assert [d.crew_id for d in diverted(led=[False, True, True])] == [2]
    close = could_be_diverted(
        1, crews(1, travel_s=[100.0], free=[False]), leaves_grade=np.array([3]), on_scene=np.array([False]),
        best_free_s=159.0,
    )  # fmt: skip
    assert close == ()
