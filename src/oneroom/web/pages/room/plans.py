"""Entries about plans and their runs as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.plans.codes import RUN_STATES
from oneroom.web.pages.room import sentences as say

STAFF = lazy("Staff")

SENTENCES: dict[str, tuple[Any, say.Sentence]] = {
    "plan.drafted": (STAFF, say.plain(lazy("A plan was drafted; changes: %(changes)s"))),
    "plan.altered": (STAFF, say.plain(lazy("A plan was changed: %(changes)s of the organisation, %(hand)s by hand"))),
    "plan.put_away": (STAFF, say.plain(lazy("A plan was put away"))),
    "plan.became_reform": (STAFF, say.plain(lazy("A reform was drafted of a plan"))),
    "plan.run_asked": (STAFF, say.plain(lazy("A run of a plan was asked for"))),
    "plan.run_cancelled": (STAFF, say.plain(lazy("A run of a plan was cancelled"))),
    "plan.run_ended": (STAFF, say.coded(lazy("A run of a plan is over: %(code)s"), "state", RUN_STATES)),
}
