"""
Rules of signing in: how many tries, how long a session lasts, which roles are apart (security points 2–4, 7, 12).

Sources: CJIS AC-7, AC-11, AC-2(3), IA-5(j); GB/T 22239 (三权分立).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from oneroom.engine.roles import Role

TRIES = 5  # the sixth within WINDOW is not even looked at
WINDOW = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
AGAIN = timedelta(hours=12)
FRESH = timedelta(minutes=15)  # so long after showing who one is may second factors be changed
LET_IN = timedelta(hours=2)  # what a commander may open of a locked account, for somebody who is on duty
ASLEEP = timedelta(days=90)

# Who runs the house, who guards it and who checks both: a person holds roles of one of these at most.
APART = (
    frozenset({Role.ADMINISTRATOR}),
    frozenset({Role.SECURITY_OFFICER}),
    frozenset({Role.INSPECTOR, Role.OVERSIGHT_EXTERNAL}),
)


def standing(*, since: datetime, seen: datetime, until: datetime | None, secured: bool, at: datetime) -> str:
    """
    What a session must do before it goes on, as a code: empty (nothing), ``idle`` or ``again``; ``over``: it ends.

    ``since``: when its person last showed who he is; ``seen``: when he last did something; ``until``: the end of a
    session that was opened for a time; ``secured``: a console in a secured room, where nobody has to touch a key.
    """
    if until is not None and at >= until:
        return "over"
    if at - since >= AGAIN:
        return "again"
    if not secured and at - seen >= IDLE:
        return "idle"
    return ""


def side(roles: Collection[Role]) -> int | None:
    """Which of the roles that are kept apart somebody holds, as a place in ``APART``; None if he holds none."""
    return next((n for n, kept in enumerate(APART) if not kept.isdisjoint(roles)), None)


def joins_what_is_apart(held: Collection[Role], role: Role) -> bool:
    """Whether this role on top of those held would make one person his own guard."""
    mine, its = side(held), side({role})
    return mine is not None and its is not None and mine != its
