"""The simulated city: the same rules as the live room, entries of the record's kinds, laws that any run must keep."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from oneroom.engine import dispatch, escalation, events, roads
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.measures.loop import ARRIVE, SIGN, Loop, spread
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import Demand, drawn, recorded
from oneroom.engine.simulate.hypercube import solve
from oneroom.engine.simulate.world import Crew, Habits, Kind, Span, Unrunnable, Watch, World
from tests.engine.test_simulate_kernel import within_three
from tests.engine.towns import GRAVE, KINDS, MONDAY, calls_of, streets, town

VERBS = {
    "acknowledged": "acknowledge", "en_route": "set_out", "on_scene": "arrive", "reported": "report",
    "cleared": "clear", "lapsed": "lapse", "diverted": "divert",
}  # fmt: skip
AT_ONCE = Habits(
    decide=Span(0), answer=Span(0), mobilise=Span(0), silent=0.0, handover_s=0.0
)  # fmt: skip


class Record(list):
    """Every entry, as the record would have it."""

    def __call__(self, kind, at, subject, matter, facts):
        self.append((kind, at, subject, matter, facts))

    def of(self, kind):
        return [entry for entry in self if entry[0] == kind]


def lived(world, calls, days=1):
    record = Record()
    return record, run(world, calls, record, days=days)


def busy_town(**more):
    return town(crews=6, habits=Habits(silent=0.15), divert=dispatch.DivertPolicy(), **more)


@pytest.fixture(scope="module")
def a_day():
    """Two days of a town with too few crews: orders lapse, crews are diverted, calls wait."""
    world = busy_town(watches=(Watch(8 * 3600, 12 * 3600), Watch(20 * 3600, 12 * 3600)))
    record, outcome = lived(world, drawn(calls_of(5), days=2, weekday=0, seed=[1]), days=2)
    assert min(outcome.lapsed, outcome.diverted, outcome.waited, outcome.overtime_s) > 0  # it is that kind of day
    return record, outcome


def test_entries_are_of_the_record_s_kinds_and_in_order_of_time(a_day):
    record, _ = a_day
    for kind, _at, _subject, _matter, facts in record:
        events.check(kind, facts)
    times = [entry[1] for entry in record]
    assert times == sorted(times)
    assert {"incident.received", "assignment.diverted", "ladder.climbed"} <= {entry[0] for entry in record}


def test_each_order_goes_the_way_of_its_lifecycle_and_no_crew_is_on_two(a_day):
    record, _ = a_day
    states, crew_of, on = {}, {}, {}
    for kind, _at, subject, _matter, facts in record:
        if kind == "assignment.offered":
            assert facts["crew"] not in on
            states[subject], crew_of[subject], on[facts["crew"]] = "offered", facts["crew"], subject
        elif kind.startswith("assignment."):
            move = ASSIGNMENT.find(states[subject], VERBS[kind.removeprefix("assignment.")])
            assert move is not None, (states[subject], kind)
            states[subject] = str(move.target)
            if states[subject] in ("cleared", "lapsed", "diverted"):
                del on[crew_of[subject]]
    assert Counter(states.values())["cleared"] > 100


def test_the_live_boards_measures_count_a_simulated_day(a_day):
    record, outcome = a_day
    loop = Loop()
    for entry in record:
        loop.take(*entry)
    orders = loop.orders(loop.counted())
    assert len(orders) == len(record.of("assignment.offered"))
    # An order that was taken back unsigned after more than the promise counts as never answered, as on the boards.
    offered = {e[2]: e[1] for e in record.of("assignment.offered")}
    signed = {e[2] for e in record.of("assignment.acknowledged")}
    unsigned = [e for e in record.of("assignment.diverted") if e[2] not in signed]
    late = sum((e[1] - offered[e[2]]).total_seconds() > SIGN.promise_s for e in unsigned)
    assert spread(SIGN, orders).n == len(signed) + outcome.lapsed + late
    assert spread(ARRIVE, orders).n == len(record.of("assignment.on_scene"))


def test_rungs_come_when_the_ladder_says_so_and_the_next_crew_is_sent_at_the_second(a_day):
    record, _ = a_day
    offered = {e[2]: e for e in record.of("assignment.offered")}
    for _kind, at, subject, _matter, facts in record.of("ladder.climbed"):
        grade = offered[subject][4]["grade"]
        rung = escalation.answer_ladder(grade)[facts["rung"]]
        assert at == facts["due"]
        assert at - offered[subject][1] == timedelta(seconds=rung.after_s)
    for _kind, at, subject, _matter, _facts in record.of("assignment.lapsed"):
        grade = offered[subject][4]["grade"]
        after = next(r.after_s for r in escalation.answer_ladder(grade) if r.code == "second")
        assert at - offered[subject][1] == timedelta(seconds=after)


def test_who_did_not_answer_is_not_asked_again_for_that_call_nor_for_half_an_hour(a_day):
    record, _ = a_day
    quiet = {}
    for kind, at, _subject, matter, facts in record:
        if kind == "assignment.lapsed":
            quiet[facts["crew"]] = (at, matter)
        elif kind == "assignment.offered" and facts["crew"] in quiet:
            since, call = quiet[facts["crew"]]
            assert at - since >= timedelta(minutes=30)
            assert matter != call


def test_orders_go_only_to_the_watch_that_is_on_duty_and_ready(a_day):
    record, _ = a_day
    for _kind, at, _subject, _matter, facts in record.of("assignment.offered"):
        before = at - timedelta(minutes=10)  # who is relieved goes until the others are ready
        assert (facts["crew"] % 2 == 1) is (8 <= before.hour < 20)  # odd numbers are the day watch


def test_only_a_graver_call_takes_a_crew_and_the_call_it_leaves_is_served_again(a_day):
    record, outcome = a_day
    grade = {e[3]: e[4]["grade"] for e in record.of("incident.received")}
    last_sent = {e[3]: n for n, e in enumerate(record) if e[0] == "assignment.offered"}
    left_at = {}
    for n, (kind, _at, _subject, matter, facts) in enumerate(record):
        if kind == "assignment.diverted":
            assert grade[f"incident:{facts['graver']}"] == 1 < grade[matter]
            left_at[matter] = n
    served_again = [m for m, n in left_at.items() if last_sent[m] > n]
    assert served_again
    assert len(left_at) - len(served_again) <= outcome.left_over


@pytest.mark.parametrize("name", ["rank", "answer_ladder"])
def test_whoever_changes_the_rules_changes_the_simulated_city(name, monkeypatch):
    """Decisions are those of `engine.dispatch` and `engine.escalation` themselves; the live room's half of this test
    is in tests/flows/test_recommendation.py."""
    world, calls = town(crews=8), drawn(calls_of(3), days=1, weekday=0, seed=[2])
    before, _ = lived(world, calls)
    if name == "rank":
        honest = dispatch.rank

        def farthest_first(*args, **more):
            found = honest(*args, **more)
            return replace(found, proposals=found.proposals[::-1])

        monkeypatch.setattr(dispatch, "rank", farthest_first)
    else:
        honest_ladder = escalation.answer_ladder

        def later(grade):
            return tuple(replace(r, after_s=4 * r.after_s) for r in honest_ladder(grade))

        monkeypatch.setattr(escalation, "answer_ladder", later)
    after, _ = lived(world, calls)
    times = []
    for record in (before, after):
        loop = Loop()
        for entry in record:
            loop.take(*entry)
        orders = loop.orders(loop.counted())
        measure = ARRIVE if name == "rank" else SIGN
        times.append(np.mean([s for o in orders if (s := o.took_s(measure)) not in (None, float("inf"))]))
    assert times[1] > times[0] + (30 if name == "rank" else 0)


def test_the_same_seed_gives_the_same_day_and_another_seed_another():
    world, demand = busy_town(), calls_of(4)
    days = [lived(world, drawn(demand, days=1, weekday=0, seed=[seed]))[0] for seed in (1, 1, 2)]
    assert days[0] == days[1] != days[2]


def test_two_plans_meet_the_same_calls_and_the_same_people():
    calls = drawn(calls_of(4), days=1, weekday=0, seed=[3])
    few, many = lived(town(crews=8), calls)[0], lived(town(crews=16), calls)[0]
    assert few.of("incident.received") == many.of("incident.received")
    # The first crew sent to a call takes as long to answer, whichever crew it is.
    took = []
    for record in (few, many):
        first, times = {}, {}
        for kind, at, subject, matter, _facts in record:
            if kind == "assignment.offered" and matter not in first:
                first[matter] = (subject, at)
            elif kind == "assignment.acknowledged" and first[matter][0] == subject:
                times[matter] = at - first[matter][1]
        took.append(times)
    both = took[0].keys() & took[1].keys()
    assert len(both) > 50
    assert all(abs(took[0][m] - took[1][m]) <= timedelta(microseconds=2) for m in both)


def one_call(world, node, *, at_s=3600.0, kind=GRAVE):
    record, _ = lived(world, recorded([at_s], [node], [0], [kind], seed=[0]))
    return record


def test_a_crew_on_its_beat_is_sent_from_where_it_is():
    """On the way between two junctions it goes on to the next one: what is left of that street is added to its way."""
    kind = Kind("alarm", 2, scene=Span(60))
    habits = replace(AT_ONCE, beat_speed=0.5, beat_stop_s=0.0)
    world = World(streets(), (Crew(1, 0, post=0, beat=(8,)),), (kind,), MONDAY, habits=habits)
    # Eight streets of 40 s out and eight back: a round of 640 s. After 3,610 s it is 410 s into its sixth round:
    # at junction 8 it turned at 320 s, and at 440 s it will be at 5.
    record = one_call(world, 0, at_s=3610.0, kind=0)
    offered, there = record.of("assignment.offered")[0][1], record.of("assignment.on_scene")[0][1]
    assert there - offered == timedelta(seconds=30 + 5 * 20)


def test_a_crew_on_its_way_back_is_sent_from_where_it_is():
    kind = Kind("alarm", 2, scene=Span(60), paper=Span(40))
    world = World(streets(), (Crew(1, 0, post=0),), (kind,), MONDAY, habits=AT_ONCE)
    calls = recorded([0.0, 310.0], [8, 8], [0, 0], [0, 0], seed=[0])
    record, _ = lived(world, calls)
    # 160 s there, 100 s of work, then back along the row; after 50 s it is half-way to the third junction from there.
    offered, there = (record.of(f"assignment.{kind}")[1][1] for kind in ("offered", "on_scene"))
    assert there - offered == timedelta(seconds=10 + 3 * 20)


def test_a_diverted_crew_turns_round_at_the_next_junction():
    kinds = (Kind("alarm", 1, scene=Span(60)), Kind("noise", 3, scene=Span(60)))
    world = World(
        streets(), (Crew(1, 0, post=0),), kinds, MONDAY, habits=AT_ONCE, divert=dispatch.DivertPolicy()
    )  # fmt: skip
    record, outcome = lived(world, recorded([0.0, 50.0], [8, 0], [0, 0], [1, 0], seed=[0]))
    assert outcome.diverted == 1
    there = {e[3]: e[1] for e in record.of("assignment.on_scene")}
    assert there["incident:2"] - MONDAY == timedelta(seconds=50 + 10 + 3 * 20)
    assert there["incident:1"] > there["incident:2"]  # it comes when the graver call is done


def test_two_crews_are_sent_where_the_plan_asks_for_two_and_skills_are_looked_for_in_the_set():
    kinds = (Kind("violence", 1, crews=2, skills=0b1),)
    crews = (Crew(1, 0, post=0), Crew(2, 0, post=1), Crew(3, 0, post=4, skills=0b1))
    record = one_call(World(streets(), crews, kinds, MONDAY, habits=AT_ONCE), 0)
    assert {e[4]["crew"] for e in record.of("assignment.offered")} == {1, 3}
    assert [e[4]["lead"] for e in record.of("assignment.offered")] == [True, False]


def test_paperwork_at_the_station_keeps_a_crew_longer_by_the_drive():
    times = []
    for share in (0.0, 1.0):
        kind = Kind("theft", 2, scene=Span(60), paper=Span(30), station_share=share)
        record = one_call(World(streets(), (Crew(1, 0, post=0),), (kind,), MONDAY, habits=AT_ONCE), 8, kind=0)
        times.append(record.of("assignment.cleared")[0][1] - record.of("assignment.reported")[0][1])
    assert times == [timedelta(seconds=30), timedelta(seconds=30 + 160)]


def test_the_nearest_looked_at_are_enough_for_the_first_of_all(monkeypatch):
    """Looking at few crews first gives what ranking all of them gives."""
    from oneroom.engine.simulate import room

    world, calls = town(crews=40), drawn(calls_of(8), days=1, weekday=0, seed=[4])
    world = replace(world, policy=dispatch.Policy(run_s=(0.0, 0.0, 0.0, 0.0)))  # who ran much is told by the median
    some = lived(world, calls)[0]
    monkeypatch.setattr(room, "LOOKED_AT", 4)
    few = lived(world, calls)[0]
    monkeypatch.setattr(room, "LOOKED_AT", 1000)
    everybody = lived(world, calls)[0]
    who = [[(e[2], e[4]["crew"]) for e in r.of("assignment.offered")] for r in (few, some, everybody)]
    assert who[0] == who[1] == who[2]


@pytest.mark.prove
def test_a_city_as_simple_as_the_hypercube_is_as_busy_as_the_hypercube():
    """One crew a call, no rules but the nearest, exponential work: the exact model's workloads within three errors."""
    kind = Kind("any", 1, scene=Span(600.0), paper=Span(1e-9))
    posts = (0, 30, 44, 52, 79)
    crews = tuple(Crew(n + 1, n, post=post) for n, post in enumerate(posts))
    graph = streets(block_ms=1)
    world = World(graph, crews, (kind,), MONDAY, habits=AT_ONCE)
    places = np.array([3, 27, 40, 50, 61, 75, 80])
    weight = np.array([[3.0, 1.0, 2.0, 1.0, 2.0, 1.0, 1.0]])
    per_hour = 18.0
    demand = Demand(np.full(168, per_hour), places.astype(np.int32), np.zeros(7, np.int32), weight, np.ones(1))
    far = np.column_stack(
        [roads.times_from(graph, roads.metric(graph), roads.points_at_nodes(graph, [p]))[places] for p in posts]
    )
    prefer = np.argsort(far, axis=1, kind="stable")
    exact = solve(weight[0] / weight.sum() * per_hour, prefer, 6.0)
    found = []
    for seed in range(24):
        calls = drawn(demand, days=6, weekday=0, seed=[11, seed])
        # Log-normal work is made exponential by its own chance: -ln(u) = exp(z) has a normal number for every u.
        work = np.random.default_rng([12, seed]).exponential(1.0, calls.normal.shape[:2])
        normal = calls.normal.copy()
        normal[:, :, 2] = np.log(work)
        exponential = replace(kind, scene=Span(600.0, 1.0))
        alone = replace(world, kinds=(exponential,))
        _record, outcome = lived(alone, replace(calls, normal=normal), days=6)
        found.append(outcome.worked_s / outcome.duty_s)
    within_three(found, exact.workload)


