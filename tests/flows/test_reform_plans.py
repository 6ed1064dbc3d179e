"""A reform from the draft to its day: drafted over today's facts, signed by two, taken back or in force (T05, T08)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit, UnitFate
from oneroom.apps.orgs.queries import station_at
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import create_account, drop_second, give_role, sign_second
from oneroom.apps.personnel.models import Booking, Person, Post, Posting, QuotaLine
from oneroom.apps.reforms.checks import check, document_of
from oneroom.apps.reforms.clock import take_effect
from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services import alter_plan, ask_for_signature, draft_plan, import_plan, withdraw_plan
from oneroom.engine.establishment import FORCE
from oneroom.engine.organisation.changes import Abolish, Alter, Create, Merge, New
from oneroom.engine.organisation.codec import read_changes, write_changes
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, BadInput, Conflict, NotAllowed, Overtaken, Unmet
from tests.town import corner

pytestmark = pytest.mark.django_db

BOTH = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)
MERGE = Merge(("west", "east"), "both", BOTH)
S = ReformPlan.State


@pytest.fixture
def planner(room):
    """The town's planner, of no station."""
    made = create_account(username="pia", name="Pia", password=None, language="en", by=SYSTEM, at=room.now)
    give_role(made.pk, Role.ORG_PLANNER, unit_id=None, by=SYSTEM, at=room.now)
    made.refresh_from_db()
    room.town.people["pia"] = made
    return room.actor("pia")


def tomorrow(room, n: int = 1):
    return room.now.astimezone().date() + timedelta(days=n)


def signed(room, planner, *changes, days: int = 1) -> ReformPlan:
    """A plan that both have signed."""
    pk = draft_plan("merge", tomorrow(room, days), changes, by=planner, at=room.now)
    request = ask_for_signature(pk, words="agreed", by=planner, at=room.now)
    sign_second(request, by=room.actor("leader-li"), at=room.now)
    return ReformPlan.objects.get(pk=pk)


def facts() -> tuple[set, set, set]:
    now = stored.facts()
    return set(now.spells), set(now.duties), set(UnitFate.objects.values_list("code", "on"))


def kinds() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="reform.").order_by("seq").values_list("kind", flat=True))


def test_t08_two_stations_merge_by_a_plan_signed_by_two_and_a_call_in_the_merged_area_goes_to_the_heir(room, planner):
    plan = signed(room, planner, MERGE)
    assert (plan.state, OrgUnit.objects.filter(code="both").exists()) == (S.SIGNED, False)
    assert room.report("key", at="east", grade=3).unit.code == "east", "the day has not come"

    room.fast_forward(minutes=24 * 60 + 1)
    take_effect(room.now)

    plan.refresh_from_db()
    assert plan.state == S.IN_FORCE
    assert {station_at(*corner(place)).code for place in ("west", "east", "north")} == {"both"}
    assert room.report("key", at="east", grade=3).unit.code == "both"
    assert set(Incident.objects.values_list("unit__code", flat=True)) == {"both"}
    assert take_effect(room.now) == 0
    assert follow_the_day(room.now) == 0
    assert kinds() == ["reform.drafted", "reform.signed", "reform.in_force"]


def test_a_signed_plan_is_taken_back_before_its_day_and_the_facts_are_as_they_were(room, planner):
    before = facts()
    plan = signed(room, planner, MERGE, days=3)
    assert facts() != before

    withdraw_plan(plan.pk, by=planner, at=room.now)

    assert facts() == before
    room.fast_forward(minutes=3 * 24 * 60 + 1)
    take_effect(room.now)
    follow_the_day(room.now)
    assert {station_at(*corner(place)).code for place in ("west", "east")} == {"west", "east"}
    again = signed(room, planner, MERGE)
    assert again.state == S.SIGNED, "its codes are free again"


def test_what_is_in_force_is_not_taken_back(room, planner):
    plan = signed(room, planner, MERGE, days=0)
    assert plan.state == S.IN_FORCE, "for today it is in force at once"

    with pytest.raises(Overtaken, match="in force"):
        withdraw_plan(plan.pk, by=planner, at=room.now)


def test_a_plan_on_which_a_later_one_stands_is_taken_back_after_that_one(room, planner):
    first = signed(room, planner, MERGE, days=2)
    second = signed(room, planner, Alter("both", {"name_zh": "新名"}), days=5)

    with pytest.raises(Conflict, match="stands on this one"):
        withdraw_plan(first.pk, by=planner, at=room.now)

    assert ReformPlan.objects.get(pk=first.pk).state == S.SIGNED
    withdraw_plan(second.pk, by=planner, at=room.now)
    withdraw_plan(first.pk, by=planner, at=room.now)


def test_t05_a_plan_that_orphans_anything_is_not_asked_for_and_names_each(room, planner):
    pk = draft_plan("gone", tomorrow(room), [Alter("east", {"rank": "x"}), Abolish("west")], by=planner, at=room.now)

    with pytest.raises(Unmet) as refused:
        ask_for_signature(pk, words="agreed", by=planner, at=room.now)

    assert list(refused.value.fields) == [
        "no_heir.west",
        "uncovered.west",
        "right_outlives.west",
        "crew_without_unit.west",
    ]
    found = check(ReformPlan.objects.get(pk=pk))
    assert {found.proposal.change_behind(fault) for fault in found.faults} == {1}, "the change that makes them"
    assert not Signature.objects.exists()


