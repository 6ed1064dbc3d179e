"""The two cities of the published reforms: their trees, founded and reformed by services, give the texts' figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.apps.people.models import Account, Grant
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.personnel.models import Posting
from oneroom.apps.reforms.clock import take_effect
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.organisation.changes import Create, Merge, New, apply
from oneroom.engine.organisation.facts import Facts, System
from oneroom.engine.organisation.faults import faults, over_limit
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.tree import tree_on
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.examples.baotou import baotou
from oneroom.project.examples.load import counted, load
from oneroom.project.examples.tianjin import tianjin
from tests.clock import HAND, NIGHT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_house")]

TIANJIN = {
    "T04": "40 changed, 13 ended", "T05": "287 → 92, -67.9 %, 3.12:1, orphans 0", "T06": "1 → 16 owners",
    "T08": "3 → 2, 11 ended", "T09": "102/15 = 6.8, untagged 0",
    "T12": "1541/2875 = 53.6 %, auxiliaries apart 381",
    "T17": "20 → 66 = 3.3 each, without a station 0, without one chief 0, stations with ground of no district 0",
}  # fmt: skip
BAOTOU = {
    "B02": "61/178 = 34.3 % → 40/300 = 13.3 %", "B03": "bt-centre = bt-centre, rooms of the city 1", "B04": "3 → 1",
    "B06": "26 of 84 = 31 % (of 83–85)", "B08": "4 counties and districts", "B13": "3 → 2",
    "B16": "44/44 = 100.0 %", "B19": "bt-kundulun, major: bt-inv2",
    "B22": "bt-guyang-r0 → bt-guyang-green → bt-green", "B33": "3 units, 0 functions",
    "T12": "461/860 = 53.6 %, auxiliaries apart 0",
    "B15": "76/1000 = 7.6 %, of the giving units 76/475 = 16.0 %, which had 47.5 %",
    "B38": "8/9 = 88.9 %, without: bt-damao",
}  # fmt: skip


@pytest.fixture
def empty_house():
    HAND.set(NIGHT)


def proposed(city, day):
    """The reforms over the founded tree, by the engine alone."""
    founded = apply(Facts(), city.founding, day - timedelta(days=1)).facts
    return Proposal(city.changes, day, founded, apply(founded, city.changes, day))


def figures(city, day) -> dict[str, str]:
    p = proposed(city, day)
    return {figure.row: figure.count(p) for figure in city.figures}


def tomorrow():
    return HAND.now().astimezone().date() + timedelta(days=1)


@pytest.mark.parametrize(("name", "figures"), [("tianjin", TIANJIN), ("baotou", BAOTOU)], ids=["T04-T17", "B02-B38"])
def test_an_example_is_loaded_by_one_command_as_signed_plans_and_counted_by_the_queries(name, figures):
    out = StringIO()
    call_command("example", name, stdout=out)

    told = dict(line.strip().split("  ", 1) for line in out.getvalue().splitlines()[1:])
    assert {row: said.partition(": ")[2] for row, said in told.items()} == figures
    assert set(ReformPlan.objects.values_list("state", "illustration")) == {("signed", True)}
    with pytest.raises(CommandError, match="already"):
        call_command("example", name, stdout=out)


def test_t08_on_the_day_eleven_units_end_and_no_access_to_them_is_left():
    city = tianjin()
    load(city, day=tomorrow(), by=SYSTEM, at=HAND.now())
    sub = OrgUnit.objects.get(code="tj-binhai-s00")
    account = create_account(username="sub", name="Sub", password=None, by=SYSTEM, at=HAND.now())
    give_role(account.pk, Role.PATROL_OFFICER, unit_id=sub.pk, by=SYSTEM, at=HAND.now())

    HAND.forward(24 * 3600)
    take_effect(now())
    follow_the_day(now())

    assert OrgUnit.objects.filter(kind="sub_bureau", valid_to=None).count() == 0
    assert OrgUnit.objects.filter(kind="sub_bureau").count() == 11
    stations = OrgUnit.objects.filter(code__startswith="tj-binhai-p", valid_to=None)
    assert set(stations.values_list("parent__code", flat=True)) == {"tj-binhai"}
    assert not Grant.objects.filter(unit=sub, ends=None).exists(), "access of ended units = 0"
    assert set(ReformPlan.objects.values_list("state", flat=True)) == {"in_force"}


def test_t05_the_page_of_the_plan_shows_287_into_92():
    load(tianjin(), day=tomorrow(), by=SYSTEM, at=HAND.now())
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(username="example-tianjin-org-planner"))
    plan = ReformPlan.objects.get(name__contains="T05")

    shown = client.get(f"/office/reforms/{plan.pk}").content.decode()

    assert '<span class="faint">287 → </span>0' in shown
    assert '<span class="faint">0 → </span>92' in shown
    assert "illustration" in shown


def test_b06_a_changed_tree_changes_the_figures():
    day = tomorrow()
    city = baotou()
    more = Create(New("bt-more", "section_office", "多一科", system=System.SUPPORT, parent="bt"))
    grown = replace(city, founding=(*city.founding, more))

    assert figures(city, day)["B06"] == "26 of 84 = 31 % (of 83–85)"
    assert figures(grown, day)["B06"] == "26 of 85 = 31 % (of 83–85)"
    assert (
        figures(replace(city, reforms=tuple(r for r in city.reforms if r.rows != "B16")), day)["B16"] == "0/44 = 0.0 %"
    )
    shrunk = tianjin()
    fewer = [c for c in shrunk.changes if not (isinstance(c, Merge) and c.into == "tj-led00-v0")]
    p = proposed(replace(shrunk, reforms=(replace(shrunk.reforms[0], changes=tuple(fewer)),)), day)
    assert {f.row: f.count(p) for f in shrunk.figures}["T05"].startswith("287 → 91")


def test_t04_t17_the_pages_show_40_changed_13_ended_and_66_districts_with_ground_a_station_and_a_chief_each():
    """T04, T17: what the command counts stands on the pages, and changes with the tables behind it."""
    city, day = tianjin(), tomorrow()
    load(city, day=day, by=SYSTEM, at=HAND.now())
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(username="example-tianjin-org-planner"))

    def shown(path: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).content.decode()))

    adjusted = shown(f"/office/reforms/{ReformPlan.objects.get(name__contains='T04').pk}")
    assert "Units that end 13 Units that begin 0 Units that change 40" in adjusted
    organisation = f"/office/organisation?on={day}"
    assert "66 districts of 20 brigades, 3.3 each. Each has a brigade, a station and one chief." in shown(organisation)
    assert "Ground of stations without a district" not in shown(organisation)

    Posting.objects.filter(post="tj-pd00-s000").delete()
    UnitSpell.objects.filter(code="tj-pd65").update(area=None)

    (said,) = [figure for row, _what, figure in counted(city, day) if row == "T17"]
    assert said == "20 → 66 = 3.3 each, without a station 1, without one chief 1, stations with ground of no district 3"
    changed = shown(organisation)
    assert "Police district 1 ▲ has no chief" in changed
    assert "Police district 66 ▲ shares ground with no station" in changed
    assert "Ground of stations without a district: Binhai 43 station" in changed


@pytest.mark.prove
def test_t04_the_command_loads_the_other_reading_of_the_texts():
    out = StringIO()
    call_command("example", "tianjin", among=True, stdout=out)

    assert "T04  directly-led units: 27 changed, 13 ended" in out.getvalue()
    assert "T05  sections into deputy divisions: 287 → 92" in out.getvalue()
    with pytest.raises(CommandError, match="Tianjin"):
        call_command("example", "baotou", among=True, stdout=out)


def test_t04_the_other_reading_has_the_thirteen_among_the_forty():
    assert figures(tianjin(among=True), tomorrow())["T04"] == "27 changed, 13 ended"


@pytest.mark.parametrize("city", [tianjin(), baotou()], ids=["T04-T09", "B02-B38"])
def test_each_reform_orphans_nothing_alone_and_all_together(city):
    day = tomorrow()
    founded = apply(Facts(), city.founding, day - timedelta(days=1)).facts
    for changes in (city.changes, *(reform.changes for reform in city.reforms)):
        assert faults(founded, apply(founded, changes, day), day) == []


def test_b02_a_scenario_above_the_limit_is_refused_with_its_numbers():
    p = proposed(baotou(), tomorrow())
    (fault,) = over_limit(p.was, 30)

    assert fault.facts == {"part": 61, "whole": 178, "percent": 30}
    assert over_limit(p.will_be, 30) == []
    assert len(tree_on(p.before, p.day).units) == 178


def test_b13_the_counted_figures_are_those_of_the_tables_and_not_of_the_description():
    city = baotou()
    load(city, day=tomorrow(), by=SYSTEM, at=HAND.now())
    stored.UnitSpell.objects.filter(code="bt-town00-room").delete()

    told = {row: figure for row, _what, figure in counted(city, tomorrow())}

    assert told["B16"] == "43/44 = 97.7 %"
