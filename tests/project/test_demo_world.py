"""The simulated city is made by the same services that a real force is set up with, and its record verifies."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from oneroom.apps.duty.queries import board, crew_of, who
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orgs.queries import station_at, units
from oneroom.apps.people.models import Account
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.engine.roles import Role
from oneroom.project.demo import world
from oneroom.project.demo.credentials import password_of
from oneroom.project.trouble import Trouble

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def shanghai(django_db_setup, django_db_blocker):
    """Made once for all of these tests, which only read."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "now", lambda: AT)
        world.load("shanghai")
        yield
        transaction.set_rollback(True)


# These two stand before the first test that asks for Shanghai, which stays until the last one.
def test_an_empty_database_needs_it():
    assert world.needed()


def test_jinan_is_made_too_though_its_streets_have_no_names(monkeypatch):
    monkeypatch.setattr(world, "now", lambda: AT)

    world.load("jinan")

    assert len(units("station")) == 20
    assert len(board()) == 60
    assert len({crew.callsign_zh for crew in board()}) == 60


def test_it_is_made_once(shanghai):
    assert not world.needed()


def test_twenty_stations_have_areas_and_say_that_they_are_synthetic(shanghai):
    stations = units("station")

    assert len(stations) == 20
    assert {s.location_source for s in stations} == {"synthetic"}
    assert all(station_at(s.lon, s.lat).pk == s.pk for s in stations)


def test_sixty_crews_are_on_duty_near_their_station_with_two_officers(shanghai):
    crews = board()

    assert len(crews) == 60
    assert {c.state for c in crews} == {"available"}
    assert {c.officers for c in crews} == {2}
    assert sum(c.auxiliaries for c in crews) == 30
    near = {s.pk: (s.lon, s.lat) for s in units("station")}
    assert all(abs(c.lon - near[c.unit_id][0]) < 0.001 and abs(c.lat - near[c.unit_id][1]) < 0.001 for c in crews)


def test_every_account_has_a_role_and_a_plainly_invented_name(shanghai):
    accounts = list(Account.objects.all())

    assert len(accounts) == 60 * 2 + 30 + 20 + len(world.VISITORS) + len(world.SIMULATED)
    assert all(actor_of(account).roles for account in accounts)
    assert len({account.name for account in accounts}) == len(accounts)
    assert all(account.name[1] in "甲乙丙丁戊己庚辛壬癸" and len(account.name) == 3 for account in accounts)
    assert all(account.mobile.startswith("1000001") for account in accounts)
    assert all(account.email.endswith(".example") for account in accounts)


def test_only_the_simulated_have_a_password_and_each_its_own(shanghai):
    lead, other = find_account("sim-01a"), find_account("sim-02a")

    assert lead.check_password(password_of("sim-01a"))
    assert not other.check_password(password_of("sim-01a"))
    assert not find_account("demo-dispatcher").has_usable_password()
    assert crew_of(lead.pk).code == "sim-01"


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
        world.load("atlantis")
