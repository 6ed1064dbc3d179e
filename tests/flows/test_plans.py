"""
A plan is drafted, run over simulated calls beside today, and what it came to is kept (T26, T27).

On real PostgreSQL, with the runner in this process or killed as a process of its own.
"""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from pickle import PicklingError

import psutil
import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from oneroom.apps.duty.models import Position
from oneroom.apps.incidents.pastcalls import calls_of_the_public
from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.places.models import RoadNetwork
from oneroom.apps.places.services import close_roads, load_network
from oneroom.apps.plans import access
from oneroom.apps.plans.codes import TROUBLES
from oneroom.apps.plans.kinds import KINDS, Kind, read_compare
from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.running import turn
from oneroom.apps.plans.services import alter_scenario, as_reform, ask_run, cancel_run, draft_scenario, put_away
from oneroom.apps.plans.services.runs import take_up
from oneroom.apps.plans.spreading import spread
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.roads import assemble, from_npz_bytes, to_npz_bytes
from oneroom.engine.simulate.world import Crew, Undrivable, Unrunnable
from oneroom.engine.values import SYSTEM, BadInput, NotAllowed, NotFound, Overtaken
from tests.planned import MERGED, MOVED, asked, past_calls, planner, scenario
from tests.town import SOUTH, STEP, WEST, corner, streets
from tests.waiting import PATIENCE_S, until
from tests.watched import Process

pytestmark = pytest.mark.django_db(transaction=True)  # the run's beat has a connection of its own


@pytest.fixture
def pia(room):
    return planner(room)


@pytest.fixture
def sequential(settings):
    settings.RUNS_BACKEND = "sequential"


def kinds():
    return list(Entry.objects.filter(kind__startswith="plan.").order_by("seq").values_list("kind", flat=True))


def test_t26_two_stations_are_merged_three_crews_moved_and_both_worlds_run(room, pia, sequential):
    past_calls(room)
    pk = scenario(room, pia)
    run = asked(room, pia, pk)
    assert turn()
    found = access.run_for(run, by=pia)
    assert (found.state, found.trouble, found.done, found.of) == ("done", "", 3, 3)
    results = found.results
    assert (results["runs"], results["days"], results["level"]) == (3, 2, 0.95)
    assert results["calls"] > 10
    response = results["figures"]["response_mean_s.all"]
    for part in ("today", "plan", "difference"):
        mean, low, high = response[part]
        assert low <= mean <= high
    assert response["difference"][0] == pytest.approx(response["plan"][0] - response["today"][0])
    assert {row["unit"] for row in results["areas"]} == {"west", "east"}, "winners and losers are places of today"
    assert all(row["calls_day"] > 0 for row in results["areas"])
    west = next(row for row in results["areas"] if row["unit"] == "west")
    assert west["difference"][0] > 0, "its crews stand farther off now"
    assert west == results["areas"][0]
    assert results["cost"]["crews"] == [3, 3]
    assert results["cost"]["crew_hours_week"] == [3 * 168, 3 * 168]
    assert results["cost"]["officers"] == pytest.approx([168 * (2 + 2 + 1) / 40] * 2), "who rides, at 40 hours a week"
    assert results["coverage"]["crews"] == [3, 3]
    assert {row["unreached"]["today"][0] for row in results["areas"]} == {0}
    assert 0 <= results["figures"]["late"]["today"][0] <= 1
    for share in (results["coverage"]["calls"]["60"], results["coverage"]["ground"]["300"]):
        assert all(0 <= part <= 1 for part in share)
    for curve in results["reached"].values():
        mean = curve["plan"][0]
        assert len(mean) == len(curve["s"]) == 31
        assert mean == sorted(mean)
    said = {each["code"] for each in found.assumed}
    assert {
        "demand",
        "needs",
        "watches_assumed",
        "span_default",
        "silent_default",
        "stands_at_post",
        "nothing_closed",
        "officer_hours",
    } <= said
    assert kinds() == ["plan.drafted", "plan.altered", "plan.run_asked", "plan.run_ended"]
    assert not turn(), "nothing waits any more"


