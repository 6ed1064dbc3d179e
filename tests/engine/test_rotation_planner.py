"""A round of moves (T39, T40): all rules held, fewest moved, shortest ways; and why not, where there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine.rotation import prices, together
from oneroom.engine.rotation.facts import Force, Kin, Passed, Person, Post, Posting, Relation, force
from oneroom.engine.rotation.kinship import conflicts
from oneroom.engine.rotation.matching import Arcs, cheapest, halls
from oneroom.engine.rotation.planner import Impossible, Plan, plan
from oneroom.engine.rotation.prices import Pairs
from oneroom.engine.rotation.rounds import STEP_M, Asked, floors
from oneroom.engine.rotation.rules import ROUND, case, judge
from oneroom.engine.rotation.verdict import Rule
from oneroom.engine.values import BadInput

LONG_AGO, DAY = date(2000, 1, 1), date(2024, 6, 1)


def someone(name: str, post: str, *, skills: str = "", **more) -> Person:
    """A person in a post since long ago, with skills by letter."""
    return Person(name, postings=(Posting(post, LONG_AGO),), skills=tuple(Passed(s, LONG_AGO) for s in skills), **more)


def post(unit: str, name: str = "", **more) -> Post:
    return Post(name or unit, unit, **more)


def asked(must: str, may: str = "", **more) -> Asked:
    return Asked(DAY, frozenset(must.split()), frozenset(may.split()), **more)


def goes(answer) -> dict[str, str]:
    assert isinstance(answer, Plan), answer
    return {m.person: m.target for m in answer.moves}


A, B, C = post("a"), post("b"), post("c")
PLACES = {"a": (0.0, 0.0), "b": (1000.0, 0.0), "c": (5000.0, 0.0), "d": (20_000.0, 0.0)}


# ---- hand-made cases ----


@pytest.mark.parametrize(
    ("people", "posts", "ask", "moves"),
    [
        # two change places
        ([someone("li", "a"), someone("wu", "b")], [A, B], asked("li wu"), {"li": "b", "wu": "a"}),
        # the nearer of two empty seats
        ([someone("li", "a")], [A, B, C], asked("li", places=PLACES), {"li": "b"}),
        # four, the shortest ways together
        (
            [someone("li", "a"), someone("wu", "b"), someone("xu", "c"), someone("yu", "d")], [A, B, C, post("d")],
            asked("li wu xu yu", places=PLACES), {"li": "b", "wu": "a", "xu": "d", "yu": "c"},
        ),
        # nobody who need not move is moved where it works without, however far the way
        (
            [someone("li", "a"), someone("wu", "b")], [A, B, post("d")], asked("li", "wu", places=PLACES),
            {"li": "d"},
        ),
        # and one is where it does not: only wu can take the seat that needs a drone
        (
            [someone("li", "a"), someone("wu", "b", skills="d")], [A, B, post("c", needs=frozenset("d"))],
            asked("li", "wu"), {"li": "b", "wu": "c"},
        ),
        # a unit keeps its only drone pilot: the longer way is taken
        (
            [someone("li", "a", skills="d"), someone("wu", "b", skills="d"), someone("xu", "c")], [A, B, C, post("d")],
            asked("li wu xu", places=PLACES, keep={("a", "d"): 1, ("b", "d"): 1}),
            {"li": "b", "wu": "a", "xu": "d"},
        ),
        # relatives who both move do not meet in one unit
        (
            [someone("li", "a", relations=(Relation("wu", Kin.SPOUSE),)), someone("wu", "b")],
            [replace(A, needs=frozenset("x")), replace(B, needs=frozenset("x")), post("c", seats=2), post("d")],
            asked("li wu", places=PLACES | {"b": (1000.0, 3000.0)}), {"li": "c", "wu": "d"},
        ),
        # a seat that is filled today stays filled, although there is a nearer one
        (
            [someone("li", "a"), someone("wu", "c")], [A, B, C], asked("li wu", places=PLACES, filled=frozenset("c")),
            {"li": "c", "wu": "b"},
        ),
        # another organ counts for more than the way
        (
            [someone("li", "a")], [A, B, C], asked("li", places=PLACES), {"li": "c"},
        ),
    ],
)  # fmt: skip
def test_t39_a_round_by_hand(people, posts, ask, moves):
    organ = {"a": "one", "c": "one", "b": "two"} if moves == {"li": "c"} else {}
    answer = plan(force(people, posts, organ=organ), ask)

    assert goes(answer) == moves
    assert answer.proved
    assert answer.way_m == answer.least_m == sum(m.way_m for m in answer.moves)


def test_t39_thirty_eight_people_are_eligible_only_for_twenty_one_seats():
    """The words of the row: the smallest bottleneck is named, and which rule keeps them from the other seats."""
    trained = [someone(f"t{n:02}", "old", skills="d") for n in range(12)]
    others = [someone(f"o{n:02}", "old") for n in range(38)]
    seats = [post("near", seats=21), post("far", seats=40, needs=frozenset("d")), post("old", seats=50)]

    answer = plan(force([*trained, *others], seats), Asked(DAY, frozenset(p.id for p in (*trained, *others))))

    assert isinstance(answer, Impossible)
    first = answer.bottlenecks[0]
    assert (first.code, first.seats, first.posts) == ("too_few_seats", 21, ("near",))
    assert first.people == tuple(p.id for p in others)
    assert len(first.core) == 22  # one too many: whichever of them stands back, the others fit
    assert set(first.core) <= set(first.people)
    assert first.refused == {Rule.NEEDS: 38 * 40, Rule.ANOTHER_UNIT: 38 * 50}


def test_t39_a_unit_that_more_must_leave_than_may_is_named():
    people = [someone(f"a{n}", "a") for n in range(10)]
    answer = plan(force(people, [replace(A, seats=10), replace(B, seats=10)]), asked("a0 a1 a2", most_percent=20))

    assert isinstance(answer, Impossible)
    assert [(b.code, b.unit, b.seats) for b in answer.bottlenecks] == [("unit_loses", "a", 2)]
    assert answer.bottlenecks[0].people == ("a0", "a1", "a2")


def test_t39_seats_that_must_be_filled_and_for_whom_there_is_nobody_are_named():
    people = [someone("li", "a", skills="d"), someone("wu", "b")]
    posts = [replace(A, needs=frozenset("d")), B, C]
    answer = plan(force(people, posts), asked("li", "wu", filled=frozenset({"a"})))

    assert isinstance(answer, Impossible)
    assert [(b.code, b.posts, b.seats, b.people) for b in answer.bottlenecks] == [("too_few_people", ("a",), 1, ())]


def test_t39_rules_that_do_not_go_together_are_named():
    """The only pilot must leave his unit, which is to keep one; that another is to have one stops nobody."""
    people = [someone("li", "a", skills="d"), someone("wu", "b")]
    facts = force(people, [A, B, C])
    assert goes(plan(facts, asked("li wu"))) in ({"li": "b", "wu": "a"}, {"li": "c", "wu": "a"}, {"li": "b", "wu": "c"})

    answer = plan(facts, asked("li wu", keep={("a", "d"): 1, ("c", "d"): 1}))

    assert isinstance(answer, Impossible)
    assert [(b.code, [(s.rule, s.about) for s in b.rules]) for b in answer.bottlenecks] == [
        ("together", [(Rule.SKILLS_KEPT, ("a", "d"))])
    ]


def test_floors_are_one_of_each_skill_where_there_is_one_today():
    facts = force([someone("li", "a", skills="df"), someone("wu", "b", skills="f")], [A, B])

    assert floors(facts, DAY, "d") == {("a", "d"): 1}


@pytest.mark.parametrize(
    ("ask", "field"),
    [(asked("nobody"), "nobody"), (asked("li", filled=frozenset({"nowhere"})), "nowhere"), (asked("free"), "free")],
)
def test_whom_nobody_knows_is_refused_by_name(ask, field):
    with pytest.raises(BadInput) as refused:
        plan(force([someone("li", "a"), Person("free")], [A, B]), ask)
    assert refused.value.field == field


# ---- against brute force ----


def rules_hold(facts: Force, ask: Asked, where: dict[str, str]) -> bool:
    """Every rule, each asked in the plainest way."""
    at = case(facts, ask.day, career=replace(ask.career, steps=0), leaving=where)
    moved = {p for p, target in where.items() if facts.people[p].post_on(DAY) != target}
    if not ask.must <= moved:
        return False
    for person in moved:
        if not all(v.holds for v in judge(facts.people[person], facts.posts[where[person]], at, statements=ROUND)):
            return False
    before = {p: q for p in facts.people if (q := facts.people[p].post_on(DAY))}
    after = before | where
    old, new = Counter(before.values()), Counter(after.values())
    stayers = Counter(q for p, q in before.items() if p not in ask.must)
    for target in {after[p] for p in moved}:  # nobody new comes to a post over its quota
        if max(new[target], stayers[target]) > facts.posts[target].seats:
            return False
    if any(new[q] < min(old[q], facts.posts[q].seats) for q in ask.filled):
        return False
    strength = Counter(facts.posts[q].unit for q in before.values())
    left = Counter(facts.posts[before[p]].unit for p in moved)
    if any(n > max(1, strength[u] * ask.most_percent // 100) for u, n in left.items()):
        return False
    for (unit, skill), least in ask.keep.items():
        if sum(facts.posts[q].unit == unit and skill in facts.people[p].has(DAY) for p, q in after.items()) < least:
            return False
    return not any(one in moved or other in moved for one, other, _why in conflicts(facts, after))


def best(facts: Force, ask: Asked) -> tuple[int, int] | None:
    """(people moved, metres) of the best of all ways there are; None where there is none."""
    people = sorted(ask.must | ask.may)
    found = []
    for targets in product(sorted(facts.posts), repeat=len(people)):
        where = dict(zip(people, targets, strict=True))
        if rules_hold(facts, ask, where):
            found.append(worth(facts, ask, where))
    return min(found, default=None)


def worth(facts: Force, ask: Asked, where: dict[str, str]) -> tuple[int, int]:
    way, n = 0, 0
    for person, target in where.items():
        source = facts.people[person].post_on(DAY)
        if source != target:
            a, b = (facts.posts[q].unit for q in (source, target))
            far = float(np.hypot(*np.subtract(ask.places[a], ask.places[b])))
            far += ask.organ_m * (facts.organ_of(a) != facts.organ_of(b))
            way, n = way + int(np.rint(far / STEP_M)) * STEP_M, n + 1
    return n, way


@st.composite
def rounds(draw) -> tuple[Force, Asked]:
    """Small forces: three or four units, up to five people in the round, every kind of rule now and then."""
    units = "abcd"[: draw(st.integers(3, 4))]
    seldom = st.integers(0, 3).map(lambda n: n == 3)
    some = st.frozensets(st.sampled_from("de"), max_size=2)
    posts = [
        post(u, f"{u}{n}", seats=draw(st.integers(1, 2)), rank=int(draw(seldom) and draw(seldom)), front_line=True,
             needs=draw(some) if draw(seldom) else frozenset(), leads=draw(seldom))
        for u in units for n in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    people = []
    for n in range(draw(st.integers(2, 6))):
        q = draw(st.sampled_from(posts))
        kin = (Relation("p0", Kin.DIRECT),) if n and draw(seldom) else ()
        people.append(replace(someone(f"p{n}", q.id, skills="".join(sorted(draw(some))), relations=kin), rank=q.rank))
    facts = force(people, posts, organ={u: draw(st.sampled_from(["x", "y"])) for u in units})
    order = draw(st.permutations([p.id for p in people]))
    count = draw(st.integers(1, 3))
    return facts, Asked(
        DAY, frozenset(order[:count]), frozenset(order[count : count + draw(st.integers(0, 2))]),
        most_percent=draw(st.sampled_from([100, 100, 50])),
        keep={key: 1 for key in sorted(floors(facts, DAY, "de")) if draw(seldom)},
        filled=draw(st.frozensets(st.sampled_from([q.id for q in posts]), max_size=1)) if draw(seldom) else frozenset(),
        places={u: (float(draw(st.integers(0, 50)) * 100), 0.0) for u in units}, organ_m=3000,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_t39_no_other_way_is_better_and_none_is_missed(case_):
    facts, ask = case_
    answer, wanted = plan(facts, ask), best(facts, ask)

    if wanted is None:
        assert isinstance(answer, Impossible)
        assert answer.bottlenecks
        return
    where = {p: facts.people[p].post_on(DAY) for p in ask.must | ask.may} | goes(answer)
    assert rules_hold(facts, ask, where)
    assert worth(facts, ask, where) == wanted == (len(answer.moves), answer.way_m)
    assert answer.proved
    assert answer.least_m == answer.way_m


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_where_pairs_are_too_many_for_the_exact_search_rules_hold_and_the_bound_is_true(case_):
    facts, ask = case_
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(together, "MOST_PAIRS", 0)
        answer, wanted = plan(facts, ask), best(facts, ask)

    if isinstance(answer, Impossible):
        assert wanted is None or answer.bottlenecks[0].code in ("together", "not_found")
        return
    where = {p: facts.people[p].post_on(DAY) for p in ask.must | ask.may} | goes(answer)
    assert rules_hold(facts, ask, where)
    assert wanted is not None
    assert worth(facts, ask, where) >= wanted
    if answer.proved:
        assert worth(facts, ask, where) == wanted
    elif len(answer.moves) == wanted[0]:
        assert answer.least_m <= wanted[1]


@st.composite
def many_seats(draw) -> Pairs:
    rows, columns = draw(st.integers(1, 8)), draw(st.integers(1, 40))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    can = chance.random((rows, columns)) < draw(st.sampled_from([0.1, 0.5, 1.0]))
    room = chance.integers(0, 3, columns)
    required = np.minimum(room, chance.integers(0, 20, columns) == 0)
    return Pairs(can, chance.integers(0, 30, (rows, columns)), room, required.astype(np.int64))


@settings(max_examples=150, deadline=None)
@given(many_seats())
def test_what_is_best_of_the_offered_seats_is_best_of_all(pairs_):
    """Against the flow over all pairs at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prices, "FIRST", 2)
        patch.setattr(prices, "MORE", 1)
        wanted = cheapest(pairs_.arcs(), pairs_.room, pairs_.required)
        offered = prices.nearest(pairs_)
        answer = prices.best(pairs_, offered)
        if answer is None:
            prices.seat_all(pairs_, offered)
            answer = prices.best(pairs_, offered)

    assert (answer is None) == (wanted is None)
    if answer is not None:
        assert answer.total == wanted[1]
        assert answer.gain(pairs_, slice(None))[pairs_.can].min() >= 0


