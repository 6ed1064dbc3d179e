"""A small roster of the west station: by day Li commands and Zhang goes out, by night Wang commands and Chen goes."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils.timezone import localtime

from oneroom.apps.duty.models import Roster
from oneroom.apps.duty.services import draft_roster, publish_roster, set_cell, set_needs
from oneroom.apps.people.services import give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.room import Room

FEW = {"D": [[2, 1], [2, 1]], "N": [[2, 1], [2, 1]]}


def station(room: Room) -> int:
    """The west station, with three who may command it."""
    unit = room.town.units["west"].pk
    for name in ("wang", "sun"):
        give_role(room.town.people[name].pk, Role.DUTY_CHIEF, unit_id=unit, by=SYSTEM, at=room.now)
    return unit


def draft(room: Room, west: int, days: int = 2) -> Roster:
    first = localtime(room.now).date() + timedelta(days=1)
    made = draft_roster(unit_id=west, first=first, days=days, by=room.actor("leader-li"), at=room.now)
    set_needs(made.pk, needs=FEW, by=room.actor("leader-li"), at=room.now)
    return made


def put(room: Room, roster: Roster, who: str, codes: str) -> None:
    for day, code in enumerate(codes):
        account = room.town.people[who].pk
        shift = code.replace("-", "")
        set_cell(roster.pk, account_id=account, day=day, shift=shift, by=room.actor("leader-li"), at=room.now)


def whole(room: Room, roster: Roster) -> None:
    """Two days in which somebody commands at each minute and a crew goes out by day and by night."""
    for who, codes in (("leader-li", "DD"), ("wang", "NN"), ("zhang", "DD"), ("chen", "NN")):
        put(room, roster, who, codes)


def published(room: Room, west: int) -> Roster:
    roster = draft(room, west)
    whole(room, roster)
    return publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)


def page(room: Room, who: str = "leader-li", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(room.town.people[who])
    return client
