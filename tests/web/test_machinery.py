"""The room sees whether clock, courier and auditor are alive: by the raw stream, without the database (R6, R20)."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic

import pytest
from django.test import Client

from oneroom.apps.oversight.models import Alarm
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.project import auditor
from oneroom.web.pages.office.alarm_words import NOTED, UNFIT
from oneroom.web.stream import app as stream_app
from tests.browsing import browsing
from tests.clock import HAND
from tests.served import HEARD, WELL, served_live, walk
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = 900_001  # no account of the town, whose tickets carry versions


def wrong(kind, subject, matter=""):
    return {"kind": kind, "subject": subject, "matter": matter, "since": HAND.now().isoformat()}


@pytest.fixture
def house(room, database_url, monkeypatch):
    with served_live(database_url) as serving:
        yield serving


def test_a_screen_is_told_at_once_and_until_somebody_says_so_it_is_told_that_nobody_does(house, monkeypatch):
    with house.ear("room", account=NOBODY) as room_, house.ear("crew:1", account=NOBODY) as phone:
        assert room_.machinery() == {"unknown": True}

        house.live.tell_machinery(WELL)
        assert room_.machinery() == WELL
        with house.ear("room", account=NOBODY) as later:
            assert later.machinery() == WELL

        monkeypatch.setattr(stream_app, "MACHINERY_S", 0.0)  # whoever watches says nothing more
        assert room_.machinery() == {"unknown": True}
        house.live.hub.close_all()
        assert "machinery" not in [name for name, _, _ in phone._frames]


def test_a_room_in_which_much_happens_is_told_again_and_again_too(house, monkeypatch):
    monkeypatch.setattr(stream_app, "BEAT_S", 0.2)
    monkeypatch.setattr(stream_app, "TICK_S", 0.05)
    monkeypatch.setattr(stream_app, "MACHINERY_S", 1000.0)
    fix = {"crew": 1, "lon": 121.47, "lat": 31.23, "at": HAND.now().isoformat(), "speed_kmh": None, "heading": None}
    hub = house.live.hub
    house.live.tell_machinery(WELL)
    with house.ear("room", account=NOBODY) as room_:
        assert room_.machinery() == WELL
        places, last = 0, monotonic() + PATIENCE_S
        for name, said, _at in room_.frames():  # each place is followed by the next: the stream is never quiet
            if name == "machinery":
                heard = said
                break
            house.on_loop(lambda: hub.publish_positions([fix], []))
            places += name == "positions"
            assert monotonic() < last, "a screen would call the machinery silent"
        assert heard == WELL
    assert places > 1


def test_the_rooms_seal_and_banner_tell_what_is_wrong_while_the_database_is_away(house, room, browser, monkeypatch):
    walk(monkeypatch)
    monkeypatch.setattr(stream_app, "MACHINERY_S", 1000.0)  # the test speaks when it wants to
    incident = room.report("knife", at="market")
    with browsing(browser, room.town.people) as open_as:
        page = open_as("dora", f"{house.url}/room/")
        seal, banner = page.locator("#machinery"), page.locator("#machine")
        page.wait_for_selector("#machinery:text-is('No word of clock and auditor')")
        assert "is-broken" in seal.get_attribute("class")
        assert "Count on nothing climbing by itself" in banner.inner_text()

        house.live.tell_machinery(WELL)
        page.wait_for_selector("#machinery:not(.is-broken)")
        assert seal.inner_text() == "Clock and auditor alive"
        assert not banner.is_visible()

        house.live.tell_machinery({**WELL, "database": False, "count": 1, "wrong": [wrong("database", "database")]})
        page.wait_for_selector("#machinery.is-broken")
        assert seal.inner_text() == "Database does not answer"
        assert banner.locator("p").all_inner_texts() == [
            "The database does not answer. What you see is as it was; nothing is saved and nothing climbs."
        ]

        silent = {**HEARD, "clock": "silent"}
        found = [wrong("silent", "clock"), wrong("rung_late", "assignment:1", f"incident:{incident.pk}")]
        house.live.tell_machinery({**WELL, "parts": silent, "wrong": found, "count": 2})
        page.wait_for_selector("#machinery:text-is('Silent: clock')")
        first, second = banner.locator("p").all_inner_texts()
        assert first.startswith("clock: no sign of life, since ")
        assert first.endswith("Nothing climbs by itself: watch the orders.")
        assert second.startswith("A step was due and did not happen, since ")

        banner.locator("a[data-open]").click()
        page.wait_for_selector(f"#inc [data-matter='{incident.pk}'], #inc .inc-head")
        assert banner.is_visible()  # it goes when it is mended, not when it was looked at

        chinese = open_as("dan", f"{house.url}/room/", language="zh-hans")
        chinese.wait_for_selector("#machinery:text-is('没有动静：时钟')")


def test_the_office_lists_what_was_found_and_when_each_part_was_heard_of(room):
    incident = room.report("knife", at="market")
    matter = f"incident:{incident.pk}"
    raise_alarm("rung_late", "assignment:1", part="auditor", matter=matter, at=room.now, ladder=7)
    raise_alarm("silent", "courier@north", part="web", at=room.now)
    end_alarm("silent", "courier@north", part="web", at=room.now)
    Alarm.objects.create(what="beat", part="auditor", node="here", kind="working", at=room.now)

    page = seen_by(room, "ina")

    assert "auditor: " not in page
    assert "order 1: a step was due and did not happen" in page
    assert incident.reference in page
    assert "ladder 7" in page
    assert "courier on north: no sign of life" in page
    assert page.count("never heard of within the hour: that is an alarm") == 3
    assert "courier on north" not in seen_by(room, "ada", "?state=open")
    assert "ladder 7" not in seen_by(room, "ada", "?state=over")


def test_what_an_alarm_notes_is_said_in_words_in_both_languages(room):
    crew = room.town.crews["crew-1"].pk
    unfit = {"ladder": 3, "stages": ["acknowledge"], "no_steps": False, "other_crew": True}
    raise_alarm("watched_wrong", "assignment:2", part="auditor", at=room.now, **unfit)
    raise_alarm("order_left", "assignment:3", part="auditor", at=room.now, crew=crew, state="en_route")
    raise_alarm("heads_stale", "acts", part="auditor", at=room.now, signed=40)
    raise_alarm("vouched", "account:5", part="door", at=room.now, vouch=1)

    page = seen_by(room, "ina")
    for words in (
        "ladder 3 · it is that of another crew · to sign", "Crew-1 · en route", "record of acts: the record grows",
        "signed up to 40", "the door", "commander&#x27;s word 1",
    ):  # fmt: skip
        assert words in page, words
    chinese = seen_by(room, "ina", language="zh-hans")
    for words in ("升级阶梯 3 · 是另一警组的", "crew-1组 · ", "行为链", "已签到第 40 条", "登录入口"):
        assert words in chinese, words
    cells = re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)", page + chinese)
    assert not re.search(r"no_steps|other_crew|en_route|watched_wrong|acknowledge|heads_stale", " ".join(cells))


def test_whatever_the_auditor_notes_has_a_word():
    noted = {
        key
        for check in (Path(auditor.__file__).parent / "checks").glob("*.sql")
        for built in re.findall(r"jsonb_build_object\((.*?)\) AS detail", check.read_text(), re.DOTALL)
        for key in re.findall(r"'([a-z_]+)', ", built)
    }
    assert {"ladder", "other_crew", "ahead_s"} <= noted
    assert noted - {*NOTED, *UNFIT, "crew"} == set()


def seen_by(room, who, query="", language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client.get(f"/office/alarms{query}").content.decode()


def test_a_list_without_an_alarm_says_so(room):
    assert "Nothing was found wrong in a year." in seen_by(room, "ina")
