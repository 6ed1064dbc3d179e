"""R3, R4: acts that meet in the same moment. One wins, nobody waits for the other for ever, nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Ladder, Rung
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.values import IllegalMove, Overtaken
from tests.clock import HAND

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[BaseException | None]:
    """Run acts in threads that begin at the same moment; what each raised, or None."""
    begin, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        begin.wait()
        try:
            acts[n]()
        except BaseException as error:  # looked at by the test
            raised[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_r4_a_climbing_clock_and_a_signing_crew_never_wait_for_each_other(room, caplog):
    incident = room.report("fight", at="market", grade=1)
    for turn in range(12):
        sent = room.dispatch(incident, "crew-1")
        HAND.forward(65)  # the rung of the duty chief is due: it marks the matter
        at, zhang = room.now, room.actor("zhang")
        Incident.objects.update(escalated=False)

        raised = together(
            lambda at=at: climb(at),
            lambda sent=sent, at=at, by=zhang: services.step(sent.pk, "acknowledge", by=by, at=at),
            lambda at=at: climb(at),
        )

        assert raised == [None, None, None], (turn, raised)
        assert "did not happen" not in caplog.text
        services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    happened = list(Entry.objects.filter(kind="ladder.climbed").values_list("facts__ladder", "facts__rung"))
    assert len(happened) == len(set(happened)), "each rung at most once"
    assert verify("acts").fault is None


def test_two_dispatchers_send_the_same_crew_and_exactly_one_wins(room):
    first, second = room.report("fight", at="market"), room.report("theft", at="south")
    dora, dan, at = room.actor("dora"), room.actor("dan"), room.now
    crew = room.town.crews["crew-1"].pk

    raised = together(
        lambda: services.offer(first.pk, [crew], by=dora, at=at),
        lambda: services.offer(second.pk, [crew], by=dan, at=at),
    )

    assert sorted(type(r).__name__ for r in raised) == ["NoneType", "Overtaken"]
    assert Assignment.objects.count() == 1


def test_a_crew_that_is_taken_off_diverted_and_sent_at_once_ends_in_one_place(room):
    noise, theft = room.report("noise", at="north", grade=3), room.report("theft", at="south", grade=2)
    knife = room.report("knife", at="market", grade=1)
    dora, dan, zhang, crew = room.actor("dora"), room.actor("dan"), room.actor("zhang"), room.town.crews["crew-1"].pk
    for turn in range(8):
        sent, at = room.dispatch(noise, "crew-1"), room.now

        raised = together(
            lambda sent=sent, at=at: services.divert(sent.pk, to=knife.pk, by=dora, at=at),
            lambda at=at: services.offer(theft.pk, [crew], by=dan, at=at),
            lambda sent=sent, at=at: services.step(sent.pk, "acknowledge", by=zhang, at=at),
        )

        assert all(r is None or isinstance(r, IllegalMove | Overtaken) for r in raised), (turn, raised)
        [live] = Assignment.objects.filter(crew=crew, state__in=LIVE)
        services.take_off(live.pk, verb="withdraw", by=dora, at=at)
    assert verify("acts").fault is None


def test_the_phone_and_the_radio_sign_at_once_and_it_is_signed_once(room):
    sent = room.dispatch(room.report("fight", at="market"), "crew-1")
    zhang, dora, at = room.actor("zhang"), room.actor("dora"), room.now

    raised = together(*(lambda by=by: services.step(sent.pk, "acknowledge", by=by, at=at) for by in (zhang, dora)))

    assert [r for r in raised if r is None] == [None]
    assert all(isinstance(r, IllegalMove | Overtaken) for r in raised if r is not None)
    assert Entry.objects.filter(kind="assignment.acknowledged").count() == 1
    assert not Ladder.objects.filter(subject=f"assignment:{sent.pk}", kind="answer", stopped=None).exists()
    assert Rung.objects.filter(ladder__subject=f"assignment:{sent.pk}", ladder__kind="answer", done=None).exists()
