"""T36, T37 in a real Chromium, by keyboard: why each crew, by plan, another with a reason, diverted, free again."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from oneroom.apps.duty.services import Fix, record_positions
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Entry
from tests.browsing import browsing
from tests.served import served, walk
from tests.town import corner

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")  # a folder, to look at what was tested


@pytest.fixture
def desk(browser, room, database_url, monkeypatch):
    """Opens the room as the dispatcher."""
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:

        def open_room(*, language="en"):
            page = open_as("dora", f"{url}/room/", language=language)
            page.wait_for_selector("#room[data-ready='true']")
            page.wait_for_selector("html[data-live='connected']", state="attached")
            return page

        yield open_room


def look(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_t36_t37_a_night_of_proposals_by_keyboard(room, desk):
    crew_3 = room.town.crews["crew-3"]
    crew_3.skills, crew_3.kit = ["mediation"], ["first_aid", "vest"]
    crew_3.save()
    later = room.now - timedelta(seconds=1)
    record_positions([Fix(crew_3.pk, *corner("east"), later + timedelta(seconds=1), 240.0)], later)
    quarrel = room.report("shouting at home", at="west", grade=2, category="dispute")
    Incident.objects.filter(pk=quarrel.pk).update(subcategory="domestic_violence")
    page = desk()

    # two by plan, with what each brings and how each time adds up
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    panel = page.locator(".propose")
    panel.get_by_text("plan “Family violence” asks for 2").wait_for()
    assert "＋fastest" in panel.locator("li", has_text="Crew-1").inner_text().replace("\n", "")
    assert panel.locator("li", has_text="Crew-3").get_by_text("± 0:3").is_visible()
    assert panel.locator("li", has_text="Crew-3").get_by_text("can do mediation").is_visible()
    assert panel.locator("li", has_text="Crew-3").get_by_text(" m").first.is_visible()
    assert not panel.locator(".cr-s").first.is_visible()
    page.keyboard.press("w")
    assert "= " in panel.locator(".cr-s").first.inner_text()
    assert panel.locator("[data-send]").is_disabled(), "the plan chooses nobody by itself"
    look(page, "plan")
    page.keyboard.press("w")
    page.keyboard.press("p")
    page.get_by_role("button", name="Send Crew-1, Crew-3").wait_for()
    assert panel.locator(".why-other").is_hidden()
    page.keyboard.press("Enter")
    page.locator(".order", has_text="Crew-3").get_by_text("not signed").first.wait_for()
    assert {a.crew.code for a in Assignment.objects.filter(incident=quarrel)} == {"crew-1", "crew-3"}

    # another than the advised, with a reason in one press
    noise = room.report("noise", at="north", grade=3)
    services.take_off(
        Assignment.objects.get(incident=quarrel, crew=crew_3).pk, verb="withdraw", by=room.actor("dora"), at=room.now
    )
    page.locator(f"#q-{noise.pk}").wait_for()
    page.locator(f"#q-{noise.pk} a").focus()
    page.keyboard.press("Enter")
    panel.get_by_text("1 excluded").wait_for()
    page.keyboard.press("2")
    panel.locator(".why-other").wait_for()
    page.keyboard.press("o")
    page.keyboard.press("Enter")
    assert panel.locator("[data-reason='knows_place']").get_attribute("aria-pressed") == "true"
    look(page, "another")
    panel.locator("[data-send]").focus()
    page.keyboard.press("Enter")
    page.locator(".timeline").get_by_text("knows the place").wait_for()
    assert Entry.objects.filter(kind="assignment.offered").order_by("-seq").first().facts["reason"] == "knows_place"

    # life at risk, and the nearest crew is on the noise: one act, and what it left needs the room
    sent = Assignment.objects.get(incident=noise)
    away = room.town.crews["crew-2"] if sent.crew_id == crew_3.pk else crew_3
    services.offer(room.report("theft", at="south", grade=2).pk, [away.pk], by=room.actor("dora"), at=room.now)
    knife = room.report("knife", at="east", grade=1)
    page.locator(f"#q-{knife.pk}").wait_for()
    page.locator(f"#q-{knife.pk} a").focus()
    page.keyboard.press("Enter")
    diverts = panel.locator(".diverts")
    diverts.get_by_text("leaves P3").wait_for()
    look(page, "divert")
    page.keyboard.press("t")
    here = page.evaluate("document.activeElement.dataset.divert")
    page.keyboard.press("Enter")
    page.locator(".order").get_by_text("not signed").first.wait_for()
    assert Assignment.objects.get(pk=int(here)).state == "diverted"
    assert Assignment.objects.get(incident=knife).crew_id == Assignment.objects.get(pk=int(here)).crew_id
    left = Assignment.objects.get(pk=int(here)).incident_id
    page.locator(f"#q-{left}[data-needs]").wait_for()

    # a crew is free again: what waits says so, and nothing is sent
    before = Assignment.objects.count()
    back = Assignment.objects.get(incident=quarrel, crew__code="crew-1")
    services.take_off(back.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    page.locator(f"#q-{left} .free").get_by_text("Crew-1 free").wait_for()
    look(page, "free")
    assert Assignment.objects.count() == before


def test_t36_in_chinese_with_everybody_excluded_and_without_a_place(room, desk):
    room.dispatch(room.report("fight", at="north", grade=2), "crew-1", "crew-2", "crew-3")
    theft = room.report("theft", at="market", grade=2)
    page = desk(language="zh-hans")
    page.locator(f"#q-{theft.pk} a").click()
    page.get_by_text("现在没有可派的警组").wait_for()
    page.keyboard.press("x")
    page.get_by_text("Crew").first.or_(page.get_by_text("crew-1组").first).wait_for()
    look(page, "none-zh")
    assert page.locator(".excluded").is_visible()
