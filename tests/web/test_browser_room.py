"""The room in a real Chromium, by keyboard, on the real stream: open, pick, send, and see it change by itself."""

import os
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from oneroom.apps.duty.models import DutySpell
from oneroom.apps.duty.queries import STALE_AFTER
from oneroom.apps.duty.services import Fix, begin_spell, record_positions, silence
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.people.models import Account
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web.pages.room import views
from tests.browsing import browsing
from tests.served import served, walk
from tests.waiting import until
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")  # a folder, to look at what was tested


def look(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


@pytest.fixture
def house(room, database_url, monkeypatch):
    room.clock = walk(monkeypatch)
    with served(database_url) as url:
        room.url = url
        yield room


@pytest.fixture
def desk(browser, house):
    """Opens the room as somebody."""
    with browsing(browser, house.town.people) as open_as:

        def open_room(who="dora", *, path="/room/", **options):
            page = open_as(who, house.url + path, **options)
            page.wait_for_selector("#room[data-ready='true']")
            page.wait_for_selector("html[data-live='connected']", state="attached")
            return page

        yield open_room


def heard(page):
    """What sounded, or would have with a loudspeaker."""
    return page.evaluate("() => import('/static/oneroom/room-sound.js').then((m) => m.heard())")


def test_a_call_is_opened_picked_and_sent_by_keyboard_and_the_stream_shows_the_rest(house, desk):
    page = desk()
    page.locator("#q-calm").wait_for()

    matter = house.report("a man with a knife", at="west", grade=1)
    row = page.locator(f"#q-{matter.pk}")
    row.wait_for()  # nobody reloaded anything
    assert heard(page) == ["p1"]

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_text("a man with a knife").wait_for()
    assert page.url.endswith(f"?open={matter.pk}")
    page.locator(".cr").first.wait_for()
    assert page.locator("[data-send]").is_disabled()  # nobody is chosen by the machine

    page.keyboard.press("1")
    page.get_by_role("button", name="Send Crew-1").wait_for()
    page.keyboard.press("Enter")

    page.locator(".order", has_text="Crew-1").get_by_text("not signed").first.wait_for()
    sent = Assignment.objects.get(incident=matter)
    assert sent.crew.code == "crew-1"
    offered = Entry.objects.get(kind="assignment.offered")
    assert offered.facts["advised_rank"] == 1
    assert offered.facts["travel_s"] >= 0

    house.step(sent, "acknowledge", "set_out", "arrive", by="zhang")  # on the crew's phone, elsewhere
    page.locator(".order", has_text="on scene").wait_for()
    page.locator(".timeline").get_by_text("Crew-1 is on scene").wait_for()
    row.get_by_text("on scene").wait_for()


def test_words_are_opened_once_however_often_the_matter_changes(house, desk):
    matter = house.report("a man with a knife", at="west", grade=1)
    page = desk()
    asked = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith(f"/incidents/{matter.pk}/open") else None)
    page.locator(f"#q-{matter.pk} a").click()
    page.get_by_text("a man with a knife").wait_for()

    sent = house.dispatch(matter, "crew-1")
    house.step(sent, "acknowledge", by="zhang")
    page.locator(".timeline").get_by_text("Crew-1 signed").wait_for()

    assert len(asked) == 1
    assert Look.objects.get().purpose == "dispatch"
    assert page.get_by_text("a man with a knife").is_visible()
    assert page.get_by_text("Your look is recorded, with the purpose").is_visible()


def test_a_reload_keeps_the_open_matter(house, desk):
    matter = house.report("a man with a knife", at="west", grade=2)
    page = desk(path=f"/room/?open={matter.pk}")
    page.get_by_text("a man with a knife").wait_for()
    assert page.locator(f"#q-{matter.pk} .row").get_attribute("aria-current") == "true"


