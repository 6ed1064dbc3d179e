"""T15: one commander per minute; what overrides needs him; a gap is an error; the record says who commanded when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from oneroom.apps.duty.models import DutySpell
from oneroom.apps.duty.queries import command_gaps, commander, commander_at
from oneroom.apps.duty.services import begin_spell
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Conflict
from tests.town import PASSWORD
from tests.web.api_client import Caller

CLOSING = {"outcome": "helped", "category": "help.injured"}


@pytest.fixture
def night(room) -> int:
    """A second person who may command, but does not at this minute."""
    ming = create_account(username="ming", name="Ming", password=PASSWORD, language="en", by=SYSTEM, at=room.now)
    give_role(ming.pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=room.now)
    return ming.pk


def closed(room) -> Incident:
    row = room.report("knife", at="west", category="help")
    sent = room.dispatch(row, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="helped", by=room.actor("zhang"), at=room.now)
    Caller("leader-li").post(f"incidents/{row.pk}/close", CLOSING | {"review": True})
    return row


def test_t15_what_overrides_is_refused_to_everybody_but_who_commands_at_this_minute(room, night):
    open_one, over = room.report("knife", at="west", grade=1), closed(room)
    acts = [
        (f"incidents/{open_one.pk}/grade", {"grade": 3}),
        (f"incidents/{open_one.pk}/supervise", {"on": True, "reason": "grave"}),
        (f"incidents/{over.pk}/reopen", {"reason": "new_facts"}),
    ]
    for who in ("dora", "carl", "leader-li", "zhang", "ming"):
        for path, body in acts:
            Caller(who).post(path, body, status=404 if who == "zhang" else 403)
    said = Caller("ming").post(*acts[2], status=403)
    assert "Somebody else commands" in said["message"]
    for path, body in acts:
        Caller("zhou").post(path, body)
    assert Incident.objects.get(pk=open_one.pk).grade == 3


def test_t15_after_the_handover_the_other_one_commands_and_the_record_says_who_did_when(room, night):
    row, first = room.report("knife", at="west", grade=1), room.now
    room.fast_forward(minutes=30)
    handed = room.now
    begin_spell(
        role=Role.SHIFT_COMMANDER, account_id=night, until=handed + timedelta(hours=8), by=SYSTEM, at=handed
    )  # fmt: skip
    room.fast_forward(minutes=10)

    Caller("zhou").post(f"incidents/{row.pk}/grade", {"grade": 2}, status=403)
    Caller("ming").post(f"incidents/{row.pk}/grade", {"grade": 2})

    zhou = room.town.people["zhou"].pk
    assert [commander_at(t) for t in (first, handed - timedelta(seconds=1), handed, room.now)] == [
        zhou, zhou, night, night
    ]  # fmt: skip
    assert commander(room.now) == night
    DutySpell.objects.all().delete()  # however duty is entered later, the record knows
    assert commander_at(first + timedelta(minutes=1)) == zhou


def test_t15_a_gap_is_an_error_that_names_itself(room):
    row = room.report("knife", at="west", grade=1)
    DutySpell.objects.filter(role="shift_commander").update(ends=room.now + timedelta(minutes=5))
    room.fast_forward(minutes=6)
    since, until = room.now - timedelta(minutes=6), room.now + timedelta(hours=1)

    assert command_gaps(since, until) == [(room.now - timedelta(minutes=1), until)]
    said = Caller("zhou").post(f"incidents/{row.pk}/grade", {"grade": 3}, status=403)
    assert "Nobody is entered as shift commander" in said["message"]
    begin_spell(
        role=Role.SHIFT_COMMANDER, account_id=room.town.people["zhou"].pk, until=until, by=SYSTEM, at=room.now
    )  # fmt: skip
    Caller("zhou").post(f"incidents/{row.pk}/grade", {"grade": 3})
    assert command_gaps(room.now, until) == []


def test_t15_the_room_is_told_who_commands_and_that_nobody_does(room):
    dora = Client(headers={"Accept-Language": "en"})
    dora.force_login(room.town.people["dora"])
    for address in ("/room/", "/room/head", "/room/queue?with=head"):
        shown = dora.get(address).content.decode()
        assert 'Commands <b class="cut">Zhou</b>' in shown, address
        assert "Nobody commands" not in shown
    DutySpell.objects.filter(role="shift_commander").update(ends=room.now)
    for address in ("/room/", "/room/head?over=1", "/room/queue?with=head&late=1"):
        shown = dora.get(address).content.decode()
        assert "Nobody commands" in shown, address
        assert "Zhou" not in shown
    said = dora.get("/room/head?over=2", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "无人指挥" in said


def test_t15_an_overlap_cannot_be_entered(room, night):
    tomorrow = room.now + timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutySpell.objects.create(
            role="shift_commander", account_id=night, begins=tomorrow, ends=tomorrow + timedelta(hours=8)
        )
    DutySpell.objects.filter(role="shift_commander").update(ends=tomorrow)
    DutySpell.objects.create(
        role="shift_commander", account_id=night, begins=tomorrow, ends=tomorrow + timedelta(hours=8)
    )
    with pytest.raises(Conflict):
        begin_spell(
            role=Role.SHIFT_COMMANDER, account_id=night, until=tomorrow + timedelta(hours=1), by=SYSTEM, at=room.now
        )
