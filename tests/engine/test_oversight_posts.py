"""T45: which units need somebody who oversees them, and who does not count there."""

from __future__ import annotations

from datetime import date

import pytest

from oneroom.engine.organisation.facts import Duty, Spell
from oneroom.engine.organisation.oversight import Standing, answers_to, coverage, overseen, standing
from oneroom.engine.organisation.tree import tree_of

DAY = date(2026, 1, 1)
TREE = tree_of(
    Spell(code, kind, code, DAY, parent=parent)
    for code, kind, parent in [
        ("city", "city_bureau", None), ("branch", "branch_bureau", "city"), ("west", "station", "branch"),
        ("team", "team", "west"), ("riders", "brigade", "branch"), ("divers", "brigade", "branch"),
        ("cells", "division", "city"),
    ]
)  # fmt: skip
DUTIES = [Duty("traffic", "riders", DAY), Duty("traffic", "city", DAY), Duty("detention", "cells", DAY)]


def test_stations_traffic_brigades_and_what_detains_need_a_post_and_nothing_else_does():
    assert overseen(TREE, DUTIES) == ["cells", "riders", "west"]


@pytest.mark.parametrize(
    ("works_at", "found"),
    [
        ((), set()),
        (("team",), {"team", "west", "branch", "city"}),
        (("cells", "west"), {"cells", "west", "branch", "city"}),
    ],
)
def test_one_answers_to_the_head_of_where_one_works_and_of_all_above(works_at, found):
    assert answers_to(TREE, works_at) == found


@pytest.mark.parametrize(
    ("officers", "how"),
    [
        ([], Standing.NOBODY), ([1], Standing.COVERED), ([2], Standing.ANSWERS_TO_IT), ([2, 3], Standing.ANSWERS_TO_IT),
        ([2, 1], Standing.COVERED),
    ],
)  # fmt: skip
def test_who_answers_to_its_head_does_not_count_alone(officers, how):
    bound = {2: answers_to(TREE, ["team"]), 3: answers_to(TREE, ["west"]), 1: answers_to(TREE, ["riders"])}
    assert standing("west", officers, bound=bound) is how


def test_coverage_counts_what_is_covered_of_all_and_says_nothing_of_nothing():
    share = coverage({"west": Standing.COVERED, "riders": Standing.NOBODY, "cells": Standing.ANSWERS_TO_IT})
    assert (share.part, share.whole) == (1, 3)
    assert coverage({}).percent is None
