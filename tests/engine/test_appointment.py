"""What stands against an appointment, rule by rule (B44, T10, B09, workflow §2.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from oneroom.engine.appointment import Candidate, Must, Seat, days_in, in_line, objections

FIT = Candidate("sworn", {"law"}, {"traffic"}, served=True, front_line_days=800)
CHIEF = Seat("sworn", exam="law", skills=("traffic",), leads=True)


def test_b44_who_has_shown_everything_is_appointed():
    assert objections(FIT, CHIEF) == []


@pytest.mark.parametrize(
    ("change", "must", "missing"),
    [
        ({"passed": ()}, Must.EXAM, "law"),
        ({"passed": ("driving",)}, Must.EXAM, "law"),
        ({"skills": ()}, Must.SKILL, "traffic"),
        ({"kind": "auxiliary"}, Must.KIND, "sworn"),
        ({"kin_in_line": True}, Must.KIN, ""),
        ({"front_line_days": 729}, Must.PROMOTION, "24"),
        ({"front_line_days": 730}, None, ""),
    ],
)
def test_t10_b44_each_rule_names_itself_and_what_is_missing(change, must, missing):
    found = objections(replace(FIT, **change), CHIEF)

    assert [(o.must, o.missing) for o in found] == ([(must, missing)] if must else [])


def test_t10_a_new_officer_begins_at_the_front_line():
    new = Candidate("sworn")

    assert [o.must for o in objections(new, Seat("sworn"))] == [Must.FIRST_POST]
    assert objections(new, Seat("sworn", front_line=True)) == []
    assert objections(Candidate("auxiliary"), Seat("auxiliary")) == [], "the rule is about officers"


def test_kin_may_serve_side_by_side_but_neither_leads_the_other():
    west, east, branch = ["west", "branch", "city"], ["east", "branch", "city"], ["branch", "city"]

    assert not in_line(west, west, a_leads=False, b_leads=False)
    assert in_line(west, west, a_leads=True, b_leads=False)
    assert in_line(west, branch, a_leads=False, b_leads=True), "the head of the branch leads the station too"
    assert not in_line(west, branch, a_leads=True, b_leads=False)
    assert not in_line(west, east, a_leads=True, b_leads=True)


def test_days_at_the_front_line_count_once_however_often_they_are_entered():
    stays = [(date(2020, 1, 1), date(2020, 1, 11)), (date(2020, 1, 6), None), (date(2030, 1, 1), None)]

    assert days_in(stays, date(2020, 1, 21)) == 20
    assert days_in([], date(2020, 1, 21)) == 0
