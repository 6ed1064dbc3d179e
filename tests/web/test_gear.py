"""
Vehicles and kit with their state as dated facts (duty, beside T16): entered on the page or from a list, moved, as they
were on any day; what a crew carries follows, and dispatch asks for it.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from oneroom.apps.duty.models import Crew, Gear, GearSpell
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.services import enact
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.values import SYSTEM
from tests.clock import HAND
from tests.room import Room
from tests.rostered import page
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db
GEAR = "/office/duty/gear"


@pytest.fixture
def enter(room: Room):
    def one(number: str, kind: str, *, crew: str = "", unit: str = "west", who: str = "leader-li", status: int = 302):
        said = {"act": "enter", "number": number, "kind": kind, "name": "模拟", "unit": room.town.units[unit].pk,
                "crew": room.town.crews[crew].pk if crew else ""}  # fmt: skip
        answer = page(room, who).post(GEAR, said)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return Gear.objects.filter(number=number).first()

    return one


def move(room: Room, gear: Gear, *, state: str = "ready", unit: str = "west", crew: str = "", who: str = "leader-li"):
    said = {"state": state, "unit": room.town.units[unit].pk, "crew": room.town.crews[crew].pk if crew else ""}
    return page(room, who).post(f"{GEAR}/{gear.pk}", said)


def shown(room: Room, query: str = "", who: str = "leader-li") -> str:
    body = page(room, who).get(f"{GEAR}{query}").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.partition("<tbody")[2].partition("</tbody>")[0]))


def test_what_rides_with_a_crew_is_what_dispatch_asks_for_and_repair_takes_it_away_at_once(room, enter):
    crew = room.town.crews["crew-1"]
    enter("WJ-0001", "vehicle", crew="crew-1")
    drone = enter("D-1", "drone", crew="crew-1")
    matter = room.report("fight", at="west")

    def carried() -> list[str]:
        ranked = Caller("dora").get(f"incidents/{matter.pk}/proposals")["ranked"]
        return next(r["kit"] for r in ranked if r["crew"] == crew.pk)

    assert carried() == ["drone"]
    crews = page(room).get("/office/duty/crews").content.decode()
    assert 'vehicle <span class="num">WJ-0001</span>' in crews
    assert move(room, drone, state="repair", crew="crew-1").status_code == 422, "what is in repair rides with nobody"
    assert move(room, drone, state="repair").status_code == 302

    assert carried() == []
    assert "in repair" in shown(room, "?state=repair")
    assert "WJ-0001" not in shown(room, "?state=repair")
    assert [e.facts["kit"] for e in Entry.objects.filter(kind="crew.kit").order_by("seq")] == [["drone"], []]


def test_each_state_is_a_dated_fact_and_the_list_shows_any_day(room, enter):
    drone = enter("D-1", "drone", crew="crew-1")
    first = room.now.astimezone().date()
    HAND.forward(2 * 24 * 3600)
    move(room, drone, state="repair")
    HAND.forward(24 * 3600)

    assert "in repair" in shown(room)
    assert "in repair" not in shown(room, f"?on={first}")
    assert "Crew-1" in shown(room, f"?on={first}")
    assert "D-1" not in shown(room, f"?on={first - timedelta(days=1)}"), "it was not there yet"
    one = page(room).get(f"{GEAR}/{drone.pk}").content.decode()
    assert one.count('<tr><td class="num">') == 2, "nothing was overwritten"
    row = GearSpell.objects.get(gear=drone, until=None)
    with pytest.raises(IntegrityError, match="one_state_of_a_piece"), transaction.atomic():
        GearSpell.objects.create(gear=drone, state="ready", unit=row.unit, since=row.since - timedelta(days=2))


def test_a_chief_has_the_pieces_of_his_own_unit_and_gives_them_away_and_retired_is_the_end(room, enter):
    drone = enter("D-1", "drone")
    assert "D-1" not in shown(room, who="leader-lu")
    assert page(room, "leader-lu").get(f"{GEAR}/{drone.pk}").status_code == 404
    assert move(room, drone, who="leader-lu").status_code == 404
    assert page(room, "dora").get(GEAR).status_code == 404
    enter("D-1", "drone", status=422)
    enter("D-2", "submarine", status=422)
    enter("D-3", "drone", unit="east", status=422)
    enter("D-4", "drone", crew="crew-3", status=422)

    assert move(room, drone, unit="east").status_code == 302
    assert "D-1" in shown(room, who="leader-lu")
    assert "D-1" not in shown(room)
    assert move(room, drone, unit="east", state="retired", who="leader-lu").status_code == 302
    again = move(room, drone, unit="east", who="leader-lu")
    assert again.status_code == 409
    assert "retired" in again.content.decode()


def test_a_list_is_answered_line_by_line_and_entered_whole_or_not_at_all(room, enter):
    enter("OLD-1", "drone")
    lines = ["号牌或编号,类别,名称,单位编码,警组编码,状态", "V-1,警车,桑塔纳,west,crew-1,可用", "OLD-1,drone,,west,,",
             "V-2,潜艇,,west,,", "V-3,vehicle,,east,,", "V-4,vehicle,,west,crew-3,", "V-1,vehicle,,west,,",
             "V-5,vehicle,,west,,broken", "V-6,vehicle,,west,crew-1,维修"]  # fmt: skip

    def send(rows: list[str], act: str, language: str = "zh-hans"):
        file = SimpleUploadedFile("gear.csv", "\n".join(rows).encode("gb18030"), "text/csv")
        return page(room, "leader-li", language).post(f"{GEAR}/import", {"file": file, "act": act})

    looked = send(lines, "look").content.decode()
    assert looked.count('<td class="n num">') == 7
    assert send(lines, "take").status_code == 422
    assert Gear.objects.count() == 1, "nothing was half entered"
    back = openpyxl.load_workbook(io.BytesIO(send(lines, "correct").content)).active
    assert [bool(row[-1]) for row in back.iter_rows(min_row=2, values_only=True)] == [False] + [True] * 7

    good = send([lines[0], lines[1], "V-7,无人机,,west,,维修"], "take")
    assert good.status_code == 200, good.content.decode()
    assert set(Gear.objects.values_list("number", "kind")) >= {("V-1", "vehicle"), ("V-7", "drone")}
    assert GearSpell.objects.get(gear__number="V-7").state == "repair"
    assert GearSpell.objects.get(gear__number="V-1").crew_id == room.town.crews["crew-1"].pk


def test_the_pieces_of_a_unit_that_ends_are_its_heirs(room, enter):
    enter("V-1", "vehicle", crew="crew-1")
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)
    enact([Merge(("west", "east"), "both", both)], day=room.now.astimezone().date(), by=SYSTEM, at=room.now)

    row = GearSpell.objects.get(gear__number="V-1", until=None)
    assert row.unit.code == "both"
    assert row.crew == Crew.objects.get(code="crew-1")
    assert "V-1" in shown(room, who="zhou")
    assert GearSpell.objects.filter(gear__number="V-1").count() == 2