def test_t26_the_same_seed_gives_the_same_results_whatever_the_backend(room, pia, settings):
    past_calls(room)
    pk, found = scenario(room, pia), []
    for backend in ("sequential", "threading", "loky"):
        settings.RUNS_BACKEND = backend
        run = asked(room, pia, pk)
        turn()
        found.append(Run.objects.get(pk=run).results)
    assert found[0] is not None
    assert found[0] == found[1] == found[2]


def test_t26_a_plan_that_changes_nothing_makes_no_difference(room, pia, sequential):
    past_calls(room)
    run = asked(room, pia, draft_scenario("As it is", by=pia, at=room.now))
    turn()
    figures = Run.objects.get(pk=run).results["figures"]
    assert all(each["difference"] == [0, 0, 0] and not each["clear"] for each in figures.values())


def test_t27_a_time_that_was_is_replayed_under_the_plan(room, pia, sequential):
    past_calls(room)
    pk = scenario(room, pia)
    run = asked(room, pia, pk, "replay", since="2026-11-09", until="2026-11-12", runs=2)
    turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble_said) == ("done", {})
    calls = found.results["figures"]["calls"]
    assert calls["today"] == calls["plan"]
    assert calls["today"][1] == calls["today"][2], "the same calls under each seed"
    assert 20 < calls["today"][0] < 80
    said = {each["code"]: each for each in found.assumed}
    assert said["replay_filled"]["day"] == "2026-11-08", "the day before fills the city"
    since, until = (datetime.fromisoformat(f"2026-11-{day}T00:00+08:00") for day in ("09", "12"))
    assert calls["today"][0] == len(calls_of_the_public(since, until)) < said["replayed"]["calls"]


def test_t26_coverage_of_both_worlds_is_of_one_hour_and_hours_cost_officers(room, pia, sequential):
    """Today three crews are always there; under the plan two of them go each night from 03:00 to 04:00."""
    past_calls(room)
    watch = {"on": "04:00", "hours": 23, "days": [0, 1, 2, 3, 4, 5, 6]}
    pk = scenario(room, pia, changes=[], hand=[{"do": "watch", "crews": ["crew-1", "crew-2"], **watch}])
    run = asked(room, pia, pk, runs=2, days=1)
    turn()
    results = Run.objects.get(pk=run).results
    coverage = results["coverage"]
    assert (coverage["hour"] % 24, coverage["crews"]) == (3, [3, 1])
    assert all(was >= is_ for part in ("calls", "ground") for was, is_ in coverage[part].values())
    assert results["cost"]["crews"] == [3, 3]
    assert results["cost"]["crew_hours_week"] == [3 * 168, 3 * 168 - 14]
    assert results["cost"]["officers"][1] == pytest.approx((168 * 5 - 7 * 4) / 40), "both hold two"


def test_t26_a_street_that_is_closed_today_is_open_in_a_run(room, pia, sequential):
    past_calls(room)
    pk = scenario(room, pia)
    before = asked(room, pia, pk)
    turn()
    market = [[WEST, SOUTH + STEP], [WEST + 2 * STEP, SOUTH + STEP]]
    close_roads(how="along", points=market, one_way=False, reason="accident", until=room.now + timedelta(hours=2),
                by=room.actor("dora"), at=room.now)  # fmt: skip
    after = asked(room, pia, pk)
    turn()
    assert Run.objects.get(pk=after).results == Run.objects.get(pk=before).results


