"""Swaps of duties over HTTP: asked, accepted, approved, refused, taken back, and two at once (row B37, T16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse

from oneroom.apps.duty.clock import lapse_swaps
from oneroom.apps.duty.models import Duty, Roster, Swap
from oneroom.apps.duty.services import draft_roster, publish_roster
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.services import give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.room import Room
from tests.rostered import draft, page, put

pytestmark = pytest.mark.django_db
OWN, OFFICE = "/account/duties", "/office/duty/swaps"


@pytest.fixture
def west(room: Room) -> int:
    """Four days: by day Li with Zhang, then Sun, by night Wang and Chen; published. A second chief may plan as well."""
    unit = room.town.units["west"].pk
    give_role(room.town.people["wang"].pk, Role.DUTY_CHIEF, unit_id=unit, by=SYSTEM, at=room.now)
    give_role(room.town.people["dan"].pk, Role.STATION_CHIEF, unit_id=unit, by=SYSTEM, at=room.now)
    roster = draft(room, unit, days=4)
    rows = {"leader-li": "DDDD", "wang": "NNNN", "zhang": "DD--", "sun": "--DD", "chen": "NNNN"}
    for who, codes in rows.items():
        put(room, roster, who, codes)
    roster.refresh_from_db()
    publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)
    return unit


def duty(room: Room, who: str, day: int) -> Duty:
    first = Roster.objects.get(state="published").first
    return Duty.objects.get(account=room.town.people[who], day=first + timedelta(days=day), cancelled_at=None)


def ask(room: Room, who: str, day: int, other: str, for_day: int | None) -> HttpResponse:
    taken = "none" if for_day is None else duty(room, other, for_day).pk
    said = {"act": "swap-ask", "duty": duty(room, who, day).pk, "with": room.town.people[other].pk, "taken": taken}
    return page(room, who).post(OWN, said)


def answer(room: Room, who: str, act: str, **more: str) -> HttpResponse:
    return page(room, who).post(OWN, {"act": act, "swap": Swap.objects.latest("pk").pk, **more})


def decide(room: Room, act: str, who: str = "leader-li", swap: int = 0, **more: str) -> HttpResponse:
    return page(room, who).post(OFFICE, {"act": act, "swap": swap or Swap.objects.latest("pk").pk, **more})


def test_b37_a_swap_asked_accepted_and_approved_is_a_new_version_and_both_are_told(room, west):
    before = set(Duty.objects.filter(cancelled_at=None).values_list("account", "day", "shift"))
    offered = page(room, "zhang").get(f"{OWN}?swap={duty(room, 'zhang', 1).pk}&with={room.town.people['sun'].pk}")
    assert "What Sun gives for it" in offered.content.decode()

    assert ask(room, "zhang", 1, "sun", 2).status_code == 302
    assert "Zhang" in page(room, "sun").get(OWN).content.decode()
    assert answer(room, "sun", "swap-accept").status_code == 302
    shown = page(room, "leader-li").get(OFFICE).content.decode()
    assert "breaks no rule" in shown
    assert decide(room, "approve").status_code == 302

    roster = Roster.objects.get(state="published")
    people = room.town.people
    assert (roster.version, Roster.objects.get(version=1).state) == (2, "replaced")
    assert roster.cells[str(people["zhang"].pk)] == ["D", "", "D", ""]
    assert roster.cells[str(people["sun"].pk)] == ["", "D", "", "D"]
    after = set(Duty.objects.filter(cancelled_at=None).values_list("account", "day", "shift"))
    assert {a for a, _d, _s in before ^ after} == {people["zhang"].pk, people["sun"].pk}, "nobody else is told"
    for who in ("zhang", "sun"):
        assert "<b>approved</b>" in page(room, who).get(OWN).content.decode()
    kinds = Entry.objects.filter(kind__startswith="swap.").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["swap.asked", "swap.accepted", "swap.approved"]
    told = Entry.objects.get(kind="swap.approved")
    assert {f"account:{people[w].pk}" for w in ("zhang", "sun")} <= set(told.scopes)


def test_b37_a_swap_that_breaks_the_rule_of_rest_is_refused_with_the_rule(room, west):
    said = ask(room, "zhang", 1, "chen", 1)  # day for night of one day: Chen came off the night before
    assert said.status_code == 422
    assert "Chen has 0 h of rest before; the rule is 11 h." in said.content.decode()
    assert not Swap.objects.exists()


def test_t16_who_may_not_command_or_lead_does_not_take_that_place(room, west):
    said = ask(room, "leader-li", 3, "zhang", None)
    assert said.status_code == 422
    text = page(room, "leader-li").get(
        f"{OWN}?swap={duty(room, 'leader-li', 3).pk}&with={room.town.people['zhang'].pk}"
    )
    assert "Zhang may not command there." in text.content.decode()


def test_b37_a_refusal_says_why_and_a_swap_is_taken_back(room, west):
    ask(room, "zhang", 1, "sun", 2)
    assert answer(room, "sun", "swap-refuse").status_code == 422, "a reason is needed"
    assert answer(room, "sun", "swap-refuse", reason="other_plans").status_code == 302
    assert "has other plans" in page(room, "zhang").get(OWN).content.decode()

    ask(room, "zhang", 1, "sun", 2)
    answer(room, "sun", "swap-accept")
    assert decide(room, "refuse", reason="cover").status_code == 302
    assert "too few would be there" in page(room, "sun").get(OWN).content.decode()

    ask(room, "zhang", 1, "sun", 2)
    assert answer(room, "chen", "swap-withdraw").status_code == 404, "a third person"
    assert answer(room, "zhang", "swap-withdraw").status_code == 302
    assert answer(room, "sun", "swap-accept").status_code == 409
    assert Roster.objects.get(state="published").version == 1


def test_b37_of_two_swaps_of_one_duty_one_happens_and_the_other_is_over(room, west):
    ask(room, "zhang", 1, "sun", 2)
    first = Swap.objects.get()
    assert ask(room, "zhang", 1, "sun", None).status_code == 409, "one question about a duty at a time"
    answer(room, "sun", "swap-accept")
    second = Swap.objects.create(
        unit_id=west, asker=room.town.people["sun"], partner=room.town.people["zhang"], given=duty(room, "sun", 2),
        asked_at=room.now,
    )  # fmt: skip
    said = answer(room, "zhang", "swap-accept")
    assert said.status_code == 409
    assert "another swap that both have accepted" in said.content.decode()
    assert decide(room, "approve", swap=first.pk).status_code == 302
    second.refresh_from_db()
    assert second.state == "lapsed"
    assert decide(room, "approve", swap=first.pk).status_code == 409, "not twice"


def test_b37_nobody_approves_his_own_swap_and_no_other_station_decides(room, west):
    give_role(room.town.people["sun"].pk, Role.DUTY_CHIEF, unit_id=west, by=SYSTEM, at=room.now)
    swap = Swap.objects.create(
        unit_id=west, asker=room.town.people["leader-li"], partner=room.town.people["sun"], state="accepted",
        given=duty(room, "leader-li", 0), asked_at=room.now,
    )  # fmt: skip
    assert decide(room, "approve", swap=swap.pk).status_code == 403
    assert decide(room, "approve", who="leader-lu", swap=swap.pk).status_code == 404
    assert decide(room, "approve", who="dan", swap=swap.pk).status_code == 302
    duty_ = Duty.objects.get(account=room.town.people["sun"], commands=True, cancelled_at=None)
    assert (duty_.day, duty_.shift) == (swap.given.day, swap.given.shift), "the command goes with the duty (T15)"


def test_b37_a_draft_that_is_published_later_does_not_take_the_swap_back(room, west):
    first = Roster.objects.get(state="published").first
    draft_roster(unit_id=west, first=first, by=room.actor("leader-li"), at=room.now)
    ask(room, "zhang", 1, "sun", 2)
    answer(room, "sun", "swap-accept")
    decide(room, "approve")
    open_ = Roster.objects.get(state="draft")
    assert open_.version > Roster.objects.get(state="published").version
    assert open_.cells == Roster.objects.get(state="published").cells


def test_b37_what_nobody_decided_before_the_duty_began_is_over(room, west):
    ask(room, "zhang", 1, "sun", 2)
    begins = Swap.objects.get().given.begins
    assert lapse_swaps(begins - timedelta(seconds=1)) == 0
    assert lapse_swaps(begins) == 1
    assert Swap.objects.get().state == "lapsed"
