"""The terminal in a real Chromium, 360 × 640: it rings once per rung, and no tap is lost."""

import re

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orders.models import Delivery
from tests.browsing import browsing
from tests.served import served, walk
from tests.town import corner
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

# What rang, as the page says it; how often it vibrated, as the device felt it.
LISTEN = """
window.rang = [];
document.addEventListener("phone:ring", (e) => window.rang.push(`${e.detail.rung_code}${e.detail.loud ? "!" : ""}`));
window.vibrated = 0;
window.tones = 0;
const voice = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return voice.call(this); };
Object.defineProperty(navigator, "vibrate", { value: (p) => { if (p !== 0) window.vibrated += 1; return true; } });
"""

# Which button was the one to press, as the eye saw it.
WATCH = """() => {
  window.steps = [];
  const look = () => {
    const now = document.querySelector(".four [data-verb].is-now")?.dataset.verb;
    if (now && now !== window.steps.at(-1)) window.steps.push(now);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def house(room, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url:
        room.url = url
        yield room


@pytest.fixture
def phone(browser, house):
    """Opens the terminal as somebody."""
    with browsing(browser, house.town.people) as open_as:

        def open_phone(who, *, path="/t/", **options):
            page = open_as(who, house.url + path, width=360, height=640, script=LISTEN, has_touch=True, **options)
            page.wait_for_selector("html[data-live='connected']", state="attached")
            return page

        yield open_phone


def rang(page, *wanted: str) -> None:
    """Exactly these rungs began to ring on the phone, in this order."""
    until(lambda: page.evaluate("window.rang.length") >= len(wanted))
    assert page.evaluate("window.rang") == list(wanted)


def state_of(sent: Assignment) -> str:
    sent.refresh_from_db()
    return sent.state


def tap(page, verb: str) -> None:
    page.tap(f'.four [data-verb="{verb}"].is-now')


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_an_order_rings_once_per_rung_until_it_is_signed_for(house, phone):
    zhang, chen = phone("zhang"), phone("chen")
    sent = house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    rang(zhang, "crew")

    zhang.reload()
    zhang.wait_for_selector("#to-do a")
    zhang.wait_for_timeout(600)
    assert zhang.evaluate("window.rang") == []  # this rung has rung on this device

    house.fast_forward(seconds=15)
    rang(zhang, "again!")
    assert zhang.is_visible(".over-ring")
    zhang.tap("#to-do a")
    tap(zhang, "acknowledge")
    until(lambda: state_of(sent) == "acknowledged")
    zhang.wait_for_selector(".over-ring", state="hidden")
    felt = zhang.evaluate("window.vibrated")
    zhang.wait_for_timeout(2600)

    assert zhang.evaluate("window.vibrated") == felt
    assert chen.evaluate("window.rang") == []


def test_by_day_it_rings_at_once_and_by_night_it_vibrates_first(house, phone):
    day, night = phone("zhang"), phone("wang", color_scheme="dark")
    for page in (day, night):
        page.tap("[data-tab='crew']")  # browsers let a page sound only after a touch
        page.wait_for_selector("#unlock", state="hidden")
    assert night.get_attribute("html", "data-theme") == "night"

    house.dispatch(house.report("a man with a knife", at="market"), "crew-1")

    rang(night, "crew")
    until(lambda: day.evaluate("window.tones") >= 2)
    assert night.evaluate("window.vibrated") >= 1
    assert night.evaluate("window.tones") == 0
    until(lambda: night.evaluate("window.tones") >= 2)


def test_the_ladder_learns_that_the_order_arrived_and_was_read(house, phone):
    zhang = phone("zhang")
    house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    receipts = Delivery.objects.filter(account=house.town.people["zhang"], channel="app")

    until(lambda: receipts.get().state == "delivered")
    zhang.tap("#to-do a")

    until(lambda: receipts.get().state == "read")


def test_sign_set_off_arrive_and_report_by_taps(house, phone):
    matter = house.report("a man with a knife", at="market", caller_name="Fang", safe_contact="no", caller_phone="110")
    sent = house.dispatch(matter, "crew-1")
    page = phone("zhang")
    page.tap("#to-do a")
    page.wait_for_selector("text=a man with a knife")
    assert "Do not call. The caller said that it is not safe." in page.inner_text("#said")
    assert page.query_selector("#said a[href^='tel:']") is None
    look = Look.objects.get()
    assert (look.purpose, look.actor, look.record) == (
        "respond",
        house.town.people["zhang"].pk,
        f"incident:{matter.pk}",
    )

    page.evaluate(WATCH)
    for verb, state in [("acknowledge", "acknowledged"), ("set_out", "en_route"), ("arrive", "on_scene")]:
        tap(page, verb)
        until(lambda state=state: state_of(sent) == state)
    page.wait_for_selector('[data-verb="arrive"].is-done .end:has-text(":")')
    assert page.evaluate("window.steps") == ["acknowledge", "set_out", "arrive", "report"]  # no button came back
    tap(page, "report")
    page.tap('.part-report button[type="submit"]')
    assert "pick one" in page.inner_text('[data-err="outcome"]')
    assert state_of(sent) == "on_scene"
    page.fill("#report-words", "one man held, nobody hurt")
    page.tap(".opt:has-text('Under control')")
    page.tap('.part-report button[type="submit"]')

    until(lambda: state_of(sent) == "cleared")
    assert Incident.objects.get(pk=matter.pk).outcome == "under_control"
    page.wait_for_selector("text=Its words are no longer open to you")
    assert "knife" not in page.content()
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])").count("nobody hurt") == 0


def test_taps_without_network_are_kept_and_sent_once_in_order_with_their_own_times(house, phone):
    sent = house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    page = phone("zhang")
    page.tap("#to-do a")
    page.wait_for_selector("#said >> text=knife")
    page.context.set_offline(True)

    tap(page, "acknowledge")
    page.wait_for_selector('[data-verb="acknowledge"].is-kept:has-text("kept here")')
    tap(page, "set_out")
    page.wait_for_selector('[data-verb="arrive"].is-now')
    page.wait_for_selector("#kept >> text=2 acts kept here")
    assert page.is_hidden(".over-ring")
    assert state_of(sent) == "offered"
    page.wait_for_timeout(1500)
    page.context.set_offline(False)

    until(lambda: state_of(sent) == "en_route")
    page.wait_for_selector("#kept", state="hidden")
    assert entries("assignment.acknowledged") == entries("assignment.en_route") == 1
    assert sent.acknowledged_at < sent.en_route_at
    written = Entry.objects.get(kind="assignment.en_route")
    assert (written.recorded - written.at).total_seconds() > 1  # when it was tapped, and when it arrived


def test_a_tap_survives_a_reload_and_an_answer_that_got_lost(house, phone):
    sent = house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    page = phone("zhang")
    page.tap("#to-do a")
    lost = []

    def lose(route):
        lost.append(route.request.headers["idempotency-key"])
        route.fetch()  # the server does it
        route.abort()  # and the phone never hears of it

    page.route(re.compile("/step$"), lose)
    tap(page, "acknowledge")
    while state_of(sent) != "acknowledged":
        page.wait_for_timeout(50)  # the route above runs only while Playwright waits
    page.wait_for_timeout(200)
    page.unroute(re.compile("/step$"))
    page.reload()

    page.wait_for_selector('[data-verb="set_out"].is-now')
    until(lambda: page.evaluate("localStorage.length") == 0)
    assert len(set(lost)) == 1
    assert entries("assignment.acknowledged") == 1
    assert page.query_selector("#answers li") is None


def test_a_no_is_told_in_a_sentence_and_the_screen_shows_what_is(house, phone):
    sent = house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    page = phone("zhang")
    page.tap("#to-do a")
    page.wait_for_selector("#said >> text=knife")
    page.context.set_offline(True)
    tap(page, "acknowledge")
    services.take_off(sent.pk, verb="withdraw", by=house.actor("dora"), at=house.now)
    page.context.set_offline(False)

    page.wait_for_selector("#answers li")
    assert "Sign for it: not done." in page.inner_text("#answers")
    page.wait_for_selector("#order >> text=The room took you off this order")
    assert page.evaluate("localStorage.length") == 0


def test_the_auxiliary_sees_why_he_may_not_report(house, phone):
    sent = house.dispatch(house.report("noise", at="east", grade=3), "crew-3")
    house.step(sent, "acknowledge", "set_out", "arrive", by="qian")
    page = phone("aux-he")

    page.tap("#to-do a")

    page.wait_for_selector("text=An officer of your crew signs the report.")
    assert page.is_disabled('[data-verb="report"]')


def test_not_ours_is_asked_once_with_a_reason(house, phone):
    sent = house.dispatch(house.report("noise", at="east", grade=3), "crew-1")
    page = phone("zhang")
    page.tap("#to-do a")
    page.tap("text=Not ours")

    page.tap(".opt:has-text('not our area')")
    page.tap('.part-return button[type="submit"]')

    page.wait_for_selector("text=You said: not our area")
    sent.refresh_from_db()
    assert (sent.state, sent.return_reason) == ("offered", "wrong_area")


def test_a_word_to_the_room_is_the_first_word_that_is_waited_for(house, phone):
    sent = house.dispatch(house.report("brawl", at="market"), "crew-1")
    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    page = phone("zhang")
    page.tap("#to-do a")
    page.tap("text=Word to the room")

    page.fill("#word-words", "<b>two men</b>")
    page.tap('.part-word button[type="submit"]')
    page.wait_for_selector("#answers >> text=Plain words only")
    page.tap("#extra >> text=Word to the room")
    assert page.input_value("#word-words") == "<b>two men</b>"  # nothing typed is lost
    page.fill("#word-words", "two men, calm now")
    page.tap('.part-word button[type="submit"]')

    page.wait_for_selector("#said >> text=two men, calm now")
    assert entries("incident.words_added") == 1


def test_a_chief_is_rung_by_a_crew_that_does_not_answer(house, phone):
    page = phone("leader-li")
    house.dispatch(house.report("a man with a knife", at="west"), "crew-1")
    house.fast_forward(minutes=1)

    rang(page, "duty_chief!")
    page.wait_for_selector("text=No answer from Crew-1")
    page.tap("[data-seen]")
    page.wait_for_selector(".over-ring", state="hidden")
    mine = Delivery.objects.filter(account=house.town.people["leader-li"], channel="app")

    until(lambda: mine.get().state == "read")


def test_a_drill_says_so_where_it_rings(house, phone):
    zhang, chief = phone("zhang"), phone("leader-li", language="zh-hans")
    taken = services.take_report(
        services.Said(words="smoke"), source="phone", where=services.Where(*corner("market"), "market", "market"),
        category="crime", grade=1, drill=True, by=house.actor("carl"), at=house.now,
    )  # fmt: skip
    house.dispatch(Incident.objects.get(pk=taken.incident_id), "crew-1")
    zhang.wait_for_selector("#ringing-drill >> text=drill")

    house.fast_forward(minutes=1)
    chief.wait_for_selector("#ringing-drill >> text=演练")
    chief.wait_for_selector("#silent .drill >> text=演练")
    house.dispatch(house.report("knife", at="market", grade=1), "crew-2")
    sun = phone("sun")
    sun.wait_for_selector("#ringing-said:visible")
    assert sun.is_hidden("#ringing-drill")


def test_the_crew_says_what_it_is_doing_and_goes_off_duty(house, phone):
    page = phone("zhang")
    crew = house.town.crews["crew-1"]
    page.tap("[data-tab='crew']")

    page.tap("text=Meal")
    page.wait_for_selector('[data-crew-state="meal"][aria-pressed="true"]')
    page.tap("text=Go off duty")
    page.wait_for_selector("text=Come on duty")

    crew.refresh_from_db()
    assert crew.state == "off_duty"


def test_the_place_is_sent_with_leave_and_a_missing_leave_is_said(house, phone):
    here = {"latitude": 31.2231, "longitude": 121.4613}
    page = phone("zhang", permissions=["geolocation"], geolocation=here)
    crew = house.town.crews["crew-1"]

    from oneroom.apps.duty.models import Position

    until(lambda: Position.objects.get(crew=crew).lon == here["longitude"])
    page.tap("[data-tab='crew']")
    assert "every 5 seconds" in page.inner_text("#place")
    without = phone("chen")
    without.tap("[data-tab='crew']")
    without.wait_for_selector("#place >> text=does not give its place")


def test_night_stays_chosen_on_the_device_and_nothing_is_cut_at_320_pixels(house, phone):
    house.dispatch(house.report("a man with a knife", at="market"), "crew-1")
    for language in ("zh-hans", "en"):
        page = phone("zhang", language=language)
        page.tap("[data-tab='crew']")
        page.tap("[data-theme-to='night']")
        page.reload()
        assert page.get_attribute("html", "data-theme") == "night"
        page.set_viewport_size({"width": 320, "height": 640})
        for where in ("#", "#crew", page.get_attribute("#to-do a", "href")):
            page.evaluate("where => { location.hash = where; }", where)
            page.wait_for_timeout(400)
            assert page.evaluate("document.documentElement.scrollWidth") == 320, (language, where)
            small = page.evaluate(
                "[...document.querySelectorAll('a, button:not([disabled])')].filter(e => e.offsetParent)"
                ".map(e => [e.textContent.trim(), e.getBoundingClientRect().height]).filter(([, h]) => h < 48)"
            )
            assert small == [], (language, where)
