"""Rosters: rules counted on the clock, the best one found, the rule named where there is none (rows T15 T16 B37)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine.roster import Fault, Need, Person, Question, Rules, Shift, Wish, command_faults, faults
from oneroom.engine.roster.solve import solve
from oneroom.engine.roster.workdays import is_known, is_made_up, is_workday
from oneroom.engine.values import BadInput

DAY, EVENING, NIGHT = Shift("D", 360, 480), Shift("E", 840, 480), Shift("N", 1320, 480)
MONDAY = date(2026, 11, 2)
CHIEF, OFFICER, HELPER = Person(1, lead=True), Person(2), Person(3, sworn=False)


def question(people=(CHIEF, OFFICER, HELPER), days=7, needs=None, **more) -> Question:
    return Question(MONDAY, days, (DAY, EVENING, NIGHT), tuple(people), needs or {}, **more)


def codes(found: list[Fault]) -> list[tuple[str, int | None, int | None]]:
    return [(f.code, f.day, f.person) for f in found]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({(1, 0): "D", (1, 1): "D"}, []),
        ({(1, 0): "N", (1, 1): "D"}, [("rest", 1, 1)]),
        ({(1, 0): "N", (1, 1): "E"}, [("rest", 1, 1)]),  # 06:00 to 14:00: eight hours
        ({(1, 0): "E", (1, 1): "D"}, [("rest", 1, 1)]),
        ({(1, d): "N" for d in range(4)}, [("nights", 3, 1)]),
        ({(1, d): "D" for d in range(7)}, [("days", 6, 1)]),
        ({(9, 0): "D"}, [("unknown", 0, 9)]),
        ({(1, 0): "Q"}, [("unknown", 0, 1)]),
    ],
)
def test_b37_a_rule_that_a_person_breaks_is_named_at_its_cell(cells, wanted):
    assert codes(faults(question(), cells)) == wanted


def test_b37_what_was_worked_before_the_roster_counts():
    found = faults(question(worked={(1, -1): "N"}), {(1, 0): "D"})
    assert codes(found) == [("rest", 0, 1)]
    assert (found[0].have, found[0].need) == (0, 660)
    assert not found[0].stops, "fatigue warns; it does not stop a roster"


def test_b37_a_duty_of_more_than_twelve_hours_and_a_week_too_long_are_named():
    long = replace(question(), shifts=(Shift("D", 360, 780),))
    assert codes(faults(long, {(1, 0): "D"})) == [("duty", 0, 1)]
    tired = question(rules=Rules(week_min=40 * 60))
    assert codes(faults(tired, {(1, d): "D" for d in range(6)})) == [("week", 5, 1)]


def test_t16_a_crew_without_a_lead_and_auxiliaries_alone_stop_a_roster():
    need = {(0, "D"): Need(2, leads=1)}
    found = faults(question(needs=need), {(2, 0): "D", (3, 0): "D"})
    assert codes(found) == [("alone", 0, None), ("no_lead", 0, None)]
    assert all(f.stops for f in found)
    assert not faults(question(needs=need), {(1, 0): "D", (3, 0): "D"})


def test_t15_a_minute_that_nobody_or_two_command_is_named():
    spans = [(0, 480, 1), (480, 900, 2), (960, 1500, 3), (1440, 2880, 1)]
    found = command_faults(spans, 0, 2880)
    assert [(f.code, f.have, f.need) for f in found] == [("gap", 900, 960), ("overlap", 1440, 1500)]
    assert not command_faults([(0, 1440, 1), (1440, 2880, 2)], 0, 2880)
    assert [f.code for f in command_faults([], 0, 60)] == ["gap"]


def _station(people=8, seed=3) -> Question:
    chance = Random(seed)
    crew = [Person(n, sworn=n % 4 != 3, lead=n % 2 == 0) for n in range(people)]
    needs = {(d, s.code): Need(2 if s.code == "D" else 1, leads=1) for d in range(7) for s in (DAY, NIGHT)}
    wishes = tuple(Wish(p.id, chance.randrange(7), chance.choice(("", "D", "N"))) for p in crew)
    return replace(question(crew, needs=needs, wishes=wishes), shifts=(DAY, NIGHT))


def test_the_roster_is_proved_best_keeps_every_rule_and_is_the_same_again():
    asked = _station()
    answer, again = solve(asked), solve(asked)
    assert answer.proved
    assert faults(asked, answer.cells) == []
    assert (answer.cells, answer.costs) == (again.cells, again.costs)
    nights = [sum(answer.cells.get((p.id, d)) == "N" for d in range(7)) for p in asked.people if p.sworn and p.lead]
    assert max(nights) <= 2, "seven nights among four leads"


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_solved_roster_of_any_small_station_is_as_good_as_the_best_of_all(seed):
    """Every roster of three people and three days is counted out: none keeps the rules and leaves fewer wishes."""
    chance = Random(seed)
    people = [Person(n, sworn=n != 2, lead=n == 0 or chance.random() < 0.5) for n in range(3)]
    needs = {(d, s.code): Need(chance.randint(0, 2)) for d in range(3) for s in (DAY, NIGHT)}
    wishes = tuple(Wish(n, chance.randrange(3), chance.choice(("", "D", "N"))) for n in range(3))
    away = frozenset({chance.randrange(3)}) if chance.random() < 0.3 else frozenset()
    people[1] = replace(people[1], away=away)
    asked = replace(question(people, days=3, needs=needs, wishes=wishes), shifts=(DAY, NIGHT))
    best = None
    enough = [  # what three people may do on a day, so that it has whom it needs
        [row for row in product(("", "D", "N"), repeat=3) if all(row.count(c) == needs[d, c].people for c in "DN")]
        for d in range(3)
    ]
    for days in product(*enough):
        cells = {(p, d): days[d][p] for d in range(3) for p in range(3) if days[d][p]}
        if not faults(asked, cells):
            missed = sum((cells.get((w.person, w.day), "") != w.shift) for w in wishes)
            best = missed if best is None else min(best, missed)
    answer = solve(asked)
    if best is None:
        assert not answer.cells
        assert answer.blocked
    else:
        assert answer.proved
        assert answer.costs["wishes"] == best
        assert not faults(asked, answer.cells)


def test_an_impossible_need_is_answered_with_its_shift_and_both_numbers():
    people = [Person(n, lead=n < 3) for n in range(8)]
    needs = {(1, "N"): Need(4, leads=4)}
    answer = solve(question(people, needs=needs))
    assert not answer.cells
    assert answer.blocked == (Fault("no_lead", 1, "N", None, 3, 4),), "Tuesday night needs 4 leads; only 3 may work it"


def test_needs_that_only_together_are_too_many_name_the_day_or_the_rule():
    people = [Person(n, lead=True) for n in range(3)]
    day = solve(question(people, needs={(0, "D"): Need(2), (0, "N"): Need(2)}))
    assert day.blocked == (Fault("too_few", 0, "", None, 3, 4),)
    nights = solve(question(people[:1], needs={(d, "N"): Need(1) for d in range(7)}))
    assert nights.blocked == (Fault("nights", None, "", None, 6, 7),), "three nights, a night off, three nights"


def test_rules_that_only_together_forbid_a_roster_are_named_as_the_smallest_core():
    """Nights that one must follow with a day he may not work yet: rest, and the two needs."""
    people = [Person(1, lead=True), Person(2)]
    answer = solve(question(people, days=2, needs={(0, "N"): Need(1, leads=1), (1, "D"): Need(1, leads=1)}))
    assert [f.code for f in answer.blocked if f.day is None] == ["rest"]
    assert {(f.day, f.shift) for f in answer.blocked if f.day is not None} == {(0, "N"), (1, "D")}


def test_after_somebody_fell_away_as_few_cells_change_as_can_be():
    asked = _station()
    read = solve(asked).cells
    sick = next(p for p in asked.people if any(read.get((p.id, d)) for d in (2, 3)))
    lost = [d for d in (2, 3) if read.get((sick.id, d))]
    people = tuple(replace(p, away=frozenset({2, 3})) if p.id == sick.id else p for p in asked.people)
    fixed = {(p.id, d): read.get((p.id, d), "") for p in asked.people for d in (0, 1)}
    answer = solve(replace(asked, people=people, kept=read, fixed=fixed, wishes=()))
    changed = {key for key in read.keys() | answer.cells.keys() if read.get(key) != answer.cells.get(key)}
    assert {key for key in changed if key[1] < 2} == set(), "what is over stays"
    assert len([key for key in changed if key[0] != sick.id]) == len(lost), "one stands in for each duty that fell out"
    assert not [f for f in faults(replace(asked, people=people), answer.cells) if f.stops]


def test_b37_working_days_follow_the_state_council_and_an_unknown_year_is_said():
    assert not is_workday(date(2025, 10, 1))
    assert is_workday(date(2025, 9, 28))
    assert is_made_up(date(2025, 9, 28)), "a Sunday worked for the autumn holiday"
    assert not is_known(2090)
    with pytest.raises(BadInput, match="holidays of %\\(year\\)d are not known"):
        is_workday(date(2090, 1, 1))
