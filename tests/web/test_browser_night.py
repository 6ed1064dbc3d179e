"""What a dispatcher does all night, by keyboard: the next thing, a place by its numbers, who read it, help, an undo."""

import os
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.services import Fix, come_on_duty, form_crew, record_positions
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident, Referral
from oneroom.apps.ledger.models import Look
from oneroom.apps.orders.models import Sos
from oneroom.apps.orders.services import raise_sos
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing
from tests.flows.test_after_the_report import closed
from tests.town import corner
from tests.waiting import until
from tests.web.test_browser_room import desk, heard, house  # noqa: F401 fixtures of the room in a browser
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


def test_an_answer_that_an_agency_owes_is_reached_by_n_also_when_the_matter_is_over(house, desk):  # noqa: F811
    matter = house.report("a man fell from his bicycle", at="west", grade=3, category="help")
    services.bring_in(matter.pk, agency="120", by=house.actor("dora"), at=house.now)
    sent = house.dispatch(matter, "crew-1")
    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    page = desk(path=f"/room/?open={matter.pk}")

    typed(page, "crew-1 report")
    page.locator(f"#report-{sent.pk}[open] select:focus").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.locator(f"#report-{sent.pk} [name=category]:focus").wait_for()
    page.keyboard.press("Tab")
    page.locator(f"#report-{sent.pk} textarea:focus").wait_for()
    page.keyboard.type("taken to hospital")
    page.keyboard.press("Control+Enter")
    until(lambda: Incident.objects.get(pk=matter.pk).state == "reported")
    services.review(matter.pk, by=house.actor("zhou"), at=house.now)
    services.close(matter.pk, category="help", subcategory="injured", by=house.actor("zhou"), at=house.now)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    house.fast_forward(minutes=40)

    page.locator(f"#q-{matter.pk}.is-late").wait_for()
    assert page.locator("#q-calm").count() == 0, "what is owed needs somebody"
    page.keyboard.press("n")
    opens(page, matter)
    page.locator("[data-owed]").get_by_text("Ambulance 120 is to answer").wait_for()
    look(page, "owed")
    typed(page, "agency answered")

    page.locator("#q-calm").wait_for()
    assert Referral.objects.get(incident=matter).answered_at is not None
    page.locator("[data-owed]").wait_for(state="detached")


def test_a_call_that_was_left_unsaved_needs_the_room(house, desk):  # noqa: F811
    shown = services.Shown(grade=1, category="crime", subcategory="robbery")
    typed_so_far = {"fields": {"words": "he has a knife"}}
    services.keep_draft("k" * 22, 1, typed_so_far, shown, by=house.actor("carl"), at=house.now)
    page = desk()
    row = page.locator(".desk-row[data-draft]")
    row.get_by_text("Carl is typing").wait_for()
    page.locator("#q-calm").get_by_text("Nothing needs you.").wait_for()

    house.fast_forward(minutes=4)
    held = house.report("a lost key", at="north", grade=4)  # the queue is fetched again
    services.set_aside(held.pk, verb="cancel", reason="by_caller", by=house.actor("carl"), at=house.now)
    row.get_by_text("left unsaved by Carl").wait_for()
    page.locator("#q-calm").get_by_text("Something waits at the desks:").wait_for()
    page.keyboard.press("n")
    row.get_by_role("button", name="Show the words").and_(page.locator(":focus")).wait_for()
    page.keyboard.press("Enter")
    row.get_by_text("he has a knife").wait_for()


def test_a_matter_that_went_to_an_agency_is_taken_over_again_by_words(house, desk):  # noqa: F811
    matter = house.report("the lamp is out", at="west", grade=4, category="non_police")
    services.set_aside(matter.pk, verb="transfer", reason="12345", by=house.actor("dora"), at=house.now)
    page = desk(path=f"/room/?open={matter.pk}")

    page.locator("[data-owed]").wait_for()
    typed(page, "take over again")
    page.locator("[data-owed] [data-result='taken_back']:focus").wait_for()
    page.keyboard.press("Enter")

    until(lambda: Incident.objects.get(pk=matter.pk).state == "received")


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
    assert not page.locator(".happened > .timeline").is_visible()
    assert Look.objects.filter(fields=["looks"], purpose="audit").count() == 1
    look(page, f"reads-{language}")

    other = house.report("a fire", at="east", grade=1)
    page.locator(f"#q-{other.pk} a").click()
    opens(page, other)
    page.locator(".happened > .timeline").wait_for()  # who read the next one is asked anew
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


