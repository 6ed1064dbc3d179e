"""
Issue 4 point 8, security points 15, 31, 48, 49: Schemathesis over every operation of the API, by every role and nobody.

Each answer is one that the description names, in its shape; none is a fault, quotes the machine, or holds a canary
that the access table does not show there.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.cast import NOBODY, ROLES, cast
from tests.hostile.doors import Doors, mixed

pytestmark = pytest.mark.django_db
ASKERS = [NOBODY, *ROLES]
# Who gets furthest at an operation is asked most: odd input that the door turns away tests the door alone.
LIKELY = [*ASKERS, "dispatcher", "shift_commander", "patrol_officer", "call_taker", "duty_chief"]


def fuzz(doors: Doors, examples: int, *, seed: int = 0) -> None:
    """So many cases of every operation, the same ones each time."""
    chance = random.Random(seed)
    for operation in doors.operations():
        cases = operation.as_strategy(GenerationMode.POSITIVE)
        if operation.body or operation.path_parameters or operation.query:
            cases = cases | operation.as_strategy(GenerationMode.NEGATIVE)

        @settings(
            max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=cases)
        def ask(case):
            doors.ask(mixed(case, doors.made, chance), chance.choice(LIKELY))

        ask()


def test_no_case_of_the_description_breaks_the_house_or_gets_an_undescribed_answer(room):
    doors = Doors(cast(room))
    fuzz(doors, 4)
    assert not doors.wrong, doors.told()
    assert doors.statuses[200] > 20, "some got through"
    assert {401, 403, 404, 422} <= set(doors.statuses)


@pytest.mark.prove
def test_a_hundred_cases_of_every_operation(room):
    doors = Doors(cast(room))
    fuzz(doors, 100, seed=4)
    print(f"{doors.asked} requests: {doors.statuses}")
    assert not doors.wrong, doors.told()
