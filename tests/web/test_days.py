"""The tables of days: kept up from the record, true over midnight, without drills; each figure opens its records."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import Count, Sum
from django.utils.timezone import localtime

from oneroom.apps.incidents import daily, services
from oneroom.apps.incidents.models import DayFigures, FoldedTo, MatterFigures
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.measures.days import NAMES
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web.pages.office.daily import COLUMNS
from oneroom.web.pages.office.incidents import COUNTED
from tests.clock import HAND
from tests.town import corner
from tests.web.api_client import Caller
from tests.web.test_office import body, sits

pytestmark = pytest.mark.django_db


def kept():
    """Fold until nothing is new; the rows as they stand."""
    while daily.keep(HAND.now()):
        pass
    return rows()


def rows():
    """The rows of matters; the sums of days are those rows added up, whatever way they came about."""
    summed = MatterFigures.objects.order_by().values_list("day", "unit", "grade")
    names = [name for name in NAMES if name != "received"]
    whole = {tuple(row) for row in summed.annotate(Count("pk"), *[Sum(name) for name in names])}
    kept_up = DayFigures.objects.exclude(received=0).values_list("day", "unit", "grade", *NAMES)
    assert set(kept_up) == whole
    return sorted(MatterFigures.objects.values_list(), key=lambda row: row[0])


def anew():
    """The same from the first entry on."""
    MatterFigures.objects.all().delete()
    DayFigures.objects.all().delete()
    FoldedTo.objects.all().delete()
    return kept()


def an_order(room, *, at="west", crew="crew-1", who="zhang", after=(10, 60, 120), grade=1):
    """A call, an order, and its steps so many seconds after the order."""
    incident = room.report("knife", at=at, grade=grade)
    sent = room.dispatch(incident, crew)
    began = room.now
    for verb, seconds in zip(("acknowledge", "set_out", "arrive"), after, strict=False):
        HAND.set(began + timedelta(seconds=seconds))
        room.step(sent, verb, by=who)
    return incident, sent


def test_kept_up_act_by_act_it_equals_a_whole_count(room, monkeypatch):
    monkeypatch.setattr(daily, "BATCH", 7)  # in pieces that cut through matters
    first, _sent = an_order(room)
    kept()
    an_order(room, at="east", crew="crew-3", who="qian", after=(45, 400), grade=3)
    kept()
    services.regrade(first.pk, grade=2, by=room.actor("zhou"), at=room.now)
    room.fast_forward(minutes=10)

    incremental = kept()

    assert len(incremental) == 2
    assert incremental == anew()
    assert [row.grade for row in MatterFigures.objects.order_by("pk")] == [2, 3]


def test_a_matter_belongs_to_the_day_on_which_it_came_whenever_it_is_answered(room):
    HAND.set(localtime(room.now).replace(hour=23, minute=59, second=50))
    evening = localtime(room.now).date()
    an_order(room, after=(20, 60, 120))  # signed after midnight

    kept()

    assert localtime(room.now).date() == evening + timedelta(days=1)
    (found,) = daily.by_station(evening).values()
    assert (found.figures.received, found.figures.signed_in, found.figures.arrived_3) == (1, 1, 1)
    assert found.unfinished == 1
    assert daily.by_station(evening + timedelta(days=1)) == {}
    assert list(daily.by_day(evening - timedelta(days=3), evening + timedelta(days=1))) == [evening]


def test_drills_never_count(room):
    services.take_report(
        services.Said(words="exercise"), source="phone", where=services.Where(*corner("west"), zh="west", en="west"),
        category="crime", grade=1, drill=True, by=room.actor("zhou"), at=room.now,
    )  # fmt: skip

    assert kept() == []
    assert daily.by_station(localtime(room.now).date()) == {}


def test_a_record_that_was_set_back_is_counted_anew(room):
    an_order(room)
    kept()
    FoldedTo.objects.update(hash=b"of another record")
    MatterFigures.objects.update(signed=77)

    assert kept() == anew()


def test_the_table_shows_each_station_and_each_figure_opens_its_records(room):
    incident, _sent = an_order(room)
    an_order(room, at="east", crew="crew-3", who="qian", after=(45, 400))
    kept()
    client = sits(room, "zhou")

    page = body(client.get("/office/days"))

    west, east, together = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)[:3][::-1][::-1]
    by_name = {("West" in row and "west") or ("East" in row and "east") or "all": row for row in (west, east, together)}
    assert "100.0%" in by_name["west"]
    assert "50.0%" in by_name["all"]
    link = next(a for a in re.findall(r'href="([^"]+)"', by_name["west"]) if "counted=signed_in" in a)
    listed = body(client.get(link.replace("&amp;", "&")))
    assert incident.reference in listed
    assert listed.count("<tr id=") == 1
    still_open = next(a for a in re.findall(r'href="([^"]+)"', by_name["west"]) if "state=open" in a)
    assert "Crew-1" in body(client.get(still_open.replace("&amp;", "&")))  # unfinished, and with whom


def test_behind_each_figure_are_just_the_matters_that_it_counts(room):
    """Also where a call was never classified, lies in no station's area, was moved, or its station is no more."""
    an_order(room)
    _moved(room)
    room.report_online("noise")
    carl, west = room.actor("carl"), corner("west")
    nowhere = services.take_report(
        services.Said(words="fight"), source="phone", where=services.Where(130.0, 40.0, zh="far", en="far"),
        category="crime", grade=2, by=carl, at=room.now,
    )  # fmt: skip
    prank = services.take_report(
        services.Said(words="ha"),
        source="phone",
        where=services.Where(*west, zh="west", en="west"),
        by=carl,
        at=room.now,
    )
    services.set_aside(prank.incident_id, verb="invalidate", reason="silent_call", by=room.actor("dora"), at=room.now)
    kept()
    client = sits(room, "zhou")

    for grade in ("", "&grade=1", "&grade=3"):
        page = body(client.get(f"/office/days?{grade}"))
        rows = re.findall(r'<tr><th scope="row">.*?</tr>', page)
        assert any("In no station" in row for row in rows) == (grade != "&grade=1"), grade
        for row in rows:
            for link, n in re.findall(
                r'<a href="(/office/incidents[^"]*(?:counted=received|state=open)[^"]*)">(\d+)</a>', row
            ):
                listed = body(client.get(link.replace("&amp;", "&")))
                assert listed.count("<tr id=") == int(n), (row, link)
    line = next(
        row for row in re.findall(r'<tr><th scope="row">.*?</tr>', body(client.get("/office/days"))) if "West" in row
    )
    assert re.search(r"counted=received[^>]*>3<", line), "two orders, and the call that was none"
    assert nowhere.reference in body(client.get("/office/incidents?day=all&unit=none"))