def test_c_opens_whom_to_call_back_and_leads_to_where_the_result_is_entered(house, desk, settings):  # noqa: F811
    settings.CALLS_TOKEN = "a token of the exchange"
    matter = closed(house)
    call = {"at": house.now.isoformat(), "number": "13800002207"}
    for name, event in (("c-1", "ringing"), ("c-1", "abandoned"), ("c-2", "ringing"), ("c-2", "abandoned")):
        said = httpx.post(
            f"{house.url}/api/calls", json=call | {"call": name, "event": event},
            headers={"Authorization": f"Bearer {settings.CALLS_TOKEN}"},
        )  # fmt: skip
        assert said.status_code == 200, said.text
    page = desk(path=f"/room/?open={matter.pk}")
    page.get_by_role("button", name="See whom to call").wait_for(state="attached")

    page.keyboard.press("c")
    page.locator("#inc .personal", has_text="Wang").wait_for()
    assert page.evaluate("document.activeElement.closest('form').dataset.act").endswith("/call-back")
    assert Look.objects.get(purpose="call_back")

    page.keyboard.press("Escape")
    first, second = page.locator("[data-call]").nth(0), page.locator("[data-call]").nth(1)
    folded = second.bounding_box()["height"]
    assert folded < first.bounding_box()["height"], "the queue stays in sight, however many hung up"
    second.locator("button").first.focus()
    assert second.bounding_box()["height"] > folded
    first.locator("button").first.focus()
    page.keyboard.press("c")
    page.locator("[data-call]", has_text="13800002207").wait_for()
    assert Look.objects.get(purpose="return_call")


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


def test_no_filter_hides_or_silences_a_life_at_risk_and_taking_it_off_sounds_no_old_one(house, desk):  # noqa: F811
    page = desk()
    page.locator("#q-calm").wait_for()
    typed(page, "grade 3")
    page.locator("#q-filters").wait_for()

    grave = house.report("a man with a knife", at="west", grade=1)
    page.locator(f"#q-{grave.pk}").wait_for()
    assert heard(page) == ["p1"]
    house.step(house.dispatch(grave, "crew-1"), "acknowledge", "set_out", by="zhang")
    page.locator(f"#q-{grave.pk}").wait_for(state="detached")  # somebody has it: now the filter keeps it back

    page.keyboard.press("0")
    page.locator(f"#q-{grave.pk}").wait_for()
    other = house.report("a fire", at="east", grade=2)
    page.locator(f"#q-{other.pk}").wait_for()
    assert heard(page) == ["p1"], "neither the old one again nor a lesser one"


def test_a_station_with_many_crews_at_work_takes_a_second_line_and_covers_nobody(house, desk):  # noqa: F811
    page = desk()
    page.locator("#board-station .tile").first.wait_for()
    page.evaluate("""() => {
      const tile = document.querySelector('#board-station .tile'), crew = tile.querySelector('.crew');
      for (let n = 0; n < 14; n += 1) tile.append(crew.cloneNode(true));
    }""")
    heights = "e => [e.offsetHeight, e.scrollHeight - e.offsetHeight]"
    tall, over = page.locator("#board-station .tile").first.evaluate(heights)
    assert tall > 40
    assert over < 4, "its second line stands in the tile"


def test_what_was_taken_back_is_proposed_again_and_what_was_refused_is_typed_still(house, desk):  # noqa: F811
    matter = house.report("a lost key", at="west", grade=3)
    page = desk(path=f"/room/?open={matter.pk}")
    page.locator(".cr").first.wait_for()
    page.keyboard.press("1")
    page.get_by_role("button", name="Send Crew-1").wait_for()
    page.keyboard.press("Enter")
    page.locator(".order", has_text="not signed").wait_for()
    page.keyboard.press("z")
    page.locator(".cr").first.wait_for()  # nobody is sent: who should go is asked again
    page.keyboard.press("x")
    page.locator(".excluded").first.evaluate("e => new Promise(r => requestAnimationFrame(() => r(e.offsetParent)))")
    page.keyboard.press("x")

    other = house.report("a question", at="east", grade=4)
    page.locator(f"#q-{other.pk} a").click()
    opens(page, other)
    page.locator(".cr").first.wait_for()
    typed(page, "hold 20m")
    page.locator(f"#q-{other.pk}").get_by_text("held until").wait_for()
    page.route("**/api/incidents/*/words", lambda route: route.fulfill(status=422, json={"message": "No."}))
    typed(page, "words he has called again")
    page.locator(".toast.is-bad").wait_for()
    assert page.locator("#command").input_value() == "words he has called again"
    page.locator(".switch-language [name=language]").click()
    page.locator("html[lang='zh-CN']").wait_for(state="attached")
    opens(page, other)  # the other language shows the same matter