@settings(max_examples=40, deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_the_same_facts_in_another_order_give_the_same_plan(case_, shuffle: Random):
    facts, ask = case_
    people, posts = list(facts.people.values()), list(facts.posts.values())
    shuffle.shuffle(people)
    shuffle.shuffle(posts)

    assert plan(force(people, posts, organ=facts.organ), ask) == plan(facts, ask)


@st.composite
def pairs(draw) -> tuple[Arcs, np.ndarray]:
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    chosen = sorted(draw(st.sets(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)))))
    row, column = (np.array([c[k] for c in chosen], np.int64) for k in (0, 1))
    cost = np.array([draw(st.integers(0, 9)) for _ in chosen], np.int64)
    return Arcs(rows, columns, row, column, cost), np.array([draw(st.integers(0, 2)) for _ in range(columns)], np.int64)


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_t39_a_bottleneck_is_one_too_many_and_no_part_of_it_is(case_):
    """Hall: by every subset of people. Minimal: each proper subset of a named one has seats enough."""
    arcs, room = case_
    offers = {r: set(arcs.column[arcs.row == r].tolist()) for r in range(arcs.rows)}

    def too_many(rows) -> int:
        return len(rows) - int(sum(room[c] for c in set().union(*(offers[r] for r in rows))))

    found = halls(arcs, room)
    violated = [s for n in range(1, arcs.rows + 1) for s in combinations(range(arcs.rows), n) if too_many(s) > 0]

    assert bool(found) == bool(violated)
    seats_all = cheapest(arcs, room, np.zeros_like(room)) is not None
    assert seats_all == (not violated)
    for hall in found:
        assert too_many(hall.rows) == 1
        assert set(hall.columns) == set().union(*(offers[r] for r in hall.rows))
        assert not any(too_many(s) > 0 for n in range(1, len(hall.rows)) for s in combinations(hall.rows, n))
    if found:
        assert found[0].rows
        seen = [r for hall in found for r in hall.rows]
        assert len(seen) == len(set(seen))