def test_an_unanswered_order_comes_to_the_eye_and_ends_in_an_alarm_that_only_acting_stops(house, desk):
    matter = house.report("a man with a knife", at="west", grade=1)
    house.dispatch(matter, "crew-1")
    page = desk()

    house.fast_forward(seconds=125)
    alarm = page.locator(f"#alarm-{matter.pk}")
    alarm.wait_for()
    assert set(heard(page)) >= {"unanswered", "alarm"}
    assert page.locator(f"#q-{matter.pk}.need .ladder .done").count() >= 3

    page.keyboard.press("Escape")
    page.mouse.click(700, 20)
    assert alarm.is_visible()

    page.keyboard.press("n")
    page.locator(".order").first.wait_for()
    page.keyboard.press("v")  # the crew signs by voice
    alarm.wait_for(state="detached")
    entry = Entry.objects.get(kind="assignment.acknowledged")
    assert (entry.actor, entry.on_behalf) == (house.town.people["dora"].pk, house.town.people["zhang"].pk)


def test_a_crew_on_the_radio_is_taken_through_to_the_close(house, desk):
    matter = house.report("two neighbours", at="west", grade=3, category="dispute")
    sent = house.dispatch(matter, "crew-1")
    house.clock.set(house.now + timedelta(minutes=5))
    page = desk(path=f"/room/?open={matter.pk}")

    page.locator(f"#ago-{sent.pk}").fill("2")
    page.get_by_role("button", name="Signed by radio").click()
    page.get_by_role("button", name="Set out").wait_for()
    page.locator(".timeline").get_by_text("Zhang by radio, entered by Dora · entered late").wait_for()
    page.locator(f"#ago-{sent.pk}").fill("")
    page.get_by_role("button", name="Set out").click()
    page.get_by_role("button", name="On scene").click()
    page.get_by_text("Report for the crew").click()
    page.locator(f"#report-{sent.pk} [name=outcome]").select_option("mediated")
    page.locator(f"#report-{sent.pk} [name=words]").fill("they shook hands")
    page.get_by_role("button", name="Report and free the crew").click()

    chief = desk("zhou", path=f"/room/?open={matter.pk}")  # who sends does not review
    chief.get_by_role("button", name="Report is whole").wait_for()
    chief.get_by_role("button", name="Report is whole").click()
    page.get_by_role("button", name="Close the matter").wait_for()
    kinds = page.locator("#close [name=category]")
    kinds.select_option(kinds.locator("option[value^='dispute.']").first.get_attribute("value"))
    page.locator("#inc").focus()
    page.keyboard.press("Enter")
    page.get_by_text("This matter is over").wait_for()
    matter.refresh_from_db()
    assert (matter.state, matter.outcome) == ("closed", "mediated")
    page.locator("#queue").get_by_text("Nothing needs you.").wait_for()


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("crew-1 signed", "assignment.acknowledged"), ("签收 crew-1", "assignment.acknowledged"),
     ("withdraw crew-1", "assignment.withdrawn"), ("raise p1", "incident.graded"),
     ("send crew-2", "assignment.offered")],
)  # fmt: skip
def test_the_command_line_says_what_it_will_do_and_does_it(house, desk, typed, kind):
    matter = house.report("two neighbours", at="west", grade=3)
    house.dispatch(matter, "crew-1")
    before = Entry.objects.filter(kind=kind).count()
    page = desk(path=f"/room/?open={matter.pk}")

    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.locator("#palette [aria-selected=true][aria-disabled=false]").wait_for()
    assert Entry.objects.filter(kind=kind).count() == before
    page.keyboard.press("Enter")

    until(lambda: Entry.objects.filter(kind=kind).count() == before + 1)


def test_what_cannot_be_done_is_said_before_it_is_tried(house, desk):
    matter = house.report("two neighbours", at="west", grade=3)
    house.dispatch(matter, "crew-1")
    page = desk(path=f"/room/?open={matter.pk}")
    page.keyboard.press("Control+k")
    page.keyboard.type("on scene crew-1")
    page.locator("#palette").get_by_text("Crew-1 is at: not signed").wait_for()
    page.keyboard.press("Enter")
    page.locator(".toast.is-bad").wait_for()
    assert not Entry.objects.filter(kind="assignment.on_scene").exists()


