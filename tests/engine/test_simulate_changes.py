"""Changes of a plan by hand: what is read was written so, and each refusal names its change and its field (T26)."""

from __future__ import annotations

import pytest

from oneroom.engine.simulate.changes import DOES, RUNGS, read_hand, write_hand
from oneroom.engine.values import BadInput

EVERY = [
    {"do": "move_crew", "crew": "P2", "to": {"unit": "st-1"}},
    {"do": "move_crew", "crew": "P3", "to": {"lon": 117.0, "lat": 36.6}},
    {"do": "add_crew", "code": "N1", "unit": "st-1", "officers": 3, "skills": ["first_aid"], "kit": [],
     "watch": {"on": "20:00", "hours": 12.0, "days": [4, 5]}},
    {"do": "remove_crew", "crew": "P4"},
    {"do": "watch", "crews": ["P5", "P6"], "on": "08:30", "hours": 8.5, "days": [0, 1, 2, 3, 4, 5, 6]},
    {"do": "beat", "crew": "P5", "places": [[117.0, 36.6], [117.1, 36.6]]},
    {"do": "need", "category": "fight", "grade": 2, "crews": 2},
    {"do": "policy", "skill_missing_s": 100.0, "other_area_s": [0.0, 0.0, 30.0, 30.0]},
    {"do": "divert", "on": True, "gain_s": 90.0},
    {"do": "ladder", "grade": 1, "after_s": [0, 10, 20, 40, 60, 80]},
    {"do": "next_at", "rung": "again"},
]  # fmt: skip


def test_t26_changes_by_hand_are_read_as_they_were_written():
    assert write_hand(read_hand(EVERY)) == EVERY
    assert write_hand(read_hand(EVERY, skills=("first_aid",), kit=())) == EVERY
    assert {change["do"] for change in EVERY} == set(DOES), "a kind that no test reads"


def test_t26_a_crew_may_be_added_with_its_code_and_unit_alone():
    (added,) = write_hand(read_hand([{"do": "add_crew", "code": "N1", "unit": "st-1"}]))
    assert (added["officers"], added["watch"]) == (2, {"on": "00:00", "hours": 24.0, "days": [0, 1, 2, 3, 4, 5, 6]})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("move", "do"),
        ({"do": "fly"}, "do"),
        ({"do": "move_crew", "crew": "P2", "to": {"unit": "st-1"}, "by": "car"}, "by"),
        ({"do": "move_crew", "to": {"unit": "st-1"}}, "crew"),
        ({"do": "move_crew", "crew": "P2"}, "to"),
        ({"do": "move_crew", "crew": "P2", "to": {"lon": 117.0}}, "to"),
        ({"do": "move_crew", "crew": "P2", "to": {"lon": 217.0, "lat": 36.0}}, "to"),
        ({"do": "move_crew", "crew": "P2", "to": {"lon": float("nan"), "lat": 36.0}}, "to"),
        ({"do": "move_crew", "crew": "x" * 25, "to": {"unit": "st-1"}}, "crew"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "officers": 0}, "officers"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "officers": True}, "officers"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "watch": {"on": "25:00", "hours": 8}}, "on"),
        ({"do": "watch", "crews": [], "on": "08:00", "hours": 8}, "crews"),
        ({"do": "watch", "crews": ["P1"], "on": "8", "hours": 8}, "on"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 0}, "hours"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 25}, "hours"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 8, "days": [7]}, "days"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 8, "days": [[1]]}, "days"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 1e-9}, "hours"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 0.49}, "hours"),
        ({"do": "watch", "crews": ["P1"], "on": "08:00", "hours": 8, "days": [0.0, True]}, "days"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "watch": "20:00"}, "watch"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "watch": {"on": "20:00", "hours": 8, "until": "4"}}, "watch"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "skills": ["sorcery"]}, "skills"),
        ({"do": "add_crew", "code": "N1", "unit": "st-1", "kit": ["wand"]}, "kit"),
        ({"do": "move_crew", "crew": "P2", "to": {"lon": 10**400, "lat": 36.0}}, "to"),
        ({"do": "policy", "run_s": [1e308] * 4}, "run_s"),
        ({"do": "policy", "kit_missing_s": 86_401}, "kit_missing_s"),
        ({"do": "policy", "kit_missing_s": 10**400}, "kit_missing_s"),
        ({"do": "policy", "kit_missing_s": float("nan")}, "kit_missing_s"),
        ({"do": "policy", "metres_per_s": 0}, "metres_per_s"),
        ({"do": "divert", "on": True, "gain_s": 1e308}, "gain_s"),
        ({"do": "beat", "crew": "P1", "places": [[117.0]]}, "places"),
        ({"do": "need", "crews": 0}, "crews"),
        ({"do": "need", "crews": 2, "grade": 5}, "grade"),
        ({"do": "policy"}, "do"),
        ({"do": "policy", "run_s": [1, 2, 3]}, "run_s"),
        ({"do": "policy", "kit_missing_s": -1}, "kit_missing_s"),
        ({"do": "divert", "on": "yes"}, "on"),
        ({"do": "ladder", "grade": 1, "after_s": [0, 20, 10, 40, 60, 80]}, "after_s"),
        ({"do": "ladder", "grade": 1, "after_s": [0, 10]}, "after_s"),
        ({"do": "ladder", "grade": 9, "after_s": [0] * len(RUNGS)}, "grade"),
        ({"do": "next_at", "rung": "never"}, "rung"),
    ],
)
def test_t26_a_bad_change_is_refused_with_its_place_and_its_field(change, field):
    with pytest.raises(BadInput) as refused:
        read_hand([EVERY[0], EVERY[3], change], skills=("first_aid",), kit=("aed",))
    assert refused.value.field == f"hand.2.{field}"


def test_t26_what_is_no_list_or_too_long_is_refused():
    for said in ("all", {"do": "move_crew"}, [EVERY[0]] * 501):
        with pytest.raises(BadInput) as refused:
            read_hand(said)
        assert refused.value.field == "hand"
