"""The map and the intake desk in a real browser, by keyboard, in both languages."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from oneroom.apps.incidents.access import personal_fields
from oneroom.apps.incidents.models import Incident
from oneroom.engine.geo import from_wgs84
from tests.browsing import NO_WEBGL, browsing
from tests.town import corner
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

DRAWS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--no-sandbox"]
WIDE = {"width": 1366, "height": 768}


class Desk:
    """A browser at which somebody is signed in."""

    def __init__(self, open_as, server, town):
        self.open_as, self.server, self.town = open_as, server, town

    def open(self, path="/room/intake/", *, who="dora", language="en", size=WIDE, draws=False):
        """Signed in, at a page."""
        script = "" if draws else NO_WEBGL
        return self.open_as(who, self.server.url + path, language=language, script=script, **size)


@pytest.fixture
def desk(chromium, live_server, town, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread; we use none of it
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=DRAWS)
        with browsing(browser, town.people) as open_as:
            yield Desk(open_as, live_server, town)
        browser.close()


def words_of(incident, room):
    return personal_fields(incident.pk, purpose="dispatch", by=room.actor("dora"), at=room.now)["reports"][0]


def test_a_call_is_taken_by_keyboard_alone_and_leads_to_the_crews(desk, room):
    page = desk.open()
    keys = page.keyboard

    keys.type("A man threatens the clerk with a knife")  # the first field has the focus
    keys.press("Enter")  # takes what the words suggest
    keys.type("market elm")
    page.locator("#places [role=option]").first.wait_for()
    keys.press("Enter")
    page.get_by_text("Question 1: Y / N / U").wait_for()
    for key in ("u", "y", "y"):
        keys.press(key)
    page.get_by_text(re.compile("Because: .*weapon")).wait_for()
    assert "Get out of his sight" in page.locator("#tell").inner_text()
    assert page.locator("#q-weapon .w").inner_text() == "→ plan “Armed”"
    keys.press("4")
    keys.type("Mrs Lin")
    keys.press("Enter")
    keys.type("138 0000 2207")
    page.fill("#address", "12, third floor")
    assert "Ask: is it safe" in page.locator("#ask-safe").inner_text()
    keys.press("F9")
    page.locator("#done").wait_for()

    code = page.locator("#done-code").inner_text().replace(" ", "")
    incident = Incident.objects.get(reference=page.locator("#done-reference").inner_text())
    assert (incident.category, incident.subcategory, incident.grade) == ("public_order", "armed_threat", 1)
    assert set(incident.reasons) == {"weapon", "in_progress"}
    assert incident.questionings.get().answers == ["danger:unknown", "now:yes", "weapon:yes"]
    assert "Elm Road" in incident.place_en
    assert len(code) == 9
    report = words_of(incident, room)
    assert report["words"].startswith("A man threatens")
    assert report["caller"] == {"name": "Mrs Lin", "phone": "13800002207"}
    assert report["address"] == "12, third floor"
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/room/?open={incident.pk}")


def test_a_reload_and_a_lost_line_lose_nothing_and_make_one_incident(desk, room):
    page = desk.open(language="zh-hans")
    page.fill("#words", "便利店有人拿刀")
    page.select_option("#kind", "crime")
    page.fill("#where", "集市街/榆路")
    page.locator("#places [role=option]").first.click()
    page.fill("#caller_phone", "110")

    page.reload()

    assert page.input_value("#words") == "便利店有人拿刀"
    assert page.input_value("#caller_phone") == "110"
    page.locator("#taken", has_text="榆路").wait_for()
    # The first answer is lost on the way back: the server has done it, the desk does not know.
    lost = []

    def lose_once(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/api/incidents", lose_once)
    page.keyboard.press("F9")
    page.locator("#done").wait_for()

    assert len(lost) == 1
    assert lost[0].json()["reference"] == page.locator("#done-reference").inner_text()
    assert Incident.objects.count() == 1


def test_a_desk_that_is_reloaded_while_the_line_is_down_goes_on_sending(desk, room):
    page = desk.open()
    page.route("**/api/incidents", lambda route: route.abort())
    page.fill("#words", "Noise upstairs")
    page.select_option("#kind", "public_order")
    page.fill("#where", "market oak")
    page.locator("#places [role=option]").first.click()
    page.get_by_text("Usual for this category").wait_for()
    page.keyboard.press("F9")
    page.get_by_text("Nothing is lost. Trying again").wait_for()
    assert not Incident.objects.exists()
    page.unroute_all()

    page.reload()
    page.locator("#done").wait_for()

    assert Incident.objects.count() == 1
    assert words_of(Incident.objects.get(), room)["words"] == "Noise upstairs"


def test_a_refusal_stands_at_its_field_and_nothing_typed_is_gone(desk, room):
    page = desk.open()
    page.fill("#words", "Burglary next door")
    page.select_option("#kind", "crime")
    page.fill("#caller_phone", "call me maybe")
    page.keyboard.press("F9")
    page.locator("[data-field=location] .err").wait_for()
    page.fill("#where", "market oak")
    page.locator("#places [role=option]").first.click()
    page.get_by_text("Usual for this category").wait_for()

    page.keyboard.press("F9")

    said = page.locator("[data-field=caller_phone] .err")
    said.wait_for()
    assert said.inner_text() == "A phone number has digits only."
    assert page.evaluate("document.activeElement.id") == "caller_phone"
    assert page.input_value("#words") == "Burglary next door"
    assert page.locator("#taken").inner_text().startswith("✓")
    assert not Incident.objects.exists()


def test_keys_do_nothing_while_an_input_method_composes(desk, room):
    page = desk.open(language="zh-hans")
    page.fill("#words", "有人打架")
    for key, code in (("F9", 120), ("Enter", 13), ("1", 49), ("F8", 119), ("F10", 121), ("y", 89)):
        page.evaluate(
            "([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
            " {key, code: key === '1' ? 'Digit1' : key, altKey: key === '1', keyCode: code, isComposing: true,"
            " bubbles: true}))",
            [key, code],
        )

    assert page.locator(".err").count() == 0
    assert page.input_value("#kind") == ""
    assert page.evaluate("document.activeElement.id") == "words"
    assert not Incident.objects.exists()


def test_a_call_for_another_agency_is_handed_over_with_one_key(desk, room):
    page = desk.open()
    page.fill("#words", "The rubbish was not collected")

    page.keyboard.press("F8")
    page.get_by_text("Handed to 12345").wait_for()

    incident = Incident.objects.get()
    assert incident.state == "transferred"
    assert page.locator("#done-code").inner_text()


def test_a_crossing_by_initials_a_house_number_and_coordinates_with_their_datum(desk, room):
    lon, lat = corner("market")
    page = desk.open()
    page.fill("#where", "yljsj")  # 榆路, 集市街
    page.locator("#places [role=option]", has_text="Elm Road").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#taken", has_text="Elm Road / Market Street").wait_for()

    page.fill("#where", "12 Oak Rd")
    page.locator("#places [role=option]").first.click()
    page.locator("#taken", has_text="Oak Road").wait_for()
    assert page.input_value("#address") == "12"

    x, y = (float(axis) for axis in from_wgs84(lon, lat, "GCJ02"))
    page.fill("#where", f"{y:.6f}, {x:.6f}")
    page.get_by_text("Which map do these come from?").wait_for()
    assert page.locator("#taken").inner_text() == ""
    page.select_option("#datum", "GCJ02")
    page.locator("#taken", has_text="Oak Road / Market Street").wait_for()

    page.fill("#where", "39.9, 116.4")
    page.locator("[data-field=location] .err", has_text="outside").wait_for()


def test_a_name_is_looked_for_where_the_operator_looks_and_esc_goes_back_with_the_draft_kept(desk, room):
    page = desk.open(draws=True)
    page.wait_for_selector("#map[data-map=ready]")
    asked = []
    page.on("request", lambda r: asked.append(parse_qs(urlsplit(r.url).query)) if "/api/places" in r.url else None)
    page.fill("#words", "smoke from a roof")
    page.fill("#where", "oak")
    page.locator("#places [role=option]").first.wait_for()
    lon, lat = corner("market")
    assert float(asked[-1]["near_lon"][0]) == pytest.approx(lon, abs=0.01)
    assert float(asked[-1]["near_lat"][0]) == pytest.approx(lat, abs=0.01)

    page.keyboard.press("Escape")  # the list, the field, the form
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys[open]").get_by_text("back to the room").wait_for()
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for(state="detached")
    assert page.locator("#draft").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_url("**/room/", wait_until="commit")
    page.wait_for_selector("#room[data-ready='true']")  # it draws its map too
    page.keyboard.press("F2")
    page.wait_for_function("() => document.getElementById('words')?.value === 'smoke from a roof'")


def test_a_point_is_taken_from_the_map_by_mouse_and_by_keyboard(desk, room):
    page = desk.open(draws=True)
    page.locator("#map[data-map=ready]").wait_for()
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")  # the middle of the map
    page.locator("#taken", has_text="✓").wait_for()
    first = page.locator("#taken").inner_text()
    page.locator("#map canvas").click(position={"x": 180, "y": 120})
    page.locator("#taken", has_text="✓").wait_for()

    page.fill("#words", "Something in the street")
    page.select_option("#kind", "help")
    page.get_by_text("Usual for this category").wait_for()
    page.keyboard.press("F9")
    page.locator("#done").wait_for()

    assert first
    incident = Incident.objects.get()
    assert incident.place_en
    assert incident.unit is not None


def test_the_operator_may_raise_the_grade_and_not_lower_it(desk, room):
    page = desk.open(who="carl")
    page.select_option("#kind", "dispute.quarrel")
    page.locator("[name=grade][value='3']:checked").wait_for(state="attached")

    assert page.locator("[name=grade][value='4']").is_disabled()
    page.keyboard.press("Alt+ArrowUp")

    assert page.locator("#grade-sign").inner_text() == "2"
    assert "Raised by you" in page.locator("#grade-why").inner_text()
    page.select_option("#kind", "disaster.fire")
    page.locator("#questions").focus()
    page.keyboard.press("y")
    page.get_by_text("Because: life at risk").wait_for()
    assert page.locator("#grade-sign").inner_text() == "1"
    assert page.locator("[name=along][value='119']").is_checked()  # fire asks for the fire service


def test_a_report_from_the_web_is_opened_and_classified(desk, room):
    taken = room.report_online("Somebody stole my bicycle", caller_phone="13800001111")
    page = desk.open(f"/room/intake/?incident={taken.incident_id}", who="carl")
    page.get_by_text("Somebody stole my bicycle").wait_for()
    page.locator("#kinds", has_text="Alt 1").wait_for()
    assert "Theft" in page.locator("#kinds").inner_text()

    page.keyboard.press("Alt+1")
    page.fill("#where", "north pine")
    page.locator("#places [role=option]").first.click()
    page.get_by_text("Usual for this category").wait_for()
    page.keyboard.press("F9")
    page.wait_for_url(f"**/room/?open={taken.incident_id}")

    incident = Incident.objects.get()
    assert (incident.state, incident.category, incident.grade) == ("classified", "crime", 3)


def test_without_webgl_a_sentence_stands_in_the_map_and_calls_are_taken(desk, room):
    page = desk.open()
    page.locator("#map[data-map=none]").wait_for()
    assert "draws no map" in page.locator(".map-says").inner_text()
    assert "© OpenStreetMap contributors" in page.locator("#map").inner_text()

    page.fill("#words", "A fight")
    page.select_option("#kind", "public_order")
    page.fill("#where", "south oak")
    page.locator("#places [role=option]").first.click()
    page.get_by_text("Usual for this category").wait_for()
    page.keyboard.press("F9")
    page.locator("#done").wait_for()

    assert Incident.objects.get().place_en


def test_the_map_shows_crews_and_incidents_and_tells_which_was_clicked(desk, room):
    page = desk.open(draws=True)
    page.locator("#map[data-map=ready]").wait_for()
    lon, lat = corner("market")

    shown = page.evaluate(
        """async ([lon, lat]) => {
          const { createMap } = await import("/static/oneroom/map.js");
          const box = document.createElement("div");
          box.style.setProperty("height", "400px");
          document.querySelector(".mapbox").replaceWith(box);
          const words = JSON.parse(document.getElementById("map-words").textContent);
          const map = createMap(box, { language: "en", words });
          const crew = (id, state, east) => ({ id, state, lon: lon + east, lat, label: `Crew ${id}`, age_s: 4 });
          map.setCrews([crew(1, "available", -0.003), crew(2, "en_route", 0), crew(3, "out_of_service", 0.002)]);
          map.moveCrews([{ id: 2, lon: lon - 0.0015, lat }, { id: 77, lon, lat }]);
          const late = { id: 10, lon: lon + 0.003, lat, grade: 2, late: "+1:24" };
          map.setIncidents([{ id: 9, lon, lat, grade: 1, open: true }, late]);
          map.setRoutes([{ line: [[lon - 0.003, lat], [lon, lat]], n: 1, label: "2:49", name: "Crew 1" }]);
          map.setStations([{ id: 1, lon, lat: lat + 0.003, label: "West" }]);
          map.setAreas((await (await fetch("/map/areas.json")).json()).areas);
          window.selected = [];
          map.onSelect((what) => window.selected.push(what));
          await map.ready;
          const placed = () => map.shown("crew").length === 3 && map.shown("incident").length === 2;
          for (let wait = 0; wait < 100 && !placed(); wait += 1) await new Promise((tick) => setTimeout(tick, 100));
          const at = map.project([lon - 0.0015, lat]);
          const edge = box.getBoundingClientRect();
          return { crews: map.shown("crew").sort(), incidents: map.shown("incident").sort((a, b) => a - b),
                   at: [edge.left + at.x, edge.top + at.y], text: box.innerText };
        }""",
        [lon, lat],
    )

    def clicked():  # crews are drawn where they are once a second
        page.mouse.click(*shown["at"])
        return page.evaluate("window.selected.length") > 0

    until(clicked)
    assert (shown["crews"], shown["incidents"]) == ([1, 2, 3], [9, 10])
    assert page.evaluate("window.selected")[:1] == [{"kind": "crew", "id": 2}]  # not the unknown 77, nor where 2 was
    assert "© OpenStreetMap contributors" in shown["text"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_at_1366_by_768_nothing_is_cut_and_nothing_scrolls(desk, room, language):
    page = desk.open(language=language, draws=True)
    page.locator("#map[data-map=ready]").wait_for()

    measured = page.evaluate(
        """() => JSON.stringify({
          page: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
          form: [form.scrollHeight - form.clientHeight, form.scrollWidth - form.clientWidth],
          cut: [...document.querySelectorAll(".btn, .o, .lb, label, .top-title")]
            .filter((el) => el.offsetParent && el.scrollWidth > el.clientWidth + 1).map((el) => el.textContent.trim()),
        })"""
    )

    assert json.loads(measured) == {"page": [1366, 768], "form": [0, 0], "cut": []}
