"""Rules about people and posts: T39 (years), T10 (four musts), B44 (exam first), T40 (balance)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.rotation.balance import balance, leaders_of
from oneroom.engine.rotation.due import due_list, may_stay
from oneroom.engine.rotation.facts import Away, Basis, Category, Kin, Passed, Person, Post, Posting, Relation, force
from oneroom.engine.rotation.kinship import conflicts
from oneroom.engine.rotation.rules import APPOINTMENT, Career, broken, case, judge
from oneroom.engine.rotation.tenure import Counting, Limit, tenures
from oneroom.engine.rotation.verdict import SOURCES, Override, Rule, checked
from oneroom.engine.values import BadInput

LONG_AGO, DAY = date(2000, 1, 1), date(2024, 6, 1)
SAFE = Post("safe", "finance", sensitive_since=LONG_AGO)
DESK = Post("desk", "office")
BEAT = Post("beat", "station", front_line=True)


def held(post: str, since: date, until: date | None = None, basis: Basis = Basis.FULL) -> Posting:
    return Posting(post, since, until, basis)


def limit_days(person: Person, post: Post, day: date, **counting) -> dict[Limit, date]:
    return {t.limit: t.on for t in tenures(person, post, day, Counting(**counting))}


# ---- T39: five years in a sensitive post, ten in any ----


@pytest.mark.parametrize(
    ("since", "day", "stays"),
    [
        (date(2015, 3, 10), date(2020, 3, 9), True),  # 4 years 364 days
        (date(2015, 3, 10), date(2020, 3, 10), False),  # 5 years 0 days
        (date(2016, 2, 29), date(2021, 2, 27), True),
        (date(2016, 2, 29), date(2021, 2, 28), False),  # 2021 has no 29 February: its month's last day
        (date(2015, 2, 28), date(2020, 2, 28), False),
        (date(2015, 3, 1), date(2020, 2, 29), True),
        (date(2015, 3, 1), date(2020, 3, 1), False),
    ],
)
def test_t39_five_years_in_a_sensitive_post_are_full_on_the_day(since, day, stays):
    li = Person("li", postings=(held("safe", since),))
    verdict = may_stay(li, "safe", force([li], [SAFE]), day)[0]

    assert (verdict.rule, verdict.holds) == (Rule.SENSITIVE_YEARS, stays)
    assert verdict.facts["since"] == since
    assert verdict.source == "T39"


@pytest.mark.parametrize(("day", "stays"), [(date(2022, 2, 27), True), (date(2022, 2, 28), False)])
def test_t39_ten_years_in_any_post(day, stays):
    li = Person("li", postings=(held("desk", date(2012, 2, 29)),))

    assert [(v.rule, v.holds) for v in may_stay(li, "desk", force([li], [DESK]), day)] == [(Rule.POST_YEARS, stays)]


def test_t39_leave_does_not_stop_the_clock_unless_the_force_says_so():
    leave = Away("leave", date(2018, 1, 1), date(2018, 3, 2))  # sixty days
    li = Person("li", postings=(held("safe", date(2015, 3, 10)),), away=(leave,))

    assert limit_days(li, SAFE, DAY)[Limit.SENSITIVE] == date(2020, 3, 10)
    assert limit_days(li, SAFE, DAY, stops=frozenset({"leave"}))[Limit.SENSITIVE] == date(2020, 5, 9)


def test_t39_leave_that_begins_after_the_limit_moves_nothing():
    leave = Away("leave", date(2020, 3, 10), date(2021, 3, 10))
    li = Person("li", postings=(held("safe", date(2015, 3, 10)),), away=(leave,))

    assert limit_days(li, SAFE, DAY, stops=frozenset({"leave"}))[Limit.SENSITIVE] == date(2020, 3, 10)


@pytest.mark.parametrize(
    ("back", "on"),
    [
        (date(2018, 12, 31), date(2021, 12, 31)),  # 364 days elsewhere do not count, and the years go on
        (date(2019, 1, 2), date(2024, 1, 2)),  # 366 days: five new years
    ],
)
def test_t39_an_interruption_that_is_short_starts_no_new_years(back, on):
    away = date(2018, 1, 1)
    li = Person("li", postings=(held("safe", date(2016, 1, 1), away), held("desk", away, back), held("safe", back)))

    assert limit_days(li, SAFE, back)[Limit.SENSITIVE] == on


def test_t39_the_years_of_a_post_that_became_sensitive_count_from_that_day():
    late = Post("safe", "finance", sensitive_since=date(2018, 7, 1))
    li = Person("li", postings=(held("safe", date(2015, 3, 10)),))

    assert limit_days(li, late, DAY) == {Limit.SENSITIVE: date(2023, 7, 1), Limit.ANY: date(2025, 3, 10)}


def test_t39_acting_counts_and_a_secondment_leaves_the_own_post_running():
    acted = Person("li", postings=(held("safe", date(2015, 3, 10), date(2016, 3, 10), Basis.ACTING),
                                   held("safe", date(2016, 3, 10))))  # fmt: skip
    lent = Person(
        "wu", postings=(held("safe", date(2015, 3, 10)), held("beat", date(2016, 1, 1), None, Basis.SECONDED))
    )

    assert limit_days(acted, SAFE, DAY)[Limit.SENSITIVE] == date(2020, 3, 10)
    assert limit_days(acted, SAFE, DAY, counted=frozenset({Basis.FULL}))[Limit.SENSITIVE] == date(2021, 3, 10)
    assert limit_days(lent, SAFE, DAY)[Limit.SENSITIVE] == date(2020, 3, 10)
    assert limit_days(lent, BEAT, DAY) == {}


@pytest.mark.parametrize(
    ("day", "ahead"),
    [
        (date(2019, 3, 9), None), (date(2019, 3, 10), 12), (date(2019, 9, 9), 12), (date(2019, 9, 10), 6),
        (date(2019, 12, 9), 6), (date(2019, 12, 10), 3), (date(2020, 3, 9), 3), (date(2020, 3, 10), 0),
        (date(2023, 3, 10), 0),
    ],
)  # fmt: skip
def test_t39_due_twelve_six_and_three_months_ahead_and_over(day, ahead):
    li = Person("li", postings=(held("safe", date(2015, 3, 10)),))
    due = due_list(force([li], [SAFE]), day)

    assert [d.ahead for d in due if d.limit is Limit.SENSITIVE] == ([] if ahead is None else [ahead])
    assert all(d.stopped == (d.ahead == 0) for d in due)


def exempt(**more) -> Override:
    said = {
        "rule": Rule.SENSITIVE_YEARS, "person": "li", "post": "safe", "reason": "the audit ends in May",
        "since": date(2020, 3, 1), "until": date(2020, 6, 1), "by": "chief", "second": "secretary",
    }  # fmt: skip
    return checked(Override(**(said | more)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"), ({"second": "chief"}, "second"), ({"second": ""}, "second"),
        ({"by": "li"}, "second"), ({"until": date(2020, 3, 1)}, "until"), ({"until": date(2022, 3, 3)}, "until"),
        ({"rule": Rule.KINSHIP}, "rule"), ({"rule": Rule.EXAM_FIRST}, "rule"),
    ],
)  # fmt: skip
def test_t39_t10_setting_a_rule_aside_takes_a_reason_an_end_and_two_others(wrong, field):
    with pytest.raises(BadInput) as refused:
        exempt(**wrong)
    assert refused.value.field == field


def test_t39_an_exemption_holds_until_its_end_and_shows_on_the_list():
    li = Person("li", postings=(held("safe", date(2015, 3, 10)),))
    facts = force([li], [SAFE])

    def stays(day):
        verdict = may_stay(li, "safe", facts, day, overrides=(exempt(),))[0]
        line = next(d for d in due_list(facts, day, overrides=(exempt(),)) if d.limit is Limit.SENSITIVE)
        assert line.stopped is not verdict.holds
        return verdict.holds, line.exempt_until

    assert stays(date(2020, 5, 31)) == (True, date(2020, 6, 1))
    assert stays(date(2020, 6, 1)) == (False, None)


@given(
    since=st.dates(date(2000, 1, 1), date(2015, 1, 1)),
    leaves=st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 500)), max_size=5),
)
def test_t39_by_a_count_of_days_the_limit_is_the_first_day_with_five_full_years(since, leaves):
    """The rule put differently: take the days off the clock out of the calendar, and the rest are five years."""
    away = tuple(Away("leave", begin, begin + timedelta(days=n)) for begin, n in leaves)
    li = Person("li", postings=(held("safe", since),), away=away)
    on = limit_days(li, SAFE, date(2029, 1, 1), stops=frozenset({"leave"}))[Limit.SENSITIVE]

    off = {begin + timedelta(days=k) for begin, n in leaves for k in range(n)}
    day, worked = since, 0
    whole = (limit_days(Person("x", postings=li.postings), SAFE, date(2029, 1, 1))[Limit.SENSITIVE] - since).days
    while worked < whole:
        worked += day not in off
        day += timedelta(days=1)
    while day in off and day < on:  # the limit is reached on the first day back
        day += timedelta(days=1)
    assert on == day


# ---- T10: the four front-line musts ----

CHIEF = Post("chief", "station", rank=1, leads=True, chief=True, front_line=True, place="120101")
HQ = Post("hq", "bureau", selected=True)
HEAD = Post("head", "office", rank=1, leads=True)


def verdict(rule: Rule, person: Person, post: Post, *, overrides=(), day: date = DAY, others=(), **organs):
    facts = force([person, *others], [SAFE, DESK, BEAT, CHIEF, HQ, HEAD, *organs.pop("posts", ())], **organs)
    return next(v for v in judge(person, post, case(facts, day), overrides=overrides) if v.rule is rule)


NEW = Person("new")
THREE_YEARS = Person("old", postings=(held("beat", date(2021, 6, 1)),))
HALF_A_YEAR = Person("six", postings=(held("beat", date(2023, 12, 1)),))
AWAY_NOW = Person("out", postings=(held("beat", date(2015, 1, 1), date(2017, 1, 1)), held("desk", date(2017, 1, 1))))
NEVER = Person("never", postings=(held("desk", date(2010, 1, 1)),))


@pytest.mark.parametrize(
    ("rule", "person", "post", "holds", "holds_from"),
    [
        (Rule.NEWCOMER_FRONT_LINE, NEW, DESK, False, None),
        (Rule.NEWCOMER_FRONT_LINE, NEW, BEAT, True, None),
        (Rule.NEWCOMER_FRONT_LINE, NEVER, HQ, True, None),
        (Rule.CAREER_FRONT_LINE, NEVER, HQ, False, None),
        (Rule.CAREER_FRONT_LINE, AWAY_NOW, HQ, True, None),
        (Rule.CAREER_FRONT_LINE, HALF_A_YEAR, HQ, False, date(2024, 11, 30)),  # 183 of 365 days; 182 more
        (Rule.CAREER_FRONT_LINE, NEVER, DESK, True, None),
        (Rule.SELECTION_FRONT_LINE, THREE_YEARS, HQ, True, None),
        (Rule.SELECTION_FRONT_LINE, AWAY_NOW, HQ, False, None),
        (Rule.SELECTION_FRONT_LINE, AWAY_NOW, DESK, True, None),
        (Rule.PROMOTION_FRONT_LINE, THREE_YEARS, HEAD, True, None),
        (Rule.PROMOTION_FRONT_LINE, AWAY_NOW, HEAD, True, None),  # 731 days, some years ago
        (Rule.PROMOTION_FRONT_LINE, HALF_A_YEAR, HEAD, False, date(2025, 11, 30)),
        (Rule.PROMOTION_FRONT_LINE, NEVER, HEAD, False, None),
        (Rule.PROMOTION_FRONT_LINE, NEVER, DESK, True, None),
    ],
)
def test_t10_the_four_front_line_musts(rule, person, post, holds, holds_from):
    found = verdict(rule, person, post)

    assert (found.holds, found.holds_from) == (holds, holds_from)
    assert found.source == "T10"
    if not holds:
        assert found.two_may
        assert found.facts


@pytest.mark.parametrize("rule", [Rule.CAREER_FRONT_LINE, Rule.PROMOTION_FRONT_LINE])
def test_t10_the_day_from_which_it_would_hold_is_the_first_on_which_it_does(rule):
    post = HQ if rule is Rule.CAREER_FRONT_LINE else HEAD
    day = verdict(rule, HALF_A_YEAR, post).holds_from

    assert not verdict(rule, HALF_A_YEAR, post, day=day - timedelta(days=1)).holds
    assert verdict(rule, HALF_A_YEAR, post, day=day).holds


def test_t10_two_persons_set_it_aside_for_one_person_and_one_post():
    aside = exempt(rule=Rule.PROMOTION_FRONT_LINE, person="never", post="head", since=DAY, until=date(2024, 7, 1))

    assert verdict(Rule.PROMOTION_FRONT_LINE, NEVER, HEAD, overrides=(aside,)).holds
    assert verdict(Rule.PROMOTION_FRONT_LINE, NEVER, HEAD, overrides=(aside,)).facts["set_aside"]
    assert not verdict(Rule.PROMOTION_FRONT_LINE, NEVER, CHIEF, overrides=(aside,)).holds
    assert not verdict(Rule.PROMOTION_FRONT_LINE, NEVER, HEAD, overrides=(aside,), day=date(2024, 7, 1)).holds


# ---- B44: the exam before the appointment ----

EXAMINED = Post("examined", "office", exams=frozenset({"law"}))


@pytest.mark.parametrize(
    ("exams", "holds", "holds_from"),
    [
        ((), False, None),
        ((Passed("law", date(2024, 5, 1)),), True, None),
        ((Passed("law", DAY),), True, None),
        ((Passed("law", DAY + timedelta(days=1)),), False, DAY + timedelta(days=1)),
        ((Passed("law", date(2020, 5, 1), date(2023, 5, 1)),), False, None),  # lapsed
        ((Passed("first_aid", date(2024, 5, 1)),), False, None),
    ],
)
def test_b44_appointment_without_the_exam_is_refused(exams, holds, holds_from):
    found = verdict(Rule.EXAM_FIRST, Person("li", postings=NEVER.postings, exams=exams), EXAMINED)

    assert (found.holds, found.holds_from) == (holds, holds_from)
    assert not found.two_may
    if not holds:
        assert found.facts == {"missing": ["law"]}


# ---- kinship and home: Civil Servants Law 74 and 75 ----

UNITS = {
    "parent": {"station": "branch", "station2": "branch", "office": "bureau", "finance": "branch"},
    "organ": {"station": "b", "station2": "b", "finance": "b", "branch": "b"},
}
OTHER_CHIEF = Post("chief2", "station2", leads=True, front_line=True)
BRANCH_HEAD = Post("branch_head", "branch", leads=True)
BOOKS = Post("books", "finance", function="finance")
MORE = (OTHER_CHIEF, BRANCH_HEAD, BOOKS)


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        (BEAT, BEAT, "same_leader"), (BEAT, CHIEF, "direct_line"), (CHIEF, BEAT, "direct_line"),
        (BEAT, OTHER_CHIEF, ""), (CHIEF, OTHER_CHIEF, "same_leader"), (CHIEF, BRANCH_HEAD, "direct_line"),
        (BEAT, BRANCH_HEAD, "direct_line"), (BOOKS, OTHER_CHIEF, "watched_organ"),
        (OTHER_CHIEF, BOOKS, "watched_organ"), (BOOKS, BEAT, ""), (DESK, BEAT, ""), (DESK, BRANCH_HEAD, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared_by", ["me", "them"])
def test_relatives_do_not_stand_in_one_line_or_watch_over_each_other(mine, theirs, why, declared_by):
    me = Person("me", relations=(Relation("they", Kin.SPOUSE),) if declared_by == "me" else ())
    they = Person(
        "they", postings=(held(theirs.id, date(2020, 1, 1), date(2025, 1, 1)),),
        relations=(Relation("me", Kin.SPOUSE),) if declared_by == "them" else (),
    )  # fmt: skip
    found = verdict(Rule.KINSHIP, me, mine, others=(they,), posts=MORE, **UNITS)

    assert found.holds == (why == "")
    assert found.source == "Civil Servants Law 74"
    if why:
        assert found.facts == {"relative": "they", "kin": Kin.SPOUSE, "why": why, "post": theirs.id}
        assert found.holds_from == date(2025, 1, 1)
    both = force([me, they], [DESK, BEAT, CHIEF, *MORE], **UNITS)
    assert [c[2] for c in conflicts(both, {"me": mine.id, "they": theirs.id})] == ([why] if why else [])


@pytest.mark.parametrize(
    ("home", "place", "holds"),
    [
        ("120101", "120101", False), ("120102", "120101", True), ("120102", "120000", False),
        ("120102", "120100", False), ("310101", "120000", True), ("", "120101", True), ("120101", "", True),
    ],
)  # fmt: skip
def test_nobody_is_chief_of_the_place_he_is_from(home, place, holds):
    person = Person("li", rank=1, home=home)

    assert verdict(Rule.HOME_PLACE, person, Post("c", "station", chief=True, place=place)).holds is holds
    assert verdict(Rule.HOME_PLACE, person, Post("c", "station", place=place)).holds


# ---- rank, needs, category, two posts ----

FLYING = Post("p", "u", needs=frozenset({"drone"}))


@pytest.mark.parametrize(
    ("rule", "person", "post", "holds"),
    [
        (Rule.RANK, Person("a", rank=1), Post("p", "u", rank=1), True),
        (Rule.RANK, Person("a", rank=1), Post("p", "u", rank=2), True),
        (Rule.RANK, Person("a", rank=1), Post("p", "u", rank=3), False),
        (Rule.RANK, Person("a", rank=1), Post("p", "u", rank=0), False),
        (Rule.CATEGORY, Person("a", Category.AUXILIARY), Post("p", "u"), False),
        (Rule.CATEGORY, Person("a", Category.AUXILIARY), Post("p", "u", category=Category.AUXILIARY), True),
        (Rule.NEEDS, Person("a", skills=(Passed("drone", LONG_AGO),)), FLYING, True),
        (Rule.NEEDS, Person("a", skills=(Passed("drone", LONG_AGO, DAY),)), FLYING, False),
    ],
)  # fmt: skip
def test_a_post_asks_for_rank_category_and_skills_that_have_not_lapsed(rule, person, post, holds):
    assert verdict(rule, person, post).holds is holds


def test_a_person_in_two_full_posts_is_refused_with_both_named():
    two = Person("li", postings=(held("desk", LONG_AGO), held("beat", DAY)))
    with pytest.raises(BadInput, match="Two full posts") as refused:
        force([two], [DESK, BEAT])
    assert refused.value.field == "li"
    assert refused.value.params == {"day": "2024-06-01", "first": "desk", "second": "beat"}

    force([Person("li", postings=(held("desk", LONG_AGO), held("beat", DAY, None, Basis.ACTING)))], [DESK, BEAT])


@given(data=st.data())
def test_a_rule_says_the_same_of_one_pair_as_of_many(data):
    rank, flag = st.integers(0, 2), st.booleans()
    codes = st.frozensets(st.sampled_from(["law", "drone"]))
    earlier = st.lists(st.sampled_from([f"p{n}" for n in range(4)]), max_size=1)
    posts = [
        Post(f"p{n}", data.draw(st.sampled_from(["u", "v"])), rank=data.draw(rank), front_line=data.draw(flag),
             leads=data.draw(flag), selected=data.draw(flag), chief=data.draw(flag),
             place=data.draw(st.sampled_from(["", "120000", "120101"])), needs=data.draw(codes), exams=data.draw(codes))
        for n in range(4)
    ]  # fmt: skip
    people = [
        Person(f"a{n}", rank=data.draw(rank), home=data.draw(st.sampled_from(["", "120101", "310000"])),
               postings=tuple(held(p, date(2020, 1, 1)) for p in data.draw(earlier)),
               skills=tuple(Passed(c, LONG_AGO) for c in data.draw(codes)),
               exams=tuple(Passed(c, LONG_AGO) for c in data.draw(codes)),
               relations=(Relation("a0", Kin.DIRECT),) if n and data.draw(flag) else ())
        for n in range(4)
    ]  # fmt: skip
    at = case(force(people, posts), DAY)
    for n, statement in enumerate(APPOINTMENT):
        many = broken(statement, people, posts, at)
        for i, person in enumerate(people):
            for j, post in enumerate(posts):
                said = judge(person, post, at)[n]
                assert said.rule is statement.rule
                assert said.holds is not bool(many[i, j])


def test_every_rule_names_its_source():
    assert set(SOURCES) == set(Rule)
    assert all(SOURCES.values())


def test_the_numbers_of_the_musts_are_the_force_s_own():
    assert front_days_hold(Career(career_days=100))
    assert not front_days_hold(Career(career_days=200))


def front_days_hold(career: Career) -> bool:
    at = case(force([HALF_A_YEAR], [BEAT, HQ]), DAY, career=career)
    return next(v for v in judge(HALF_A_YEAR, HQ, at) if v.rule is Rule.CAREER_FRONT_LINE).holds


# ---- T40: balance ----


@pytest.mark.parametrize("branches", [16, 15])  # T40 says 16, T09 says 15: both are kept
def test_t40_all_leaders_of_the_branches_are_those_whom_a_round_must_move(branches):
    posts = [Post(f"head{n}", f"branch{n}", leads=True) for n in range(branches)] + [DESK]
    people = [Person(f"a{n}", postings=(held(f"head{n}", LONG_AGO),)) for n in range(branches)]
    facts = force([*people, NEVER], posts)

    assert leaders_of(facts, DAY, [f"branch{n}" for n in range(branches)]) == {p.id for p in people}
    assert leaders_of(facts, DAY, ["branch0"]) == {"a0"}


def test_t40_strength_follows_work_where_the_load_is_alike():
    assert balance({"a": 100, "b": 50, "c": 10, "d": 0}, {"a": 20, "b": 5, "d": 3}) == {
        "c": None, "b": Fraction(10), "a": Fraction(5), "d": Fraction(0),
    }  # fmt: skip
    assert list(balance({"a": 100, "b": 50, "c": 10}, {"a": 20, "b": 5})) == ["c", "b", "a"]
