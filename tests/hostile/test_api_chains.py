"""
Issue 4 point 8: chains of acts out of what Schemathesis generates. What one act answered is what the next ones are
about: a matter that was just taken is sent to, reported from, merged, closed, in any order, by whoever may.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from tests.cast import cast
from tests.hostile.doors import Doors, mixed

pytestmark = [pytest.mark.django_db, pytest.mark.prove]
BELOW = {  # which answer gives ids for which addresses, and where it stands there
    "POST /api/incidents": ("/api/incidents/", "id"),
    "POST /api/incidents/{pk}/offer": ("/api/assignments/", "assignments"),
    "POST /api/warnings": ("/api/warnings/", "id"),
    "POST /api/drafts": ("/api/drafts/", "id"),
    "POST /api/sos": ("/api/sos/", "id"),
    "POST /api/incidents/{pk}/hand-over": ("/api/referrals/", "referral"),
}  # fmt: skip
ACTING = ("shift_commander", "shift_commander", "dispatcher", "patrol_officer", "duty_chief", "call_taker")
CHAINS, STEPS, KINDS = 25, 60, 12


def pool(operation: Any) -> list[Any]:
    """A dozen cases of an operation."""
    found: list[Any] = []

    @settings(max_examples=KINDS, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy())
    def draw(case: Any) -> None:
        found.append(case)

    draw()
    return found


def again(case: Any) -> Any:
    """The same case anew: what was put into the first stays out of this one."""
    return case.operation.Case(
        path_parameters=dict(case.path_parameters or {}), query=dict(case.query or {}),
        headers=dict(case.headers or {}),
        **({"body": copy.deepcopy(case.body), "media_type": case.media_type} if case.media_type else {}),
    )  # fmt: skip


def test_acts_upon_what_acts_have_made(room):
    doors = Doors(cast(room))
    pools = {operation.label: pool(operation) for operation in doors.operations()}
    chance, chained = random.Random(7), 0
    for _chain in range(CHAINS):
        made: dict[str, list[int]] = {}
        with transaction.atomic():
            for _step in range(STEPS):
                below = chance.choice(list(made)) if made and chance.random() < 0.7 else ""
                label = chance.choice([on for on in (BELOW if not below else pools) if on.split()[1].startswith(below)])
                case = mixed(again(chance.choice(pools[label])), doors.made, chance)
                if below and case.path_parameters and "pk" in case.path_parameters:
                    case.path_parameters = {**case.path_parameters, "pk": chance.choice(made[below])}
                    chained += 1
                answer = doors.ask(case, chance.choice(ACTING), keep=True, key=f"chain-{doors.asked:06d}")
                if label in BELOW and answer.status_code == 200:
                    where, name = BELOW[label]
                    given_ids = answer.json().get(name) or []
                    made.setdefault(where, []).extend(given_ids if isinstance(given_ids, list) else [given_ids])
            transaction.set_rollback(True)
    print(f"{doors.asked} requests, {chained} upon what was made: {doors.statuses}")
    assert not doors.wrong, doors.told()
    assert chained > 300
    assert doors.statuses[200] > 200
