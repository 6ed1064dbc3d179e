"""Places, posts and who sits in them, through the services on a real database (B14, B15, T11, T12, B17)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.services import enact
from oneroom.apps.people.services import sign_second
from oneroom.apps.personnel import queries, services
from oneroom.apps.personnel.models import Booking, Move, Person, Post, Posting, QuotaLine
from oneroom.apps.personnel.services import NewPost, Order
from oneroom.apps.personnel.strength import quotas_on, strength_on, totals_on
from oneroom.engine.establishment import balance
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, BadInput, Conflict, NotAllowed, NotFound
from tests.force import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    return Force(room)


def ask(force, by, count=2, giver="branch", taker="west", **more):
    said = {"kind": "sworn", "day": force.today, "words": "West took over two streets", **more}
    return services.ask_quota(giver=giver, taker=taker, count=count, **said, by=by, at=force.room.now)


def test_b14_two_persons_of_the_establishment_office_move_places_and_the_total_stays(force):
    force.places("branch", 10)
    force.places("west", 3)
    eva, emil = force.staff("eva", Role.ORG_PLANNER), force.staff("emil", Role.ORG_PLANNER)
    asked = ask(force, eva)
    assert quotas_on(force.today)["west", "sworn"] == 3, "nothing moves before the second signature"

    with pytest.raises(NotAllowed):
        sign_second(asked, by=eva, at=force.room.now)
    with pytest.raises(NotFound):
        sign_second(asked, by=force.hr, at=force.room.now)
    sign_second(asked, by=emil, at=force.room.now)

    assert quotas_on(force.today) == {("branch", "sworn"): 8, ("west", "sworn"): 5}
    assert totals_on(force.today) == {"sworn": 13}
    assert balance(queries.ledger()) == {}
    booked = Entry.objects.filter(kind="quota.booked").order_by("-seq").first()
    assert (booked.facts["basis"], booked.facts["signature"], booked.facts["count"]) == ("adjusted", asked, 2)


def test_b14_over_quota_posting_is_refused_with_the_number_and_nothing_is_written(force):
    force.places("west", 1)
    one, two = force.person("One"), force.person("Two")
    force.sits(one, force.post("w1", "west"))
    force.post("w2", "west")

    with pytest.raises(Conflict) as refused:
        force.sits(two, "w2")

    assert refused.value.code == "over_quota"
    assert (refused.value.params["places"], refused.value.params["people"]) == (1, 2)
    assert not Posting.objects.filter(person=two).exists()
    assert strength_on(force.today) == {("west", "sworn"): 1}


def test_b14_a_unit_without_a_place_of_that_kind_takes_nobody(force):
    force.places("west", 5)
    aux = force.person("Aux", kind="auxiliary")

    with pytest.raises(Conflict) as refused:
        force.sits(aux, force.post("wa", "west", kind="auxiliary"))

    assert refused.value.params["places"] == 0


def test_b14_places_that_people_sit_on_cannot_go_elsewhere(force):
    force.places("west", 1)
    force.sits(force.person("One"), force.post("w1", "west"))

    with pytest.raises(Conflict) as refused:
        ask(force, force.staff("eva", Role.ORG_PLANNER), giver="west", taker="east", count=1)

    assert (refused.value.params["places"], refused.value.params["people"]) == (0, 1)


def test_b14_what_was_free_when_it_was_asked_for_may_be_taken_when_it_is_signed(force):
    force.places("west", 1)
    force.post("w1", "west")
    asked = ask(force, force.staff("eva", Role.ORG_PLANNER), giver="west", taker="east", count=1)
    force.sits(force.person("One"), "w1")

    with pytest.raises(Conflict):
        sign_second(asked, by=force.staff("emil", Role.ORG_PLANNER), at=force.room.now)

    assert quotas_on(force.today)["west", "sworn"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [({"count": 0}, "count"), ({"giver": "west"}, "taker"), ({"kind": "dog"}, "kind"), ({"taker": "nowhere"}, "taker")],
)
def test_b14_a_request_that_makes_no_sense_names_its_field(force, said, field):
    force.places("branch", 5)
    with pytest.raises(BadInput) as refused:
        ask(force, force.staff("eva", Role.ORG_PLANNER), **said)
    assert refused.value.field == field


@pytest.mark.django_db(transaction=True)
def test_b14_the_database_itself_refuses_a_booking_that_does_not_sum_to_nothing(force):
    def half_a_booking():
        with transaction.atomic():
            booking = Booking.objects.create(day=force.today, basis="approved", at=force.room.now)
            QuotaLine.objects.create(booking=booking, unit="west", kind="sworn", delta=1)

    with pytest.raises(IntegrityError, match="does not sum to nothing"):
        half_a_booking()


def test_a_person_in_two_full_posts_and_a_post_with_two_holders_are_refused(force):
    force.places("west", 9)
    one, two = force.person("One"), force.person("Two")
    force.sits(one, force.post("w1", "west"), day=force.days(5))
    force.post("w2", "west")
    with pytest.raises(Conflict) as refused:
        force.sits(one, "w2")
    assert refused.value.code == "two_full_posts"
    with pytest.raises(Conflict) as refused:
        force.sits(two, "w1", day=force.days(6))
    assert refused.value.code == "two_holders"
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(person=one, post="w2", basis="first", since=force.today)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(person=two, post="w1", basis="first", since=force.days(9))


def test_t11_3870_officers_go_down_in_two_years_and_each_move_changes_both_headcounts(force):
    many, years = 3870, (2020, 2021)
    force.places("branch", many)
    force.places("west", many)
    posts = [
        NewPost(f"{unit[0]}{n}", unit, "sworn", "岗", front_line=True)
        for unit in ("branch", "west")
        for n in range(many)
    ]
    services.begin_posts(posts, day=force.today, by=SYSTEM, at=force.room.now)
    Post.objects.update(since=date(2019, 1, 1))  # before the town was founded
    for each in force.room.town.units.values():
        type(each).objects.filter(pk=each.pk).update(valid_from=date(2018, 1, 1))
    from oneroom.apps.orgs.models import UnitSpell

    UnitSpell.objects.update(since=date(2018, 1, 1))
    people = Person.objects.bulk_create(
        Person(number=f"N{n}", kind="sworn", name="某", joined=date(2010, 1, 1)) for n in range(many)
    )
    services.post_people(
        [Order(p.pk, f"b{n}") for n, p in enumerate(people)], day=date(2019, 2, 1), basis="entered", by=SYSTEM,
        at=force.room.now,
    )  # fmt: skip

    half = many // 2
    for year, part in zip(years, (people[:half], people[half:]), strict=True):
        first = people.index(part[0])
        services.post_people(
            [Order(p.pk, f"w{first + n}") for n, p in enumerate(part)], day=date(year, 7, 1), basis="move_down",
            by=SYSTEM, at=force.room.now,
        )  # fmt: skip

    span = (date(2020, 1, 1), date(2022, 1, 1))
    assert queries.moves_down(*span) == 3870
    assert queries.moves_down(date(2020, 1, 1), date(2021, 1, 1)) == half
    assert queries.balance_of_moves(*span) == {"branch": -3870, "west": 3870}
    before, after = strength_on(date(2019, 12, 31)), strength_on(date(2021, 12, 31))
    assert (before.get(("branch", "sworn"), 0), before.get(("west", "sworn"), 0)) == (3870, 0)
    assert (after.get(("branch", "sworn"), 0), after.get(("west", "sworn"), 0)) == (0, 3870)
    assert Move.objects.filter(basis="move_down").count() == 3870
    hanna = Client(headers={"accept-language": "en", "accept": "text/html"})
    force.staff("hanna", Role.HR)
    hanna.force_login(force.room.town.people["hanna"])
    shown = hanna.get("/office/moves", {"way": "down", "basis": "move_down"}).content.decode()
    assert "of 3870" in shown, "the transfer ledger shows each of them as a line"
    for on, heads in (("2019-12-31", ("3870", "0")), ("2021-12-31", ("0", "3870"))):
        table = hanna.get("/office/posts", {"on": on}).content.decode()
        rows = [table.split(f"?unit={unit}")[1].split("</tr>")[0] for unit in ("branch", "west")]
        people = tuple(re.findall(r'num">(-?\d+)<', row)[1] for row in rows)
        assert people == heads, "both ends, as they were on the day"


def test_b17_a_village_without_its_auxiliary_is_a_gap_the_same_day(force):
    services.enter_villages(
        [("v1", "一村", "One", "west"), ("v2", "二村", "Two", "west")], by=SYSTEM, at=force.room.now
    )
    force.places("west", 2, kind="auxiliary")
    for n in (1, 2):
        force.post(f"va{n}", "west", kind="auxiliary", village=f"v{n}")
    one, two = force.person("One", kind="auxiliary"), force.person("Two", kind="auxiliary")
    force.sits(one, "va1")
    force.sits(two, "va2")
    share, gaps = queries.covered_villages(force.today)
    assert (share.percent, gaps) == (100, [])

    services.leave(two.pk, day=force.days(1), cause="ended", by=SYSTEM, at=force.room.now)

    share, gaps = queries.covered_villages(force.days(1))
    assert (share.percent, [v.code for v in gaps]) == (50, ["v2"])


def test_a_reform_gives_posts_people_and_places_to_the_heir_and_years_in_the_post_go_on(force):
    room = force.room
    force.places("west", 2)
    force.places("east", 1)
    one = force.person("One")
    force.sits(one, force.post("w1", "west"))
    both = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)
    enact([Merge(("west", "east"), "both", both)], day=force.days(1), by=SYSTEM, at=room.now)
    before = totals_on(force.today)

    room.fast_forward(minutes=24 * 60 + 1)
    follow_the_day(room.now)

    assert strength_on(force.today) == {("both", "sworn"): 1}
    assert quotas_on(force.today) == {("both", "sworn"): 3}
    assert totals_on(force.today) == before
    posting = Posting.objects.get(person=one)
    assert (posting.post, posting.until) == ("w1", None)
    assert not Move.objects.filter(person=one, basis="reform").exists(), "nobody was transferred"


def test_t12_stations_hold_53_6_percent_of_the_officers_with_auxiliaries_apart(force):
    from oneroom.apps.orgs.models import OrgUnit, UnitSpell

    UnitSpell.objects.filter(code__in=("west", "east")).update(parent="branch")
    OrgUnit.objects.filter(code__in=("west", "east")).update(parent=OrgUnit.objects.get(code="branch"))
    plan = {"west": 300, "east": 236, "branch": 464}
    posts, people = [], []
    for unit, many in plan.items():
        force.places(unit, many)
        posts += [NewPost(f"{unit}{n}", unit, "sworn", "岗", front_line=True) for n in range(many)]
    force.places("west", 50, kind="auxiliary")
    posts += [NewPost(f"aux{n}", "west", "auxiliary", "岗") for n in range(50)]
    services.begin_posts(posts, day=force.today, by=SYSTEM, at=force.room.now)
    people = Person.objects.bulk_create(
        Person(number=f"N{n}", kind=post.kind, name="某", joined=date(2010, 1, 1)) for n, post in enumerate(posts)
    )
    orders = [Order(p.pk, post.code) for p, post in zip(people, posts, strict=True)]
    services.post_people(orders, day=force.today, basis="first", by=SYSTEM, at=force.room.now)

    share = queries.stations_share(force.today, under="branch")
    assert (share.part, share.whole, round(share.percent, 1)) == (536, 1000, 53.6)
    apart = queries.stations_share(force.today, under="branch", kind="auxiliary")
    assert (apart.part, apart.whole) == (50, 50)

    # The day after, one goes up: the figure of today stays what it was.
    force.places("branch", 1)
    force.post("up", "branch")
    force.sits(people[0], "up", day=force.days(1), basis="transfer")
    assert queries.stations_share(force.today, under="branch").part == 536
    assert queries.stations_share(force.days(1), under="branch").part == 535


def test_nobody_else_moves_places_or_posts_people(force):
    force.places("west", 2)
    force.post("w1", "west")
    one = force.person("One")
    for who in ("dora", "leader-li", "ada", "zhang"):
        by = force.room.actor(who)
        with pytest.raises(NotAllowed):
            ask(force, by)
        with pytest.raises(NotAllowed):
            services.post_people([Order(one.pk, "w1")], day=force.today, basis="first", by=by, at=force.room.now)


def test_strength_of_30000_people_is_one_statement(force, django_assert_num_queries):
    with django_assert_num_queries(1):
        strength_on(force.today)
    assert connection.vendor == "postgresql"
