"""The reach of the mobile force over Jinan's roads in a real Chromium, by keyboard, in both languages (row T26)."""

from __future__ import annotations

import pytest

from oneroom.apps.duty.services import enter_force, say_readiness
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.places.services import load_network
from oneroom.engine.values import SYSTEM
from oneroom.project.demo.city import bundled
from tests.browsing import browsing, picture
from tests.served import served, walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
WORDS = {
    "en": ("Yes.", "No.", "left out here", "Reach of the mobile force"),
    "zh-hans": ("能。", "不能。", "此处不计", "机动力量覆盖范围"),
}


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    city = bundled("jinan")
    load_network(city.roads, name="Jinan", by=SYSTEM, at=room.now)
    north, south = city.stations[0], max(city.stations, key=lambda s: s["lat"])
    for n, place in enumerate((north, south)):
        made = enter_force(
            code=f"tj-{n}", name_zh=f"特警{n + 1}队", name_en=f"Rapid unit {n + 1}",
            unit_id=room.town.units["west"].pk, base=place["name_en"], strength=30, least=20, required=2,
            lon=place["lon"], lat=place["lat"], by=room.actor("zhou"), at=room.now,
        )  # fmt: skip
        say_readiness(made.pk, level=2, present=25, by=room.actor("zhou"), at=room.now)
    for code, place in (("west", city.stations[5]), ("east", city.stations[20])):
        OrgUnit.objects.filter(code=code).update(lon=place["lon"], lat=place["lat"])
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as opened:
        yield lambda who, path, **options: opened(who, url + path, **options)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_t26_a_base_is_left_out_by_keyboard_and_its_cells_turn_red_on_the_map_and_in_the_table(open_as, language):
    yes, no, out, title = WORDS[language]
    page = open_as("dora", "/office/force/cover?limit=60", language=language)
    assert page.locator("h1").inner_text() == title
    before = page.locator("#answer p[role=status]").inner_text()
    picture(page, f"cover-{language}")
    page.locator("input[name=off]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text(out).wait_for()
    after = page.locator("#answer p[role=status]").inner_text()
    assert after != before
    assert no in after
    assert page.locator(".cover .is-red").get_attribute("fill") == "url(#cover-red)"
    assert page.locator("table").last.locator("tbody tr").count() > 1
    picture(page, f"cover-out-{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator("#limit").fill("600")
    page.keyboard.press("Enter")
    page.locator("#answer p[role=status]", has_text=yes).wait_for()
