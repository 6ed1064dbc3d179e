"""A stream ticket says who listens and to what, and nobody else can say it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.roles import Role
from oneroom.engine.values import Actor
from oneroom.web import tickets


def actor(*roles, unit=None, crew=None, version=3):
    units = frozenset({unit}) if Role.DUTY_CHIEF in roles else frozenset()
    return Actor(9, frozenset(roles), unit_id=unit, crew_id=crew, version=version, units=units)


@pytest.mark.parametrize(
    ("who", "hears"),
    [
        (actor(Role.DISPATCHER), {"room"}),
        (actor(Role.SHIFT_COMMANDER), {"room"}),
        (actor(Role.CALL_TAKER), {"room"}),
        (actor(Role.DUTY_CHIEF, unit=4), {"unit:4"}),
        (actor(Role.PATROL_OFFICER, unit=4, crew=7), {"crew:7"}),
        (actor(Role.AUXILIARY, unit=4, crew=7), {"crew:7"}),
        (actor(Role.ADMINISTRATOR, unit=4), set()),
        (actor(Role.ANALYST, crew=7), set()),
        (actor(), set()),
    ],
)
def test_an_actor_hears_what_his_roles_concern_and_nothing_else(who, hears):
    assert tickets.scopes_of(who) == hears | {"all", "account:9"}


def test_a_ticket_carries_account_scopes_version_and_an_end():
    ticket = tickets.read(tickets.issue(actor(Role.PATROL_OFFICER, crew=7), lifetime_s=60))

    assert (ticket.account, ticket.version) == (9, 3)
    assert ticket.scopes == {"all", "account:9", "crew:7"}
    assert 59 < ticket.expires - time.time() <= 60


def test_a_ticket_ends_in_real_time():
    with pytest.raises(tickets.BadTicket):
        tickets.read(tickets.issue(actor(), lifetime_s=-0.001))


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_ticket_changed_in_any_place_is_refused(number, other):
    good = tickets.seal(tickets.Ticket(9, frozenset({"room"}), 3, expires=9e9))
    place = number % len(good)
    changed = good[:place] + other + good[place + 1 :]

    if changed == good:
        assert tickets.read(changed).scopes == {"room"}
    else:
        with pytest.raises(tickets.BadTicket):
            tickets.read(changed)


@given(st.text())
def test_whatever_is_no_ticket_is_refused_and_nothing_breaks(text):
    with pytest.raises(tickets.BadTicket):
        tickets.read(text)


def test_a_ticket_signed_with_another_key_is_refused(settings):
    good = tickets.issue(actor(Role.DISPATCHER))
    settings.SECRET_KEY = "another key altogether, long enough to be one"

    with pytest.raises(tickets.BadTicket):
        tickets.read(good)


def test_something_else_that_django_signed_with_our_key_is_no_ticket():
    from django.core import signing

    forged = signing.Signer(salt="password reset").sign_object({"a": 9, "s": ["room"], "v": 3, "e": time.time() + 60})

    with pytest.raises(tickets.BadTicket):
        tickets.read(forged)