def test_where_nobody_is_on_duty_calls_wait_for_the_next_watch():
    world = town(crews=4, watches=(Watch(8 * 3600, 4 * 3600),))
    record, outcome = lived(world, drawn(calls_of(2), days=1, weekday=0, seed=[5]))
    assert outcome.waited > 0
    first = min(e[1] for e in record.of("assignment.offered"))
    assert first == MONDAY + timedelta(hours=8, minutes=10)  # ready after the handover
    decided = MONDAY + timedelta(hours=23, minutes=55)  # what comes later may not have been looked at by midnight
    assert outcome.left_over >= sum(e[1].hour >= 13 and e[1] < decided for e in record.of("incident.received")) > 0


def test_no_call_is_a_quiet_day_and_duty_is_counted_all_the_same():
    record, outcome = lived(town(), drawn(calls_of(0), days=1, weekday=0, seed=[6]))
    assert (record, outcome.duty_s.tolist()) == ([], [86400.0] * 8)


def with_an_island():
    """The town and, over no road, a street of its own."""
    whole = streets()
    return roads.assemble(
        node_lon=[*whole.node_lon, 118.0, 118.01], node_lat=[*whole.node_lat, 36.0, 36.0],
        edge_tail=[*whole.edge_tail, 81], edge_head=[*whole.edge_head, 82], edge_oneway=[*whole.edge_oneway, False],
        edge_kmh=[*whole.edge_kmh, 30.0],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: World(streets(), (), KINDS, MONDAY), "without a crew"),
        (lambda: World(streets(), (Crew(1, 0, post=500),), KINDS, MONDAY), "crew 1 stands off the road network"),
        (lambda: World(streets(), (Crew(1, 0, 0), Crew(1, 0, 1)), KINDS, MONDAY), "same number"),
        (lambda: World(streets(), (Crew(1, 0, 0, watch=2),), KINDS, MONDAY), "watch that does not exist"),
        (lambda: World(streets(), (Crew(1, 0, 0),), (Kind("x", 5),), MONDAY), "no grade"),
        (lambda: World(streets(), (Crew(1, 0, 0),), KINDS, MONDAY.replace(hour=3)), "midnight"),
        (lambda: town(watches=(Watch(0, 100_000),)), "at most one"),
        (lambda: replace(calls_of(1), rate=np.ones(24)), "168"),
        (lambda: replace(calls_of(1), weight=np.zeros((1, 81))), "no place has any weight"),
        (lambda: lived(town(), recorded([2.0, 1.0], [0, 0], [0, 0], [0, 0], seed=[0])), "in the order"),
        (lambda: lived(town(), recorded([1.0], [0], [0], [7], seed=[0])), "does not know"),
        (
            lambda: one_call(World(with_an_island(), (Crew(1, 0, 0),), KINDS, MONDAY), 81),
            "1 places of calls cannot be reached by road from any post, junction 81",
        ),
        (
            lambda: one_call(World(with_an_island(), (Crew(1, 0, 0, beat=(82,)),), KINDS, MONDAY), 0),
            "beat of crew 1 cannot be driven",
        ),
    ],
)
def test_facts_that_make_no_city_are_refused_with_a_sentence(make, said):
    with pytest.raises(Unrunnable, match=said):
        make()
