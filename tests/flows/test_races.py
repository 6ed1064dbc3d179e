"""R3, R4: acts that meet in the same moment. One wins, nobody waits for the other for ever, nothing happens twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident, Report
from oneroom.apps.incidents.proposals import arrivals
from oneroom.apps.incidents.services import waiting
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.services import exported_alone
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Delivery, Ladder, Rung, Sos
from oneroom.apps.orders.queries import open_sos, rings_for
from oneroom.apps.orders.services import end_sos, raise_sos
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.values import CITIZEN, IllegalMove, Overtaken
from tests.clock import HAND
from tests.waiting import until

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


@pytest.mark.prove
def test_point_20_of_a_hundred_that_send_one_crew_to_a_hundred_matters_exactly_one_wins(room):
    """As many at once as the database lets in here, and each of them again and again."""
    crew, dora, dan = room.town.crews["crew-1"].pk, room.actor("dora"), room.actor("dan")
    matters = [room.report("fight", at="market", grade=3).pk for _n in range(100)]
    at, won, refused = room.now, [], []

    def desk(n):
        for pk in matters[n::25]:
            try:
                won.extend(services.offer(pk, [crew], by=(dora, dan)[n % 2], at=at))
            except (IllegalMove, Overtaken) as no:
                refused.append(no)

    raised = together(*(lambda n=n: desk(n) for n in range(25)))

    assert raised == [None] * 25
    assert (len(won), len(refused)) == (1, 99)
    assert list(Assignment.objects.values_list("crew", flat=True)) == [crew]
    assert Entry.objects.filter(kind="assignment.offered").count() == 1
    assert verify("acts").fault is None


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


def while_another_looks(pk: int, model: type, *, sees: list[bool]) -> None:
    """Whether somebody else could lock this row at this moment, from a connection of his own."""

    def look() -> None:
        try:
            with transaction.atomic():
                sees.append(model.objects.select_for_update(nowait=True).filter(pk=pk).exists())
        except OperationalError:
            sees.append(False)
        finally:
            connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()


def test_while_the_way_to_what_waits_is_looked_for_nobody_waits_for_that(room, monkeypatch):
    busy = room.report("noise", at="north", grade=3)
    sent = room.dispatch(busy, "crew-1")
    waits = room.report("theft", at="market", grade=2)
    half_past = room.now + timedelta(minutes=30)
    services.hold(waits.pk, reason="no_crew_free", until=half_past, by=room.actor("dora"), at=room.now)
    free: list[bool] = []

    def slow(incidents, crew, *, at):
        for pk, model in ((busy.pk, Incident), (waits.pk, Incident), (crew.id, Crew)):
            while_another_looks(pk, model, sees=free)
        yield from arrivals(incidents, crew, at=at)

    monkeypatch.setattr(waiting, "arrivals", slow)
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    assert free == [True, True, True], "the matter it left, the matter that waits, and the crew"
    offered = Entry.objects.get(kind="incident.offerable").facts
    assert (offered["incident"], offered["crew"]) == (waits.pk, room.town.crews["crew-1"].pk)


def test_a_crew_that_is_sent_elsewhere_meanwhile_is_not_offered_to_what_waits(room, monkeypatch):
    sent = room.dispatch(room.report("noise", at="north", grade=3), "crew-1")
    waits, knife = room.report("theft", at="market", grade=2), room.report("knife", at="south", grade=1)
    half_past = room.now + timedelta(minutes=30)
    services.hold(waits.pk, reason="no_crew_free", until=half_past, by=room.actor("dora"), at=room.now)

    def slow(incidents, crew, *, at):
        room.dispatch(knife, "crew-1")
        yield from arrivals(incidents, crew, at=at)

    monkeypatch.setattr(waiting, "arrivals", slow)
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    assert not Entry.objects.filter(kind="incident.offerable").exists()


def test_what_comes_after_an_act_never_undoes_it(room, monkeypatch, caplog):
    sent = room.dispatch(room.report("noise", at="north", grade=3), "crew-1")
    monkeypatch.setattr(waiting, "board", lambda **_about: 1 / 0)

    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    assert Assignment.objects.get(pk=sent.pk).state == "withdrawn"
    assert "did not happen after its act" in caplog.text


def test_a_report_that_is_taken_back_while_its_matter_is_merged_is_taken_back(room):
    head, merged = room.report("noise", at="market", grade=3), room.report("loud music", at="market", grade=3)
    report, at, dora = merged.reports.get().pk, room.now, room.actor("dora")
    merging, waiting_for_it = threading.Event(), threading.Event()
    raised: list[BaseException] = []

    def merge() -> None:
        with transaction.atomic():
            services.merge(merged.pk, into=head.pk, by=dora, at=at)
            merging.set()
            waiting_for_it.wait(20)
        connections.close_all()

    def withdraw() -> None:
        merging.wait(20)
        try:
            services.withdraw_report(report, by=CITIZEN, at=at)
        except BaseException as error:  # looked at by the test
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for act in (merge, withdraw)]
    for thread in threads:
        thread.start()
    until(somebody_waits_for_a_lock)
    waiting_for_it.set()
    for thread in threads:
        thread.join()

    assert raised == []
    assert Report.objects.get(pk=report).withdrawn
    assert Incident.objects.get(pk=head.pk).state == "classified", "the other caller's report stands"


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_help_is_called_while_the_room_ends_the_call_before(room, monkeypatch):
    """What was open when the new one was refused is over when it is looked for: then it is raised after all."""
    first = raise_sos(by=room.actor("zhang"), at=room.now)
    create, dora, at = Sos.objects.create, room.actor("dora"), room.now

    def refused_once(**said):
        monkeypatch.setattr(Sos.objects, "create", create)
        try:
            with transaction.atomic():
                return create(**said)
        finally:
            assert together(lambda: end_sos(first, reason="helped", by=dora, at=at)) == [None]

    monkeypatch.setattr(Sos.objects, "create", refused_once)
    second = raise_sos(by=room.actor("zhang"), at=room.now)

    assert second != first
    assert [h.id for h in open_sos()] == [second]


def test_what_a_phone_asks_every_few_seconds_reads_nothing_that_once_rang(room):
    """20,000 messages of a year lie behind one that rings."""
    zhang, long_ago = room.town.people["zhang"].pk, room.now - timedelta(days=300)
    over = Ladder.objects.create(
        kind="answer", stage="acknowledge", subject="assignment:0", matter="incident:0", grade=1, rungs=[{}],
        started=long_ago, stopped=long_ago,
    )  # fmt: skip
    rungs = Rung.objects.bulk_create(
        Rung(ladder=over, n=n, code="crew", due=long_ago, done=long_ago) for n in range(20_000)
    )
    Delivery.objects.bulk_create(
        Delivery(rung=rung, account_id=zhang, channel="app", state="sent", state_since=long_ago) for rung in rungs
    )
    sent = room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) orders_delivery, orders_rung, orders_ladder")

    with CaptureQueriesContext(connection) as asked:
        found = rings_for(zhang)

    assert [r.subject for r in found] == [f"assignment:{sent.pk}"]
    assert len(asked) == 2
    with connection.cursor() as cursor:
        for query in asked:
            cursor.execute(f"EXPLAIN ANALYZE {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            read = sum(int(n) for n in re.findall(r"actual time=\S+ rows=(\d+)", plan))
            assert "Seq Scan on orders_delivery" not in plan, plan
            assert "Seq Scan on orders_rung" not in plan, plan
            assert read < 50, plan


def test_g6_two_files_at_once_do_not_pass_the_rows_of_a_day_together(room):
    """Each alone would fit; both would be more than one person may take out. One is told so, whichever it is."""
    room.report("fight", at="market")
    dora, at = room.actor("dora"), room.now
    taken_out = {"form": "csv", "rows": 600, "asked": [], "most": 1000, "since": at - timedelta(hours=1)}
    for turn in range(5):
        by, went = replace(dora, id=dora.id + 1000 * turn), []

        raised = together(
            *[lambda by=by, went=went: went.append(exported_alone("calls", **taken_out, by=by, at=at))] * 2
        )

        assert (raised, sorted(went)) == ([None, None], [False, True]), turn
    assert Entry.objects.filter(kind="list.exported").count() == 5
