"""
The rules of an appointment, each one short statement about one person and one post (rows T10, B44; workflow §2.10).

A rule looks at a person through a key and at a post through a key, and says of two keys whether they go together. So
the same statement explains one case (``judge``) and is worked out for thousands of people and posts at once
(``broken``: each pair of *different* keys is asked once), and the two cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from oneroom.engine.rotation.facts import Basis, Category, Force, Person, Post
from oneroom.engine.rotation.kinship import between, place, relatives
from oneroom.engine.rotation.tenure import joined
from oneroom.engine.rotation.verdict import Override, Rule, Verdict, set_aside

Matrix = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Career:
    """
    The numbers of the four front-line musts, as a force sets them (row T10).

    Days at the front line: ``career_days`` before a leading or selected post, ``promotion_days`` before a promotion.
    ``steps``: how many steps of rank an appointment may go up; a round of moves goes none.
    """

    career_days: int = 365
    promotion_days: int = 730
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """What all rules are asked against: the facts, the day of the appointment, the force's numbers."""

    force: Force
    day: date
    career: Career = field(default_factory=Career)
    kin: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Relatives who move in the same round are looked at where they go, not where they leave.
    leaving: frozenset[str] = frozenset()

    def now(self, person: Person) -> Post | None:
        """The full post he has on the eve of the day."""
        code = person.post_on(self.day - timedelta(days=1)) or person.post_on(self.day)
        return self.force.posts[code] if code is not None else None


def case(force: Force, day: date, *, career: Career | None = None, leaving: Iterable[str] = frozenset()) -> Case:
    """The facts made ready for the rules."""
    return Case(force, day, career or Career(), relatives(force), frozenset(leaving))


def front_line_days(person: Person, at: Case) -> int:
    """Days in posts of the front line before the day, on whatever basis; none counted twice."""
    spells = [
        (p.since, min(p.until or at.day, at.day))
        for p in person.postings
        if at.force.posts[p.post].front_line and p.since < at.day
    ]
    return sum((end - begin).days for begin, end in joined(spells))


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule: what of a person and of a post it looks at, when the two do not go together, and what is said then."""

    rule: Rule
    of_person: Callable[[Person, Case], Hashable]
    of_post: Callable[[Post, Case], Hashable]
    breaks: Callable[[Any, Any], bool]
    tell: Callable[[Person, Post, Case], tuple[dict[str, Any], date | None]]


def judge(
    person: Person,
    post: Post,
    at: Case,
    *,
    statements: Sequence[Statement] | None = None,
    overrides: tuple[Override, ...] = (),
) -> list[Verdict]:
    """Every rule's verdict on putting this person into this post on that day, in the rules' order."""
    found = []
    for s in APPOINTMENT if statements is None else statements:
        if not s.breaks(s.of_person(person, at), s.of_post(post, at)):
            found.append(Verdict(s.rule, True, {}))
            continue
        facts, holds_from = s.tell(person, post, at)
        verdict = Verdict(s.rule, False, facts, holds_from)
        if set_aside(verdict, person.id, post.id, at.day, overrides):
            verdict = Verdict(s.rule, True, facts | {"set_aside": True})
        found.append(verdict)
    return found


def broken(statement: Statement, people: Sequence[Person], posts: Sequence[Post], at: Case) -> Matrix:
    """(people, posts): where this rule is broken. Each pair of different keys is asked once."""
    mine, rows = _keys([statement.of_person(p, at) for p in people])
    theirs, columns = _keys([statement.of_post(q, at) for q in posts])
    small = np.array([[statement.breaks(a, b) for b in theirs] for a in mine], bool).reshape(len(mine), len(theirs))
    return np.asarray(small[rows][:, columns])


def _keys(keys: Iterable[Hashable]) -> tuple[list[Hashable], npt.NDArray[np.int64]]:
    places: dict[Hashable, int] = {}
    which = [places.setdefault(key, len(places)) for key in keys]
    return list(places), np.array(which, np.int64)


# ---- the statements ----


def _is_new(person: Person, at: Case) -> bool:
    return _is_officer(person) and not any(p.basis is Basis.FULL and p.since < at.day for p in person.postings)


def _is_officer(person: Person) -> bool:
    """The four musts are about officers (row T10: 新警 …); an auxiliary may begin at a desk."""
    return person.category is Category.SWORN


def _leads_now(person: Person, at: Case) -> bool:
    now = at.now(person)
    return now is not None and now.leads


def _at_front_line(person: Person, at: Case) -> bool:
    now = at.now(person)
    return now is not None and now.front_line


def _more_days(person: Person, at: Case, needed: int) -> tuple[dict[str, Any], date | None]:
    """How many days are there and needed; where he is at the front line now, they come by waiting."""
    has = front_line_days(person, at)
    by_waiting = at.day + timedelta(days=needed - has) if _at_front_line(person, at) else None
    return {"days": has, "needed": needed}, by_waiting


def _above(rank: int | None, other: int | None) -> bool:
    return rank is not None and other is not None and rank > other


def _prefix(code: str) -> str:
    """What all divisions within this one begin with: 120000 is a city, 120100 its part, 120101 a county."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _relatives_places(person: Person, at: Case) -> Hashable:
    if person.id not in at.kin:
        return ()
    held = []
    for other in sorted(at.kin[person.id]):
        post = at.now(at.force.people[other])
        if post is not None and other not in at.leaving:
            held.append(place(post, at.force))
    return tuple(held)


