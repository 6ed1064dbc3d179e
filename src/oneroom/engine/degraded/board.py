"""What is known of the room at one moment: open matters, live orders, crews, people, ladders, numbers in reserve."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from oneroom.engine.escalation import Rung
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.roles import STATION, Role
from oneroom.engine.values import Actor, Refused


class NotKnown(Refused):
    """It may be there; this board does not know it."""

    status = 503
    code = "database_away"
    message = "The database does not answer, and this was not known here before. It must wait; try again in a moment."


class NotVouched(NotKnown):
    """Somebody of whom this board does not know that he may act. What his phone keeps, it goes on keeping."""

    code = "not_vouched"
    message = "The database is away, and your rights cannot be checked here. Nothing was done. Speak by radio or phone."


class UsedUp(Refused):
    """No number is left to give."""

    status = 503
    code = "database_away"
    message = "The database does not answer, and all numbers kept for that are given. Take it down on paper."


@dataclass(slots=True)
class Person:
    """Somebody who may act or be told; ``version`` is that of his access."""

    id: int
    name: str
    version: int
    roles: list[Role]
    unit_id: int | None
    units: list[int]
    mobile: str = ""
    email: str = ""
    language: str = "zh-hans"


@dataclass(slots=True)
class Crew:
    """A crew on duty; ``members`` are (account, role in the crew), ``led`` by a sworn officer."""

    id: int
    code: str
    zh: str
    en: str
    unit_id: int
    state: str
    led: bool
    members: list[tuple[int, str]]
    lon: float | None = None
    lat: float | None = None


@dataclass(slots=True)
class Matter:
    """An open matter, without anything personal."""

    id: int
    reference: str
    state: str
    state_since: datetime
    received_at: datetime
    grade: int
    category: str = ""
    subcategory: str = ""
    zh: str = ""
    en: str = ""
    lon: float | None = None
    lat: float | None = None
    unit_id: int | None = None
    drill: bool = False


@dataclass(slots=True)
class Order:
    """A crew on a matter: all that live, and those of a matter that reported."""

    id: int
    matter: int
    crew: int
    state: str
    state_since: datetime
    offered_at: datetime
    lead: bool = False
    reported: bool = False

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(slots=True)
class Ladder:
    """One that runs. ``told`` is account -> the last rung that rang in the app."""

    id: int
    kind: str
    stage: str
    subject: str
    matter: str
    grade: int
    started: datetime
    rungs: list[Rung]
    done: list[int]
    crew_id: int | None = None
    unit_id: int | None = None
    never: int | None = None
    drill: bool = False
    told: dict[int, int] = field(default_factory=dict)
    climbed_at: datetime | None = None


@dataclass(slots=True)
class Spell:
    """Somebody holds a duty role from and to a time."""

    role: str
    unit_id: int | None
    account: int
    begins: datetime
    ends: datetime


@dataclass(slots=True)
class Numbers:
    """
    What was reserved in advance: references of a series of their own, and ids of rows.

    ``row`` is the reservation's own id, ``used`` how many references of it are given. ``day`` (20261122) is that of the
    reservation and begins each reference of it, also of one that is given after midnight: the next day's block counts
    from one again.
    """

    row: int
    day: str
    series: str
    first: int
    last: int
    used: int
    matters: list[int]
    orders: list[int]
    ladders: list[int]

    def reference(self) -> str:
        """The next one: day of the block and letter of the series, so that no number is missing or met twice."""
        n = self.first + self.used
        if n > self.last:
            raise UsedUp
        self.used += 1
        return f"{self.day}-{self.series}{n:03d}"

    def spend(self, given: Mapping[str, int | str]) -> None:
        """
        These were given before, by name: nobody else gets them. A ladder may have the number of a matter.
        """
        kinds = {"incident": self.matters, "order": self.orders, "ladder": self.ladders}
        for name, number in given.items():
            kind = name.partition(":")[0]
            if kind in kinds:
                with suppress(ValueError):
                    kinds[kind].remove(int(number))  # near the front: they are given in order
            elif kind == "reference" and self.series:
                n = str(number).rpartition(self.series)[2]
                if n.isdecimal():
                    self.used = max(self.used, int(n) - self.first + 1)


def take(numbers: list[int]) -> int:
    """The next id in reserve."""
    if not numbers:
        raise UsedUp
    return numbers.pop(0)


@dataclass(slots=True)
class Board:
    """All of it, at ``at``; ``seq`` is the record's last number then."""

    at: datetime
    seq: int
    people: dict[int, Person]
    crews: dict[int, Crew]
    matters: dict[int, Matter]
    orders: dict[int, Order]
    ladders: dict[int, Ladder]
    spells: list[Spell]
    numbers: Numbers = field(default_factory=lambda: Numbers(0, "", "", 1, 0, 0, [], [], []))
    closed_sessions: list[str] = field(default_factory=list)
    people_mark: str = ""  # another one where any of the people is another
    moved: set[str] = field(default_factory=set)  # orders, matters and crews that acts on this board have moved

    def no(self, refused: Refused, *stands: str) -> Refused:
        """
        What to raise for an act that these names refuse as they stand here: that refusal, if all stand so by acts on
        this board; else NotKnown, because the last act before the database went away may be younger than the board.
        """
        return refused if self.moved.issuperset(stands) else NotKnown()

    def actor(self, account: int, *, version: int, via: str) -> Actor:
        """Who this is, with the crew he rides with. NotVouched where he is not known, or his rights changed since."""
        person = self.people.get(account)
        if person is None or person.version != version:
            raise NotVouched
        crew = next((c for c in self.crews.values() if any(a == account for a, _ in c.members)), None)
        unit = person.unit_id if crew is None or person.units else crew.unit_id
        return Actor(
            account, frozenset(person.roles), unit_id=unit, crew_id=crew.id if crew else None, via=via,
            version=version, units=frozenset(person.units) if _heads(person) else frozenset(),
        )  # fmt: skip

    def matter(self, pk: int) -> Matter:
        """An open matter; NotKnown otherwise."""
        if pk not in self.matters:
            raise NotKnown
        return self.matters[pk]

    def order(self, pk: int) -> Order:
        """An order; NotKnown otherwise."""
        if pk not in self.orders:
            raise NotKnown
        return self.orders[pk]

    def on(self, matter: int) -> list[Order]:
        """The orders of a matter, in the order in which they were given."""
        return sorted((o for o in self.orders.values() if o.matter == matter), key=lambda o: o.id)

    def order_of(self, crew: int) -> Order | None:
        """The live order of a crew."""
        return next((o for o in self.orders.values() if o.crew == crew and o.live), None)

    def scopes(self, matter: Matter) -> list[str]:
        """Whose screens hear of a matter."""
        heard = {"room", *(f"crew:{o.crew}" for o in self.on(matter.id) if o.live)}
        if matter.unit_id is not None:
            heard.add(f"unit:{matter.unit_id}")
        return sorted(heard)

    def who(self, target: str, *, at: datetime, crew_id: int | None, unit_id: int | None) -> list[Person]:
        """The people behind a rung's target at this minute, as `apps.duty.queries.who` gives them."""
        accounts: list[int] = []
        if target.startswith("crew"):
            role = {"crew_lead": "lead", "crew_second": "second"}.get(target)
            crew = self.crews.get(crew_id or 0)
            accounts = [a for a, r in crew.members if role in (None, r)] if crew else []
        elif target == "station_crews":
            others = (c for c in self.crews.values() if c.unit_id == unit_id and c.id != crew_id)
            accounts = [a for c in others for a, _ in c.members]
        elif target in ("duty_chief", "shift_commander"):
            accounts = [
                s.account for s in self.spells
                if s.role == target and s.begins <= at < s.ends and (target != "duty_chief" or s.unit_id == unit_id)
            ]  # fmt: skip
        elif target == "inspector":
            accounts = [p.id for p in self.people.values() if Role.INSPECTOR in p.roles]
        return [self.people[a] for a in dict.fromkeys(accounts) if a in self.people]


def _heads(person: Person) -> bool:
    return not STATION.isdisjoint(person.roles)