def test_t27_a_time_without_calls_cannot_be_replayed(room, pia, sequential):
    past_calls(room)
    run = asked(room, pia, scenario(room, pia), "replay", since="2025-01-01", until="2025-01-02", runs=2)
    turn()
    assert (Run.objects.get(pk=run).state, Run.objects.get(pk=run).trouble) == ("failed", "no_calls")


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("guess", {}, "kind"),
        ("compare", {"runs": 1}, "runs"),
        ("compare", {"runs": 0}, "runs"),
        ("compare", {"days": 0}, "days"),
        ("compare", {"days": "7"}, "days"),
        ("compare", {"warm_days": -1}, "warm_days"),
        ("compare", {"level": 0.5}, "level"),
        ("compare", {"seed": -1}, "seed"),
        ("replay", {"since": "2026-11-09"}, "until"),
        ("replay", {"since": "soon", "until": "2026-11-09"}, "since"),
        ("replay", {"since": "2026-11-09", "until": "2026-11-09"}, "until"),
        ("replay", {"since": "2026-01-01", "until": "2026-11-09"}, "until"),
    ],
)
def test_bad_settings_are_refused_by_name(room, pia, kind, settings, field):
    pk = draft_scenario("Any", by=pia, at=room.now)
    with pytest.raises(BadInput) as refused:
        ask_run(pk, kind, settings, by=pia, at=room.now)
    assert refused.value.field == field
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("changes", "hand", "trouble", "said"),
    [
        ([{"do": "abolish", "unit": "gone", "heir": "east"}], [], "refused", {"field": "changes.0.unit"}),
        ([], [{"do": "move_crew", "crew": "crew-9", "to": {"unit": "west"}}], "refused", {"field": "hand.0.crew"}),
        ([{"do": "abolish", "unit": "west"}], [], "no_heir", {"unit": "west"}),
        (MERGED, [{"do": "move_crew", "crew": "crew-1", "to": {"unit": "west"}}], "refused", {"field": "hand.0.to"}),
        ([], [{"do": "move_crew", "crew": "crew-1", "to": {"lon": 122.9, "lat": 31.2}}], "crew_off_roads",
         {"crew": "crew-1"}),
        ([], [{"do": "remove_crew", "crew": f"crew-{n}"} for n in (1, 2, 3)], "no_crews", {}),
    ],
)  # fmt: skip
def test_a_city_that_cannot_be_run_fails_with_its_reason_and_the_last_good_result_stays(
    room, pia, sequential, changes, hand, trouble, said
):
    past_calls(room)
    pk = scenario(room, pia, changes=[], hand=[])
    good = asked(room, pia, pk, runs=2, days=1)
    turn()
    alter_scenario(pk, seen=2, changes=changes, hand=hand, by=pia, at=room.now)
    run = asked(room, pia, pk)
    turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble) == ("failed", trouble)
    assert {name: found.trouble_said[name] for name in said} == said
    assert access.last_good(access.scenario_for(pk, by=pia)).pk == good
    assert [row.pk for row in access.runs_of(access.scenario_for(pk, by=pia))] == [run, good]
    assert Entry.objects.filter(kind="plan.run_ended").order_by("seq").last().facts["cause"] == trouble


def test_without_calls_or_where_nobody_answers_for_the_ground_a_run_fails(room, pia, sequential):
    pk = scenario(room, pia)
    run = asked(room, pia, pk)
    turn()
    assert Run.objects.get(pk=run).trouble == "no_calls"
    past_calls(room)
    away = {"type": "Polygon", "coordinates": [[[120, 30], [120.1, 30], [120.1, 30.1], [120, 30]]]}
    from oneroom.apps.orgs.facts import area_key

    alter_scenario(
        pk, seen=2, changes=[{"do": "alter", "unit": u, "to": {"area": area_key(away)}} for u in ("west", "east")],
        hand=[], by=pia, at=room.now,
    )  # fmt: skip
    run = asked(room, pia, pk)
    turn()
    found = Run.objects.get(pk=run)
    assert found.trouble == "area_without_station"
    said = found.trouble_said
    assert said["count"] == 400
    assert (said["lon"], said["lat"]) == (round(said["lon"], 2), round(said["lat"], 2)), "a kilometre, no house"


def calls_from(room, place, *, count, days=2):
    one = [room.now - timedelta(days=days, minutes=n) for n in range(count)]
    bring_in_calls([BroughtIn(at, *place, "help", 3, "phone") for at in one], by=SYSTEM, at=room.now)


