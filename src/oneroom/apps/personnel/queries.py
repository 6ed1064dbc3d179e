"""Reading who serves: what other apps and figures ask, without a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db.models import Count, Q, Sum

from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.personnel.models import (
    Acknowledgement,
    Attendance,
    Award,
    AwardScale,
    Booking,
    Budget,
    Deviation,
    GradeAmount,
    GradeSpell,
    Move,
    Person,
    Policy,
    Post,
    Posting,
    QuotaLine,
    Round,
    Sitting,
    Village,
)
from oneroom.apps.personnel.rules import skills_on
from oneroom.apps.personnel.spells import holds
from oneroom.apps.personnel.strength import strength_in
from oneroom.engine.establishment import Line, MovedDown, moved_down
from oneroom.engine.organisation.figures import Share, front_line
from oneroom.engine.pay import Graded

STATIONS = ("station",)
BRANCHES = frozenset({"branch_bureau", "county_bureau"})
ABOVE = ("city_bureau", "branch_bureau", "sub_bureau", "division", "section_office", "deputy_division", "brigade")


def skills_of_accounts(accounts: Collection[int], day: date) -> dict[int, set[str]]:
    """Certified skills of those of these accounts whose people are entered, on that day."""
    people = dict(Person.objects.filter(account_id__in=accounts, left=None).values_list("pk", "account_id"))
    known = skills_on(list(people), day)
    return {account: known.get(pk, set()) for pk, account in people.items()}


def people_of_accounts(accounts: Collection[int]) -> dict[int, int]:
    """Account → its person, of those of these accounts whose people are entered."""
    return dict(Person.objects.filter(account_id__in=accounts, left=None).values_list("account_id", "pk"))


def kinds_of_accounts(accounts: Collection[int]) -> dict[int, str]:
    """Officer, auxiliary or grid worker, of those of these accounts whose people are entered."""
    return dict(Person.objects.filter(account_id__in=accounts, left=None).values_list("account_id", "kind"))


def names_of(people: Collection[int]) -> dict[int, str]:
    """Names of people of the force, as colleagues say them."""
    return dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))


def people_numbered(numbers: Collection[str]) -> dict[str, int]:
    """People by their badges, also those who left: the number, and who it is."""
    return dict(Person.objects.filter(number__in=set(numbers)).values_list("number", "pk"))


def round_names(rounds: Collection[int]) -> dict[int, str]:
    """What rounds of moves are called, with their day."""
    rows = Round.objects.filter(pk__in=rounds).values_list("pk", "name", "day")
    return {pk: f"{name} · {day}" for pk, name, day in rows}


def posts_named(codes: Collection[str], day: date) -> dict[str, tuple[str, str, str]]:
    """Chinese name, English name and unit of these posts on the day, or as they were last."""
    rows = Post.objects.filter(code__in=set(codes), since__lte=day).order_by("since")
    return {code: (zh, en, unit) for code, zh, en, unit in rows.values_list("code", "name_zh", "name_en", "unit")}


def away_on(day: date) -> set[int]:
    """People who are unavailable on that day."""
    return set(Person.objects.filter(absences__since__lte=day, absences__until__gt=day).values_list("pk", flat=True))


def stations_share(day: date, *, under: str, kind: str = "sworn") -> Share:
    """Strength in stations of all strength of a branch (row T12): officers, unless auxiliaries are asked for apart."""
    tree = tree_on(day)
    strength = {unit: many for (unit, of), many in strength_in(tree, day).items() if of == kind}
    return front_line(tree, strength, under=under)


def moves_down(since: date, until: date, *, kind: str = "sworn") -> int:
    """How often somebody went from a bureau or its offices to a station (row T11); ``until`` not counted."""
    rows = Move.objects.filter(day__gte=since, day__lt=until, kind=kind, from_kind__in=ABOVE, to_kind__in=STATIONS)
    return rows.count()


def by_level(day: date, *, kind: str = "sworn") -> tuple[Share, Share]:
    """What part of all strength serves in stations, and what part in bureaus and their offices (row B18)."""
    tree, counts = tree_on(day), Counter[str]()
    units = tree.units
    for (unit, of), many in strength_in(tree, day).items():
        if of == kind:
            counts[units[unit].kind if unit in units else ""] += many
    whole = counts.total()
    return Share(sum(counts[k] for k in STATIONS), whole), Share(sum(counts[k] for k in ABOVE), whole)


def balance_of_moves(since: date, until: date) -> dict[str, int]:
    """How the headcount of each unit changed by the moves: what one gave another got, who came or left apart."""
    found: dict[str, int] = {}
    for before, after in Move.objects.filter(day__gte=since, day__lt=until).values_list("from_unit", "to_unit"):
        for unit, change in ((before, -1), (after, 1)):
            if unit is not None:
                found[unit] = found.get(unit, 0) + change
    return found


def times_and_people(since: date, until: date, *, basis: str = "rotation") -> tuple[int, int]:
    """Person-times and persons of the moves on one basis (row T40): two moves of one person are two and one."""
    rows = Move.objects.filter(day__gte=since, day__lt=until, basis=basis)
    found = rows.aggregate(times=Count("pk"), people=Count("person", distinct=True))
    return found["times"], found["people"]


def leaders_rotated(since: date, until: date, *, units: Collection[str]) -> Share:
    """Of these units, how many had all who headed them before go elsewhere within the time (row T40)."""
    posts = dict(Post.objects.filter(holds(since), unit__in=units, leads=True).values_list("code", "unit"))
    heads: dict[str, set[int]] = {}
    for person, post in Posting.objects.filter(holds(since), post__in=posts, full=True).values_list(
        "person_id", "post"
    ):
        heads.setdefault(posts[post], set()).add(person)
    moved = Move.objects.filter(day__gt=since, day__lt=until, leading=True, from_unit__in=units, to_unit__isnull=False)
    gone = set(moved.values_list("from_unit", "person_id"))
    done = sum(all((unit, person) in gone for person in people) for unit, people in heads.items())
    return Share(done, len(heads))


def branch_heads_rotated(since: date, until: date) -> Share:
    """Branches and counties there were on the first day all of whose heads went elsewhere within the time (row T40)."""
    tree = tree_on(since)
    return leaders_rotated(since, until, units=[c for c, unit in tree.units.items() if unit.kind in BRANCHES])


def ledger() -> list[Line]:
    """The establishment's ledger, oldest first."""
    rows = QuotaLine.objects.order_by("booking__day", "pk").values_list("unit", "kind", "delta", "booking__day")
    return [Line(*row) for row in rows]