def test_t05_where_the_heir_itself_ends_its_end_is_the_change_that_orphans(room, planner):
    pk = draft_plan("gone", tomorrow(room), [MERGE, Abolish("both")], by=planner, at=room.now)

    found = check(ReformPlan.objects.get(pk=pk))

    assert {found.proposal.change_behind(fault) for fault in found.faults} == {1}


def test_what_stands_against_it_by_the_time_of_the_signature_is_named_and_nothing_is_signed(room, planner):
    before = facts()
    pk = draft_plan("merge", tomorrow(room, 9), [MERGE], by=planner, at=room.now)
    request = ask_for_signature(pk, words="agreed", by=planner, at=room.now)
    other = signed(room, planner, Alter("west", {"rank": "x"}), days=30)
    assert other.state == S.SIGNED
    held = facts()

    with pytest.raises(BadInput, match="Another reform"):
        sign_second(request, by=room.actor("leader-li"), at=room.now)

    assert facts() == held != before
    assert ReformPlan.objects.get(pk=pk).state == S.ASKED


def test_what_stands_against_it_on_the_day_stops_it_whole(room, planner, settings):
    before = facts()
    plan = signed(room, planner, MERGE)
    settings.GUARDS = {**settings.GUARDS, "organisation.reform": [f"{__name__}.not_today"]}

    room.fast_forward(minutes=24 * 60 + 1)
    take_effect(room.now)
    follow_the_day(room.now)

    plan.refresh_from_db()
    assert (plan.state, plan.against) == (S.STOPPED, [["not_today", "west"]])
    assert facts() == before
    assert station_at(*corner("west")).code == "west"
    assert kinds()[-1] == "reform.stopped"


def test_t12_posts_places_and_people_of_a_unit_that_nobody_inherits_each_stand_against_it(room, planner):
    day = room.now.astimezone().date()
    Post.objects.create(code="w-1", unit="west", kind="sworn", name_zh="巡逻", since=day)
    officer = Person.objects.create(number="1001", kind="sworn", name="Zhang", joined=day)
    Posting.objects.create(person=officer, post="w-1", basis="appointed", since=day)
    booking = Booking.objects.create(day=day, basis="approved", at=room.now)
    for unit, delta in ((FORCE, -40), ("west", 40)):
        QuotaLine.objects.create(booking=booking, unit=unit, kind="sworn", delta=delta)
    pk = draft_plan("gone", tomorrow(room), [Abolish("west")], by=planner, at=room.now)

    found = {fault.code: fault.facts for fault in check(ReformPlan.objects.get(pk=pk)).faults}

    assert found["person_without_post"] == found["post_without_unit"] == {"count": 1}
    assert found["quota_broken"] == {"count": 40}
    kept = draft_plan("kept", tomorrow(room), [Abolish("west", "east")], by=planner, at=room.now)
    assert check(ReformPlan.objects.get(pk=kept)).faults == []


def not_today(*, proposal):
    from oneroom.engine.organisation.faults import Fault

    yield Fault("not_today", "west", {}, "Not today.")


def test_the_second_signature_is_another_persons_and_a_refused_one_makes_it_a_draft_again(room, planner):
    pk = draft_plan("merge", tomorrow(room), [MERGE], by=planner, at=room.now)
    request = ask_for_signature(pk, words="agreed", by=planner, at=room.now)
    with pytest.raises(Overtaken):
        alter_plan(pk, seen=1, changes=[], by=planner, at=room.now)
    with pytest.raises(NotAllowed):
        draft_plan("x", tomorrow(room), by=room.actor("leader-li"), at=room.now)

    drop_second(request, by=room.actor("leader-li"), at=room.now)

    assert ReformPlan.objects.get(pk=pk).state == S.DRAFT
    alter_plan(pk, seen=1, changes=write_changes([Alter("west", {"rank": "x"})]), by=planner, at=room.now)
    with pytest.raises(Overtaken, match="Somebody else"):
        alter_plan(pk, seen=1, name="y", by=planner, at=room.now)


def test_a_plan_goes_to_another_house_and_back_as_it_was_with_its_ground(room, planner):
    lon, lat = corner("west")
    box = {"type": "Polygon", "coordinates": [[[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat]]]}
    ground = stored.area_key(box)
    changes = [MERGE, Create(New("far", "station", "远所", system=System.OPERATIONS, area=ground))]
    pk = draft_plan("远", tomorrow(room), changes, by=planner, at=room.now)
    document = document_of(ReformPlan.objects.get(pk=pk))

    again = ReformPlan.objects.get(pk=import_plan(document, by=planner, at=room.now))

    assert document["areas"] == {ground: box}
    assert document_of(again) == document
    assert read_changes(again.changes) == tuple(changes)
    with pytest.raises(BadInput) as refused:
        import_plan({**document, "areas": {}}, by=planner, at=room.now)
    assert refused.value.field == "areas"
    with pytest.raises(BadInput):
        import_plan({**document, "areas": {ground: {"type": "Polygon", "coordinates": "x"}}}, by=planner, at=room.now)
