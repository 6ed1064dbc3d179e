"""The one way to write."""

from oneroom.apps.personnel.services.care import end_welfare, give_award, set_budget, set_scale, write_welfare
from oneroom.apps.personnel.services.deviations import ask_keep, find_deviations, review_deviations
from oneroom.apps.personnel.services.joining import Joining, join
from oneroom.apps.personnel.services.pay import grade_people, set_grade_amount
from oneroom.apps.personnel.services.people import (
    certify,
    declare_kin,
    end_certificate,
    end_kin,
    enter_person,
    leave,
    unavailable,
)
from oneroom.apps.personnel.services.postings import Order, ask_exception, post_people
from oneroom.apps.personnel.services.posts import NewPost, begin_posts, end_post, enter_villages
from oneroom.apps.personnel.services.quota import approved, ask_quota, book_quota
from oneroom.apps.personnel.services.register import acknowledge, end_policy, hold_sitting, publish_policy
from oneroom.apps.personnel.services.rotation import (
    adjust_move,
    ask_exemption,
    ask_round,
    draft_round,
    plan_rounds,
    withdraw_round,
)

__all__ = [
    "Joining",
    "NewPost",
    "Order",
    "acknowledge",
    "adjust_move",
    "approved",
    "ask_exception",
    "ask_exemption",
    "ask_keep",
    "ask_quota",
    "ask_round",
    "begin_posts",
    "book_quota",
    "certify",
    "declare_kin",
    "draft_round",
    "end_certificate",
    "end_kin",
    "end_policy",
    "end_post",
    "end_welfare",
    "enter_person",
    "enter_villages",
    "find_deviations",
    "give_award",
    "grade_people",
    "hold_sitting",
    "join",
    "leave",
    "plan_rounds",
    "post_people",
    "publish_policy",
    "review_deviations",
    "set_budget",
    "set_grade_amount",
    "set_scale",
    "unavailable",
    "withdraw_round",
    "write_welfare",
]