def at_sea(room):
    return 121.46123, 30.90456


def on_a_scrap_of_road(room):
    """The town's roads with one street more, from which no way leads to the others."""
    graph, x, y = from_npz_bytes(streets()), 121.47412, 31.23412
    more = assemble(
        node_lon=[*graph.node_lon, x, x + 0.0015], node_lat=[*graph.node_lat, y, y],
        edge_tail=[*graph.edge_tail, 9], edge_head=[*graph.edge_head, 10],
        edge_oneway=[False] * (len(graph.edge_tail) + 1), edge_kmh=[36.0] * (len(graph.edge_tail) + 1),
    )  # fmt: skip
    load_network(to_npz_bytes(more), name="with a scrap", by=SYSTEM, at=room.now)
    return x, y


@pytest.mark.parametrize(
    ("stray", "left_out", "trouble", "around"),
    [
        (at_sea, (1, 0), "area_without_station", (121.46, 30.9)),
        (on_a_scrap_of_road, (0, 1), "unreachable", (121.47, 31.23)),
    ],
)
def test_a_stray_call_is_left_out_and_counted_and_where_many_came_from_is_said_to_a_kilometre(
    room, pia, sequential, stray, left_out, trouble, around
):
    past_calls(room)
    place = stray(room)
    calls_from(room, place, count=1)
    pk = scenario(room, pia, changes=[], hand=[])
    run = asked(room, pia, pk, runs=2, days=1)
    turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble) == ("done", "")
    (said,) = [each for each in found.assumed if each["code"] == "left_out"]
    assert (said["outside"], said["unreachable"]) == left_out
    calls_from(room, place, count=9, days=3)  # other minutes: a line that is there already counts once
    run = asked(room, pia, pk)
    turn()
    found = Run.objects.get(pk=run)
    assert (found.trouble, found.trouble_said) == (trouble, {"count": 10, "lon": around[0], "lat": around[1]})
    assert str(TROUBLES[trouble] % found.trouble_said)


def test_a_crew_that_stands_nobody_knows_where_is_left_out_and_named_unless_the_plan_gives_it_a_post(
    room, pia, sequential
):
    past_calls(room)
    OrgUnit.objects.filter(code="east").update(lon=None, lat=None, area=None)
    Position.objects.filter(crew__code="crew-3").delete()
    lon, lat = corner("east")
    hand = [{"do": "move_crew", "crew": "crew-3", "to": {"lon": lon, "lat": lat}}]
    run = asked(room, pia, scenario(room, pia, changes=[], hand=hand))
    turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble) == ("done", "")
    assert {"code": "post_unknown", "crew": "crew-3", "unit": "east"} in found.assumed
    assert found.results["cost"]["crews"] == [2, 3]


def test_without_roads_a_run_fails_with_a_sentence(room, pia, sequential):
    past_calls(room)
    RoadNetwork.objects.update(active=False)
    run = asked(room, pia, scenario(room, pia))
    turn()
    assert Run.objects.get(pk=run).trouble == "no_roads"


def test_calls_from_an_island_that_no_road_leads_to_are_counted_and_named(room, pia, sequential):
    """Two streets of the east that nothing connects with the town."""
    past_calls(room)
    here = [(float(WEST + x * STEP), float(SOUTH + STEP)) for x in (0, 1, 2, 3.2, 3.6)]
    graph = assemble(
        node_lon=[lon for lon, _ in here], node_lat=[lat for _, lat in here], edge_tail=[0, 1, 3], edge_head=[1, 2, 4],
        edge_oneway=[False] * 3, edge_kmh=[36.0] * 3,
    )  # fmt: skip
    load_network(to_npz_bytes(graph), name="island", by=SYSTEM, at=room.now)
    lon, lat = here[4]
    calls_from(room, (lon, lat), count=5)
    to_island = {"do": "move_crew", "crew": "crew-1", "to": {"lon": lon, "lat": lat}}
    run = asked(room, pia, scenario(room, pia, changes=[], hand=[to_island]))
    turn()
    found = Run.objects.get(pk=run)
    assert (found.trouble, found.trouble_said["count"]) == ("unreachable", 5)
    assert found.trouble_said["lon"] == round(lon, 2), "to a kilometre"
    assert str(TROUBLES["unreachable"] % found.trouble_said)