def _moved(room):
    """Sent on while the caller speaks, as at the market (east); saved as in the west."""
    carl, dora = Caller("carl"), Caller("dora")
    said = {"words": "knife", "category": "public_order", "subcategory": "armed_threat", "grade": 1}
    there, here = ({"lon": lon, "lat": lat} for lon, lat in (corner("market"), corner("west")))
    shown = {k: v for k, v in said.items() if k != "words"} | {"location": there}
    carl.post("drafts", {"key": "draft-0001", "n": 1, "content": {"fields": {"words": "knife"}}, **shown})
    (row,) = dora.get("drafts")["drafts"]
    dora.post(f"drafts/{row['id']}/send-on")
    carl.post("incidents", {**said, "draft": "draft-0001", "location": here})


def test_an_order_that_was_taken_back_unanswered_is_late_and_one_taken_back_at_once_is_none(room):
    for seconds in (20, 40):
        incident = room.report("knife", at="west")
        sent = room.dispatch(incident, "crew-1")
        HAND.forward(seconds)
        services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    kept()

    (found,) = daily.by_station(localtime(room.now).date()).values()
    assert (found.figures.orders, found.figures.signed, found.figures.signed_in) == (2, 1, 0)


def test_every_figure_of_the_table_can_be_opened(room):
    an_order(room)
    kept()
    names = {name for n, of, _heading in COLUMNS for name in (n, of)} | {"received"}
    assert names <= COUNTED.keys()
    for name in COUNTED:
        assert sits(room, "zhou").get(f"/office/incidents?day=all&counted={name}").status_code == 200, name


def test_a_chief_sees_his_own_station_day_by_day_and_what_cannot_be_is_refused(room):
    an_order(room)
    an_order(room, at="east", crew="crew-3", who="qian")
    kept()
    mine = body(sits(room, "leader-li").get("/office/days"))
    assert mine.count('<tr><th scope="row">') == 32  # 31 days and all together
    assert "?day=" in mine
    assert ">2<" not in mine
    east = room.town.units["east"].pk
    assert sits(room, "leader-li").get(f"/office/days?unit={east}").status_code == 404
    for wrong in ("day=never", "day=2999-01-01", "day=1999-01-01", "grade=9"):
        assert sits(room, "zhou").get(f"/office/days?{wrong}").status_code == 422, wrong
    assert sits(room, "zhou").get("/office/days?grade=1&day=2026-01-01").status_code == 200


def test_outside_oversight_reads_figures_and_opens_nothing(room):
    an_order(room)
    kept()
    omar = create_account(username="omar", name="Omar", password="long enough for a day", by=SYSTEM, at=room.now)
    give_role(omar.pk, Role.OVERSIGHT_EXTERNAL, unit_id=None, by=SYSTEM, at=room.now)
    room.town.people["omar"] = omar

    page = body(sits(room, "omar").get("/office/days"))

    assert "100.0%" in page
    assert "/office/incidents" not in page


def test_a_turn_costs_the_same_few_statements_however_much_is_new(room, django_assert_max_num_queries):
    an_order(room)
    an_order(room, at="east", crew="crew-3", who="qian")
    with django_assert_max_num_queries(18):
        daily.keep(HAND.now())
    with django_assert_max_num_queries(2):
        daily.keep(HAND.now())
