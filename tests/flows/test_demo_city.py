"""The simulated city over hours, by fast-forward: its watch changes, a storm comes, and nothing is lost by it."""

from datetime import datetime, timedelta

import pytest

from oneroom.apps.duty.queries import board, command_gaps
from oneroom.apps.ledger.verify import verify
from oneroom.project.demo import surge
from oneroom.project.demo.city import SEED
from tests.clock import HAND
from tests.lived import ZONE, LivedCity, settle

RELIEF = datetime(2026, 11, 22, 20, tzinfo=ZONE)
LEFT = ("assignment.cleared", "assignment.lapsed", "assignment.withdrawn", "assignment.returned", "assignment.diverted")
OVER = ("incident.closed", "incident.merged", "incident.transferred", "incident.invalid", "incident.cancelled")


@pytest.fixture
def lived(django_db_reset_sequences, settings):
    settle(settings)
    made = []

    def make(**how):
        made.append(LivedCity(**how))
        return made[-1]

    yield make
    for city in made:
        city.close()


def test_a_shift_change_loses_no_live_assignment(lived):
    city = lived(crews=12, busy=6, at=RELIEF - timedelta(minutes=20))
    city.live(minutes=20)
    signed = {line.facts["assignment"]: line.facts["crew"] for line in city.told("assignment.acknowledged")}
    gone = {line.facts["assignment"] for line in city.told(*LEFT)}
    live = {sent: crew for sent, crew in signed.items() if sent not in gone}
    by_day = {phone.crew.id for phone in city.phones.values() if phone.crew.watch == "day"}
    assert len(set(live.values()) & by_day) >= 3  # and perhaps one of the night that came early

    while HAND.now() < RELIEF + timedelta(hours=2) and by_day & {crew.id for crew in board()}:
        city.live(minutes=6, step_s=60)

    ended = {line.facts["assignment"]: line.kind for line in city.told(*LEFT)}
    reported = {line.facts["assignment"]: line.facts["crew"] for line in city.told("assignment.reported")}
    assert {ended[sent] for sent in live} == {"assignment.cleared"}
    assert {sent: reported[sent] for sent in live} == live
    assert not by_day & {crew.id for crew in board()}
    assert {crew.id for crew in board()} == city.phones.keys() - by_day
    begun, signed_over = city.told("handover.begun", "handover.signed")
    assert begun.actor != signed_over.actor
    assert begun.facts["open"] > 0
    assert command_gaps(RELIEF - timedelta(minutes=15), HAND.now()) == []
    assert verify("acts").fault is None


def test_calls_that_a_storm_made_wait_end_handled(lived):
    since = RELIEF - timedelta(hours=5)
    city = lived(crews=6, busy=0, at=since)
    height = since + surge.LASTS / 2
    storm = surge.storm(SEED, since, city.homes, crews=40, zone=ZONE)
    city.room.begin_storm([call for call in storm if height <= call.at < height + timedelta(minutes=12)])
    HAND.set(height)

    city.live(minutes=12, step_s=30)
    while HAND.now() < height + timedelta(hours=4) and not (_held(city) and _held(city) <= _over(city)):
        city.live(minutes=9, step_s=90)
    held = _held(city)

    assert len(held) >= 3
    assert held <= _over(city)
    again = city.told("incident.offerable")
    assert {line.facts["cause"] for line in again} >= {"crew_free"}
    assert held & {line.facts["incident"] for line in city.told("incident.closed")}
    assert verify("acts").fault is None


def _of(city, *kinds):
    return {line.facts["assignment"] for line in city.told(*kinds)}


def _held(city):
    return {line.facts["incident"] for line in city.told("incident.held") if line.facts["reason"] == "no_crew_free"}


def _over(city):
    return {line.facts["incident"] for line in city.told(*OVER)}