def posts_moved_down(since: date, until: date, *, kind: str = "sworn") -> MovedDown:
    """The ratio pair of row B15 from the ledger; a reform that renames a unit moves nothing down."""
    reforms = set(Booking.objects.filter(basis="reform").values_list("day", flat=True))
    return moved_down((line for line in ledger() if line.day not in reforms), kind, since=since, until=until)


def covered_villages(day: date) -> tuple[Share, list[Village]]:
    """Villages with an auxiliary of their own on that day, and those without (row B17)."""
    posts = Post.objects.filter(holds(day), kind="auxiliary").exclude(village=None)
    held = set(
        Posting.objects.filter(holds(day), full=True, post__in=posts.values("code")).values_list("post", flat=True)
    )
    served = {village for code, village in posts.values_list("code", "village_id") if code in held}
    villages = list(Village.objects.order_by("code"))
    gaps = [village for village in villages if village.pk not in served]
    return Share(len(villages) - len(gaps), len(villages)), gaps


def open_deviations() -> int:
    """How many postings taken over a rule stands against, and nobody has settled it."""
    return Deviation.objects.filter(settled_at=None).count()


def village_gaps(day: date) -> list[int]:
    """Villages (ids) without an auxiliary of their own on that day."""
    return [village.pk for village in covered_villages(day)[1]]


def sittings(topic: str, since: date, until: date) -> int:
    """How many sessions of a topic were held (row B35); ``until`` not counted."""
    return Sitting.objects.filter(topic=topic, day__gte=since, day__lt=until).count()


def attended(topic: str, since: date, until: date) -> Share:
    """Distinct people who were there at least once, of all who serve on the last day (row B35)."""
    serving = Person.objects.filter(Q(left=None) | Q(left__gte=until), joined__lt=until)
    there = Attendance.objects.filter(sitting__topic=topic, sitting__day__gte=since, sitting__day__lt=until)
    return Share(serving.filter(pk__in=there.values("person")).count(), serving.count())


def policies_on(day: date, topic: str | None = None) -> list[Policy]:
    """Rule documents in force on that day (rows T41, B36)."""
    rows = Policy.objects.filter(Q(ended=None) | Q(ended__gt=day), effective__lte=day)
    return list((rows.filter(topic=topic) if topic else rows).order_by("topic", "code"))


def acknowledged(policy: int) -> Share:
    """Who says that he has read it, of all who serve."""
    serving = Person.objects.filter(left=None)
    return Share(Acknowledgement.objects.filter(policy_id=policy, person__left=None).count(), serving.count())


def budget_lines(year: int) -> list[tuple[str, int, int]]:
    """(item, what the year has, what went out) in fen (row T42)."""
    rows = Budget.objects.filter(year=year).annotate(spent=Sum("awards__amount_fen", default=0)).order_by("item")
    return [(row.item, row.amount_fen, row.spent) for row in rows]


def budgets_of() -> list[tuple[int, int, str]]:
    """(id, year, item) of every budget, the newest year first."""
    return list(Budget.objects.order_by("-year", "item").values_list("pk", "year", "item")[:200])


def scale_on(day: date) -> list[tuple[str, int, date]]:
    """The table of awards on that day: (award, fen, since)."""
    rows = AwardScale.objects.filter(since__lte=day).order_by("kind", "-since").distinct("kind")
    return list(rows.values_list("kind", "amount_fen", "since"))


def grade_table() -> dict[str, list[tuple[date, int]]]:
    """What the table has for each grade: (since, fen a month), oldest first."""
    found: dict[str, list[tuple[date, int]]] = {}
    for grade, since, fen in GradeAmount.objects.order_by("grade", "since").values_list("grade", "since", "amount_fen"):
        found.setdefault(grade, []).append((since, fen))
    return found


def graded_in(year: int) -> list[Graded]:
    """Every grade that anybody had in a year; with whoever leaves it ends."""
    rows = GradeSpell.objects.filter(Q(until=None) | Q(until__gt=date(year, 1, 1)), since__lt=date(year + 1, 1, 1))
    return [
        Graded(grade, since, min((day for day in (until, left) if day is not None), default=None))
        for grade, since, until, left in rows.values_list("grade", "since", "until", "person__left")
    ]


def awards_sum(year: int) -> int:
    """All awards of a year in fen, counted from the awards themselves."""
    return int(Award.objects.filter(day__year=year).aggregate(sum=Sum("amount_fen", default=0))["sum"])
