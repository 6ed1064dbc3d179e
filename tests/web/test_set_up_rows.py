"""
How a reform sets units up, through the doors: T06, T14, T17, B08, B13, B16, B19, B22, B33, B38.

Applications and cases have no app yet (T06, B19, B22): the routing query is asked on the page of the organisation, to
whom matters from a unit go on a day.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.apps.people.models import Account, Grant, Signature
from oneroom.apps.personnel.models import Person, Post, Posting
from oneroom.engine.roles import Role
from tests.clock import HAND, NIGHT
from tests.force import LONG_AGO, Force
from tests.web.test_reform_rows import begin, plan, sign, text

pytestmark = pytest.mark.django_db
OVER = "/office/organisation"


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("pia", Role.ORG_PLANNER)
    return made


@pytest.fixture
def browser(force):
    def of(who: str = "pia", language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(force.room.town.people[who])
        return client

    return of


def goes(browser, function: str, unit: str, day: date) -> str:
    """What the page says of where matters of a function go from this unit on that day."""
    shown = browser().get(f"{OVER}?unit={unit}&on={day}").content.decode()
    row = re.search(rf'data-function="{function}">.*?<td>(.*?)</td><td>(.*?)</td>', shown, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " @ ".join(row.groups()))).strip() if row else ""


def serve(unit: str, count: int, day: date, *, leads: bool = False, kind: str = "sworn") -> None:
    """So many people in posts of a unit; with ``leads`` in posts that head it."""
    codes = [f"{unit}-{kind[0]}{'h' if leads else 'p'}{n}" for n in range(count)]
    Post.objects.bulk_create(Post(code=c, unit=unit, kind=kind, name_zh="岗", since=day, leads=leads) for c in codes)
    people = Person.objects.bulk_create(
        Person(number=f"N{c}"[:20], kind=kind, name="模拟", joined=LONG_AGO, simulated=True) for c in codes
    )
    Posting.objects.bulk_create(
        Posting(person=p, post=c, since=day, full=True, basis="entered") for p, c in zip(people, codes, strict=True)
    )


def test_t47_doubled_functions_and_scattered_strength_are_found_on_one_page(force, browser):
    for code in ("one", "two"):
        begin(force, code)
    sign(browser, plan(browser, force.today, {"do": "delegate", "unit": "", "function": "fire", "to": "one, two"}))
    for unit, count in (("one", 2), ("two", 4), ("west", 30), ("branch", 4)):
        serve(unit, count, force.today)
    serve("one", 20, force.today, kind="auxiliary")

    shown = text(browser().get(OVER))

    assert re.search(r"fire: One ?, Two", shown)
    assert "Officers in units of fewer than 5 25.0 % (10/40)" in shown, "auxiliaries are no strength"
    assert re.search("Where fewest officers serve: One 2 ?, Branch 4 ?, Two 4", shown)
    merged = plan(browser, force.days(1), {"do": "merge", "units": "one, two", "into": "one"})
    assert "25.0 % (10/40) → 10.0 % (4/40) −15.0" in text(browser().get(merged))


def below(browser, station: str, day: date) -> dict[str, str]:
    """Codes and kinds of what stands below a station, by the list that goes out."""
    units = browser().get(f"{OVER}/units.json?on={day}").json()["units"]
    return {unit["code"]: unit["kind"] for unit in units if unit.get("parent") == station}


def test_t14_b16_a_small_station_gets_groups_a_large_one_teams_and_44_of_44_is_counted(force, browser, settings):
    settings.SMALL_STATION = 10
    serve("west", 12, force.today)
    serve("east", 9, force.today)
    serve("east", 5, force.today, kind="auxiliary")
    UnitSpell.objects.filter(code__in=("west", "east")).update(rank="town")
    day = force.days(1)
    assert "One room, two teams 0.0 % (0/2)" in text(browser().get(OVER))

    page = plan(browser, day, {"do": "station", "units": "west\neast"})
    again = browser().post(f"{page}/act", {"act": "add", "seen": "2", "do": "station", "units": "west"})
    assert again.status_code == 422
    assert "west has a room and two teams already." in text(again)
    wrong = browser().post(f"{page}/act", {"act": "add", "seen": "2", "do": "station", "units": "branch"})
    assert "branch is no police station." in text(wrong)
    sign(browser, page)

    assert below(browser, "west", day) == {
        "west-room": "command_room", "west-community": "community_team", "west-case": "case_team",
    }  # fmt: skip
    assert below(browser, "east", day) == {
        "east-room": "command_room", "east-community": "community_group", "east-case": "case_group",
    }  # fmt: skip
    assert "One room, two teams 100.0 % (2/2)" in text(browser().get(f"{OVER}?on={day}"))
    names = browser(language="zh-hans").get(f"{OVER}?on={day}&unit=east").content.decode()
    assert "社区警务组" in names
    assert "案件办理组" in names


def test_t14_rights_go_by_team_and_each_role_is_given_in_its_own(force, browser):
    sign(browser, plan(browser, force.today, {"do": "station", "units": "west"}))
    follow_the_day(force.room.now)
    zhang = force.room.town.people["zhang"]
    units = dict(OrgUnit.objects.values_list("code", "pk"))

    def give(role: str, unit: str):
        said = {"act": "give", "role": role, "unit": str(units[unit]), "until": "", "why": "Her team"}
        return browser("ada").post(f"/office/accounts/{zhang.pk}", said)

    for role, unit in (("case_officer", "west-community"), ("community_officer", "west-case")):
        refused = give(role, unit)
        assert refused.status_code == 409
        assert "This role is the other team&#x27;s: give it there." in refused.content.decode()
    assert give("case_officer", "west-case").status_code == 302
    asked = Signature.objects.get(act="give_role", ended_at=None)
    assert browser("abe").post(f"/office/signatures/{asked.pk}", {"act": "sign"}).status_code == 302
    held = Grant.objects.filter(account=zhang, role="case_officer", ends=None).values_list("unit__code", flat=True)
    assert list(held) == ["west-case"]


def test_b16_each_point_of_the_checklist_is_verified_by_who_serves_there_and_not_declared(force, browser):
    sign(browser, plan(browser, force.today, {"do": "station", "units": "west"}))

    def done() -> list[str]:
        shown = browser().get(f"{OVER}?unit=west").content.decode()
        points = re.search(r'id="points">(.*?)</ul>', shown, re.DOTALL)
        assert points is not None
        return [line for line in re.findall(r"<li>(.*?)</li>", points.group(1)) if "✓" in line]

    assert len(done()) == 3, "the three are there, and nobody serves in them"
    for part in ("room", "community", "case"):
        serve(f"west-{part}", 2, force.today)
        serve(f"west-{part}", 1, force.today, leads=True)

    assert len(done()) == 9
    assert any("people in the case team" in line and ">3<" in line for line in done()), "with what it was verified by"
    Posting.objects.filter(post="west-room-sh0").delete()
    assert len(done()) == 8


def test_t17_20_brigades_become_66_districts_each_with_a_station_and_one_chief_and_no_cell_uncovered(force, browser):
    UnitSpell.objects.filter(code__in=("west", "east")).update(area=None)
    begin(force, "traffic")
    day, brigades = force.days(1), [f"b{n:02d}" for n in range(20)]
    for code in brigades:
        begin(force, code, "brigade")
    changes, squares = [], {}
    for n in range(66):
        changes.append({"code": f"d{n:02d}", "kind": "district", "name_zh": f"{n}警区", "system": "operations",
                        "parent": brigades[n % 20]})  # fmt: skip
        squares[f"d{n:02d}"] = square(100 + 0.1 * n, 0.1)
    for n in range(22):  # three districts lie in the ground of one station
        changes.append({"code": f"p{n:02d}", "kind": "station", "name_zh": f"{n}所", "system": "operations",
                        "parent": "branch"})  # fmt: skip
        squares[f"p{n:02d}"] = square(100 + 0.3 * n, 0.3)
    document = {"schema": "oneroom.reform/1", "name": "T17", "day": str(day), "changes": [
        {"do": "create", "unit": unit} for unit in changes
    ]}  # fmt: skip
    file = SimpleUploadedFile("t17.json", json.dumps(document).encode(), "application/json")
    made = browser().post("/office/reforms", {"document": file, "day": str(day)})
    assert made.status_code == 302, text(made)
    sign(browser, made["Location"])
    draw(browser, squares, day)

    shown = text(browser().get(f"{OVER}?on={day}"))
    assert "66 districts of 20 brigades, 3.3 each." in shown
    assert shown.count("has no chief") == 50, "so many are named at once"
    assert "66 in all" in shown
    assert "shares ground with no station" not in shown
    assert "Ground of stations without a district" not in shown
    assert "0警区 B00 0所" in shown
    assert "65警区 B05 21所" in shown, "by their names"

    for n in range(66):
        serve(f"d{n:02d}", 1, day, leads=True)
    assert "Each has a brigade, a station and one chief." in text(browser().get(f"{OVER}?on={day}"))
    draw(browser, {"d00": square(100, 0.05)}, force.days(2))
    later = text(browser().get(f"{OVER}?on={force.days(2)}"))
    assert re.search(r"Ground of stations without a district: 0所 \d+", later)


def square(west: float, wide: float) -> dict:
    ring = [[west, 30], [west + wide, 30], [west + wide, 30.1], [west, 30.1], [west, 30]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), y] for x, y in ring]]}


def draw(browser, squares: dict[str, dict], day: date) -> None:
    """Ground comes in as GeoJSON with its day, and two sign what it draws."""
    features = [{"type": "Feature", "properties": {"code": c}, "geometry": g} for c, g in squares.items()]
    said = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    file = SimpleUploadedFile("areas.geojson", said, "application/geo+json")
    drawn = browser().post("/office/organisation/areas", {"file": file, "day": str(day), "act": "plan"})
    assert drawn.status_code == 302, text(drawn)
    sign(browser, drawn["Location"])


def test_t06_b08_a_matter_goes_to_the_bureau_before_the_day_and_to_the_branch_from_it_on(force, browser):
    for code in ("bureau", "county"):
        begin(force, code)
    sign(browser, plan(browser, force.today, {"do": "delegate", "unit": "", "function": "exit_entry", "to": "bureau"}))
    day = force.days(3)
    sign(browser, plan(browser, day, {"do": "delegate", "unit": "bureau", "function": "exit_entry", "to": "county"}))

    assert [goes(browser, "exit_entry", "bureau", d) for d in (force.days(2), day)] == [
        "Bureau @ Bureau", "County @ Branch",
    ]  # fmt: skip
    assert goes(browser, "exit_entry", "west", day) == "▲ nobody at or above it @"


def test_t47_two_owners_side_by_side_are_told_where_matters_go(force, browser):
    for code in ("one", "two"):
        begin(force, code)
    sign(browser, plan(browser, force.today, {"do": "delegate", "unit": "", "function": "fire", "to": "one, two"}))

    assert goes(browser, "fire", "branch", force.today) == "One Two ▲ several side by side @ Branch"


@pytest.fixture
def baotou():
    """The example city as one command loads it: a page of its organisation on the day of its reforms, or before."""
    HAND.set(NIGHT)
    call_command("example", "baotou", stdout=StringIO())
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(username="example-baotou-org-planner"))
    return (lambda: client), max(UnitSpell.objects.values_list("since", flat=True))


def test_t07_t08_t09_t12_the_example_of_tianjin_has_a_branch_with_536_of_1000_officers_in_stations_before_and_after():
    HAND.set(NIGHT)
    call_command("example", "tianjin", stdout=StringIO())
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(username="example-tianjin-org-planner"))
    day = max(UnitSpell.objects.values_list("since", flat=True))

    for on in (day - timedelta(days=1), day):
        shown = text(client.get(f"{OVER}?unit=tj-heping&on={on}"))
        assert "Officers in stations 53.6 % (536/1000)" in shown
        assert "Auxiliaries in stations 100.0 % (140/140)" in shown
    both = text(client.get(f"{OVER}?on={day}&than={day - timedelta(days=1)}"))
    assert "Levels down to a station 4 → 3 " in both, "T07, T08: a level less on the longest path"
    units = client.get(f"{OVER}/units.json?on={day}").json()["units"]
    assert {u["system"] for u in units} == {"command", "oversight", "operations", "support"}, "T09: one tag each"
    Posting.objects.filter(post="tj-heping-p00-s000").delete()
    assert "53.6 % (535/999)" in text(client.get(f"{OVER}?unit=tj-heping")), "counted, not typed in"


def test_b19_b22_a_township_lead_reaches_the_level_that_answers_for_it(baotou):
    browser, day = baotou
    eve = day - timedelta(days=1)

    assert goes(browser, "forest_and_grass", "bt-guyang-r0", eve) == "", "before the reform nobody has it"
    found = {end: goes(browser, f"forest_and_grass{end}", "bt-guyang-r0", day) for end in ("_check", "", "_major")}
    assert found == {
        "_check": "Guyang rural 1 @ Guyang rural 1", "": "Joint enforcement brigade @ Guyang bureau",
        "_major": "Joint enforcement @ Baotou bureau",
    }  # fmt: skip
    types = {f: goes(browser, f"{f}_major", "bt-town00", day) for f in ("telecom_fraud", "drug_crime", "gang_crime")}
    assert [types[f] for f in ("gang_crime", "telecom_fraud", "drug_crime")] == [
        f"Investigation branch {n} @ Baotou bureau" for n in (1, 2, 3)
    ]
    assert goes(browser, "telecom_fraud", "bt-town00", day) == "Kundulun bureau @ Kundulun bureau", (
        "below the threshold"
    )


def test_b33_the_bodies_of_the_decree_are_units_in_the_tree_and_nothing_else(baotou):
    browser, day = baotou
    units = {u["code"]: u for u in browser().get(f"{OVER}/units.json?on={day}").json()["units"]}

    assert [units[c]["kind"] for c in ("bt-party", "bt-tour", "bt-political")] == [
        "party_office", "party_office", "political_department",
    ]  # fmt: skip
    assert not any(units[code]["functions"] for code in ("bt-party", "bt-tour", "bt-political"))
    doors = " ".join(str(name) for name in get_resolver().reverse_dict if isinstance(name, str))
    assert not re.search(r"party|political|member_score|twelve", doors, re.IGNORECASE)


def test_b13_b38_b16_the_page_counts_the_example_before_and_after(baotou):
    browser, day = baotou
    eve = day - timedelta(days=1)
    levels = []
    for on in (eve, day):
        path = browser().get(f"{OVER}?unit=bt-baiyun&on={on}").content.decode()
        above = re.search(r'<p class="dim">((?:<a href[^>]*>[^<]*</a> › )+)</p>', path)
        assert above is not None
        levels.append(1 + above.group(1).count("›"))
    assert levels == [3, 2], "one level less"

    before, after = (text(browser().get(f"{OVER}?on={on}")) for on in (eve, day))
    assert "Legal units 44.4 % (4/9)" in before
    assert "Legal units 88.9 % (8/9)" in after
    assert "Without a legal unit: Damao bureau" in after
    assert "One room, two teams 0.0 % (0/44)" in before
    assert "One room, two teams 100.0 % (44/44)" in after
