"""What a dispatcher does all night, by keyboard: the next thing, a place by its numbers, who read it, help, an undo."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.services import Fix, come_on_duty, form_crew, record_positions
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Look
from oneroom.apps.orders.models import Sos
from oneroom.apps.orders.services import raise_sos
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing
from tests.town import corner
from tests.waiting import until
from tests.web.test_browser_room import desk, house  # noqa: F401 fixtures of the room in a browser
from tests.web.test_command_line import typed

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")  # a folder, to look at what was tested


def look(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def opens(page, matter):
    page.wait_for_function("pk => document.querySelector('#matter')?.dataset.pk === String(pk)", arg=matter.pk)


def test_n_goes_to_what_is_late_and_then_to_what_was_never_sent(house, desk):  # noqa: F811
    late = house.report("a man with a knife", at="west", grade=1)
    house.dispatch(late, "crew-1")
    house.fast_forward(seconds=125)
    calm = house.report("a lost key", at="north", grade=3)
    grave = house.report("a fight", at="east", grade=2)
    held = house.report("a question", at="market", grade=2)
    services.hold(
        held.pk, reason="appointment", until=house.now + timedelta(hours=2), by=house.actor("dora"), at=house.now
    )
    page = desk()

    for matter in (late, grave, calm, late):
        page.keyboard.press("n")
        opens(page, matter)
    page.keyboard.press("v")  # the crew signs by voice: nothing is late any more
    page.locator("#q-calm").get_by_text("2 wait to be sent:").wait_for()

    typed(page, "grade 3")
    page.keyboard.press("Enter")
    page.locator(f"#q-{grave.pk}").wait_for(state="detached")
    page.keyboard.press("n")
    opens(page, grave)  # a filter keeps back the row, not the duty

    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for(state="detached")


def test_a_place_is_found_by_its_numbers_and_its_datum(house, desk):  # noqa: F811
    lon, lat = corner("west")
    page = desk()
    offered = page.locator("#palette [role='option']")

    page.keyboard.press("/")
    page.keyboard.type(f"find {lat}, {lon}")
    for datum in ("WGS-84", "GCJ-02", "BD-09"):
        offered.filter(has_text=datum).wait_for()
    page.keyboard.type(" wgs")
    page.locator("#palette:not(:has-text('GCJ-02')) [aria-selected='true']", has_text="WGS-84").wait_for()
    page.keyboard.press("Enter")
    page.locator(".toast").get_by_text("The map shows Elm Road / Market Street").wait_for()

    page.keyboard.press("/")
    page.keyboard.type("find 31.9, 121.46 wgs84")
    offered.filter(has_text="WGS-84").wait_for()
    page.keyboard.press("Enter")
    page.locator(".toast.is-bad").wait_for()  # it is none of this city, and that is said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_read_a_matter_stands_beside_what_was_done(house, desk, language):  # noqa: F811
    matter = house.report("a man with a knife", at="west", grade=1)
    page = desk(path=f"/room/?open={matter.pk}", language=language)
    page.get_by_text("a man with a knife").wait_for()  # her look at the words

    page.locator("[data-lines='reads']").click()
    reads = page.locator(".reads .timeline")
    reads.get_by_text("Dora").wait_for()
    assert not page.locator(".inc-body > .timeline").is_visible()
    assert Look.objects.filter(fields=["looks"], purpose="audit").count() == 1
    look(page, f"reads-{language}")

    other = house.report("a fire", at="east", grade=1)
    page.locator(f"#q-{other.pk} a").click()
    opens(page, other)
    page.locator(".inc-body > .timeline").wait_for()  # who read the next one is asked anew
    assert Look.objects.filter(fields=["looks"]).count() == 1


def test_the_plans_crews_are_sent_in_its_order_and_taken_back_together(house, desk):  # noqa: F811
    matter = house.report("a break-in under way", at="west", grade=1)
    Incident.objects.filter(pk=matter.pk).update(subcategory="burglary")
    page = desk(path=f"/room/?open={matter.pk}")
    plan = page.locator(".plan")
    plan.get_by_text("asks for").wait_for()
    look(page, "plan")
    wide = plan.locator(".asks").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert wide, "the plan's sentence is not cut"
    listed = plan.locator("span:not(.why) > b").all_inner_texts()
    assert len(listed) == 2

    page.keyboard.press("2")  # the second by hand, then the whole set: its own order holds
    page.keyboard.press("p")
    page.get_by_role("button", name=f"Send {', '.join(listed)}").wait_for()
    page.keyboard.press("Enter")
    until(lambda: Assignment.objects.filter(incident=matter).count() == 2)
    assert Assignment.objects.get(incident=matter, lead=True).crew.callsign_en == listed[0]
    page.locator(".order").nth(1).wait_for()

    page.keyboard.press("z")
    until(lambda: set(Assignment.objects.filter(incident=matter).values_list("state", flat=True)) == {"withdrawn"})
    matter.refresh_from_db()
    assert matter.state == "waiting"
    assert set(Crew.objects.values_list("state", flat=True)) == {"available"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_numbers_of_the_office_stand_on_one_line(house, browser, language):  # noqa: F811
    for n in range(3):
        matter = house.report("noise", at="west", grade=n + 1, category="dispute")
        Incident.objects.filter(pk=matter.pk).update(subcategory="domestic_violence")
    with browsing(browser, house.town.people) as open_as:
        page = open_as("zhou", f"{house.url}/office/incidents", language=language)
        page.locator("[data-row]").first.wait_for()
        look(page, f"office-{language}")
        rows = page.locator("tbody tr").all()
        assert len(rows) == 3
        lines = "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length; }"
        for row in rows:
            for cell in (row.locator("[data-row]"), row.locator("td.n")):
                assert cell.first.evaluate(lines) == 1
        wide, room_for = page.locator(".wide-table").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert wide <= room_for, "the table needs no scrolling sideways"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_calls_for_help_and_three_alarms_fit_the_smallest_screen(house, desk, language):  # noqa: F811
    for n, code in enumerate(("crew-1", "crew-2", "crew-3")):
        Crew.objects.filter(code=code).update(
            callsign_en=f"Huaihai Middle Road {n + 1:02d}", callsign_zh=f"淮海中路巡逻{n + 1:02d}"
        )
    Account.objects.filter(username__in=("zhang", "chen")).update(name="Ouyang Zhenghua-Abdurahman")
    for n, name in enumerate(("reserve-a", "reserve-b")):
        who = create_account(username=name, name=name.title(), password="a town", by=SYSTEM, at=house.now)
        give_role(who.pk, Role.PATROL_OFFICER, unit_id=house.town.units["west"].pk, by=SYSTEM, at=house.now)
        crew = form_crew(
            code=name, callsign_zh=f"瑞金二路派出所巡逻{n + 7:02d}", callsign_en=f"Ruijin Second Road {n + 7:02d}",
            unit_id=house.town.units["west"].pk, members=[(who.pk, "lead")], by=SYSTEM, at=house.now,
        )  # fmt: skip
        come_on_duty(crew, by=SYSTEM, at=house.now)
        record_positions([Fix(crew.pk, *corner("south"), house.now, 5.0)], house.now)
    matters = [house.report("a man with a knife", at=at, grade=1) for at in ("west", "north", "east")]
    for matter, crew in zip(matters, ("crew-1", "crew-2", "crew-3"), strict=True):
        house.dispatch(matter, crew)
    house.fast_forward(seconds=125)
    for who in ("zhang", "chen"):
        raise_sos(by=house.actor(who), at=house.now)
    page = desk(path=f"/room/?open={matters[0].pk}", language=language)
    page.locator(".order").first.wait_for()
    look(page, f"sos-{language}")

    alarms = page.locator(".alarms")
    assert alarms.locator(".alarm").count() == 5
    wide, high = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert (wide, high) == (1366, 768)
    for alarm in alarms.locator(".sos-alarm").all():
        box = alarm.bounding_box()
        said = alarm.locator(".cut").first
        assert said.bounding_box()["width"] > 300, "who and where is read without a pointer"
        for act in alarm.locator("button, select, a").all():
            at = act.bounding_box()
            assert at["x"] >= box["x"]
            assert at["x"] + at["width"] <= box["x"] + box["width"]
    assert page.locator("#queue-rows").bounding_box()["height"] > 300

    page.keyboard.press("n")  # a person in danger is before everything
    page.wait_for_function("() => document.activeElement.dataset.sosVerb === 'answer'")
    page.keyboard.press("Enter")
    until(lambda: Sos.objects.filter(answered_by=house.town.people["dora"].pk).count() == 1)
