"""The loop's figures, from entries alone: classes, promises, medians, and what never counts."""

from datetime import UTC, datetime, timedelta

import pytest

from oneroom.engine.measures.loop import ARRIVE, FEW, MEASURES, REPORT, SIGN, Loop, matters_in, spread

START = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def folded(*entries):
    loop = Loop()
    for seconds, kind, matter, facts in entries:
        loop.take(kind, at(seconds), f"assignment:{facts.get('assignment')}", f"incident:{matter}", facts)
    return loop


def an_order(number, *, sign=None, arrive=None, report=None, unit=1, begin=0, drill=False):
    rows = [
        (begin, "incident.received", number, {"source": "phone", "drill": drill}),
        (begin, "incident.classified", number, {"grade": 2, "unit": unit}),
        (begin, "assignment.offered", number, {"assignment": number}),
    ]
    steps = [("acknowledged", sign), ("on_scene", arrive), ("reported", report)]
    return rows + [
        (begin + s, f"assignment.{name}", number, {"assignment": number}) for name, s in steps if s is not None
    ]


def test_each_time_falls_in_its_class_and_the_edges_belong_to_the_quicker_one():
    times = [0, 30, 30.5, 60, 61, 180, 181, 4000]
    loop = folded(*[row for n, s in enumerate(times) for row in an_order(n, sign=s)])
    got = spread(SIGN, loop.orders(loop.counted()))
    assert got.counts == (2, 2, 2, 2)
    assert (got.n, got.within, got.share, got.median_s) == (8, 2, 0.25, 60.5)
    assert got.few is (FEW > 8)


def test_an_order_that_is_not_answered_yet_waits_and_one_that_never_was_counts_as_latest():
    loop = folded(*an_order(1), *an_order(2), (90, "assignment.lapsed", 2, {"assignment": 2}))
    got = spread(SIGN, loop.orders(loop.counted()))
    assert (got.counts, got.waiting, got.median_s) == ((0, 0, 0, 1), 1, None)
    assert spread(ARRIVE, loop.orders(loop.counted())).n == 0


def test_feedback_runs_from_arriving_not_from_the_order():
    loop = folded(*an_order(1, sign=10, arrive=3000, report=3000 + 1700))
    assert spread(REPORT, loop.orders(loop.counted())).counts == (1, 0, 0, 0)


def test_drills_merged_matters_and_other_stations_never_count():
    loop = folded(
        *an_order(1, sign=5), *an_order(2, sign=500, drill=True), *an_order(3, sign=500, unit=2),
        *an_order(4, sign=500), (600, "incident.merged", 4, {"into": 1}),
    )  # fmt: skip
    mine = loop.counted({1})
    assert [c.matter for c in mine] == ["incident:1"]
    assert spread(SIGN, loop.orders(mine)).counts == (1, 0, 0, 0)


def test_a_matter_belongs_to_the_time_in_which_it_was_received():
    loop = folded(*an_order(1, sign=5, begin=-10), *an_order(2, sign=5, begin=10))
    assert [c.matter for c in loop.counted(since=START)] == ["incident:2"]


def test_a_figure_knows_its_records_and_a_second_caller_is_no_second_matter():
    loop = folded(
        *an_order(1, sign=5), *an_order(2, sign=100), (3, "incident.received", 1, {"source": "web"}),
        (4, "incident.graded", 1, {"grade": 1}), (5, "assignment.acknowledged", 9, {"assignment": 99}),
    )  # fmt: skip
    assert matters_in(SIGN, 2, loop.orders(loop.counted())) == {"incident:2"}
    assert [(c.grade, c.source) for c in loop.counted()] == [(1, "phone"), (2, "phone")]


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_the_promise_is_an_edge_of_the_histogram(measure):
    assert measure.promise_s in measure.edges_s
    assert list(measure.edges_s) == sorted(measure.edges_s)
    assert measure.definition