def _tell_kin(person: Person, post: Post, at: Case) -> tuple[dict[str, Any], date | None]:
    mine = place(post, at.force)
    for other, kin in sorted(at.kin[person.id].items()):
        relative = at.force.people[other]
        theirs = at.now(relative)
        if theirs is not None and other not in at.leaving and (why := between(mine, place(theirs, at.force))):
            ends = [p.until for p in relative.postings if p.post == theirs.id and p.until and p.until > at.day]
            return {"relative": other, "kin": kin, "why": why, "post": theirs.id}, min(ends, default=None)
    raise AssertionError("the rule is broken, and by nobody")


NEWCOMER = Statement(
    Rule.NEWCOMER_FRONT_LINE, _is_new, lambda post, _at: post.front_line,
    lambda new, front: new and not front, lambda _person, post, _at: ({"post": post.id}, None),
)  # fmt: skip
CAREER = Statement(
    Rule.CAREER_FRONT_LINE,
    lambda person, at: not _is_officer(person) or front_line_days(person, at) >= at.career.career_days,
    lambda post, _at: post.leads or post.selected, lambda has, asks: asks and not has,
    lambda person, _post, at: _more_days(person, at, at.career.career_days),
)  # fmt: skip
SELECTION = Statement(
    Rule.SELECTION_FRONT_LINE, _at_front_line, lambda post, _at: post.selected,
    lambda front, selected: selected and not front,
    lambda person, _post, at: ({"from": now.id if (now := at.now(person)) else None}, None),
)  # fmt: skip
PROMOTION = Statement(
    Rule.PROMOTION_FRONT_LINE,
    lambda person, at: (
        person.rank, _leads_now(person, at),
        not _is_officer(person) or front_line_days(person, at) >= at.career.promotion_days,
    ),
    lambda post, _at: (post.rank, post.leads),
    # 提拔: a higher rank, or the first post that leads.
    lambda person, post: not person[2] and (_above(post[0], person[0]) or (post[1] and not person[1])),
    lambda person, _post, at: _more_days(person, at, at.career.promotion_days),
)  # fmt: skip
EXAM = Statement(
    Rule.EXAM_FIRST, lambda person, at: frozenset(e.code for e in person.exams if e.holds(at.day)),
    lambda post, _at: post.exams, lambda passed, asked: not asked <= passed,
    lambda person, post, at: (
        {"missing": sorted(post.exams - {e.code for e in person.exams if e.holds(at.day)})},
        max((e.since for e in person.exams if e.code in post.exams and e.since > at.day), default=None)
        if post.exams <= {e.code for e in person.exams if e.holds(at.day) or e.since > at.day} else None,
    ),
)  # fmt: skip
KINSHIP = Statement(
    Rule.KINSHIP, _relatives_places, lambda post, at: place(post, at.force),
    lambda held, mine: any(between(mine, theirs) for theirs in held), _tell_kin,
)  # fmt: skip
HOME = Statement(
    Rule.HOME_PLACE, lambda person, _at: person.home, lambda post, _at: _prefix(post.place) if post.chief else "",
    lambda home, within: bool(home and within) and home.startswith(within),
    lambda person, post, _at: ({"home": person.home, "place": post.place}, None),
)  # fmt: skip
CATEGORY = Statement(
    Rule.CATEGORY, lambda person, _at: person.category, lambda post, _at: post.category,
    lambda is_, asked: is_ is not asked,
    lambda person, post, _at: ({"is": person.category, "asked": post.category}, None),
)  # fmt: skip
RANK = Statement(
    Rule.RANK, lambda person, at: (person.rank, at.career.steps), lambda post, _at: post.rank,
    lambda person, rank: person[0] is not None and rank is not None and not person[0] <= rank <= person[0] + person[1],
    lambda person, post, _at: ({"is": person.rank, "asked": post.rank}, None),
)  # fmt: skip
NEEDS = Statement(
    Rule.NEEDS, lambda person, at: person.has(at.day), lambda post, _at: post.needs,
    lambda has, needs: not needs <= has,
    lambda person, post, at: ({"missing": sorted(post.needs - person.has(at.day))}, None),
)  # fmt: skip
ANOTHER_UNIT = Statement(
    Rule.ANOTHER_UNIT, lambda person, at: now.unit if (now := at.now(person)) else None, lambda post, _at: post.unit,
    lambda leaves, goes_to: leaves == goes_to, lambda _person, post, _at: ({"unit": post.unit}, None),
)  # fmt: skip

APPOINTMENT = (
    CATEGORY, RANK, NEEDS, EXAM, NEWCOMER, CAREER, SELECTION, PROMOTION, KINSHIP, HOME,
)  # fmt: skip
ROUND = (ANOTHER_UNIT, *APPOINTMENT)
