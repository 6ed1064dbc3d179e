"""The phone in a real Chromium, 360 × 640: help without a sound, is all well, photos, what a crew sees."""

import io
import os

import pytest
from django.db import connection, transaction
from PIL import Image

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.services.chain import lock_head
from oneroom.apps.orders.models import Delivery, Sos
from oneroom.apps.orders.queries import photos_of
from oneroom.apps.orders.services import end_sos
from tests.served import WebProcess
from tests.waiting import until
from tests.web.test_browser_terminal import LISTEN, house, phone
from tests.web.test_browser_terminal import phone as make_phone

__all__ = ["LISTEN", "house", "phone"]
pytestmark = pytest.mark.django_db(transaction=True)


def jpeg(picture: Image.Image | None = None) -> dict[str, object]:
    """A photo as a person picks it."""
    out = io.BytesIO()
    (picture or Image.new("RGB", (640, 480), (90, 120, 60))).save(out, "JPEG")
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def on_scene(house):
    """Crew 1 at a knife on the market."""
    sent = house.dispatch(house.report("knife", at="market", grade=1), "crew-1")
    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    return sent


def photos(sent) -> list:
    return photos_of(f"incident:{sent.incident_id}")


def pressed(page, milliseconds: int) -> None:
    page.evaluate(
        """async (ms) => {
          const button = document.getElementById("sos-press");
          const touch = { bubbles: true, pointerId: 1, pointerType: "touch", button: 0 };
          const say = (name) => button.dispatchEvent(new PointerEvent(name, touch));
          button.setPointerCapture = () => {};
          say("pointerdown");
          await new Promise((done) => setTimeout(done, ms));
          say("pointerup");
        }""",
        milliseconds,
    )


def shows(page, condition: str) -> None:
    """As ``wait_for_function``, which our content policy forbids."""
    until(lambda: page.evaluate(condition))


def look(page, name: str) -> None:
    """A picture for whoever looks: set FIELD_PICTURES to a folder."""
    if folder := os.environ.get("FIELD_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_help_is_called_by_two_seconds_of_a_thumb_and_makes_no_sound_on_that_phone(house, phone):
    zhang, wang, chen = phone("zhang"), phone("wang"), phone("chen")
    pressed(zhang, 700)
    assert not Sos.objects.exists()
    assert "hold 2 s" in zhang.locator("#sos-press").inner_text()

    zhang.context.set_offline(True)
    pressed(zhang, 2300)
    shows(zhang, "document.querySelector('#sos-press small').textContent === 'sending'")
    zhang.context.set_offline(False)
    until(Sos.objects.exists)
    shows(zhang, "document.querySelector('#sos-press small').textContent === 'received'")

    until(lambda: wang.evaluate("window.rang.length") == 1)
    assert wang.evaluate("window.rang") == ["help!"]
    assert "SOS" in wang.locator("#list .help").inner_text()
    assert chen.evaluate("window.rang") == []  # another crew is not told at once
    assert (zhang.evaluate("window.tones"), zhang.evaluate("window.vibrated"), zhang.evaluate("window.rang")) == (
        0,
        0,
        [],
    )
    assert not Delivery.objects.filter(account=house.town.people["zhang"]).exists()
    zhang.tap("#sos-press")
    zhang.wait_for_selector("text=Help is called")
    look(zhang, "sos")
    zhang.tap("[data-mistake]")
    zhang.wait_for_selector("text=The room decides")
    assert Sos.objects.get().state == "raised"

    end_sos(Sos.objects.get().pk, reason="mistake", by=house.actor("dora"), at=house.now)
    shows(zhang, "document.querySelector('#sos-press small').textContent === 'hold 2 s'")
    zhang.focus("#sos-press")
    zhang.keyboard.press("Enter")
    assert Sos.objects.count() == 1  # one press of a key is none
    zhang.keyboard.press("Enter")
    until(lambda: Sos.objects.count() == 2)


def test_the_crew_is_asked_quietly_and_one_tap_answers(house, phone):
    sent = house.dispatch(house.report("knife", at="market", grade=1), "crew-1")
    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    zhang = phone("zhang", language="zh-hans", path=f"/t/#order-{sent.pk}")
    house.fast_forward(minutes=10)
    zhang.wait_for_selector("[data-well]")
    zhang.wait_for_timeout(300)
    assert zhang.evaluate("window.tones") == 0
    assert fits(zhang)
    look(zhang, "well")

    zhang.tap("[data-well]")

    from oneroom.apps.ledger.models import Entry

    until(lambda: Entry.objects.filter(kind="assignment.well").exists())
    zhang.wait_for_selector("[data-well]", state="hidden")
    house.fast_forward(minutes=10)
    zhang.tap("[data-need-help]")
    until(lambda: Sos.objects.filter(matter=f"incident:{sent.incident_id}").exists())


def test_a_photo_waits_through_a_dead_server_and_a_reload_and_arrives_once(house, phone):
    sent = on_scene(house)
    zhang = phone("zhang", path=f"/t/#order-{sent.pk}")
    zhang.wait_for_selector(".order-foot .photo")
    zhang.route("**/photo", lambda route: route.abort())
    zhang.set_input_files("#extra [data-photo]", jpeg())
    shows(zhang, "document.querySelector('[data-photos]').textContent.includes('has them: 1')")
    look(zhang, "photo")
    zhang.reload()
    shows(zhang, "document.querySelector('[data-photos]')?.textContent.includes('has them: 1')")
    assert photos(sent) == []
    zhang.unroute("**/photo")

    until(lambda: len(photos(sent)) == 1)
    shows(zhang, "document.querySelector('[data-photos]').textContent === ''")
    zhang.wait_for_selector(".thumbs img")
    assert len(photos(sent)) == 1


def test_a_photo_is_shown_although_the_words_were_being_read_as_it_arrived(house, phone):
    sent = on_scene(house)
    zhang = phone("zhang")
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))  # read before the photo, and slow to come

    zhang.route("**/api/incidents/*/open", hold_the_first)
    zhang.evaluate("id => { location.hash = `#order-${id}`; }", sent.pk)
    zhang.wait_for_selector(".order-foot .photo")
    until(lambda: zhang.evaluate("true") and held)  # the route runs only while Playwright does something
    zhang.set_input_files("#extra [data-photo]", jpeg())
    zhang.wait_for_selector("#answers >> text=Photo sent")
    route, answer = held[0]
    route.fulfill(response=answer)

    zhang.wait_for_selector(".thumbs img")
    assert "knife" in zhang.inner_text("#said")