def test_letters_in_a_field_are_letters(house, desk):
    matter = house.report("two neighbours", at="west", grade=3)
    page = desk(path=f"/room/?open={matter.pk}")
    page.locator(".cr").first.wait_for()
    page.get_by_text("Other acts").click()
    page.locator(".more textarea[maxlength='2000']").fill("")
    page.locator(".more textarea[maxlength='2000']").press_sequentially("n1xj?")
    assert page.locator(".more textarea[maxlength='2000']").input_value() == "n1xj?"
    assert page.locator(".cr :checked").count() == 0


def test_a_web_report_is_classified_with_a_place_and_ranked_at_once(house, desk):
    taken = house.report_online("the lamp is out")
    page = desk(path=f"/room/?open={taken.incident_id}")
    form = page.locator("#classify")
    form.locator("[name=category]").select_option("help")
    form.locator("[name=grade]").select_option("3")
    form.get_by_text("can wait").click()
    form.locator("[data-place-search]").press_sequentially("market elm", delay=10)
    form.locator(".found button").first.click()
    form.get_by_role("button", name="Classify").click()
    page.locator(".cr").first.wait_for()
    matter = Incident.objects.get(pk=taken.incident_id)
    assert (matter.state, matter.grade, matter.reasons) == ("classified", 3, ["can_wait"])


def test_a_crew_sent_elsewhere_meanwhile_leaves_the_choice_and_nothing_is_sent(house, desk):
    matter = house.report("a man with a knife", at="west", grade=1)
    other = house.report("a fire", at="north", grade=1)
    page = desk(path=f"/room/?open={matter.pk}")
    page.locator(".cr").first.wait_for()
    page.keyboard.press("1")
    page.get_by_role("button", name="Send Crew-1").wait_for()
    house.dispatch(other, "crew-1", by="dan")
    page.keyboard.press("Enter")
    page.locator(".toast.is-bad").first.wait_for()
    assert not Assignment.objects.filter(incident=matter).exists()


def test_small_windows_show_one_panel_at_a_time(house, desk):
    matter = house.report("a man with a knife", at="west", grade=2)
    page = desk(path=f"/room/?open={matter.pk}", width=1000)
    assert page.locator("#inc").is_visible()
    assert not page.locator(".mid").is_visible()
    page.get_by_role("button", name="Map and crews").click()
    assert page.locator("#crews").is_visible()
    assert not page.locator("#inc").is_visible()


def test_nothing_sounds_for_what_is_late_but_no_alarm_nor_for_a_p2(house, desk, settings):
    """Three sounds, and no others: a new P1, an order unanswered at the commander, the alarm."""
    routine = house.report("noise", at="north", grade=3)
    house.clock.set(house.now + timedelta(minutes=10))
    settings.CALLS_TOKEN = "a token of the exchange"
    page = desk()
    page.locator(f"#q-{routine.pk}").wait_for()
    ring = {"call": "c-1", "at": house.now.isoformat()}
    for event in ({"event": "ringing", "number": "13800002207"}, {"event": "abandoned"}):
        said = httpx.post(
            f"{house.url}/api/calls", json=ring | event, headers={"Authorization": "Bearer " + settings.CALLS_TOKEN}
        )
        assert said.status_code == 200, said.text
    Caller("carl").post("drafts", {"key": "draft-key-1", "n": 1, "content": {"fields": {"words": "smoke"}}})
    page.locator("[data-call]").wait_for()
    page.locator("[data-draft]").wait_for()

    house.fast_forward(minutes=5.5)  # the first is not sent, nobody calls back, nobody types
    page.evaluate("() => import('/static/oneroom/room-time.js').then((m) => m.resync())")
    page.locator(f"#q-{routine.pk}.is-late").wait_for()
    page.locator("[data-call].is-late").wait_for()
    page.locator("[data-draft].is-late").wait_for()
    serious = house.report("a fight", at="market", grade=2)
    page.locator(f"#q-{serious.pk}").wait_for()

    assert heard(page) == []
    grave = house.report("a man with a knife", at="west", grade=1)
    page.locator(f"#q-{grave.pk}").wait_for()
    assert heard(page) == ["p1"]  # it was listening all the time


