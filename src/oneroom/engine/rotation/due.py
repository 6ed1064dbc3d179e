"""
Who reaches a limit of his post within a year, and whom it stops (row T39): 12, 6 and 3 months ahead, and on the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oneroom.engine.rotation.facts import Force, Person
from oneroom.engine.rotation.tenure import BY_LAW, Counting, Limit, Tenure, months_before, tenures
from oneroom.engine.rotation.verdict import Override, Rule, Verdict, set_aside

AHEAD_MONTHS = (3, 6, 12)
OVER = 0  # the limit is reached
RULE_OF = {Limit.SENSITIVE: Rule.SENSITIVE_YEARS, Limit.ANY: Rule.POST_YEARS}


@dataclass(frozen=True, slots=True)
class Due:
    """
    A person must leave a post on ``on``. ``ahead``: the list he is on, 12, 6 or 3 months ahead, 0 where it is reached.

    ``exempt_until``: until then two persons have set the rule aside for him; he stays on the list all the same.
    """

    person: str
    post: str
    limit: Limit
    since: date
    on: date
    ahead: int
    exempt_until: date | None = None

    @property
    def stopped(self) -> bool:
        """May he stay no longer?"""
        return self.ahead == OVER and self.exempt_until is None


def due_list(
    force: Force, day: date, *, overrides: tuple[Override, ...] = (), counting: Counting = BY_LAW
) -> list[Due]:
    """
    Everybody whose limit is within a year, the nearest first. A post's two limits are two lines: who is exempt from
    the five years is not from the ten.
    """
    found = set()
    for person in force.people.values():
        for post in {posting.post for posting in person.postings if posting.holds(day)}:
            for tenure in tenures(person, force.posts[post], day, counting):
                if (ahead := _ahead(tenure.on, day)) is not None:
                    found.add(_due(person, tenure, ahead, day, overrides))
    return sorted(found, key=lambda d: (d.on, d.person, d.post, d.limit))


def may_stay(
    person: Person,
    post: str,
    force: Force,
    day: date,
    *,
    overrides: tuple[Override, ...] = (),
    counting: Counting = BY_LAW,
) -> list[Verdict]:
    """The verdict of each limit of the post on that day: the hard stop, unless two persons have set it aside."""
    found = []
    for tenure in tenures(person, force.posts[post], day, counting):
        facts = {"since": tenure.since, "on": tenure.on, "stopped_days": tenure.stopped_days, "post": post}
        verdict = Verdict(RULE_OF[tenure.limit], day < tenure.on, facts)
        if not verdict.holds and set_aside(verdict, person.id, post, day, overrides):
            verdict = Verdict(verdict.rule, True, facts | {"set_aside": True})
        found.append(verdict)
    return found


def _ahead(on: date, day: date) -> int | None:
    if day >= on:
        return OVER
    return next((months for months in AHEAD_MONTHS if day >= months_before(on, months)), None)


def _due(person: Person, tenure: Tenure, ahead: int, day: date, overrides: tuple[Override, ...]) -> Due:
    rule = RULE_OF[tenure.limit]
    ends = [
        o.until
        for o in overrides
        if o.rule is rule and o.person == person.id and o.post == tenure.post and o.holds(day)
    ]
    return Due(
        person.id, tenure.post, tenure.limit, tenure.since, tenure.on, ahead, exempt_until=max(ends, default=None)
    )
