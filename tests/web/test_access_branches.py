"""G1, security point 13: what belongs to a station of another branch is as far away as what does not exist."""

from __future__ import annotations

import pytest

from tests.cast import cast
from tests.web.test_access_matrix import ASKERS, NOTHING, faults

pytestmark = pytest.mark.django_db


def test_point_13_a_thing_of_another_branch_is_seen_by_whom_the_table_names_and_nobody_else_can_tell_that_it_is(room):
    made = cast(room)
    assert made.branch["unit"] not in (made.own["unit"], made.other["unit"])
    for asker in ASKERS:
        assert faults(made, asker, ("branch", "unknown")) == NOTHING, asker
