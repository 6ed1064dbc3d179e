"""R3, R6: the chief whose station nobody could know while the database was away is told when it is back."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.lastboard import clashes
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.models import Delivery, Ladder, Rung
from tests.away import fickle
from tests.clock import HAND
from tests.flows.test_degraded import call
from tests.pockets import POCKETS
from tests.waiting import until
from tests.watched import as_auditor, audit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(database_url, room, tmp_path):
    with fickle(database_url, tmp_path, room.town) as house:
        yield house


def rungs_climbed(house):
    return sum(line.said["kind"] == "rung" for line in house.hand.lines())


def chief_told():
    return Delivery.objects.filter(rung__code="duty_chief").exclude(state="cancelled")


def test_who_was_not_told_of_a_call_that_still_waits_is_told_when_it_is_booked_and_once(house, room):
    chief = room.town.people["leader-lu"]
    house.lose("carl", "leader-lu")
    taken = house.post("carl", "/api/incidents", call()).json()
    before = len(POCKETS)
    HAND.forward(62)  # a minute is promised until a crew is sent; then the chief is told
    until(lambda: rungs_climbed(house) >= 2)
    assert house.browser("leader-lu").get("/api/rings").json()["rings"] == []
    assert len(POCKETS) == before

    house.find()

    rung = Rung.objects.get(ladder__subject=f"incident:{taken['id']}", code="duty_chief")
    assert rung.skipped is False
    assert {(d.account_id, d.channel, d.repeat) for d in rung.deliveries.all()} == {
        (chief.pk, "app", False),
        (chief.pk, "sms", False),
    }
    [ring] = house.browser("leader-lu").get("/api/rings").json()["rings"]
    assert (ring["subject"], ring["rung_code"]) == (f"incident:{taken['id']}", "duty_chief")
    [late] = Entry.objects.filter(kind="ladder.told_late")
    assert (late.facts["told"], late.facts["stage"], late.via) == (1, "dispatch", "journal")
    assert f"account:{chief.pk}" in late.scopes
    room.fast_forward(seconds=1)  # the courier
    assert [(channel, m.to_account) for channel, m in POCKETS[before:]] == [("sms", chief.pk)]
    with as_auditor() as auditor:
        assert [found.kind for found in audit(auditor) if found.kind.startswith("told_")] == []
    assert verify("acts").fault is None

    house.lose("carl")  # a second cut: what was told is told
    house.post("carl", "/api/incidents", call("Another window", grade=3))
    house.find()
    room.fast_forward(seconds=1)
    assert Entry.objects.filter(kind="ladder.told_late").count() == 1
    assert chief_told().count() == 2


def test_nobody_is_told_afterwards_of_a_call_that_was_answered_meanwhile(house, room):
    crew = room.town.crews["crew-1"].pk
    house.lose("carl", "dora", "zhang", "leader-lu")
    taken = house.post("carl", "/api/incidents", call()).json()
    HAND.forward(62)
    until(lambda: rungs_climbed(house) >= 2)
    [order] = house.post("dora", f"/api/incidents/{taken['id']}/offer", {"crews": [crew]}).json()["assignments"]
    assert house.post("zhang", f"/api/assignments/{order}/step", {"verb": "acknowledge"}).status_code == 200
    before = len(POCKETS)

    house.find()
    room.fast_forward(seconds=1)

    assert clashes() == []
    assert Incident.objects.get().state == "dispatched"
    assert Ladder.objects.get(subject=f"incident:{taken['id']}", stage="dispatch").stopped is not None
    assert not chief_told().exists()
    assert not Entry.objects.filter(kind="ladder.told_late").exists()
    assert len(POCKETS) == before
