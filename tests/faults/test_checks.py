"""The comparison itself: each kind of wrong that it is there for is planted into plain data, and named."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.clock import NIGHT
from tests.faults import checks
from tests.faults.gateway import Taken
from tests.faults.writers import Act, Ledger


def ledger(*acts: tuple[str, str]) -> Ledger:
    """Acts as (mark, state); the key of each is its mark."""
    told = Ledger()
    for mark, state in acts:
        told.begin(Act(key=mark, who="desk-0", kind="words", mark=mark, state=state, answer={"code": "x"}))
    return told


def after(seconds: float):
    return NIGHT + timedelta(seconds=seconds)


def test_two_ledgers_that_agree_say_nothing():
    told = ledger(("words a", "acked"), ("words b", "acked"))

    assert checks.acts(told, Counter(["words a", "words b"]), ["words a", "words b"]) == []


@pytest.mark.parametrize(
    ("told", "there", "keys", "named"),
    [
        ([("words a", "acked")], [], ["words a"], "LOST: acknowledged, and not there: words a"),
        ([("words a", "acked")], ["words a"] * 2, ["words a"], "DOUBLED: there more often than acknowledged: words a"),
        ([], ["words a"], [], "OUT OF NOWHERE: there, and never acknowledged: words a"),
        ([("words a", "unknown")], ["words a"], [], "OUT OF NOWHERE: there, and never acknowledged: words a"),
        ([("words a", "acked")], ["words a"], [], "LOST: keys acknowledged, and not kept: words a"),
        ([], [], ["words a"], "OUT OF NOWHERE: keys kept, and never acknowledged: words a"),
        ([("words a", "refused")], [], [], "REFUSED, though it follows from what was acknowledged: words a (x)"),
        ([("words a", "unknown")], [], [], "NEVER ANSWERED: words a"),
    ],
)
def test_r1_each_difference_is_named_with_the_act(told, there, keys, named):
    assert named in checks.acts(ledger(*told), Counter(there), keys)


def test_r1_what_was_refused_and_is_there_all_the_same_is_found():
    assert any("OUT OF NOWHERE" in w for w in checks.acts(ledger(("words a", "refused")), Counter(["words a"]), []))


def test_the_tables_are_read_as_marks():
    tables = {
        checks._WORDS: [("report.words", json.dumps("k1")), ("added.words", json.dumps("k2"))],
        checks._OFFERS: [(3,)],
        checks._STEPS: [("acknowledged", "7")],
        checks._LOOKS: [("3",)],
    }

    assert checks.held(tables.__getitem__) == Counter(["report k1", "words k2", "offer 3", "acknowledged 7", "look 3"])


RUNG = (5, "again", after(15))


@pytest.mark.parametrize(
    ("climbed", "stopped", "outages", "late"),
    [
        (after(16.5), None, [], False),
        (after(17.5), None, [], True),
        (None, None, [], True),  # by now it should have happened
        (None, after(16), [], False),  # answered meanwhile
        (None, after(30), [], True),
        (after(31), None, [checks.Outage(after(10), after(30))], False),
        (after(33), None, [checks.Outage(after(10), after(30))], True),
        (after(31), None, [checks.Outage(after(14), after(20)), checks.Outage(after(19), after(30))], False),
        (after(31), None, [checks.Outage(after(0), after(9))], True),  # that one was over
    ],
)
def test_r3_a_rung_is_late_two_seconds_after_it_was_due_and_possible(climbed, stopped, outages, late):
    wrong, seen, _worst, _wall = checks.rungs(
        lambda _q: [(*RUNG, climbed, stopped)], outages, after(60), lambda _begin, _end: 1.0
    )

    assert bool(wrong) is late
    assert seen == (0 if climbed is None and not late else 1)


def test_r3_a_rung_that_is_not_due_yet_is_not_late():
    assert checks.rungs(lambda _q: [(*RUNG, None, None)], [], after(10), lambda _begin, _end: 1.0)[0] == []


@pytest.mark.parametrize(("seconds", "late"), [(3.9, False), (4.1, True)])
def test_r3_with_half_of_the_machine_a_rung_has_twice_the_time(seconds, late):
    rung = (*RUNG, after(15 + seconds), None)

    assert bool(checks.rungs(lambda _q: [rung], [], after(60), lambda _begin, _end: 0.5)[0]) is late


@pytest.mark.parametrize(
    ("log", "named"),
    [
        ([(1, 0, False)], None),
        ([(1, 0, False), (1, 61, True)], None),  # once more after a crash, and it says so
        ([(1, 0, False), (1, 5, False)], "DOUBLED: message 1 came 2 times without saying so"),
        ([(1, 0, False), (1, 61, True), (1, 99, True)], "DOUBLED: message 1 was repeated 2 times"),
        ([(2, 100.9, False)], None),
        ([(2, 101.5, False)], "AFTER THE ANSWER: message 2 left 1.5 s after its ladder stopped"),
        ([(9, 0, False)], "OUT OF NOWHERE: message 9 has no rung"),
    ],
)
def test_r4_the_providers_log_says_who_was_told_twice_or_too_late(log, named):
    found = checks.messages(
        [Taken(d, after(at), repeat) for d, at, repeat in log], lambda _q: [(1, None), (2, after(100))]
    )

    assert found == ([named] if named else [])


@pytest.mark.parametrize(
    ("heard", "named"),
    [
        ([2, 4], None),
        ([4], "STREAM ear-dora: gap: 2"),
        ([2, 3, 4], "STREAM ear-dora: heard what was not for it: 3"),
        ([2, 4, 4], "STREAM ear-dora: heard what was not for it: 4"),
    ],
)
def test_r15_a_stream_hears_all_that_concerns_it_once(heard, named):
    ear = SimpleNamespace(name="ear-dora", since=1, scopes=["room"], heard=heard, faults=[])
    record = [(1, ["room"]), (2, ["room"]), (3, ["crew:1"]), (4, ["room", "crew:1"])]

    assert checks.streams([ear], lambda _q: record) == ([named] if named else [])
    assert checks.caught_up(ear, lambda _q: record)
