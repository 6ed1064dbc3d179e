"""The first accounts of a force come from the command line."""

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
