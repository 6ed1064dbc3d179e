"""The people of the simulated city as its personnel office knows them: posts, who sits in them, what each can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils.timezone import localtime

from oneroom.apps.personnel import services as personnel
from oneroom.apps.personnel.services import Joining, NewPost
from oneroom.engine.values import SYSTEM

SPARE = 2  # places of a station that nobody sits in


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who rides with a crew or heads a station: his user name, his unit's code, what he can."""

    username: str
    name: str
    unit: str
    auxiliary: bool = False
    heads: bool = False
    skills: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "auxiliary" if self.auxiliary else "sworn"


def enter(members: Sequence[Member], accounts: Mapping[str, int], *, chance: Random, at: datetime) -> None:
    """Enter all of them, in posts of their own; every station has some places more."""
    day = localtime(at).date()
    seats: dict[tuple[str, str], int] = {}
    for member in members:
        key = (member.unit, member.kind)
        seats[key] = seats.get(key, 0) + 1
    lines = [x for (unit, kind), many in seats.items() for x in personnel.approved(unit, kind, many + SPARE, day)]
    personnel.book_quota(lines, basis="entered", by=SYSTEM, at=at)
    personnel.begin_posts([_post(member) for member in members], day=day, by=SYSTEM, at=at)
    personnel.join(list(_joining(members, accounts, chance, at)), day=day, simulated=True, by=SYSTEM, at=at)


def _post(member: Member) -> NewPost:
    zh, en = ("所领导", "Head of the station") if member.heads else ("巡逻民警", "Patrol officer")
    if member.auxiliary:
        zh, en = "巡逻辅警", "Patrol auxiliary"
    return NewPost(
        member.username, member.unit, member.kind, zh, en, front_line=not member.auxiliary, leads=member.heads
    )


def _joining(
    members: Sequence[Member], accounts: Mapping[str, int], chance: Random, at: datetime
) -> Iterable[Joining]:  # fmt: skip
    for number, member in enumerate(members, 1):
        joined = localtime(at).date() - timedelta(days=chance.randint(400, 9000))
        yield Joining(
            f"SIM{number:04d}", member.kind, member.name, joined, accounts[member.username], member.username,
            skills=member.skills,
        )  # fmt: skip
