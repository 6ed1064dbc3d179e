"""The proposed grade: what a category weighs, and what the caller's answers make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.apps.incidents.codes import CATEGORIES, REASONS
from oneroom.engine.grading import CALMS, RAISES, RAISES_TOGETHER, USUAL_GRADE, propose

reasons = st.lists(st.sampled_from(sorted(REASONS)), unique=True)
categories = st.sampled_from(sorted(CATEGORIES))


@pytest.mark.parametrize(
    ("category", "given_reasons", "grade", "because"),
    [
        ("crime", [], 2, ()),
        ("dispute", [], 3, ()),
        ("crime", ["life_at_risk"], 1, ("life_at_risk",)),
        ("dispute", ["in_progress"], 2, ("in_progress",)),
        ("crime", ["in_progress"], 2, ()),  # a crime is urgent anyway: the reason did not move it
        ("public_order", ["weapon", "in_progress"], 1, ("weapon", "in_progress")),
        ("public_order", ["weapon"], 2, ()),
        ("traffic", ["injured"], 2, ("injured",)),
        ("traffic", ["in_progress", "injured", "life_at_risk"], 1, ("in_progress", "injured", "life_at_risk")),
        ("crime", ["over"], 3, ("over",)),
        ("crime", ["over", "no_danger"], 3, ("over", "no_danger")),  # not below routine by calm alone
        ("crime", ["over", "can_wait"], 4, ("over", "can_wait")),
        ("disaster", ["over"], 2, ("over",)),
        ("dispute", ["no_danger"], 3, ()),
        ("dispute", ["life_at_risk", "can_wait"], 1, ("life_at_risk",)),
        ("consult", ["no_danger"], 4, ()),
    ],
)
def test_the_grade_follows_from_category_and_reasons(category, given_reasons, grade, because):
    found = propose(category, given_reasons)

    assert (found.grade, found.because) == (grade, because)


@given(categories, reasons)
def test_a_grade_is_one_of_four_and_names_only_reasons_that_were_given(category, given_reasons):
    found = propose(category, given_reasons)

    assert 1 <= found.grade <= 4
    assert set(found.because) <= set(given_reasons)
    assert bool(found.because) == (found.grade != found.usual)


@given(categories, reasons, st.sampled_from(sorted(RAISES)))
def test_one_more_danger_never_makes_a_call_less_grave(category, given_reasons, danger):
    assert propose(category, [*given_reasons, danger]).grade <= propose(category, given_reasons).grade


@given(categories, reasons.map(lambda rs: [r for r in rs if r in RAISES]), st.sampled_from(CALMS))
def test_calm_words_do_not_outweigh_a_danger(category, dangers, calm):
    if dangers:
        assert propose(category, [*dangers, calm]).grade == propose(category, dangers).grade


def test_every_category_and_every_reason_of_the_house_is_in_the_table():
    assert set(USUAL_GRADE) == set(CATEGORIES)
    assert set(RAISES) | set(CALMS) == set(REASONS)
    assert all(pair <= set(RAISES) for pair in RAISES_TOGETHER)
