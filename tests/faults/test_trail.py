"""What an abrupt end may take of the trail, in plain data; and brought about on purpose in a real house."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.clock import NIGHT
from tests.faults.test_crash import ROOT
from tests.faults.trail import Accepted, End, Stood, trail


def after(seconds: float):
    return NIGHT + timedelta(seconds=seconds)


def end(seconds: float, part: str = "web") -> End:
    return End(part, after(seconds), after(seconds + 0.1))


def fix(sent: float, told: float | None = None) -> Accepted:
    return Accepted("fix 1 a", after(sent), after(sent if told is None else told))


@pytest.mark.parametrize(
    ("accepted", "ends", "stood", "share", "lost"),
    [
        (fix(4), [], [], 1.0, True),
        (fix(4), [end(5.9)], [], 1.0, False),
        (fix(4), [end(6.1)], [], 1.0, True),
        (fix(4), [end(6.1)], [], 0.5, False),
        (fix(4), [end(3)], [], 1.0, True),
        # The answer was on the wire when the web was killed, and is read afterwards.
        (fix(4, 4.3), [end(4.2)], [], 1.0, False),
        (fix(4.25, 4.3), [end(4.2)], [], 1.0, False),  # sent while the kill was noted
        (fix(4.4, 4.5), [end(4.2)], [], 1.0, True),
        # The database is away until 6, and tried again a second later.
        (fix(4), [end(8.5)], [Stood(after(3), after(6))], 1.0, False),
        (fix(4), [end(9.5)], [Stood(after(3), after(6))], 1.0, True),
        # Both at once count once.
        (fix(4), [end(9.5)], [Stood(after(3), after(6)), Stood(after(4), after(6))], 1.0, True),
        (fix(4), [end(9.5)], [Stood(after(3), after(6)), Stood(after(6), after(7))], 1.0, False),
        # The web stands still from just after it, and is killed before it goes on.
        (fix(4), [end(7)], [Stood(after(4.1), after(7.1))], 1.0, False),
    ],
)
def test_a_position_may_go_with_an_end_that_is_near_and_not_otherwise(accepted, ends, stood, share, lost):
    found = trail([accepted], lambda _q: [], ends, lambda _begin, _end: share, stood)

    assert [w[:4] for w in found.wrong] == ["LOST"] * lost
    assert found.went == (not lost)


def test_what_is_lost_is_named_with_what_it_lies_between():
    found = trail([fix(4, 4.1)], lambda _q: [], [end(1), end(6.5, "postgres")], lambda _b, _e: 1.0)

    assert "fix 1 a" in found.wrong[0]
    assert "2.90 s after the end of web" in found.wrong[0]
    assert "2.40 s before the end of postgres" in found.wrong[0]


def test_no_more_than_two_seconds_go_with_one_end_however_long_nothing_could_be_written():
    away = [Stood(after(0), after(60))]
    few = [Accepted(f"fix 1 {n}", after(n), after(n)) for n in range(3)]
    many = [*few, Accepted("fix 1 3", after(3), after(3))]

    assert trail(few, lambda _q: [], [end(50)], lambda _b, _e: 1.0, away).wrong == []
    assert "4 positions accepted over 3.0 s" in trail(many, lambda _q: [], [end(50)], lambda _b, _e: 1.0, away).wrong[0]


def test_a_position_that_is_there_twice_is_named():
    twice = [(1, NIGHT), (1, NIGHT)]

    assert trail([], lambda _q: twice, [], lambda _begin, _end: 1.0).wrong == [
        f"DOUBLED: position: fix 1 {NIGHT.isoformat()} 2 times"
    ]


@pytest.mark.prove
def test_an_end_at_the_worst_moments_takes_what_was_accepted_in_two_seconds_and_nothing_else():
    """R1: the answer is on the wire, the web stands still, the database is away: brought about, not waited for."""
    command = [sys.executable, "-u", "-m", "tests.faults.ends"]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(ran.stdout)

    assert ran.returncode == 0, ran.stdout
    assert re.search(r"on the wire: lost, and read [\d.]+ ms after the end", ran.stdout)
    assert re.search(r"stood still: lost, accepted 3\.\d s before the end", ran.stdout)
