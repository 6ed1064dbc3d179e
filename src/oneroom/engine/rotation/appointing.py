"""
What stands against an order that posts several people on one day: every rule of every line, not only the first
(rows T10, B44, T39; workflow §2.10).

The same statements as a round of moves is planned by (``rules``), and the years of a post: whoever has them full does
not come back to it within the year that is no interruption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from oneroom.engine.rotation.due import may_stay
from oneroom.engine.rotation.facts import Basis, Force, Person, Posting
from oneroom.engine.rotation.kinship import between, place
from oneroom.engine.rotation.rules import Career, Case, case, judge
from oneroom.engine.rotation.tenure import BY_LAW, Counting
from oneroom.engine.rotation.verdict import Override, Rule, Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: a person takes a post, instead of the one he has (``full``) or beside it."""

    person: str
    post: str
    full: bool = True


def objections(
    force: Force,
    lines: Sequence[Line],
    day: date,
    *,
    overrides: tuple[Override, ...] = (),
    career: Career | None = None,
    counting: Counting = BY_LAW,
) -> list[tuple[Line, list[Verdict]]]:
    """Of each line that something stands against, what; in the order of the lines and of the rules."""
    at = case(force, day, career=career, leaving={line.person for line in lines if line.full})
    takes: dict[str, list[str]] = {}
    for line in lines:
        takes.setdefault(line.person, []).append(line.post)
    found = []
    for line in lines:
        person, post = force.people[line.person], force.posts[line.post]
        said = [v for v in judge(person, post, at, overrides=overrides) if not v.holds]
        if not any(v.rule is Rule.KINSHIP for v in said):
            said += _meet(line, takes, at)
        said += [v for v in _years(person, line, force, day, overrides, counting) if not v.holds]
        if said:
            found.append((line, said))
    return found


def _meet(line: Line, takes: Mapping[str, Sequence[str]], at: Case) -> list[Verdict]:
    """Relatives whom the same order puts where they may not both be."""
    mine = place(at.force.posts[line.post], at.force)
    for other, kin in sorted(at.kin.get(line.person, {}).items()):
        for post in takes.get(other, ()):
            if why := between(mine, place(at.force.posts[post], at.force)):
                return [Verdict(Rule.KINSHIP, False, {"relative": other, "kin": kin, "why": why, "post": post})]
    return []


def _years(
    person: Person, line: Line, force: Force, day: date, overrides: tuple[Override, ...], counting: Counting
) -> list[Verdict]:
    """The limits of the post, as if he took it: who has just left it with full years has them still."""
    taken = Posting(line.post, day, None, Basis.FULL if line.full else Basis.ACTING)
    earlier = tuple(
        replace(p, until=day) if p.until is None or p.until > day else p for p in person.postings if p.since < day
    )
    return may_stay(replace(person, postings=(*earlier, taken)), line.post, force, day, overrides=overrides,
                    counting=counting)  # fmt: skip
