"""The terminal as HTTP gives it: whose order is whose, what a list never says, and who may sign what."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client

from tests.clock import HAND

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_as(town):
    """A signed-in client of a person of the town."""

    def sign_in(who: str) -> Client:
        client = Client(headers={"Accept": "text/html", "Accept-Language": "en"})
        client.force_login(town.people[who])
        return client

    return sign_in


def text(answer) -> str:
    assert answer.status_code == 200, answer.content
    return said(answer)


def said(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def button(answer, verb: str) -> str:
    return re.search(rf'<button[^>]*data-verb="{verb}".*?</button>', answer.content.decode(), re.DOTALL)[0]


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(town):
    answer = Client(headers={"Accept": "text/html"}).get("/t/")

    assert answer.status_code == 302
    assert unquote(answer["Location"]) == "/sign-in?next=/t/"


def test_the_list_shows_what_the_crew_must_do_now_and_only_that(room, open_as):
    room.dispatch(room.report("a man with a knife", at="market", grade=1), "crew-1")
    room.dispatch(room.report("noise", at="south", grade=3, category="public_order"), "crew-2")

    mine = text(open_as("zhang").get("/t/list"))

    assert "Do now 1" in mine
    assert "Crime" in mine
    assert "market" in mine
    assert "sign for it" in mine
    assert "Public order" not in mine


def test_neither_the_page_nor_a_fragment_holds_a_personal_field(room, open_as):
    matter = room.report(
        "Lao Wu waits with a cleaver", at="market", caller_name="Fang Min", caller_phone="13912345678",
        address="Flat 7 of house 12",
    )  # fmt: skip
    sent = room.dispatch(matter, "crew-1")
    zhang = open_as("zhang")

    pages = [zhang.get(p) for p in ("/t/", "/t/list", f"/t/orders/{sent.pk}", "/t/crew")]

    for page in pages:
        assert page.status_code == 200
        for secret in ("cleaver", "Fang", "13912345678", "Flat 7"):
            assert secret not in page.content.decode()


def test_another_crews_order_looks_as_if_there_were_none(room, open_as):
    sent = room.dispatch(room.report("burglary", at="market"), "crew-1")

    assert open_as("zhang").get(f"/t/orders/{sent.pk}").status_code == 200
    for who in ("chen", "qian", "dora", "zhou", "leader-li"):
        refused = open_as(who).get(f"/t/orders/{sent.pk}")
        unknown = open_as(who).get("/t/orders/999999")
        assert refused.status_code == unknown.status_code == 404
        assert said(refused) == said(unknown)


def test_the_four_buttons_follow_the_order_and_show_when_each_was_done(room, open_as):
    sent = room.dispatch(room.report("burglary", at="market"), "crew-1")
    zhang = open_as("zhang")

    assert "is-now" in button(zhang.get(f"/t/orders/{sent.pk}"), "acknowledge")
    room.step(sent, "acknowledge", by="zhang")
    room.fast_forward(seconds=20)
    room.step(sent, "set_out", by="wang")
    now = zhang.get(f"/t/orders/{sent.pk}")

    assert "is-done" in button(now, "acknowledge")
    assert "03:12:00" in button(now, "acknowledge")
    assert "03:12:20" in button(now, "set_out")
    assert "is-now" in button(now, "arrive")
    assert "disabled" in button(now, "report")


def test_an_auxiliary_may_go_along_and_may_not_sign_the_report(room, open_as):
    sent = room.dispatch(room.report("noise", at="east", grade=3), "crew-3")
    aux = open_as("aux-he")
    assert "disabled" not in button(aux.get(f"/t/orders/{sent.pk}"), "acknowledge")

    for verb in ("acknowledge", "set_out", "arrive"):
        HAND.forward(5)
        done = aux.post(
            f"/api/assignments/{sent.pk}/step", json.dumps({"verb": verb}), content_type="application/json",
            headers={"Idempotency-Key": f"aux-{verb}"},
        )  # fmt: skip
        assert done.status_code == 200, done.content
    report = button(aux.get(f"/t/orders/{sent.pk}"), "report")

    assert "disabled" in report
    assert "An officer of your crew signs the report." in report
    assert "disabled" not in button(open_as("qian").get(f"/t/orders/{sent.pk}"), "report")


def test_the_clock_of_a_row_is_the_next_promise_of_this_crew(room, open_as):
    sent = room.dispatch(room.report("burglary", at="market", grade=1), "crew-1")
    zhang = open_as("zhang")
    assert (HAND.now() + timedelta(seconds=15)).isoformat() in zhang.get("/t/list").content.decode()

    room.step(sent, "acknowledge", by="zhang")
    page = zhang.get("/t/list")

    assert (HAND.now() + timedelta(minutes=5)).isoformat() in page.content.decode()
    assert "to arrive:" in text(page)


def test_an_ended_order_stays_in_the_list_of_the_shift_without_its_words(room, open_as):
    from oneroom.apps.incidents import services

    sent = room.dispatch(room.report("burglary", at="market"), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="nothing_found", by=room.actor("zhang"), at=room.now)
    zhang = open_as("zhang")

    listed, opened = text(zhang.get("/t/list")), zhang.get(f"/t/orders/{sent.pk}")

    assert "Do now 0" in listed
    assert "Nothing found" in listed
    assert "Its words are no longer open to you" in text(opened)
    assert "<form" not in opened.content.decode()


def test_other_crews_on_the_same_matter_are_named(room, open_as):
    sent = room.dispatch(room.report("brawl", at="market"), "crew-1", "crew-2")

    assert "Also on it Crew-2 · Assigned" in text(open_as("zhang").get(f"/t/orders/{sent.pk}"))


def test_somebody_without_a_crew_is_told_what_to_do(open_as):
    page = text(open_as("ada").get("/t/"))

    assert "You do not ride with a crew." in page
    assert "duty officer" in page


def test_a_duty_chief_sees_who_does_not_answer_in_his_station_only(room, open_as):
    room.dispatch(room.report("a man with a knife", at="west", grade=1), "crew-1")
    assert "Everybody answers." in text(open_as("leader-li").get("/t/list"))

    room.fast_forward(minutes=1)
    told = text(open_as("leader-li").get("/t/list"))

    assert "No answer from Crew-1" in told
    assert "Crime" in told
    assert "I have seen it" in told
    assert "No answer from" not in text(open_as("leader-lu").get("/t/list"))
    assert "No answer from Crew-1" in text(open_as("zhou").get("/t/list"))


def test_a_chief_hears_of_his_silent_crew_in_another_area_but_not_of_the_matter(room, open_as):
    room.dispatch(room.report("a man with a knife", at="east", grade=1), "crew-1")

    room.fast_forward(minutes=1)
    told = text(open_as("leader-li").get("/t/list"))

    assert "No answer from Crew-1" in told
    assert "In another station's area" in told.replace("&#x27;", "'")
    assert "Crime" not in told


def test_a_list_in_which_nothing_changed_is_not_sent_again(room, open_as):
    zhang = open_as("zhang")
    tag = zhang.get("/t/list")["ETag"]
    assert zhang.get("/t/list", headers={"If-None-Match": tag}).status_code == 304

    room.dispatch(room.report("noise", at="south", grade=3), "crew-2")
    assert zhang.get("/t/list", headers={"If-None-Match": tag}).status_code == 304
    room.dispatch(room.report("burglary", at="market"), "crew-1")

    assert zhang.get("/t/list", headers={"If-None-Match": tag}).status_code == 200


def test_a_phone_can_put_the_terminal_on_its_home_screen(client):
    said = client.get("/t/manifest.webmanifest")

    assert said["Content-Type"] == "application/manifest+json"
    manifest = said.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/t/", "/t/", "standalone")
    assert manifest["icons"][0]["src"].endswith("terminal-icon.svg")


def test_the_page_is_night_from_the_first_byte_where_the_device_says_so(open_as):
    zhang = open_as("zhang")
    assert 'data-theme="light"' in zhang.get("/t/").content.decode()

    zhang.cookies["oneroom_phone_theme"] = "night"
    assert 'data-theme="night"' in zhang.get("/t/").content.decode()

    zhang.cookies["oneroom_phone_theme"] = '"><script>'
    assert 'data-theme="light"' in zhang.get("/t/").content.decode()


def test_the_page_carries_no_inline_style_or_script(open_as):
    page = open_as("zhang").get("/t/").content.decode()

    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_the_demo_says_that_the_place_is_simulated_and_asks_no_device(open_as, settings):
    zhang = open_as("zhang")
    assert "data-demo" not in zhang.get("/t/").content.decode()

    settings.DEMO = True
    page = zhang.get("/t/")

    assert "data-demo" in page.content.decode()  # the script then never asks for a position
    assert "Where this device is, is neither asked nor sent." in text(page)


def test_a_crew_that_says_nothing_is_asked_and_then_its_chief_reads_why(room, open_as):
    sent = room.dispatch(room.report("a man with a knife", at="market", grade=1), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    room.fast_forward(minutes=10)
    rings = open_as("zhang").get("/api/rings").json()["rings"]
    assert [(r["stage"], r["rung_code"], r["loud"]) for r in rings] == [("welfare", "crew", False)]

    room.fast_forward(minutes=2)

    chief = text(open_as("leader-li").get("/t/list"))
    assert "no word from the scene" in chief
    assert "Crew-1" in chief
