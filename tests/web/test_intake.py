"""The intake page and the map's data: who gets them, and what is in them."""

import gzip
import json

import pytest

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.protocol import protocols

pytestmark = pytest.mark.django_db


def page(client, town, who, url="/room/intake/"):
    client.force_login(town.people[who])
    return client.get(url, headers={"accept": "text/html"})


def facts(answer):
    text = answer.content.decode()
    begin = text.index(">", text.index('id="facts"')) + 1
    return json.loads(text[begin : text.index("</script>", begin)])


@pytest.mark.parametrize("who", ["carl", "dora", "zhou"])
def test_who_takes_calls_gets_the_form_with_every_category_and_reason(client, town, who):
    answer = page(client, town, who)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(f'<option value="{code}"' in text for code in [*CATEGORIES, *protocols()])
    assert set(facts(answer)["protocols"]["kinds"]) == set(protocols())
    assert facts(answer)["may_lower"] == (who == "zhou")


@pytest.mark.parametrize("who", ["zhang", "leader-li", "ina", "ada", "aux-he"])
@pytest.mark.parametrize("url", ["/room/intake/", "/room/intake/grade?category=crime"])
def test_for_everybody_else_the_page_does_not_exist(client, town, who, url):
    assert page(client, town, who, url).status_code == 404


def test_nobody_signed_in_is_sent_to_the_door_and_comes_back(client, town):
    answer = client.get("/room/intake/", headers={"accept": "text/html"})

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=%2Froom%2Fintake%2F"


def test_a_report_from_the_web_opens_without_its_words_in_the_page(client, room):
    taken = room.report_online("somebody paints my door at night")

    answer = page(client, room.town, "carl", f"/room/intake/?incident={taken.incident_id}")

    assert answer.status_code == 200
    assert facts(answer)["incident"] == taken.incident_id
    assert taken.reference in answer.content.decode()
    assert "paints" not in answer.content.decode()  # they are opened by an act, which the record keeps


def test_a_report_that_is_classified_already_leads_to_the_room(client, room):
    incident = room.report("burglary", at="market")

    answer = page(client, room.town, "carl", f"/room/intake/?incident={incident.pk}")

    assert answer["Location"] == f"/room/?open={incident.pk}"


@pytest.mark.parametrize("asked", ["99999", "x", "-1", "", "1" * 40])
def test_a_report_that_is_none_does_not_exist(client, town, asked):
    assert page(client, town, "carl", f"/room/intake/?incident={asked}").status_code == 404


def test_the_grade_comes_with_the_reasons_that_made_it(client, town):
    client.cookies["oneroom_language"] = "en"
    said = "category=public_order&subcategory=fight&answer=weapon:yes&answer=now:yes&answer=hurt:unknown"
    found = page(client, town, "carl", f"/room/intake/grade?{said}").json()

    assert (found["grade"], found["usual"], found["crews"], found["card"]) == (1, 2, 2, "Armed")
    assert found["because"] == ["happening now", "weapon"]
    assert found["effects"]["weapon"]["card"] == "Armed"
    assert found["say"].startswith("Get out of his sight")


def test_the_same_in_chinese(client, town):
    client.cookies["oneroom_language"] = "zh-hans"
    found = page(client, town, "carl", "/room/intake/grade?category=missing&subcategory=child&answer=taken:yes").json()

    assert found["grade"] == 1
    assert all(ord(c) > 127 for c in found["because"][0])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("category=arson", "category"),
        ("", "category"),
        ("category=crime&subcategory=fight", "subcategory"),
        ("category=crime&answer=%3Cb%3E", "answers"),
        ("category=crime&answer=now:perhaps", "answers"),
    ],
)
def test_an_unknown_code_is_refused_with_its_field(client, town, query, field):
    answer = page(client, town, "carl", f"/room/intake/grade?{query}")

    assert answer.status_code == 422
    client.force_login(town.people["carl"])
    assert client.get(f"/room/intake/grade?{query}").json()["field"] == field


def test_anybody_may_have_the_streets_and_keep_them(client, town):
    first = client.get("/map/roads.json", headers={"accept-encoding": "gzip"})

    again = client.get("/map/roads.json", headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})

    assert first["Content-Encoding"] == "gzip"
    streets = json.loads(gzip.decompress(first.content))
    assert {feature["properties"]["en"] for feature in streets["features"]} >= {"Market Street", "Elm Road"}
    assert (again.status_code, again.content) == (304, b"")


def test_who_cannot_unpack_gets_the_streets_unpacked(client, town):
    answer = client.get("/map/roads.json")

    assert "Content-Encoding" not in answer
    assert json.loads(answer.content)["bbox"]


def test_without_a_city_the_map_is_told_so_in_words(client, db):
    answer = client.get("/map/roads.json")

    assert answer.status_code == 409
    assert answer.json()["code"] == "no_network"


def test_stations_come_with_names_places_and_areas(client, town):
    answer = client.get("/map/areas.json").json()

    assert {station["en"] for station in answer["stations"]} == {"West station", "East station"}
    assert {area["geometry"]["type"] for area in answer["areas"]["features"]} == {"Polygon"}
