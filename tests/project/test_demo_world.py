"""The simulated city is made by the same services that a real force is set up with, and its record verifies."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.timezone import localtime

from oneroom.apps.duty.force import short_of
from oneroom.apps.duty.models import CrewMember, ForceUnit, Roster
from oneroom.apps.duty.queries import board, crew_of, leads, who
from oneroom.apps.duty.rostering import cells_of
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orgs.queries import station_at, units
from oneroom.apps.oversight.posts import posts_on
from oneroom.apps.oversight.queries import open_alarms
from oneroom.apps.people.models import Account
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.apps.personnel.models import Person, WelfareNote
from oneroom.apps.personnel.strength import quotas_on, strength_on
from oneroom.apps.reforms.checks import check
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.geo import distance_m
from oneroom.engine.roles import Role
from oneroom.project.demo import mobile, paper, world
from oneroom.project.demo.city import bundled, posts
from oneroom.project.demo.credentials import password_of
from oneroom.project.trouble import Trouble

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def shanghai(django_db_setup, django_db_blocker):
    """Made once for all of these tests, which only read."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "now", lambda: AT)
        world.load(bundled("shanghai"))
        with connection.cursor() as cursor:  # else the planner may believe that these tables are as empty as before
            cursor.execute("ANALYZE duty_crew, duty_crewmember, people_account, people_grant")
        yield
        transaction.set_rollback(True)


# These two stand before the first test that asks for Shanghai, which stays until the last one.
def test_an_empty_database_needs_it():
    assert world.needed()


def test_jinan_is_made_too_though_its_streets_have_no_names(monkeypatch):
    monkeypatch.setattr(world, "now", lambda: AT)

    world.load(bundled("jinan"))

    assert len(units("station")) == 75
    assert len(board()) == 200
    assert len({crew.callsign_zh for crew in board(on_duty=False)}) == 320


def test_it_is_made_once(shanghai):
    assert not world.needed()


def test_t45_every_station_but_one_is_overseen_and_a_reform_and_a_roster_lie_on_the_desks(shanghai):
    """What a visiting inspector, planner and chief find first: one gap, a reform that could be signed, a draft."""
    inspector, planner, chief = (actor_of(find_account(f"demo-{who}")) for who in ("inspector", "planner", "chief"))
    share = posts_on(localtime(AT).date(), by=inspector, at=AT).share
    assert (share.part, share.whole) == (42, 43)
    plan = ReformPlan.objects.get()
    assert (plan.state, plan.illustration, plan.drafted_by_id) == (ReformPlan.State.DRAFT, True, planner.id)
    assert check(plan).refused is None
    (roster,) = Roster.objects.all()
    assert (roster.unit_id, roster.state) == (chief.unit_id, Roster.State.DRAFT)
    assert len(cells_of(roster)) == 4 + 4 + 3


def test_b37_the_welfare_officer_finds_who_is_due_today_and_whoever_commands_finds_no_such_page(shanghai):
    """B37: the screen of the demo has something in it, for those who care alone; one word opens at a time."""

    def page(who: str, path: str):
        client = Client(headers={"accept-language": "en"})
        client.force_login(find_account(f"demo-{who}"))
        return client.get(path)

    listed = page("welfare", "/office/care")
    assert listed.status_code == 200
    assert WelfareNote.objects.count() == len(paper.LOOKED_AFTER)
    due = WelfareNote.objects.get(again=localtime(AT).date())
    assert due.person.name in listed.content.decode()
    assert "Example" not in listed.content.decode(), "no word of it stands in the list"
    assert "fatal road accident" in page("welfare", f"/office/care/{due.pk}").content.decode()
    for other in ("commander", "chief", "personnel", "planner", "inspector", "administrator", "dispatcher"):
        assert page(other, "/office/care").status_code == 404, other
        assert page(other, f"/office/care/{due.pk}").status_code == 404, other


def test_t25_t26_three_units_of_the_mobile_force_are_ready_at_bases_that_lie_apart(shanghai):
    """The commander's two screens of the mobile force have something in them, and nothing that rings."""
    units_of = list(ForceUnit.objects.order_by("code"))
    assert len({(unit.lon, unit.lat) for unit in units_of}) == 3
    assert not any(short_of(unit) for unit in units_of)
    assert not open_alarms().filter(kind="force_below")
    client = Client(headers={"accept-language": "en"})
    client.force_login(find_account("demo-commander"))
    assert "Mobile unit 3" in client.get("/office/force").content.decode()
    said = client.get("/office/force/cover").content.decode()
    assert "✓ Yes." in said
    assert said.count("Leave out Mobile unit") == 3


