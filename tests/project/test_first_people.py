"""The first accounts of a force, and who is on duty, come from the command line."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from oneroom.apps.people.models import Account
from oneroom.apps.people.queries import actor_of
from oneroom.engine.roles import Role


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("ONEROOM_NEW_PASSWORD", "long enough for a night shift")


def test_an_account_is_made_with_its_role_and_can_sign_in(db):
    call_command("addaccount", "dora", name="Dora", role="dispatcher", verbosity=0)

    assert actor_of(Account.objects.get(username="dora")).roles == {Role.DISPATCHER}
    assert Client().login(username="dora", password="long enough for a night shift")


def test_a_weak_password_a_taken_name_and_an_unknown_unit_are_refused(db, monkeypatch):
    call_command("addaccount", "dora", name="Dora", role="dispatcher", verbosity=0)

    with pytest.raises(CommandError, match="already"):
        call_command("addaccount", "dora", name="Dora", role="dispatcher")
    with pytest.raises(CommandError, match="no unit"):
        call_command("addaccount", "dan", name="Dan", role="duty_chief", unit="nowhere")
    monkeypatch.setenv("ONEROOM_NEW_PASSWORD", "short")
    with pytest.raises(CommandError):
        call_command("addaccount", "dan", name="Dan", role="dispatcher")
    assert Account.objects.count() == 1


def test_somebody_takes_over_a_duty_role_and_ladders_reach_him(room):
    call_command("onduty", "dan", role="shift_commander", hours=8, verbosity=0)
    call_command("onduty", "leader-lu", role="duty_chief", unit="west", verbosity=0)
    room.dispatch(room.report("fight", at="north", grade=1), "crew-1")

    room.fast_forward(seconds=91)

    room.phone("leader-lu").rings("duty_chief", "app", "sms")
    room.phone("dan").rings("shift_commander", "app", "email")
    room.phone("zhou").is_silent()
    room.phone("leader-li").is_silent()


def test_a_duty_role_needs_somebody_a_station_and_a_time(room):
    for who, options in [
        ("nobody", {"role": "shift_commander"}),
        ("dan", {"role": "duty_chief"}),
        ("dan", {"role": "shift_commander", "hours": 0}),
    ]:
        with pytest.raises(CommandError):
            call_command("onduty", who, verbosity=0, **options)
