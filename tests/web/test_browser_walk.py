"""T19, T23, B03 in real Chromium, all pages together: a report that ends in an answer, and an order nobody answers."""

from __future__ import annotations

import re

import pytest

from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.verify import verify
from tests.browsing import browsing
from tests.served import served, walk
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "Loud music at our gate, third night"


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    """Opens a page as somebody of the town, or as nobody."""
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda who, path, **options: open_as(who, url + path, locale="en", **options)


def test_t19_report_offer_sign_arrive_report_close_and_status_by_code(open_as, room):
    citizen = open_as(None, "/", width=360, height=640)
    citizen.get_by_label("What happened?").fill(REPORT)
    citizen.get_by_role("combobox", name="Where?").fill("the gate of Elm Court")
    citizen.get_by_role("button", name=re.compile("get a code", re.IGNORECASE)).click()
    citizen.locator(".code-large").wait_for()
    code = re.sub(r"\s", "", citizen.locator(".code-large").inner_text())
    incident = Incident.objects.get()

    desk = open_as("dora", f"/room/intake/?incident={incident.pk}")
    desk.get_by_text(REPORT).wait_for()
    desk.select_option("#kind", "dispute.neighbours")
    desk.fill("#where", "market elm")
    desk.locator("#places [role=option]").first.click()
    desk.keyboard.press("F9")
    desk.wait_for_url(f"**/room/?open={incident.pk}")
    assert Incident.objects.get().state == "classified"

    crew = open_as("zhang", "/t/", width=360, height=640)
    crew.get_by_text("Nothing to do now.").wait_for()
    desk.locator(f"#ranked-{incident.pk} li").first.wait_for()
    own = desk.locator(f"#ranked-{incident.pk} li[data-crew='{room.town.crews['crew-1'].pk}']")
    number = own.get_attribute("data-n")
    picked = desk.locator(f"#ranked-{incident.pk} li input:checked")
    for _ in range(picked.count()):
        picked.first.uncheck(force=True)
    desk.locator("#inc").focus()
    desk.keyboard.press(number)
    desk.get_by_role("button", name=re.compile("Send Crew-1")).wait_for()
    desk.keyboard.press("Enter")

    crew.get_by_role("link", name=re.compile("Dispute")).click()  # the order came by the stream
    crew.get_by_text(REPORT).wait_for()
    for name, state in [("Sign for it", "acknowledged"), ("Set off", "en_route"), ("Arrived", "on_scene")]:
        crew.get_by_role("button", name=re.compile(name)).click()
        until(lambda state=state: incident.assignments.get().state == state)
    crew.get_by_role("button", name=re.compile("Report")).click()
    crew.locator("label", has_text="Mediated").click()
    crew.locator("#report-words").fill("Music off, neighbours agreed")
    crew.get_by_role("button", name=re.compile("Send the report")).click()
    until(lambda: Incident.objects.get().state == "reported")

    chief = open_as("zhou", f"/room/?open={incident.pk}")
    chief.get_by_role("button", name=re.compile("reviewed", re.IGNORECASE)).click()
    desk.get_by_role("button", name=re.compile("Close the matter")).click()
    until(lambda: Incident.objects.get().state == "closed")

    later = open_as(None, "/", width=360, height=640)
    later.get_by_label("Your code").fill(code)
    later.get_by_role("button", name="See where it stands").click()
    later.locator(".code-large").wait_for()
    story = later.locator("main").inner_text()
    assert "Mediated" in story or "closed" in story.lower()
    for secret in ("Crew-1", "Zhang", REPORT):
        assert secret not in story
    assert Incident.objects.get().outcome == "mediated"
    assert verify("acts").fault is None
    assert verify("looks").fault is None


def test_t23_an_unanswered_order_climbs_to_the_rooms_alarm_which_only_acting_ends(open_as, room):
    incident = room.report("A man with a knife", at="market", grade=1)
    desk = open_as("dora", f"/room/?open={incident.pk}")
    desk.locator(f"#q-{incident.pk}").wait_for()
    sent = room.dispatch(incident, "crew-1")
    desk.locator(f"#q-{incident.pk} [data-order='{sent.pk}']").wait_for(state="attached")
    assert desk.locator(".alarm:visible").count() == 0

    room.fast_forward(seconds=121)

    alarm = desk.locator(".alarm:visible").first
    alarm.wait_for()
    desk.keyboard.press("Escape")
    alarm.wait_for()
    told = desk.locator(f"#q-{incident.pk} .ladder").inner_text()
    assert re.search(r"Chief\s+03:13:\d\d\s+Cmdr\s+03:13:\d\d", told), "the row says who was told, and when"

    room.step(sent, "acknowledge", by="dora")  # the crew answered by radio

    until(lambda: desk.locator(".alarm:visible").count() == 0)
