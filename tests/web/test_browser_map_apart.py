"""T36: the map on a second screen follows the room, and shows what the room's lists say."""

from __future__ import annotations

import math

import pytest

from oneroom.apps.duty.models import Position
from oneroom.apps.duty.services import Fix, come_on_duty, form_crew, record_positions
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.places.queries import basemap
from oneroom.apps.places.services import raise_warning
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats import pmtiles
from tests.town import CORNERS, PASSWORD, corner
from tests.waiting import until
from tests.web.test_browser_map_intake import desk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def test_t36_the_map_apart_follows_the_open_matter_and_opens_what_is_picked(desk, room):  # noqa: F811
    lon, lat = corner("market")
    raise_warning(
        lon=lon, lat=lat, reason="dog", words="A big dog in the yard", by=room.actor("zhang"), at=room.now
    )  # fmt: skip
    first, second = room.report("burglary", at="market"), room.report("noise", at="north", grade=3)

    page = desk.open("/room/")
    apart = page.context.new_page()
    apart.goto(desk.server.url + "/map/?apart=1")
    apart.locator("#room[data-ready]").wait_for()
    apart.locator("#follows", has_text="no matter is open").wait_for()

    page.locator(f"[data-open='{first.pk}']").first.click()

    apart.locator("#follows", has_text="market").wait_for()
    page.locator(".warned", has_text="A big dog in the yard").wait_for()
    # Its lists hold the same facts, by keyboard; what is picked there opens in the room.
    apart.keyboard.press("l")
    apart.locator(f"#lists #q-{second.pk}").wait_for()
    assert apart.locator("#lists [data-crew]").count() == 3
    apart.locator(f"#lists [data-open='{second.pk}']").first.click()
    page.locator(f"#matter[data-pk='{second.pk}']").wait_for()
    apart.locator("#follows", has_text="north").wait_for()
    apart.keyboard.press("?")
    assert apart.locator("#keys[open]").is_visible()
    assert "© OpenStreetMap contributors" in apart.locator("#map").inner_text()
    apart.keyboard.press("Escape")
    apart.context.close()


def test_the_map_reads_its_tiles_in_parts_and_keeps_them(desk, room, settings, tmp_path):  # noqa: F811
    settings.DATA_FOLDER = tmp_path
    pmtiles.make_tiles(tmp_path, basemap())
    room.report("burglary", at="market")
    page = desk.open("/start-nowhere", draws=True)  # a page of this origin, so that all answers are heard
    parts = []
    page.on("response", lambda r: parts.append(r.status) if r.url.endswith(".pmtiles") else None)

    page.goto(desk.server.url + "/map/?apart=1")
    page.locator("#map[data-map=ready]").wait_for()
    page.locator("#queue [data-incident]").first.wait_for(state="attached")

    assert parts
    assert set(parts) == {206}
    page.keyboard.press("f")
    assert page.locator("#map canvas").is_visible()
    page.context.close()


def test_t36_the_ways_of_the_first_three_crews_are_on_the_map_and_on_the_map_apart(desk, room):  # noqa: F811
    four = create_account(username="four", name="Four", password=PASSWORD, language="en", by=SYSTEM, at=room.now)
    give_role(four.pk, Role.PATROL_OFFICER, unit_id=room.town.units["east"].pk, by=SYSTEM, at=room.now)
    crew = form_crew(
        code="crew-4", callsign_zh="crew-4组", callsign_en="Crew-4", unit_id=room.town.units["east"].pk,
        members=[(four.pk, "lead")], by=SYSTEM, at=room.now,
    )  # fmt: skip
    come_on_duty(crew, by=SYSTEM, at=room.now)
    record_positions([Fix(crew.pk, *corner("south"), room.now, 5.0)], room.now)
    matter = room.report("burglary", at="market")
    page = desk.open("/room/", draws=True)
    apart = page.context.new_page()
    apart.goto(desk.server.url + "/map/?apart=1")
    for screen in (page, apart):
        screen.locator("#map[data-map=ready]").wait_for()

    page.locator(f"[data-open='{matter.pk}']").first.click()
    page.locator(".cr").first.wait_for()

    first = [int(li.get_attribute("data-crew")) for li in page.locator(".propose li[data-crew]").all()[:3]]
    stand = {p.crew_id: (p.lon, p.lat) for p in Position.objects.all()}
    until(lambda: ways(page, "room-map") and ways(apart, "map-apart"))
    for lines in (ways(page, "room-map"), ways(apart, "map-apart")):
        assert 1 <= len(lines) <= 3
        assert sorted(near(line[0], stand) for line in lines) == sorted(first)
        assert all(near(line[-1], {name: corner(name) for name in CORNERS}) == "market" for line in lines)

    page.keyboard.press("Escape")
    until(lambda: not ways(page, "room-map") and not ways(apart, "map-apart"))
    page.context.close()


def ways(page, script):
    """The lines that the map of a page holds."""
    return page.evaluate(f"() => import('/static/oneroom/{script}.js').then((m) => m.routes())")


def near(at, places):
    """Whose place is nearest to a position."""
    return min(places, key=lambda name: math.dist(at, places[name]))


@pytest.mark.parametrize("who", ["zhang", "ina"])
def test_the_map_apart_is_for_the_room(client, town, who):
    client.force_login(town.people[who])
    assert client.get("/map/?apart=1").status_code == 404
