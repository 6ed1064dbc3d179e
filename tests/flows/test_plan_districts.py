"""
Ground is divided anew in a plan, looked at, and taken over as changes that a reform can make (row T17).

Three stations in a row over a chessboard of streets, most calls in the west; a brigade over the same ground.
"""

from __future__ import annotations

import numpy as np
import pytest
from shapely import unary_union
from shapely.geometry import shape

from oneroom.apps.orgs.facts import area_key
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.places.services import load_network
from oneroom.apps.plans import access
from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.running import turn
from oneroom.apps.plans.services import ask_run, draft_scenario, take_over_districts
from oneroom.apps.reforms.checks import check_changes
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.roads import assemble, to_npz_bytes
from oneroom.engine.values import SYSTEM, BadInput, NotAllowed, NotFound, Overtaken
from tests.planned import planner
from tests.town import SOUTH, WEST

pytestmark = pytest.mark.django_db(transaction=True)  # the run's beat has a connection of its own
WIDE, HIGH, STEP = 24, 10, 0.0045


def chessboard() -> bytes:
    """Streets every 0.0045 degrees, a little more than a cell."""
    at = np.arange(WIDE * HIGH).reshape(HIGH, WIDE)
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    lon, lat = WEST + (at.ravel() % WIDE) * STEP, SOUTH + (at.ravel() // WIDE) * STEP
    count = len(tail)
    return to_npz_bytes(
        assemble(
            node_lon=lon, node_lat=lat, edge_tail=tail, edge_head=head, edge_oneway=[False] * count,
            edge_kmh=[36.0] * count,
        )
    )  # fmt: skip


def box(left: float, right: float) -> dict:
    west, east = WEST + (left - 0.5) * STEP, WEST + (right - 0.5) * STEP
    south, north = SOUTH - STEP / 2, SOUTH + (HIGH - 0.5) * STEP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def city(room):
    """Stations a, b and c of a third of the ground each, beside those of the town, and a brigade over all of it."""
    load_network(chessboard(), name="chessboard", by=SYSTEM, at=room.now)
    units = room.town.units
    for n, code in enumerate("abc"):
        lon, lat = WEST + (8 * n + 4) * STEP, SOUTH + 5 * STEP
        units[code] = begin_unit(
            kind="station", code=f"st-{code}", name_zh=f"{code}派出所", name_en=f"Station {code}", lon=lon, lat=lat,
            area=box(8 * n, 8 * n + 8), by=SYSTEM, at=room.now,
        )  # fmt: skip
    units["brigade"] = begin_unit(
        kind="brigade", code="tb", name_zh="交警大队", name_en="Traffic brigade", area=box(0, 24), by=SYSTEM,
        at=room.now,
    )  # fmt: skip
    return room


@pytest.fixture
def pia(city):
    return planner(city)


def run(city, pia, **asked):
    """A scenario of its own with one run of districts, computed."""
    pk = draft_scenario("Districts", by=pia, at=city.now)
    found = ask_run(
        pk, "districts", {"work": "ground", "units": ["st-a", "st-b", "st-c"], **asked}, by=pia, at=city.now
    )
    assert turn()
    return access.run_for(found, by=pia)


def test_t17_stations_share_their_ground_out_and_who_changes_is_told(city, pia):
    made = run(city, pia, units=["st-a", "st-b", "st-c"], tolerance=5)
    assert (made.state, made.trouble_said) == ("done", {})
    found = made.results
    assert [d["unit"] for d in found["districts"]] == ["st-a", "st-b", "st-c"]
    assert found["worst"] <= 0.05
    assert found["moved"] == [], "a third each is even already, so that nobody changes"
    assert {each["code"] for each in made.assumed} == {"districts_hour"}


def test_t17_uneven_ground_is_evened_out_and_becomes_changes_that_a_reform_can_make(city, pia):
    uneven()
    made = run(city, pia)
    found = made.results
    assert found["worst_before"] == pytest.approx(0.75, abs=0.01), "14 of 24 columns are 1.75 times a third"
    assert found["worst"] <= 0.05
    assert {(m["was"], m["becomes"]) for m in found["moved"]} >= {("st-a", "st-b")}
    assert found["moved_share"] == pytest.approx(sum(m["share"] for m in found["moved"]))
    grounds = [shape(d["outline"]) for d in found["districts"]]
    assert unary_union(grounds).area == pytest.approx(shape(box(0, 24)).area, rel=1e-4), "no ground is left over"
    assert sum(g.area for g in grounds) == pytest.approx(shape(box(0, 24)).area, rel=1e-4)

    scenario = Scenario.objects.get(pk=made.scenario_id)
    with pytest.raises(Overtaken):
        take_over_districts(made.pk, seen=scenario.version + 1, by=pia, at=city.now)
    take_over_districts(made.pk, seen=scenario.version, by=pia, at=city.now)
    scenario.refresh_from_db()
    assert {change["do"] for change in scenario.changes} == {"alter"}
    checked = check_changes(scenario.changes, scenario.day)
    assert checked.proposal is not None
    town = {"west", "east"}  # its stations lie under these, before and after
    assert [f for f in checked.faults if f.subject.startswith("st-") and f.facts.get("other") not in town] == []


def uneven() -> None:
    """Station a has fourteen of the twenty-four columns, b and c have five each."""
    for code, left, right in (("st-a", 0, 14), ("st-b", 14, 19), ("st-c", 19, 24)):
        lon = WEST + (left + right) // 2 * STEP
        OrgUnit.objects.filter(code=code).update(area=box(left, right), lon=lon)
        UnitSpell.objects.filter(code=code).update(area=area_key(box(left, right)))


def test_t17_a_border_and_a_unit_that_are_kept_stay_as_they_are(city, pia):
    uneven()
    kept = run(city, pia, keep=["st-c"]).results
    assert not any("st-c" in (m["was"], m["becomes"]) and m["was"] == "st-c" for m in kept["moved"])
    border = run(city, pia, borders=[["st-a", "st-b"]]).results
    assert not any({m["was"], m["becomes"]} == {"st-a", "st-b"} for m in border["moved"])
    assert border["why"] == ["pins"]
    assert border["worst"] > 0.05


def test_t17_a_brigade_becomes_six_districts_with_a_station_each_named_under_it(city, pia):
    made = run(city, pia, of="brigade", units=["tb"], count=6)
    found = made.results
    assert (made.state, made.trouble_said) == ("done", {})
    assert [d["unit"] for d in found["districts"]] == [f"tb-q{n}" for n in range(1, 7)]
    assert all(d["is_new"] and d["brigade"] == "tb" and d["stations"] for d in found["districts"])
    assert {s for d in found["districts"] for s in d["stations"]} == {"st-a", "st-b", "st-c", "west", "east"}
    assert found["each"] == 6
    take_over_districts(made.pk, seen=1, by=pia, at=city.now)
    changes = Scenario.objects.get(pk=made.scenario_id).changes
    assert [c["unit"]["code"] for c in changes] == [f"tb-q{n}" for n in range(1, 7)]
    assert {c["unit"]["parent"] for c in changes} == {"tb"}
    read_changes(changes)


def test_t17_districts_of_today_go_on_under_their_names_and_one_too_many_ends(city, pia):
    for n, (left, right) in enumerate(((0, 8), (8, 16), (16, 24))):
        begin_unit(kind="district", code=f"d-{n}", name_zh=f"{n}警区", name_en=f"District {n}", area=box(left, right),
                   parent=city.town.units["brigade"], by=SYSTEM, at=city.now)  # fmt: skip
    four = run(city, pia, of="brigade", units=["tb"], count=4).results
    assert {"d-0", "d-1", "d-2"} < {d["unit"] for d in four["districts"]}
    made = run(city, pia, of="brigade", units=["tb"], count=2)
    assert len(made.results["ends"]) == 1
    take_over_districts(made.pk, seen=1, by=pia, at=city.now)
    changes = Scenario.objects.get(pk=made.scenario_id).changes
    assert [c["unit"] for c in changes if c["do"] == "abolish"] == made.results["ends"]
    assert all(c["heir"] in {d["unit"] for d in made.results["districts"]} for c in changes if c["do"] == "abolish")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"units": ["nobody"]}, "There is no unit %(unit)s"),
        ({"units": ["st-a"]}, "two stations at least"),
        ({"units": ["st-a", "st-b"], "keep": ["st-c"]}, "is not among the units"),
        ({"units": ["st-a", "st-b"], "borders": [["st-a", "st-c"]]}, "is not among the units"),
        ({"of": "brigade", "units": ["tb"], "count": 999}, "cannot be shared out"),
        ({"work": "calls"}, ""),
    ],
)
def test_t17_what_cannot_be_divided_fails_with_a_sentence_and_leaves_the_last_good_run(city, pia, asked, words):
    made = run(city, pia, **asked)
    assert made.state == "failed"
    assert made.trouble == ("refused" if words else "no_calls")
    assert words in str(made.trouble_said.get("message", ""))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"of": "city"}, "of"), ({"work": "votes"}, "work"), ({"tolerance": 0}, "tolerance"), ({"count": 0}, "count"),
        ({"units": "st-a"}, "units"), ({"borders": [["st-a", "st-a"]]}, "borders"), ({"keep": [1]}, "keep"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(city, pia, asked, field):
    pk = draft_scenario("Districts", by=pia, at=city.now)
    with pytest.raises(BadInput) as refused:
        ask_run(pk, "districts", asked, by=pia, at=city.now)
    assert refused.value.field == field


def test_t17_only_who_drafts_plans_takes_districts_over_and_only_of_a_run_that_is_done(city, pia):
    made = run(city, pia)
    with pytest.raises(NotAllowed):
        take_over_districts(made.pk, seen=1, by=city.actor("dora"), at=city.now)
    with pytest.raises(BadInput):
        take_over_districts(made.pk, seen=1, by=pia, at=city.now)  # nobody changes
    Run.objects.filter(pk=made.pk).update(state="failed")
    with pytest.raises(NotFound):
        take_over_districts(made.pk, seen=1, by=pia, at=city.now)
