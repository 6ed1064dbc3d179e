from oneroom.apps.reforms.services.listing import draft_list, look_through, must_be_whole, units_on
from oneroom.apps.reforms.services.plans import alter_plan, ask_for_signature, draft_plan, import_plan, withdraw_plan

__all__ = [
    "alter_plan",
    "ask_for_signature",
    "draft_list",
    "draft_plan",
    "import_plan",
    "look_through",
    "must_be_whole",
    "units_on",
    "withdraw_plan",
]