def test_t15_the_head_line_says_who_commands_and_soon_says_that_nobody_does(house, desk):
    zhou = house.town.people["zhou"]
    DutySpell.objects.filter(role="shift_commander").update(ends=house.now + timedelta(minutes=5))
    page = desk()
    page.locator("#head .commands", has_text="Commands Zhou").wait_for()
    entries = Entry.objects.count()

    house.clock.set(house.now + timedelta(minutes=6))  # nobody enters anything: it is time alone that passes
    page.evaluate("() => import('/static/oneroom/room-time.js').then((m) => m.resync())")
    page.locator("#head .is-nobody", has_text="Nobody commands").wait_for()
    assert Entry.objects.count() == entries

    begin_spell(
        role=Role.SHIFT_COMMANDER, account_id=zhou.pk, until=house.now + timedelta(hours=8), by=SYSTEM, at=house.now
    )
    page.locator("#head .commands", has_text="Zhou").wait_for()
    assert not page.locator("#head .is-nobody").count()


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(1366, 768, "en"), (1366, 768, "zh-hans"), (1920, 1080, "en"), (2560, 1440, "zh-hans"), (3840, 2160, "en")],
)
def test_nothing_overflows_from_the_smallest_supported_size_to_4k(
    house, desk, settings, monkeypatch, width, height, language
):
    settings.DEMO = True  # the fullest head line there is: it has the speeds of the demo too, and why they are not had
    monkeypatch.setattr(views, "held_crews", lambda: [1])
    for n in range(12):
        house.report("noise", at=["west", "north", "market", "south"][n % 4], grade=n % 4 + 1)
    sent = house.dispatch(Incident.objects.get(reference__endswith="0001"), "crew-1")
    house.clock.set(house.now + timedelta(minutes=3))
    house.fast_forward(seconds=1)
    silence(reason="headset", by=house.actor("dora"), at=house.now)
    settings.FORCE_NAME = "Public security bureau of the city"
    Account.objects.filter(username="zhou").update(name="Zhou Jianguo")
    page = desk(path=f"/room/?open={sent.incident_id}", language=language, width=width, height=height)
    page.locator(".order").first.wait_for()
    page.locator(".personal .say").wait_for()
    look(page, f"room-{width}-{language}")
    wide, high = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert (wide, high) == (width, height)
    assert page.locator(".top").bounding_box()["height"] < 82  # one line, and the alarm under it
    page.locator("#held").wait_for()
    cut = page.locator(".commands b").evaluate("b => b.scrollWidth > b.clientWidth")
    assert not cut, "whoever commands is named in full"
    services.step(sent.pk, "acknowledge", by=house.actor("dora"), at=house.now)


def test_a_position_grows_old_and_young_again_on_the_board_without_any_entry(house, desk):
    page = desk()
    crew = house.town.crews["crew-1"]
    page.locator(f"#b-{crew.pk}:not(.is-old)").wait_for()
    entries = Entry.objects.count()

    house.clock.set(house.now + STALE_AFTER + timedelta(seconds=5))
    page.evaluate("() => import('/static/oneroom/room-time.js').then((m) => m.resync())")
    page.locator(f"#b-{crew.pk}.is-old").wait_for()

    record_positions([Fix(crew.pk, 121.46, 31.22, house.now, 5.0)], house.now)
    page.locator(f"#b-{crew.pk}:not(.is-old)").wait_for()
    assert page.locator(f"#b-{house.town.crews['crew-2'].pk}.is-old").count() == 1
    assert Entry.objects.count() == entries
