"""Recusal, police districts, routing, grades and a kept list in a real Chromium, by keyboard, in both languages."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.services import report_and_clear
from oneroom.apps.orgs.models import UnitFunction
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.people.services import declare_relation
from oneroom.apps.personnel.models import Person, Posting
from oneroom.apps.personnel.services import declare_kin
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing, picture
from tests.force import Force
from tests.served import served, walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("eva", Role.ORG_PLANNER)
    made.staff("hanna", Role.HR)
    return made


@pytest.fixture
def open_as(browser, force, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, force.room.town.people) as opened:
        yield lambda who, path, **options: opened(who, url + path, **options)


def narrow_enough(page):
    """Nothing but a table of its own scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def unit(force, code: str, kind: str, parent: str, zh: str, en: str, area=None):
    units = force.room.town.units
    units[code] = begin_unit(
        kind=kind, code=code, name_zh=zh, name_en=en, system=System.OPERATIONS, parent=units[parent], area=area,
        by=SYSTEM, at=force.room.now,
    )  # fmt: skip


@pytest.fixture
def districts(force):
    """A brigade with three districts: over both stations, with a chief; without ground; without a brigade."""
    town = force.room.town
    west, east = ([tuple(x) for x in town.units[u].area["coordinates"][0]] for u in ("west", "east"))
    lon, lat = ([x[n] for x in (*west, *east)] for n in (0, 1))
    box = [[min(lon), min(lat)], [max(lon), min(lat)], [max(lon), max(lat)], [min(lon), max(lat)]]
    unit(force, "brigade-1", "brigade", "branch", "交警一大队", "Traffic brigade 1")
    for n, (parent, area) in enumerate((("brigade-1", box), ("brigade-1", None), ("branch", None)), start=1):
        ground = {"type": "Polygon", "coordinates": [[*area, area[0]]]} if area else None
        unit(force, f"district-{n}", "district", parent, f"交警{n}警区", f"Police district {n}", ground)
    force.places("district-1", 1)
    force.post("chief-1", "district-1", leads=True)
    Posting.objects.create(person=force.person("Wanda"), post="chief-1", basis="entered", since=force.today)
    for function, code in (("traffic", "brigade-1"), ("telecom_fraud", "branch"), ("telecom_fraud_major", "branch")):
        UnitFunction.objects.create(function=function, unit=code, since=force.today)


@LANGUAGES
def test_t17_t06_districts_and_routing_are_read_by_keyboard_and_named(open_as, force, districts, language):
    """T17, T06: names where codes were; lists open by Enter; nothing scrolls sideways."""
    zh = language != "en"
    page = open_as("hanna", "/office/organisation?unit=west", language=language)
    picture(page, f"districts-{language}")
    card = page.locator("section[aria-labelledby='districts-h']")
    assert ("交警2警区" if zh else "Police district 2") in card.inner_text()
    assert "district-2" not in card.inner_text()
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    row = card.locator("tbody tr").first
    row.wait_for()
    assert row.inner_text().split("\t")[1] == ("交警一大队" if zh else "Traffic brigade 1")
    goes = page.locator("#goes")
    assert ("电信网络诈骗侦查：重大案件" if zh else "Telecom fraud: major cases") in goes.inner_text()
    assert "telecom_fraud" not in goes.inner_text()
    picture(page, f"districts-open-{language}")
    narrow_enough(page)
    row.locator("a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**unit=district-1**")
    picture(page, f"district-{language}")


@LANGUAGES
def test_b11_recusal_is_said_where_a_crew_is_chosen_and_where_its_report_is_judged(open_as, force, language):
    """Workflow §2.10: the dispatcher is warned; the chief who is a relative finds a sentence and no buttons."""
    room = force.room
    zhang, chief = force.person("Zhang", account="zhang"), force.person("Li", account="leader-li")
    assert Person.objects.count() == 2
    matter = room.report("noise", at="west", grade=3, category="help", caller_phone="13922223333")
    declare_relation(kind="sibling", name="", phone="13922223333", by=room.actor("zhang"), at=room.now)
    page = open_as("dora", f"/room/?open={matter.pk}", language=language)
    warned = page.locator(".why--minus", has_text="公务回避" if language != "en" else "recusal").first
    warned.wait_for()
    picture(page, f"recusal-room-{language}")
    sent = room.dispatch(matter, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    report_and_clear(
        sent.pk, outcome="helped", category="help", subcategory="injured", by=room.actor("zhang"), at=room.now
    )
    declare_kin(zhang.pk, chief.pk, "spouse", by=room.actor("zhang"), at=room.now)

    page = open_as("leader-li", f"/office/incidents/{matter.pk}", language=language)
    page.locator(f"#related-{matter.pk}").wait_for()
    assert page.locator("#close").count() == 0
    picture(page, f"recusal-chief-{language}")
    narrow_enough(page)


@LANGUAGES
def test_a_list_is_looked_through_and_taken_over_by_keyboard_without_choosing_it_again(open_as, force, language):
    """Issue 5: one choice of the file; then Enter."""
    force.places("west", 2)
    force.post("w1", "west")
    page = open_as("hanna", "/office/people/import", language=language)
    text = "警号,姓名,类别,入职日期,岗位代码\nA001,王一,民警,2015-07-01,w1\n"
    page.set_input_files("#file", {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")})
    page.locator("button[value='look']").press("Enter")
    page.locator("#kept").wait_for()
    picture(page, f"list-kept-{language}")
    page.locator("button[value='take']").press("Enter")
    page.locator("p.banner[role='status']").first.wait_for()
    assert Person.objects.get().number == "A001"
    picture(page, f"list-taken-{language}")
    narrow_enough(page)


@LANGUAGES
def test_t42_grades_are_read_in_both_languages(open_as, force, language):
    page = open_as("hanna", "/office/grades", language=language)
    page.locator("h1").wait_for()
    picture(page, f"grades-{language}")
    narrow_enough(page)


@LANGUAGES
def test_the_heads_of_a_long_table_stay_while_its_rows_scroll_by_keyboard(open_as, force, language):
    """Issue 5, screens: at the last of fifty rows one still reads what each column is."""
    for n in range(60):
        force.person(f"Person {n:02d}")
    page = open_as("hanna", "/office/people", language=language)
    rows = page.locator(".wide-table tbody tr a[data-row]")
    assert rows.count() == 50
    rows.last.focus()
    head, last, frame = (page.locator(at).bounding_box() for at in (
        ".wide-table thead th >> nth=0", ".wide-table tbody tr >> nth=49", ".wide-table >> nth=0"))  # fmt: skip
    assert abs(head["y"] - frame["y"]) < 2
    assert frame["y"] <= last["y"] <= frame["y"] + frame["height"]
    rows.first.focus()
    first = page.locator(".wide-table tbody tr >> nth=0").bounding_box()
    assert first["y"] >= frame["y"] + head["height"] - 2, "no row hides behind the heads"
    rows.last.focus()
    picture(page, f"long-table-{language}")
    narrow_enough(page)
