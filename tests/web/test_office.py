"""The office over HTTP: who may open what (default deny), tables that narrow, sort and go out, one matter."""

import csv
import io
import time

import pytest
from django.db import connection
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident
from oneroom.apps.ledger.models import Entry, Look
from oneroom.web.tables import safe

pytestmark = pytest.mark.django_db

# Page -> who may open it. Whoever stands in no row gets the answer of a page that does not exist.
ROOM = {"dora", "dan", "zhou"}
CHIEFS = {"leader-li", "leader-lu"}
PAGES = {
    "/office/incidents": ROOM | CHIEFS | {"ina"},
}


def sits(room, who, language="en"):
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    client.force_login(room.town.people[who])
    return client


def body(answer):
    if answer.streaming:
        return b"".join(answer).decode()
    return answer.content.decode()


def test_each_page_is_open_to_its_roles_and_to_nobody_else(room):
    for who in room.town.people:
        client = sits(room, who)
        for page, may in PAGES.items():
            assert client.get(page).status_code == (200 if who in may else 404), (who, page)


def test_nobody_signed_in_is_sent_to_the_door():
    for page in PAGES:
        answer = Client(headers={"Accept": "text/html"}).get(page)
        assert answer.status_code == 302, page
        assert answer["Location"].startswith("/sign-in?next="), page


def test_a_chief_lists_his_own_station_and_the_inspector_all(room):
    west = room.report("knife", at="west")
    east = room.report("noise", at="east", grade=3)
    li, ina = body(sits(room, "leader-li").get("/office/incidents")), body(sits(room, "ina").get("/office/incidents"))
    assert west.reference in li
    assert east.reference not in li
    assert west.reference in ina
    assert east.reference in ina
    assert "knife" not in li + ina  # words are in no list


def test_a_table_narrows_sorts_and_says_which_field_it_cannot_read(room):
    grave, calm = room.report("knife", at="west"), room.report("noise", at="west", grade=4)
    client = sits(room, "dora")
    assert grave.reference not in body(client.get("/office/incidents?grade=4"))
    page = body(client.get("/office/incidents?sort=grade"))
    assert page.index(grave.reference) < page.index(calm.reference)
    page = body(client.get("/office/incidents?sort=-grade"))
    assert page.index(calm.reference) < page.index(grave.reference)
    assert 'aria-sort="descending"' in page
    for wrong in ("grade=9", "sort=words", "page=0", "page=x", "day=never", "unit=1%20or%201"):
        assert client.get(f"/office/incidents?{wrong}").status_code == 422, wrong


def test_an_export_is_an_act_with_an_entry_and_opens_in_a_spreadsheet_as_it_is(room):
    matter = room.report("knife", at="west")
    Incident.objects.filter(pk=matter.pk).update(place_en='=HYPERLINK("x")', place_zh="")
    answer = sits(room, "dora").post("/office/incidents", {"as": "csv", "grade": "1", "ref": matter.reference})
    text = body(answer)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [r["No."] for r in rows] == [matter.reference]
    assert rows[0]["Place"] == '\'=HYPERLINK("x")'
    entry = Entry.objects.get(kind="list.exported")
    assert entry.actor == room.town.people["dora"].pk
    assert entry.facts == {
        "list": "incidents", "form": "csv", "rows": 1,
        "asked": ["day:today", "grade:1", f"ref:{matter.reference}", "sort:received"],
    }  # fmt: skip


def test_what_a_spreadsheet_would_run_is_text():
    assert [safe(t) for t in ("=1+1", "+86", "-1", "@a", "\tx", "plain", "")] == [
        "'=1+1", "'+86", "'-1", "'@a", "'\tx", "plain", "",
    ]  # fmt: skip


def test_print_holds_the_whole_narrowed_list_and_is_on_the_record(room):
    for _ in range(60):
        services.take_report(services.Said(words="x"), source="phone", where=None, by=room.actor("carl"), at=room.now)
    client = sits(room, "dora")
    assert body(client.get("/office/incidents")).count("data-row") == 50
    assert body(client.post("/office/incidents", {"as": "print"})).count("data-row") == 60
    assert Entry.objects.get(kind="list.exported").facts["form"] == "print"
    assert client.get("/office/incidents?as=csv")["Content-Type"].startswith("text/html")  # no act by a link
    assert client.post("/office/incidents", {"as": "all"}).status_code == 422


def test_a_table_of_a_hundred_thousand_rows_stays_quick(room):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_incident (reference, origin, received_at, state, state_since, category, grade,"
            " final_category, reasons, place_zh, place_en, escalated, drill, outcome)"
            " SELECT '20260101-' || n, 'phone', %s, 'closed', %s, 'crime', 1 + n %% 4, '', '{}', '', 'Street ' || n,"
            " false, false, '' FROM generate_series(1, 100000) n",
            [room.now, room.now],
        )
    client = sits(room, "dora")
    client.get("/office/incidents")
    began = time.perf_counter()
    page = body(client.get("/office/incidents?grade=2&sort=place&page=400"))
    assert "of 25000" in page
    assert time.perf_counter() - began < 1.0


def test_one_matter_shows_where_it_stands_what_i_may_do_and_who_read_it(room):
    matter = room.report("a man with a knife", at="west")
    sent = room.dispatch(matter, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    page = body(sits(room, "leader-li").get(f"/office/incidents/{matter.pk}"))
    assert "Crew-1" in page
    assert "intact" in page
    assert "The lead crew has not reported yet" in page
    assert "a man with a knife" not in page
    scene = body(sits(room, "leader-li").get(f"/office/incidents/{matter.pk}?lines=scene"))
    assert "Crew-1 is on scene" in scene
    assert "Sent Crew-1" not in scene
    assert sits(room, "leader-lu").get(f"/office/incidents/{matter.pk}").status_code == 404


def test_the_inspector_opens_a_matter_within_a_named_inspection_only_and_leaves_a_look(room):
    matter = room.report("a man with a knife", at="west")
    client = sits(room, "ina")
    page = body(client.get(f"/office/incidents/{matter.pk}"))
    assert "Within which inspection" in page
    assert not Look.objects.exists()
    goal = f"/office/incidents/{matter.pk}"
    assert client.post("/office/purpose", {"basis": "because", "next": goal}).status_code == 422
    assert client.post("/office/purpose", {"basis": "DC-2026-0012", "next": goal})["Location"] == goal
    assert "Crews sent" in body(client.get(goal))
    look = Look.objects.get()
    assert (look.record, look.purpose, look.basis) == (f"incident:{matter.pk}", "inspection", "dc-2026-0012")
    reads = body(client.get(goal + "?lines=reads"))
    assert "Ina" in reads
    assert client.post("/office/purpose", {"basis": "DC-2026-0012", "next": "https://evil.example/"})["Location"] == (
        "/office/"
    )


def test_search_finds_matters_stations_and_screens_and_never_people(room):
    matter = room.report("knife", at="west")
    client = sits(room, "dora")
    assert client.get(f"/office/find?q={matter.reference}")["Location"] == f"/office/incidents/{matter.pk}"
    assert "unit=" in client.get("/office/find?q=West")["Location"]
    nobody = body(client.get("/office/find?q=Zhang"))
    assert "not searched by name" in nobody
    assert client.get("/office/")["Location"] == "/office/incidents"
    assert sits(room, "zhang").get("/office/").status_code == 404
