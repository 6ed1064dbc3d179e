from oneroom.apps.reforms.services.aims import Bound, bind_aim, end_aim, enter_aim
from oneroom.apps.reforms.services.drawing import Drawn, draft_ground, drawn_on, flaws_of, look_at_ground
from oneroom.apps.reforms.services.listing import draft_list, look_through, must_be_whole, units_on
from oneroom.apps.reforms.services.plans import alter_plan, ask_for_signature, draft_plan, import_plan, withdraw_plan

__all__ = [
    "Bound",
    "Drawn",
    "alter_plan",
    "ask_for_signature",
    "bind_aim",
    "draft_ground",
    "draft_list",
    "draft_plan",
    "drawn_on",
    "end_aim",
    "enter_aim",
    "flaws_of",
    "import_plan",
    "look_at_ground",
    "look_through",
    "must_be_whole",
    "units_on",
    "withdraw_plan",
]
