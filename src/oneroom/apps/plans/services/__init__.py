from oneroom.apps.plans.services.districts import take_over_districts
from oneroom.apps.plans.services.runs import ask_run, cancel_run
from oneroom.apps.plans.services.scenarios import alter_scenario, as_reform, draft_scenario, put_away

__all__ = [
    "alter_scenario",
    "as_reform",
    "ask_run",
    "cancel_run",
    "draft_scenario",
    "put_away",
    "take_over_districts",
]