def test_every_trouble_has_a_sentence_that_takes_its_values():
    values = {"unit": "u", "crew": "c", "lon": 1.0, "lat": 2.0, "count": 3, "why": "w", "id": "i"}
    assert all(str(sentence % values) for sentence in TROUBLES.values())


def test_one_run_at_a_time_and_one_that_waits_is_cancelled_at_once(room, pia):
    pk = scenario(room, pia)
    run = asked(room, pia, pk)
    with pytest.raises(Overtaken):
        asked(room, pia, pk)
    with pytest.raises(Overtaken):
        put_away(pk, by=pia, at=room.now)
    cancel_run(run, by=pia, at=room.now)
    assert Run.objects.get(pk=run).state == "cancelled"
    with pytest.raises(Overtaken):
        cancel_run(run, by=pia, at=room.now)
    assert not turn()
    assert asked(room, pia, pk) > run


def test_a_scenario_is_altered_by_whoever_saw_its_last_version_and_put_away(room, pia):
    pk = scenario(room, pia)
    with pytest.raises(Overtaken):
        alter_scenario(pk, seen=1, name="Mine", by=pia, at=room.now)
    with pytest.raises(BadInput) as refused:
        alter_scenario(pk, seen=2, hand=[*MOVED, {"do": "fly"}], by=pia, at=room.now)
    assert refused.value.field == "hand.3.do"
    assert (Scenario.objects.get(pk=pk).version, Scenario.objects.get(pk=pk).hand) == (2, MOVED)
    put_away(pk, by=pia, at=room.now)
    assert not access.scenarios_for(by=pia).exists()
    assert access.scenario_for(pk, by=pia).pk == pk
    with pytest.raises(NotFound):
        asked(room, pia, pk)


def test_t04_a_plan_takes_a_draft_over_and_becomes_one(room, pia):
    pk = scenario(room, pia)
    reform = as_reform(pk, name="One station", day=room.now.date(), by=pia, at=room.now)
    assert ReformPlan.objects.get(pk=reform).changes == MERGED
    again = draft_scenario("Again", reform_id=reform, by=pia, at=room.now)
    assert Scenario.objects.get(pk=again).changes == MERGED
    assert Scenario.objects.get(pk=again).reform_id == reform
    with pytest.raises(BadInput):
        as_reform(draft_scenario("Empty", by=pia, at=room.now), name="x", day=room.now.date(), by=pia, at=room.now)


def test_who_may_see_plans_and_who_may_draft_them(room, pia):
    pk = scenario(room, pia)
    run = asked(room, pia, pk)
    for name in ("zhou", "ina"):
        by = room.actor(name)
        assert access.scenario_for(pk, by=by).pk == pk
        assert access.run_for(run, by=by).pk == run
        for act in (
            lambda by=by: draft_scenario("Mine", by=by, at=room.now),
            lambda by=by: alter_scenario(pk, seen=2, name="Mine", by=by, at=room.now),
            lambda by=by: ask_run(pk, "compare", {}, by=by, at=room.now),
            lambda by=by: cancel_run(run, by=by, at=room.now),
            lambda by=by: put_away(pk, by=by, at=room.now),
            lambda by=by: as_reform(pk, name="x", day=room.now.date(), by=by, at=room.now),
        ):
            with pytest.raises(NotAllowed):
                act()
    for name in ("dora", "zhang", "ada"):
        by = room.actor(name)
        for look in (lambda by=by: access.scenarios_for(by=by), lambda by=by: access.scenario_for(pk, by=by),
                     lambda by=by: access.run_for(run, by=by), lambda by=by: access.runs_for(by=by)):  # fmt: skip
            with pytest.raises(NotFound):
                look()


