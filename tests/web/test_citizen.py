"""The public's page, by Django's client: plain forms, no account, no JavaScript."""

from __future__ import annotations

import math
import random
import re
from collections import Counter

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident, Report
from oneroom.apps.ledger.models import Entry
from oneroom.engine.values import CITIZEN
from tests.room import Room

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}
CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN", "HTTP_ACCEPT": "text/html"}
WORDS = "Loud music outside our gate until midnight."


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits another one's wrong tries."""
    cache.clear()


@pytest.fixture
def citizen(room: Room) -> Client:
    """A citizen's browser, in English."""
    return Client(**ENGLISH)


def key_of(page: bytes) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.decode())
    assert found
    return found.group(1)


def code_on(page: bytes) -> str:
    found = re.search(r'name="code" value="([A-Z0-9]+)"', page.decode())
    assert found
    return found.group(1)


def send(client: Client, **typed: str):
    key = typed.pop("key", None) or key_of(client.get("/").content)
    return client.post("/report", {"key": key, **typed})


def matter_of(client: Client, **typed: str) -> tuple[str, Incident]:
    code = code_on(send(client, **({"words": WORDS} | typed)).content)
    return code, Incident.objects.order_by("-pk")[0]


def handled(room: Room, incident: Incident) -> Assignment:
    """The room classifies the matter, sends crew 1, and the crew signs."""
    services.classify(
        incident.pk, category="dispute", grade=3, where=services.Where(121.464, 31.224, "集市街", "Market Street"),
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    sent = room.dispatch(incident, "crew-1")
    room.step(sent, "acknowledge", by="zhang")
    return sent


def test_a_report_gets_a_code_and_its_story(citizen: Client) -> None:
    answer = send(citizen, words=WORDS, place="88 Market Street", caller_phone="138 5550 2201", safe_contact="yes")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "We have your report." in page
    assert "Somebody reads it within 10 minutes." in page
    assert "Today 03:12" in page
    assert "no-store" in answer["Cache-Control"]
    assert Report.objects.get().safe_contact == "yes"


def test_the_front_page_says_whom_to_call_in_danger(citizen: Client) -> None:
    assert 'In danger now? Call <a href="tel:110">110</a>' in citizen.get("/").content.decode()
    chinese = citizen.get("/", **CHINESE).content.decode()
    assert '危险正在发生？请拨 <a href="tel:110">110</a>' in chinese
    assert '<html lang="zh-CN"' in chinese


def test_pressing_send_twice_is_one_report_with_one_code(citizen: Client) -> None:
    key = key_of(citizen.get("/").content)
    first = send(citizen, words=WORDS, key=key)
    second = send(citizen, words=WORDS, key=key)
    assert code_on(first.content) == code_on(second.content)
    assert Incident.objects.count() == 1


def test_a_changed_second_press_keeps_what_was_typed_and_can_be_sent_again(citizen: Client) -> None:
    key = key_of(citizen.get("/").content)
    send(citizen, words=WORDS, key=key)
    again = send(citizen, words="And now they throw bottles.", key=key)
    assert again.status_code == 409
    assert "And now they throw bottles." in again.content.decode()
    assert key_of(again.content) != key
    assert send(citizen, words="And now they throw bottles.", key=key_of(again.content)).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "english", "chinese"),
    [
        ({"words": ""}, "words", "This is needed.", "这一项要填。"),
        ({"words": "a <b>loud</b> noise"}, "words", "Plain words only", "只写普通文字"),
        ({"words": "a\x07bell"}, "words", "invisible control characters", "看不见的控制字符"),
        ({"words": "a\u202egnp.exe"}, "words", "invisible control characters", "看不见的控制字符"),
        ({"words": "x" * 4001}, "words", "At most 4000 characters", "最多 4000 个字"),
        ({"caller_phone": "13855o0220l"}, "caller_phone", "digits only", "只能是数字"),
        ({"caller_phone": "1385550220"}, "caller_phone", "11 digits; this has 10", "11 位数字，现在是 10 位"),
        ({"place": "<script>x</script>"}, "place", "Plain words only", "只写普通文字"),
        ({"place": "there", "place_id": "999999"}, "place", "no such place", "没有这个地点"),
        ({"safe_contact": "maybe"}, "safe_contact", "no such choice: maybe", "没有这个选项：maybe"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(
    citizen: Client, typed: dict[str, str], field: str, english: str, chinese: str
) -> None:
    for language, sentence in ((ENGLISH, english), (CHINESE, chinese)):
        citizen.defaults.update(language)
        answer = send(citizen, **({"words": WORDS, "place": "Elm 7", "caller_phone": "13855502201"} | typed))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in re.search(rf'id="{field}-error">([^<]*)<', page)[1]  # type: ignore[index]
        kept = {"words": WORDS, "place": "Elm 7"} | typed
        for name in ("words", "place"):
            shown = kept[name].replace("<", "&lt;").replace(">", "&gt;")
            assert shown in page
        assert "<script>x" not in page
    assert not Incident.objects.exists()
    assert not Entry.objects.filter(kind="incident.received").exists()


def test_a_body_too_large_is_refused_with_a_sentence(citizen: Client) -> None:
    answer = send(citizen, words="x" * 300_000, key="k" * 20)
    assert answer.status_code == 413
    assert "This is too large to send." in answer.content.decode()


def test_a_form_whose_token_has_expired_comes_back_as_it_was(room: Room) -> None:
    strict = Client(enforce_csrf_checks=True, **ENGLISH)
    answer = send(strict, words=WORDS, key="k" * 20)
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()
    assert "This page was open too long" in answer.content.decode()


def test_the_story_follows_the_matter_and_names_no_crew_no_words_and_no_place(citizen: Client, room: Room) -> None:
    code, incident = matter_of(citizen, place="Flat 12, Elm Road", caller_phone="13855502201")

    def story() -> str:
        page = citizen.post("/follow", {"code": f" {code[:3].lower()}-{code[3:6]} {code[6:]} "}).content.decode()
        for secret in ("Crew-1", "crew-1", "Zhang", "Wang", WORDS, "Flat 12", "13855502201", "121.4", "31.2"):
            assert secret not in page
        return page

    assert "We have your report." in story()
    sent = handled(room, incident)
    page = story()
    assert "Officers have your report." in page
    assert "Passed to West station" in page or "Passed to East station" in page
    room.fast_forward(minutes=12)
    room.step(sent, "set_out", "arrive", by="zhang")
    page = story()
    assert "Officers are there now." in page
    assert "03:24, after 12 minutes" in page
    services.report_and_clear(sent.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    assert "Officers have dealt with it." in story()
    services.review(incident.pk, by=room.actor("zhou"), at=room.now)
    services.close(incident.pk, category="dispute", subcategory="quarrel", by=room.actor("dora"), at=room.now)
    page = story()
    assert "It is closed." in page
    assert "The result: Mediated" in page
    assert 'name="stars"' in page


def test_words_are_added_and_said_to_have_arrived(citizen: Client) -> None:
    code, incident = matter_of(citizen)
    story = citizen.post("/follow", {"code": code})
    answer = citizen.post("/follow/words", {"code": code, "key": key_of(story.content), "words": "Now on the roof."})
    assert "We have your words." in answer.content.decode()
    assert incident.added.count() == 1
    assert "You added something at 03:12." in citizen.post("/follow", {"code": code}).content.decode()
    bad = citizen.post("/follow/words", {"code": code, "key": "k" * 20, "words": "<i>roof</i>"})
    assert bad.status_code == 422
    assert "&lt;i&gt;roof&lt;/i&gt;" in bad.content.decode()


def test_a_report_is_taken_back_only_while_nobody_was_sent(citizen: Client, room: Room) -> None:
    code, incident = matter_of(citizen)
    page = citizen.post("/follow/withdraw", {"code": code, "key": "w" * 20}).content.decode()
    assert "You took your report back." in page
    incident.refresh_from_db()
    assert incident.state == "cancelled"

    code, incident = matter_of(citizen)
    handled(room, incident)
    assert "/follow/withdraw" not in citizen.post("/follow", {"code": code}).content.decode()
    late = citizen.post("/follow/withdraw", {"code": code, "key": "v" * 20})
    assert late.status_code == 409
    assert "Officers are already on it" in late.content.decode()


def test_a_closed_matter_is_rated_once_and_nothing_is_chosen_beforehand(citizen: Client, room: Room) -> None:
    code, incident = matter_of(citizen)
    sent = handled(room, incident)
    room.step(sent, "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    services.review(incident.pk, by=room.actor("zhou"), at=room.now)
    services.close(incident.pk, category="dispute", subcategory="quarrel", by=room.actor("dora"), at=room.now)
    story = citizen.post("/follow", {"code": code}).content.decode()
    assert "checked" not in story
    nothing = citizen.post("/follow/rate", {"code": code, "key": "n" * 20})
    assert nothing.status_code == 422
    assert "Pick one of the five." in nothing.content.decode()
    rated = citizen.post("/follow/rate", {"code": code, "key": "r" * 20, "stars": "4"}).content.decode()
    assert "You rated us: 4 of 5" in rated
    assert citizen.post("/follow/rate", {"code": code, "key": "s" * 20, "stars": "1"}).status_code == 409
    assert Report.objects.get().stars == 4


def test_callers_of_one_matter_never_see_each_other(citizen: Client, room: Room) -> None:
    first, incident = matter_of(citizen, words="I am the neighbour at number 5.")
    other = services.take_report(
        services.Said(words="He will hear me if I speak.", caller_phone="13800000001"), source="web", where=None,
        by=CITIZEN, at=room.now,
    )  # fmt: skip
    Report.objects.filter(pk=other.report_id).update(incident=incident)
    for code, alien in ((first, "hear me"), (other.code, "neighbour")):
        page = citizen.post("/follow", {"code": code}).content.decode()
        assert alien not in page
        assert "13800000001" not in page
    citizen.post("/follow/words", {"code": other.code, "key": "o" * 20, "words": "He has a knife."})
    assert "knife" not in citizen.post("/follow", {"code": first}).content.decode()
    back = citizen.post("/follow/withdraw", {"code": first, "key": "b" * 20}).content.decode()
    assert "We still look into it, to be sure that nobody needs help." in back
    incident.refresh_from_db()
    assert incident.state == "received"


def test_a_wrong_code_says_so_and_after_thirty_the_door_stays_shut(citizen: Client) -> None:
    code, _ = matter_of(citizen)
    for _try in range(30):
        wrong = citizen.post("/follow", {"code": "AAAAAAAAA"})
        assert wrong.status_code == 404
    assert "We know no such code." in wrong.content.decode()
    assert "AAAAAAAAA" in wrong.content.decode()
    shut = citizen.post("/follow", {"code": code})
    assert shut.status_code == 429
    assert "Too many tries from here." in shut.content.decode()
    assert citizen.post("/follow", {"code": code}, REMOTE_ADDR="10.1.1.1").status_code == 200


def test_point_22_whoever_has_a_network_of_addresses_is_one_source(citizen: Client) -> None:
    code, _ = matter_of(citizen)
    for n in range(30):
        assert citizen.post("/follow", {"code": "AAAAAAAAA"}, REMOTE_ADDR=f"2001:db8:1:2::{n:x}").status_code == 404
    assert citizen.post("/follow", {"code": code}, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert citizen.post("/follow", {"code": code}, REMOTE_ADDR="2001:db8:1:3::1").status_code == 200
    assert citizen.post("/follow", {"code": code}, REMOTE_ADDR="::ffff:192.0.2.7").status_code == 200


@pytest.mark.prove
def test_point_22_ten_thousand_guesses_find_nothing_and_nearly_all_are_not_even_looked_at(citizen: Client) -> None:
    codes = {matter_of(citizen)[0] for _n in range(20)}
    shape = {len(code) for code in codes}
    signs = sorted(set("".join(codes)))
    assert len(codes) == 20
    assert min(shape) * math.log2(len(signs)) > 40, "guessing one of a million codes takes longer than anybody has"
    chance = random.Random(22)
    heard: Counter[int] = Counter()
    for n in range(10_000):
        guess = "".join(chance.choices(signs, k=min(shape)))
        answer = citizen.post("/follow", {"code": guess}, REMOTE_ADDR=f"192.0.2.{n % 20}")
        heard[answer.status_code] += 1
        assert guess in codes or answer.status_code != 200
    assert heard == {404: 20 * 30, 429: 10_000 - 20 * 30}


def test_words_for_a_wrong_code_are_given_back(citizen: Client) -> None:
    answer = citizen.post("/follow/words", {"code": "AAAAAAAAA", "key": "k" * 20, "words": "Now on the roof."})
    assert answer.status_code == 404
    assert "Now on the roof." in answer.content.decode()


def test_a_code_is_never_taken_from_an_address(citizen: Client) -> None:
    code, _ = matter_of(citizen)
    answer = citizen.get(f"/follow?code={code}")
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_the_story_turns_to_the_other_language_where_it_stands(citizen: Client) -> None:
    code, _ = matter_of(citizen)
    answer = citizen.post("/follow", {"code": code, "language": "zh-hans"})
    assert "我们收到了你的报告。" in answer.content.decode()
    assert answer.cookies["oneroom_language"].value == "zh-hans"


def test_a_place_that_is_named_exactly_puts_the_matter_on_the_map(citizen: Client) -> None:
    found = citizen.get("/places", {"q": "market elm"}).json()["places"]
    assert found
    _, incident = matter_of(citizen, place=found[0]["en"])
    assert incident.lon is not None
    _, incident = matter_of(citizen, place="somewhere by the river")
    assert incident.lon is None


def test_a_page_that_is_not_there_says_so_in_a_sentence(citizen: Client) -> None:
    answer = citizen.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such record" in answer.content.decode()