@pytest.mark.parametrize("code", ["shanghai", "jinan"])
def test_bases_of_the_mobile_force_lie_apart_in_either_city(code):
    stations = bundled(code).stations
    found = mobile.bases(stations)
    for one, other in combinations(found, 2):
        assert distance_m(one["lon"], one["lat"], other["lon"], other["lat"]) > 3000
    assert found[0] == max(stations, key=lambda s: (s["load_share"], s["code"]))
    assert mobile.bases(stations[:1]) == stations[:1]


def test_every_street_office_has_a_station_with_an_area_that_says_it_is_synthetic(shanghai):
    stations = units("station")

    assert len(stations) == 43
    assert {s.location_source for s in stations} == {"synthetic"}
    assert all(station_at(s.lon, s.lat).pk == s.pk for s in stations)


def test_two_hundred_crews_are_on_duty_near_their_station_and_the_night_watch_is_at_home(shanghai):
    crews = board()

    assert len(crews) == 200
    assert len(board(on_duty=False)) == 320
    assert {c.state for c in crews} == {"available"}
    near = {s.pk: (s.lon, s.lat) for s in units("station")}
    assert all(abs(c.lon - near[c.unit_id][0]) < 0.001 and abs(c.lat - near[c.unit_id][1]) < 0.001 for c in crews)
    assert {c.unit_id for c in crews} == set(near)


def test_t16_a_crew_is_one_lead_two_more_officers_and_auxiliaries(shanghai):
    """T16: 1 + 2 + N, and an auxiliary never rides without the sworn."""
    crews = board(on_duty=False)

    assert {c.officers for c in crews} == {3}
    assert {c.auxiliaries for c in crews} == {0, 1, 2}
    assert {lead.crew_id for lead in leads()} == {c.id for c in board()}


def test_every_account_has_a_role_and_a_plainly_invented_name(shanghai):
    accounts = list(Account.objects.all())
    crews = board(on_duty=False)

    riding = sum(c.officers + c.auxiliaries for c in crews)
    assert len(accounts) == riding + 2 * 43 + 4 + len(world.VISITORS) + len(world.SIMULATED) + len(
        units("branch_bureau")
    )
    assert all(actor_of(account).roles for account in accounts[::7])
    assert len({account.name for account in accounts}) == len(accounts)
    assert all(account.name[1] in "甲乙丙丁戊己庚辛壬癸" and len(account.name) == 3 for account in accounts)
    assert all(account.mobile.startswith("1000001") for account in accounts)
    assert all(account.email.endswith(".example") for account in accounts)


def test_only_the_simulated_have_a_password_and_each_its_own(shanghai):
    lead, other = find_account("sim-001a"), find_account("sim-002a")

    assert lead.check_password(password_of("sim-001a"))
    assert not other.check_password(password_of("sim-001a"))
    assert not find_account("demo-dispatcher").has_usable_password()
    assert crew_of(lead.pk).code == "sim-001"


def test_somebody_answers_for_every_rung(shanghai):
    station = units("station")[0]
    crew = board(unit_id=station.pk)[0]
    at = AT.replace(minute=1)

    for target in ("crew", "crew_lead", "crew_second", "duty_chief", "shift_commander", "inspector"):
        assert who(target, at=at, crew_id=crew.id, unit_id=station.pk), target
    assert Role.DUTY_CHIEF in actor_of(who("duty_chief", at=at, crew_id=None, unit_id=station.pk)[0]).roles


def test_the_record_of_it_verifies(shanghai):
    verdict = verify("acts")

    assert verdict.fault is None
    assert verdict.rows > 500


def test_an_unknown_city_gets_a_sentence():
    with pytest.raises(Trouble, match="shanghai, jinan"):
        bundled("atlantis")


@pytest.mark.parametrize("crews", [0, 301])
def test_so_many_crews_are_none_of_a_city(crews):
    with pytest.raises(Trouble, match="--crews is between 1 and 300"):
        bundled("shanghai", crews)


def test_a_small_force_posts_its_crews_where_most_happens():
    city = bundled("shanghai", 20)
    found = posts(city)

    assert [post.watch for post in found].count("day") == 20
    assert [post.watch for post in found].count("night") == 12
    loads = sorted((station["load_share"] for station in city.stations), reverse=True)
    assert min(city.stations[post.station]["load_share"] for post in found) >= loads[20]


def test_its_people_are_entered_as_simulated_in_posts_that_the_quota_covers(shanghai):
    day = AT.date()
    people = Person.objects.all()

    assert people.count() == sum(map(len, (crew_members(), chiefs())))
    assert all(people.values_list("simulated", flat=True))
    places, strength = quotas_on(day), strength_on(day)
    assert all(places[key] > many for key, many in strength.items()), "each station has places to spare"
    assert all(len(crew.skills) == 2 for crew in board(on_duty=False)), "a crew can what its lead is certified for"


def crew_members() -> list[int]:
    return list(CrewMember.objects.values_list("account_id", flat=True))


def chiefs() -> list[int]:
    return list(Account.objects.filter(username__startswith="chief-").values_list("pk", flat=True))