# Real processes


@pytest.fixture
def process(database_url, tmp_path):
    """Starts the planner part as a process of its own; what still runs at the end is killed."""
    started = []

    def start(**environment):
        one = Process(["runplans"], url=database_url, signs=tmp_path, silent_s=30, **environment)
        started.append(one.process)
        return one.process

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
            one.wait()


def state(run):
    return Run.objects.values_list("state", flat=True).get(pk=run)


def computing(process):
    """The processes that compute for it, as (pid, began): they have numba, and so much memory."""
    return {
        (child.pid, child.create_time())
        for child in psutil.Process(process.pid).children(recursive=True)
        if child.memory_info().rss > 80_000_000
    }


def gone(children):
    return all(not psutil.pid_exists(pid) or psutil.Process(pid).create_time() != began for pid, began in children)


LONG = {"days": 366, "warm_days": 0, "runs": 200}


def test_t26_a_run_that_is_cancelled_ends_with_its_processes_and_the_last_good_result_stays(room, pia, process):
    past_calls(room)
    pk = scenario(room, pia)
    part = process()
    good = asked(room, pia, pk)
    until(lambda: state(good) == "done")
    run = asked(room, pia, pk, **LONG)
    until(lambda: state(run) == "running" and len(computing(part)) >= 2)
    children = computing(part)
    cancel_run(run, by=pia, at=room.now)
    until(lambda: state(run) == "cancelled", 20)
    until(lambda: gone(children), 10)
    assert part.poll() is None, "the part itself goes on"
    assert access.last_good(access.scenario_for(pk, by=pia)).pk == good
    again = asked(room, pia, pk)
    until(lambda: state(again) == "done")
    assert Run.objects.get(pk=again).results == Run.objects.get(pk=good).results


def test_t26_the_run_of_a_killed_part_is_taken_up_anew_and_comes_to_the_same(room, pia, process, settings):
    past_calls(room)
    pk = scenario(room, pia)
    run = asked(room, pia, pk, days=30, runs=24)
    part = process()
    until(lambda: Run.objects.get(pk=run).done >= 1)
    children = computing(part)
    part.kill()
    part.wait()
    until(lambda: gone(children), 10)
    assert state(run) == "running", "nobody could say that it is not"
    assert not turn(), "its beat is young: it may be at work on another machine"
    Run.objects.filter(pk=run).update(beat_at=Now() - timedelta(seconds=61))
    assert turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.done, found.taken) == ("done", 24, 2)
    same = asked(room, pia, pk, days=30, runs=24)
    settings.RUNS_BACKEND = "threading"
    assert turn()
    assert Run.objects.get(pk=same).results == found.results


def test_a_part_that_is_told_to_stop_puts_its_run_back(room, pia, process):
    past_calls(room)
    run = asked(room, pia, scenario(room, pia), **LONG)
    part = process()
    until(lambda: state(run) == "running" and len(computing(part)) >= 2)
    part.terminate()
    assert part.wait(PATIENCE_S) == 0
    assert state(run) == "waiting"


def test_a_process_that_is_killed_while_it_computes_fails_the_run_with_a_sentence(room, pia, process):
    past_calls(room)
    run = asked(room, pia, scenario(room, pia), **LONG)
    part = process()
    until(lambda: state(run) == "running" and len(computing(part)) >= 2)
    os.kill(max(computing(part))[0], signal.SIGKILL)
    until(lambda: state(run) == "failed")
    assert Run.objects.get(pk=run).trouble == "worker_died"
    assert part.poll() is None


def test_the_run_to_be_cancelled_of_a_killed_part_is_over(room, pia):
    run = asked(room, pia, scenario(room, pia))
    assert take_up(at=room.now, stale_s=60).pk == run
    cancel_run(run, by=pia, at=room.now)
    Run.objects.filter(pk=run).update(beat_at=Now() - timedelta(seconds=61))
    assert not turn()
    assert state(run) == "cancelled"


