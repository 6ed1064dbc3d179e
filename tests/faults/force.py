"""Who is in the town while it breaks: desks and crews for the writers, crews that do not answer, people who listen."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.test import Client

from oneroom.apps.duty.services import come_on_duty, form_crew
from oneroom.apps.ledger.services import service
from oneroom.apps.ledger.time import now
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.web.standing import begin
from tests.town import found_town

TOKEN = "a" * 32  # the form's token is right when it is the cookie's


@dataclass(frozen=True)
class Force:
    """Sessions by name, crews by name, and what each account's number is."""

    sessions: dict[str, dict[str, str]]
    crews: dict[str, int]
    accounts: dict[str, int]


def found_force(writers: int, silent: int) -> Force:
    """The town, ``writers`` desks (desk-0 …) with a crew each (crew-w0 …), and ``silent`` crews (crew-s0 …)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in by password
    at = now()
    town = found_town(at)
    people, crews = dict(town.people), {name: crew.pk for name, crew in town.crews.items()}

    @service
    def enlist() -> None:
        station = town.units["west"].pk
        for n in range(writers):
            people[f"desk-{n}"] = _person(f"desk-{n}", Role.DISPATCHER, None)
            give_role(people[f"desk-{n}"].pk, Role.CALL_TAKER, by=SYSTEM, at=at)
        for name in [*(f"w{n}" for n in range(writers)), *(f"s{n}" for n in range(silent))]:
            people[name] = _person(name, Role.PATROL_OFFICER, station)
            crew = form_crew(
                code=f"crew-{name}", callsign_zh=f"{name}组", callsign_en=f"Crew {name}", unit_id=station,
                members=[(people[name].pk, "lead")], by=SYSTEM, at=at,
            )  # fmt: skip
            come_on_duty(crew, by=SYSTEM, at=at)
            crews[f"crew-{name}"] = crew.pk

    def _person(name: str, role: Role, unit: int | None) -> Account:
        account = create_account(
            username=name, name=name, language="en", mobile=f"1380000{len(people):04d}", by=SYSTEM, at=at
        )
        give_role(account.pk, role, unit_id=unit, by=SYSTEM, at=at)
        return account

    enlist()
    sessions = {name: session_of(Account.objects.get(pk=account.pk)) for name, account in people.items()}
    return Force(sessions, crews, {name: account.pk for name, account in people.items()})


def session_of(account: Account) -> dict[str, str]:
    """The cookies of somebody who came in by the door."""
    client = Client()
    client.force_login(account)
    session = client.session
    begin(cast(Any, SimpleNamespace(session=session)), at=now())  # as the door does
    session.save()
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": TOKEN}
