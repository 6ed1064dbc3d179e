"""The mobile force over HTTP: registry, readiness below the minimum, drills measured from the record (row T25)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse

from oneroom.apps.duty.models import ForceUnit, ReadinessDrill
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry
from oneroom.apps.oversight.models import Alarm
from tests.clock import HAND
from tests.room import Room
from tests.rostered import page

pytestmark = pytest.mark.django_db
ENTERED = {
    "act": "enter", "code": "tj-1", "name_zh": "特警一队", "name_en": "Rapid unit 1", "base": "North barracks",
    "strength": "30", "least": "20", "required": "2",
}  # fmt: skip


@pytest.fixture
def force(room: Room) -> ForceUnit:
    """A unit of the west, entered on the screen by who commands."""
    said = {**ENTERED, "unit": room.town.units["west"].pk, "kit": ["shield"]}
    answer = page(room, "zhou").post("/office/force", said)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return ForceUnit.objects.get()


def act(room: Room, force: ForceUnit, who: str, name: str, **more: object) -> HttpResponse:
    return page(room, who).post(f"/office/force/{force.pk}/act", {"act": name, **more})


def alarms() -> list[str]:
    return list(Alarm.objects.filter(kind="force_below", what="raised", over=None).values_list("subject", flat=True))


def shown(room: Room, query: str = "", who: str = "dora") -> str:
    return page(room, who).get(f"/office/force{query}").content.decode()


def test_t25_readiness_below_the_minimum_raises_an_alarm_and_enough_ends_it(room, force):
    assert alarms() == [f"force:{force.pk}"], "nobody has said yet that anybody is there"
    assert act(room, force, "leader-li", "ready", level="2", present="20").status_code == 302
    assert alarms() == []
    act(room, force, "leader-li", "ready", level="2", present="19")
    assert alarms() == [f"force:{force.pk}"]
    assert "too few are there" in shown(room)
    assert "below the readiness that is required of it" in page(room, "dora").get("/office/alarms").content.decode()
    act(room, force, "leader-li", "ready", level="3", present="30")
    assert "slower than required" in shown(room, "?state=below")
    assert "Rapid unit 1" not in shown(room, "?state=ready")
    act(room, force, "leader-li", "ready", level="1", present="30")
    assert alarms() == []
    assert "Rapid unit 1" in shown(room, "?state=ready")


@pytest.mark.parametrize(
    ("after_s", "strength", "result"),
    [(880, 25, "in time, with enough"), (901, 25, "late, or too few"), (60, 19, "late, or too few")],
)
def test_t25_a_drill_is_measured_from_the_record_and_counts_in_no_statistics(room, force, after_s, strength, result):
    act(room, force, "leader-li", "ready", level="2", present="25")
    assert act(room, force, "leader-li", "drill").status_code == 403, "who is measured does not call it"
    assert act(room, force, "zhou", "drill").status_code == 302
    assert act(room, force, "zhou", "drill").status_code == 409
    HAND.set(room.now + timedelta(seconds=after_s))
    assert act(room, force, "leader-li", "rolled", strength=strength).status_code == 302
    ReadinessDrill.objects.update(turned_out_at=room.now + timedelta(hours=9))  # the row is not what is measured

    log = page(room, "ina").get(f"/office/force/{force.pk}").content.decode()
    assert f"{after_s // 60}:{after_s % 60:02d}" in log
    assert result in log
    assert 'class="drill"' in log
    assert not Incident.objects.exists(), "no matter, so no figure counts it"
    assert [e.kind for e in Entry.objects.filter(kind__startswith="force.d").order_by("seq")] == ["force.drill_called"]


def test_t25_a_drill_to_which_nobody_turned_out_is_in_the_log(room, force):
    act(room, force, "zhou", "drill")
    act(room, force, "zhou", "end")
    assert "did not turn out" in page(room, "zhou").get(f"/office/force/{force.pk}").content.decode()
    assert act(room, force, "zhou", "end").status_code == 409


def test_t25_the_registry_goes_out_as_a_file_and_bad_input_is_named(room, force):
    answer = page(room, "zhou").post("/office/force", {"as": "csv"})
    assert "Rapid unit 1" in b"".join(answer).decode()
    assert Entry.objects.get(kind="list.exported").facts["list"] == "force"
    unit = room.town.units["west"].pk
    for wrong, status, words in (
        ({"code": "tj-1"}, 409, "with this code already"),
        ({"code": "b", "least": "31"}, 422, "no more than the whole strength"),
        ({"code": "b", "required": "7"}, 422, "1 to 4"),
        ({"code": "b", "kit": ["laser"]}, 422, "Pick one of the list"),
        ({"code": "", "strength": "x"}, 422, "Pick one of the list"),
    ):
        said = page(room, "zhou").post("/office/force", {**ENTERED, "unit": unit, **wrong})
        assert said.status_code == status, wrong
        assert words in said.content.decode(), wrong
    assert ForceUnit.objects.count() == 1
    assert page(room, "dora").post("/office/force", {**ENTERED, "code": "c", "unit": unit}).status_code == 403
    assert act(room, force, "leader-li", "ready", level="2", present="31").status_code == 422
    assert act(room, force, "leader-lu", "ready", level="2", present="3").status_code == 403
    assert act(room, force, "zhang", "drill").status_code == 404
