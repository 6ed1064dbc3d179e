"""People of the tiny town, as the personnel office knows them: posts, places, and who sits where."""

from __future__ import annotations

from datetime import date, timedelta

from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.personnel import services
from oneroom.apps.personnel.models import Person
from oneroom.apps.personnel.services import NewPost, Order
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Actor
from tests.room import Room
from tests.town import PASSWORD

LONG_AGO = date(2015, 1, 1)


class Force:
    """The register of the town, through the services as the personnel office uses it."""

    def __init__(self, room: Room):
        self.room = room
        self._staff: dict[str, Actor] = {}
        self._numbers = iter(range(1000, 9000))
        if "branch" not in room.town.units:
            room.town.units["branch"] = begin_unit(
                kind="branch_bureau", code="branch", name_zh="分局", name_en="Branch", by=SYSTEM, at=room.now
            )

    @property
    def today(self) -> date:
        return self.room.now.astimezone().date()

    def staff(self, name: str, role: Role, *, unit: int | None = None) -> Actor:
        """Somebody of an office, by role."""
        if name not in self._staff:
            account = create_account(
                username=name, name=name.title(), password=PASSWORD, language="en", by=SYSTEM, at=self.room.now
            )
            give_role(account.pk, role, unit_id=unit, by=SYSTEM, at=self.room.now)
            account.refresh_from_db()
            self.room.town.people[name] = account
            self._staff[name] = actor_of(account)
        return self._staff[name]

    @property
    def hr(self) -> Actor:
        return self.staff("hanna", Role.HR)

    def places(self, unit: str, count: int, *, kind: str = "sworn", day: date = LONG_AGO) -> None:
        """Approved places, as a house that is set up has them."""
        lines = services.approved(unit, kind, count, day)
        services.book_quota(lines, basis="entered", by=SYSTEM, at=self.room.now)

    def post(self, code: str, unit: str, *, kind: str = "sworn", day: date = LONG_AGO, **said) -> str:
        """A post; at the front line unless said otherwise."""
        new = NewPost(code, unit, kind, f"岗位{code}", f"Post {code}", **{"front_line": True, **said})
        # The town's units begin today; posts of the day of the test are what most tests need.
        services.begin_posts([new], day=max(day, self.today), by=SYSTEM, at=self.room.now)
        return code

    def person(self, name: str, *, kind: str = "sworn", account: str | None = None, rank: str = "", origin: str = "",
               **private: str) -> Person:  # fmt: skip
        """Somebody of the register; ``account`` is a name of the town."""
        pk = services.enter_person(
            number=f"P{next(self._numbers)}", kind=kind, name=name, joined=LONG_AGO, private=private, rank=rank,
            origin=origin,
            account_id=self.room.town.people[account].pk if account else None, by=SYSTEM, at=self.room.now,
        )  # fmt: skip
        return Person.objects.get(pk=pk)

    def sits(self, person: Person, post: str, *, day: date | None = None, basis: str = "first") -> int:
        """He takes the post."""
        return services.post_people(
            [Order(person.pk, post)], day=day or self.today, basis=basis, by=SYSTEM, at=self.room.now
        )[0]

    def days(self, n: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days=n)
