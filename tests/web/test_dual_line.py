"""Crews 1 + 2 + N and their two lines over HTTP: no lead, no duty (T16); two chiefs see, one commands (B11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from oneroom.apps.duty.clock import turn_shifts
from oneroom.apps.duty.models import Crew, CrewMember, Duty, DutySpell
from oneroom.apps.duty.rostering import moment
from oneroom.apps.duty.services import set_needs
from oneroom.apps.people.services import give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.clock import HAND
from tests.room import Room
from tests.rostered import draft, page, put, station
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db
CREWS = "/office/duty/crews"


def test_t16_a_group_without_its_lead_does_not_come_on_duty_by_any_door(room: Room):
    crew = room.town.crews["crew-3"]
    Crew.objects.filter(pk=crew.pk).update(state="off_duty")
    CrewMember.objects.filter(crew=crew, role="lead").delete()
    said = Caller("dora").post(f"crews/{crew.pk}/on-duty", status=409)
    assert "without its lead" in said["message"]
    assert "no lead" in page(room, "leader-lu").get(CREWS).content.decode()

    CrewMember.objects.filter(crew=crew).update(role="lead")  # the auxiliary who is left, entered as lead
    Caller("dora").post(f"crews/{crew.pk}/on-duty", status=409)
    assert Crew.objects.get(pk=crew.pk).state == "off_duty", "auxiliaries are never alone"


def test_t16_crews_come_on_duty_by_the_roster_each_with_its_lead_and_the_chief_sees_the_seats(room: Room):
    west = station(room)
    give_role(room.town.people["aux-he"].pk, Role.AUXILIARY, unit_id=west, by=SYSTEM, at=room.now)
    roster = draft(room, west, days=1)
    for who, code in (("leader-li", "D"), ("zhang", "D"), ("sun", "D"), ("aux-he", "D"), ("wang", "N"), ("chen", "N")):
        put(room, roster, who, code)
    assert page(room).post("/office/duty", {"act": "publish", "roster": roster.pk}).status_code == 302
    Crew.objects.update(state=Crew.State.OFF_DUTY)
    morning = moment(roster.first, 8 * 60)
    turn_shifts(morning)

    out = {c.pk: [m.role for m in c.members.all()] for c in Crew.objects.exclude(state="off_duty")}
    assert out
    assert all(roles.count("lead") == 1 for roles in out.values())
    assert sum(roles.count("auxiliary") for roles in out.values()) == 1
    HAND.set(morning)
    shown = page(room).get(CREWS).content.decode()
    assert "<b>N</b> Aux-He" in shown
    assert "<b>1</b> Chen" in shown, "who comes tonight"


@pytest.mark.parametrize(("core", "crews", "short"), [(2, 1, ""), (3, 1, "1 officer short"), (0, 3, "")])
def test_t16_how_many_ride_beside_a_lead_is_the_forces_setting(room: Room, settings, core, crews, short):
    """Three officers and a chief who commands: 1 + 2 is one crew of three, 1 + 0 a crew to each lead."""
    settings.CREW_OFFICERS = core
    west = station(room)
    for code in ("crew-8", "crew-9"):
        Crew.objects.create(code=code, callsign_zh=code, callsign_en=code.title(), unit_id=west, state_since=room.now)
    roster = draft(room, west, days=1)
    needs = {"D": [[4, 1], [4, 1]], "N": [[1, 1], [1, 1]]}
    set_needs(roster.pk, needs=needs, by=room.actor("leader-li"), at=room.now)
    for who, code in (("leader-li", "D"), ("zhang", "D"), ("sun", "D"), ("chen", "D"), ("wang", "N")):
        put(room, roster, who, code)
    assert page(room).post("/office/duty", {"act": "publish", "roster": roster.pk}).status_code == 302

    seated = Duty.objects.filter(shift="D").exclude(crew=None)
    assert seated.count() == 3
    assert len({duty.crew_id for duty in seated}) == crews
    Crew.objects.update(state=Crew.State.OFF_DUTY)
    CrewMember.objects.all().delete()
    HAND.set(moment(roster.first, 7 * 60))
    shown = page(room).get(CREWS).content.decode()
    assert f"<b>{core}</b>" in shown
    assert (short in shown) if short else "short</span>" not in shown


def test_b11_both_chiefs_see_a_crew_and_one_commands_it(room: Room):
    crew, east = room.town.crews["crew-1"], "east"
    assert not [c for c in Caller("leader-lu").get("crews")["crews"] if c["code"] == "crew-1"]
    assert page(room, "leader-lu").post(CREWS, {"act": "line", "crew": crew.pk, "line": east}).status_code == 404

    assert page(room).post(CREWS, {"act": "line", "crew": crew.pk, "line": east}).status_code == 302
    for chief in ("leader-li", "leader-lu"):
        assert [c for c in Caller(chief).get("crews")["crews"] if c["code"] == "crew-1"], chief
        assert "Crew-1" in page(room, chief).get(CREWS).content.decode()
    assert "you see it; its unit commands" in page(room, "leader-lu").get(CREWS).content.decode()
    assert page(room, "leader-lu").post(CREWS, {"act": "line", "crew": crew.pk, "line": ""}).status_code == 404

    sent = room.dispatch(room.report("burglary", at="market"), "crew-1")
    assert sent.crew_id == crew.pk
    room.fast_forward(seconds=60)
    room.phone("leader-li").rings("duty_chief", "app", "sms")
    room.phone("leader-lu").is_silent()

    same = page(room).post(CREWS, {"act": "line", "crew": crew.pk, "line": "west"})
    assert same.status_code == 422
    assert page(room).post(CREWS, {"act": "line", "crew": crew.pk, "line": "nowhere"}).status_code == 422


def test_b11_t15_no_minute_has_two_who_command(room: Room):
    held = DutySpell.objects.get(role=Role.DUTY_CHIEF, unit=room.town.units["west"])
    with pytest.raises(IntegrityError, match="one_duty_chief"), transaction.atomic():
        DutySpell.objects.create(
            role=Role.DUTY_CHIEF, unit=held.unit, account=room.town.people["leader-lu"], ends=held.ends,
            begins=held.begins + timedelta(minutes=1),
        )  # fmt: skip


def test_b11_who_commands_the_room_sees_all_crews_a_page_at_a_time_and_narrows_them(room: Room):
    """Issue 5, screens: hundreds of crews; the units that can be chosen are named once, not in every row."""
    east = room.town.units["east"].pk
    Crew.objects.bulk_create(
        Crew(code=f"many-{n:03d}", callsign_zh=f"巡逻{n:03d}", callsign_en=f"Many {n:03d}", unit_id=east,
             state_since=room.now) for n in range(500)
    )  # fmt: skip
    zhou = page(room, "zhou")

    first = zhou.get(CREWS).content.decode()
    assert "1–50 of 503" in first
    assert first.count('<tr id="crew-') == 50
    assert first.count('<option value="west">') == 1
    last = zhou.get(f"{CREWS}?page=11").content.decode()
    assert "501–503 of 503" in last
    assert 'rel="next"' not in last
    found = zhou.get(CREWS, {"q": "巡逻123"}).content.decode()
    assert found.count('<tr id="crew-') == 1
    assert "Many 123" in found
    assert "1–2 of 2" in zhou.get(CREWS, {"q": "west"}).content.decode(), "by its unit"
    assert "Nothing fits" in zhou.get(CREWS, {"q": "nobody"}).content.decode()
    for odd in ("0", "-1", "999", "x", "１"):
        assert zhou.get(CREWS, {"page": odd}).status_code == 200, odd


def test_a_chief_of_several_stations_chooses_whose_roster_is_shown(room: Room):
    """Issue 5, duty: the latest roster of each of his units is one choice away, also where there is none yet."""
    west, east = station(room), room.town.units["east"].pk
    give_role(room.town.people["leader-li"].pk, Role.STATION_CHIEF, unit_id=east, by=SYSTEM, at=room.now)
    roster = draft(room, west)
    li = page(room)

    shown = li.get("/office/duty").content.decode()
    assert "Roster: West station" in shown
    assert f'<option value="{east}">East station</option>' in shown
    other = li.get("/office/duty", {"unit": east}).content.decode()
    assert "Roster: East station" in other
    assert "No roster yet" in other
    assert f'<option value="{east}" selected>East station</option>' in other
    made = li.post("/office/duty", {"act": "draft", "unit": east, "first": str(roster.first), "days": "7"})
    assert made.status_code == 302
    assert "Roster: East station" in li.get(made["Location"]).content.decode()
    assert f'data-roster="{roster.pk}"' in li.get("/office/duty", {"unit": west}).content.decode()
    assert li.get("/office/duty", {"unit": ""}).status_code == 404, "the room is not his"
    assert page(room, "leader-lu").get("/office/duty", {"unit": west}).status_code == 404


def test_a_crew_is_found_by_its_code_in_any_case_and_setting_its_line_leaves_the_list_as_it_was(room: Room):
    crew = room.town.crews["crew-1"]
    Crew.objects.filter(pk=crew.pk).update(code="XK-7")
    leader = page(room)
    for asked in ("xk-7", "XK-7", "Xk-7"):
        assert f'id="crew-{crew.pk}"' in leader.get(CREWS, {"q": asked}).content.decode(), asked

    line = {"act": "line", "crew": crew.pk, "line": ""}
    assert leader.post(f"{CREWS}?q=xk-7&page=2&else=1", line).headers["Location"] == f"{CREWS}?q=xk-7&page=2"
    assert leader.post(CREWS, line).headers["Location"] == CREWS
