"""A planner in the tiny town, with four weeks of calls of the public behind it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.utils.timezone import localtime

from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.plans.services import alter_scenario, ask_run, draft_scenario
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.town import CORNERS, PASSWORD, corner

MERGED = [{"do": "merge", "units": ["west", "east"], "into": "east"}]
MOVED = [{"do": "move_crew", "crew": f"crew-{n}", "to": {"unit": "east"}} for n in (1, 2, 3)]
SMALL = {"days": 2, "warm_days": 0, "runs": 3, "seed": 5}
WEEKS = 4


def planner(room):
    """An account with the planner's role, as an actor."""
    made = create_account(username="pia", name="Pia", password=PASSWORD, language="en", by=SYSTEM, at=room.now,
                          mobile="13900000999", email="pia@town.invalid")  # fmt: skip
    give_role(made.pk, Role.ORG_PLANNER, unit_id=None, by=SYSTEM, at=room.now)
    made.refresh_from_db()
    room.town.people["pia"] = made
    return actor_of(made)


def past_calls(room, *, calls=400, seed=1):
    """Calls at the town's corners in the weeks before now: more by day, most of them at the market."""
    chance = np.random.default_rng(seed)
    names = [name for name in CORNERS if name != "harbour"]
    made = []
    while len(made) < calls:
        at = room.now - timedelta(seconds=int(chance.integers(60, WEEKS * 7 * 86_400)))
        if chance.random() > (1.0 if 8 <= localtime(at).hour < 22 else 0.3):
            continue
        lon, lat = corner(str(chance.choice(names, p=[0.6, 0.1, 0.1, 0.1, 0.1])))
        what, grade = [("dispute", 2), ("crime", 1), ("help", 3)][int(chance.choice(3, p=[0.5, 0.2, 0.3]))]
        made.append(BroughtIn(at, lon, lat, what, grade, "phone"))
    bring_in_calls(made, by=SYSTEM, at=room.now)


def scenario(room, by, *, changes=MERGED, hand=MOVED):
    """A scenario that merges both stations and moves all three crews; gives its id."""
    pk = draft_scenario("One station", by=by, at=room.now)
    alter_scenario(pk, seen=1, changes=changes, hand=hand, by=by, at=room.now)
    return pk


def asked(room, by, pk, kind="compare", **settings):
    """A small run of it is asked for; gives its id."""
    return ask_run(pk, kind, {**SMALL, **settings} if kind == "compare" else settings, by=by, at=room.now)
