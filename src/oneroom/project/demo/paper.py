"""
What lies on the desks of the simulated city: a reform that its planner drafts, a roster that a chief begins, and words
of the welfare officer about people who went through something hard.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.duty.services import draft_roster, set_cell
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.apps.personnel.queries import people_of_accounts
from oneroom.apps.personnel.services import write_welfare
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.organisation.changes import Merge
from oneroom.engine.values import Actor
from oneroom.project.demo.city import City
from oneroom.project.demo.names import chief_of
from oneroom.project.demo.shifts import Watch

PLANNER = "demo-planner"
CHIEF = "demo-chief"
WELFARE = "demo-welfare"
IN_FORCE_AFTER, ROSTER_DAYS = timedelta(days=60), 7
# Day, night, two days off: twelve hours each, 42 hours a week. Three chiefs cannot fill it, and the draft says when.
TURN = ("D", "N", "", "")
# In so many days somebody is looked after again (None: whenever he asks), and what was said. Sealed like any such word.
LOOKED_AFTER: tuple[tuple[int | None, str, str], ...] = (
    (0, "示例：昨天处置一起死亡交通事故后约谈，睡眠不好，本人同意今天再谈一次。",
     "Example: talked after yesterday's fatal road accident. Sleeps badly; wants to talk again today."),
    (7, "示例：处警时受轻伤，已就医，一周后回访。",
     "Example: slightly hurt at a call, saw a doctor; to be asked again in a week."),
    (30, "示例：家中老人住院，已帮助调整班次，一个月后回访。",
     "Example: a parent is in hospital; shifts were changed to help, to be asked again in a month."),
    (None, "示例：危机处置后的谈话，本人表示目前不需要帮助。",
     "Example: talked after a crisis at a call; says that no help is needed for now."),
)  # fmt: skip


def lay(city: City, station_id: int, *, at: datetime) -> None:
    """Both, by those whose work it is; ``station_id`` is the station of the visiting chief. Part of making the city."""
    units = _neighbours(city)
    if units:
        name = f"示例：两所合并 / Illustration: two stations merge ({len(city.stations)} → {len(city.stations) - 1})"
        day = localtime(at + IN_FORCE_AFTER).date().replace(day=1)
        change = Merge((units[1],), units[0])
        draft_plan(name, day, [change], illustration=True, by=_actor(PLANNER), at=at)
    chief = _actor(CHIEF)
    monday = localtime(at).date() + timedelta(days=7 - localtime(at).weekday())
    roster = draft_roster(unit_id=station_id, first=monday, days=ROSTER_DAYS, by=chief, at=at)
    for n, account in enumerate((chief.id, *(_actor(chief_of(1, watch)).id for watch in Watch))):
        for day_n in range(ROSTER_DAYS):
            if shift := TURN[(day_n - n) % len(TURN)]:
                set_cell(roster.pk, account_id=account, day=day_n, shift=shift, by=chief, at=at)


def lay_words(leads: Sequence[str], *, at: datetime) -> None:
    """Words about some of these people (user names), so that whoever cares finds somebody due today."""
    carer, today = _actor(WELFARE), localtime(at).date()
    some = [_actor(name).id for name in leads[:: max(1, len(leads) // len(LOOKED_AFTER))]]
    known = people_of_accounts(some)
    for account, (days, zh, english) in zip(some, LOOKED_AFTER, strict=False):
        again = None if days is None else today + timedelta(days=days)
        write_welfare(known[account], f"{zh}\n{english}", again=again, by=carer, at=at)


def _neighbours(city: City) -> tuple[str, str] | None:
    """The two stations of one branch that have least to do together; None where each branch has one."""
    by_branch: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for station in city.stations:
        by_branch[station["branch_zh"]].append(station)
    pairs = [sorted(found, key=lambda s: float(s["load_share"]))[:2] for found in by_branch.values() if len(found) > 1]
    if not pairs:
        return None
    small, smaller = min(pairs, key=lambda pair: sum(float(s["load_share"]) for s in pair))
    return small["code"], smaller["code"]


def _actor(username: str) -> Actor:
    account = find_account(username)
    assert account is not None
    return actor_of(account)