def test_a_server_killed_in_the_middle_of_a_photo_has_it_once_when_it_is_back(room, browser, database_url):
    sent = on_scene(room)
    noise = Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3))

    def somebody_waits_for_the_record() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0

    with WebProcess(database_url) as server:
        room.url = server.url
        phones = make_phone.__wrapped__(browser, room)
        zhang = next(phones)("zhang", path=f"/t/#order-{sent.pk}")
        zhang.wait_for_selector(".order-foot .photo")
        line = zhang.context.new_cdp_session(zhang)
        speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 20_000}
        line.send("Network.emulateNetworkConditions", speed)
        with zhang.expect_request("**/photo"):
            zhang.set_input_files("#extra [data-photo]", jpeg(noise))
        server.kill()  # some 300 kB at 20 kB a second: it had a part of them at most
        shows(zhang, "document.querySelector('[data-photos]').textContent.includes('has them: 1')")
        line.send("Network.emulateNetworkConditions", speed | {"uploadThroughput": -1})

        with transaction.atomic():
            lock_head("acts")
            with zhang.expect_request("**/photo"):
                server.start()
            until(somebody_waits_for_the_record)
            server.kill()  # all but the entry is written; the database may have been asked for that too
        assert len(photos(sent)) <= 1
        shows(zhang, "document.querySelector('[data-photos]').textContent.includes('has them: 1')")

        server.start()
        until(lambda: len(photos(sent)) == 1)
        zhang.wait_for_selector(".thumbs img")
        shows(zhang, "document.querySelector('[data-photos]').textContent === ''")
        list(phones)
    assert len(photos(sent)) == 1


def test_the_whole_form_is_seen_at_once_by_day_and_by_night_in_both_languages(house, phone):
    sent = on_scene(house)
    for language, theme in (("en", "light"), ("zh-hans", "night")):
        zhang = phone("zhang", language=language, path=f"/t/#report-{sent.pk}")
        zhang.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        zhang.wait_for_selector("#report-category")
        for form in (".part-report", ".view-see"):
            look(zhang, f"{form[1:]}-{language}")
            assert zhang.locator(f"{form} .f").evaluate("f => f.scrollHeight <= f.clientHeight")
            assert fits(zhang)
            zhang.tap("[data-tab=see]")
            zhang.wait_for_selector("#see-category")


def test_what_a_crew_sees_becomes_a_matter_and_what_is_taken_away_is_told_loudly(house, phone):
    zhang = phone("zhang", path="/t/#see")
    zhang.wait_for_selector("#see-category")
    look(zhang, "see")
    zhang.tap("#see button[type=submit]")
    zhang.wait_for_selector("#see .err:not([hidden])")
    zhang.select_option("#see-category", "traffic")
    zhang.locator("#see [name=grade]").nth(2).check(force=True)
    zhang.fill("#see-words", "A car across the kerb")
    zhang.tap("#see button[type=submit]")
    until(lambda: Incident.objects.filter(origin="self", category="traffic", grade=3).exists())

    sent = house.dispatch(house.report("noise", at="south", grade=3, category="public_order"), "crew-1")
    zhang.wait_for_selector("#to-do [data-order]")
    before = zhang.evaluate("window.vibrated")
    services.take_off(sent.pk, verb="withdraw", by=house.actor("dora"), at=house.now)
    zhang.wait_for_selector("text=Do not go on")
    assert zhang.evaluate("window.vibrated") > before
    zhang.reload()
    zhang.wait_for_selector("#done [data-order]")
    assert zhang.locator("text=Do not go on").count() == 0  # told once
    assert Assignment.objects.get(pk=sent.pk).state == "withdrawn"


def test_a_phone_reloaded_without_network_says_so_and_opens_by_itself(house, phone):
    sent = on_scene(house)
    zhang = phone("zhang")
    zhang.evaluate("navigator.serviceWorker.ready.then(() => true)")
    zhang.context.set_offline(True)
    zhang.reload()
    zhang.wait_for_selector("text=No network")
    zhang.wait_for_selector("text=没有网络")
    look(zhang, "offline")
    assert "market" not in zhang.content()  # nothing of anybody is kept
    assert fits(zhang)
    zhang.context.set_offline(False)

    zhang.wait_for_selector(f"#to-do-{sent.pk}")