# Faults


def to_a_full_disk(run, tick):
    tick(0, 1)
    with open("/dev/full", "w") as full:
        full.write("more than there is room for")
    return {}


def by_a_fault_of_ours(run, tick):
    raise KeyError("nobody knows")


def to_a_full_disk_in_a_process(run, tick):
    list(spread(Path("/dev/full").write_bytes, [b"more than there is room for"] * 2))
    return {}


def to_a_full_disk_while_it_is_packed(run, tick):
    try:
        to_a_full_disk(run, tick)
    except OSError as full:  # as joblib says it
        raise PicklingError("Could not pickle the task to send to the workers.") from full


def by_a_city_that_is_none(run, tick):
    raise Unrunnable("a watch begins within the day and lasts at most one")


def by_a_beat(run, tick):
    raise Undrivable(Crew(7, 0, post=0, code="P7"), "takes more than three weeks")


@pytest.mark.parametrize(
    ("answer", "trouble", "said"),
    [
        (to_a_full_disk, "disk_full", set()),
        (to_a_full_disk_in_a_process, "disk_full", set()),
        (to_a_full_disk_while_it_is_packed, "disk_full", set()),
        (by_a_fault_of_ours, "fault", {"id"}),
        (by_a_city_that_is_none, "fault", {"id"}),
    ],
)
def test_a_full_disk_or_a_fault_mid_run_fails_it_with_a_sentence(room, pia, monkeypatch, caplog, answer, trouble, said):
    monkeypatch.setitem(KINDS, "odd", Kind(read_compare, f"{__name__}.{answer.__name__}"))
    run = asked(room, pia, pk := scenario(room, pia), "odd")
    turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble, set(found.trouble_said), found.results) == ("failed", trouble, said, None)
    assert str(TROUBLES[trouble] % found.trouble_said)
    assert all(number in caplog.text for number in found.trouble_said.values()), "the log has it under its number"
    assert asked(room, pia, pk), "it may be asked for again"


def test_a_crew_is_named_by_its_code_where_its_beat_cannot_be_driven(room, pia, monkeypatch):
    monkeypatch.setitem(KINDS, "odd", Kind(read_compare, f"{__name__}.by_a_beat"))
    run = asked(room, pia, scenario(room, pia), "odd")
    turn()
    found = Run.objects.get(pk=run)
    assert (found.trouble, found.trouble_said) == ("beat", {"crew": "P7"})


def test_results_that_the_database_has_no_room_for_fail_the_run_with_a_sentence(room, pia, monkeypatch):
    monkeypatch.setitem(KINDS, "odd", Kind(read_compare, f"{__name__}.at_once"))
    pk = scenario(room, pia)
    run = asked(room, pia, pk, "odd")
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER full_disk BEFORE UPDATE ON plans_run FOR EACH ROW
            WHEN (NEW.state = 'done') EXECUTE FUNCTION full_disk()""")
    try:
        turn()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION full_disk() CASCADE")
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble, found.results) == ("failed", "disk_full", None)
    assert asked(room, pia, pk), "it may be asked for again"


def at_once(run, tick):
    return {"calls": 1}


def cut_off():
    """The database ends this thread's connection, as when it is begun anew."""
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, password=connection.connection.info.password) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


def while_the_database_is_begun_anew(run, tick):
    for n in range(3):
        cut_off()
        tick(n, 3)
    cut_off()
    return {"calls": 3}


def test_a_database_that_is_away_for_a_moment_does_not_end_a_run(room, pia, monkeypatch):
    monkeypatch.setitem(KINDS, "odd", Kind(read_compare, f"{__name__}.while_the_database_is_begun_anew"))
    run = asked(room, pia, scenario(room, pia), "odd")
    assert turn()
    found = Run.objects.get(pk=run)
    assert (found.state, found.trouble, found.results) == ("done", "", {"calls": 3})
