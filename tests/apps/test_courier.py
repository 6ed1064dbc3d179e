"""The courier: each message once, twice at most and then marked, and none after the answer."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from oneroom.apps.duty.services import come_on_duty, form_crew
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orders.channel import ChannelFailed, Receipt
from oneroom.apps.orders.clock import climb
from oneroom.apps.orders.models import Delivery
from oneroom.apps.orders.services import start_answer, stop
from oneroom.apps.orders.services.courier import AT_ONCE, BACKOFF_S, KEPT, LEASE, Courier, work
from oneroom.apps.orgs.services.units import begin_unit
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNG_TWO = NOON + timedelta(seconds=15)


def after(seconds):
    return RUNG_TWO + timedelta(seconds=seconds)


class Sms:
    """A gateway at the end of the wire: remembers, and does as told."""

    name = "sms"

    def __init__(self, *answers):
        self.sent = []
        self.answers = list(answers)
        self.on_send = lambda: None

    def send(self, message):
        self.sent.append(message)
        self.on_send()
        answer = self.answers.pop(0) if self.answers else Receipt("sent")
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def station():
    return begin_unit(kind="station", code="market", name_zh="市场所", name_en="Market", by=SYSTEM, at=NOON)


@pytest.fixture
def order(station):
    """Gives unanswered orders, each of a crew of its own, whose second rung has queued a text message."""
    made = []

    def give(grade=1, language="en"):
        n = len(made) + 1
        lead = create_account(
            username=f"lead{n}", name=f"Lead {n}", mobile=f"1380000000{n}", language=language, by=SYSTEM, at=NOON
        )
        give_role(lead.pk, Role.PATROL_OFFICER, unit_id=station.pk, by=SYSTEM, at=NOON)
        crew = form_crew(
            code=f"c{n}", callsign_zh="组", callsign_en="C", unit_id=station.pk, members=[(lead.pk, "lead")],
            by=SYSTEM, at=NOON,
        )  # fmt: skip
        come_on_duty(crew, by=SYSTEM, at=NOON)
        subject = f"assignment:{n}"
        start_answer(
            subject,
            matter=f"incident:{n}",
            grade=grade,
            crew_id=crew.pk,
            unit_id=station.pk,
            drill=False,
            by=SYSTEM,
            at=NOON,
        )
        made.append(subject)
        while not messages(subject).exists():
            climb(NOON + timedelta(seconds={1: 15, 2: 30, 3: 90, 4: 90}[grade]))
        # The rung calls by voice, too; here it is about text messages.
        Delivery.objects.filter(rung__ladder__subject=subject, channel="voice").delete()
        return subject

    return give


def messages(subject):
    return Delivery.objects.filter(rung__ladder__subject=subject, channel="sms")


def entries(kind):
    return list(Entry.objects.filter(kind=kind).order_by("seq").values_list("facts", flat=True))


def courier(at, sms, worker="one", **more):
    return work(at, worker=worker, channels={"sms": sms}, **more)


def test_a_queued_message_is_sent_once_and_the_record_says_so(order):
    subject, sms = order(), Sms()

    assert courier(RUNG_TWO, sms) == 1
    assert courier(after(1), sms) == 0

    [message] = sms.sent
    assert (message.address, message.repeat) == ("13800000001", False)
    delivery = messages(subject).get()
    assert delivery.state == "sent"
    assert entries("delivery.sent") == [{"delivery": delivery.pk, "channel": "sms", "repeat": False}]


def test_a_message_holds_grade_and_reference_and_nobodys_name(order):
    order(), order(language="zh-hans")
    sms = Sms()
    courier(RUNG_TWO, sms)

    assert sms.sent[0].text == "P1: order 1 waits to be signed for. Open OneRoom."
    assert all("Lead" not in m.text + m.title and "市场" not in m.text + m.title for m in sms.sent)


def test_an_answered_order_rings_nobody(order):
    subject, sms = order(), Sms()
    stop(subject, cause="acknowledged", by=SYSTEM, at=after(1))

    assert courier(after(1), sms) == 0
    assert sms.sent == []
    assert messages(subject).get().state == "cancelled"


def test_an_order_answered_while_its_message_is_in_hand_rings_nobody(order, monkeypatch):
    from oneroom.apps.orders.services import courier as module

    subject, sms = order(), Sms()
    take = module._take

    def take_then_answer(*args):
        taken = take(*args)
        stop(subject, cause="acknowledged", by=SYSTEM, at=after(1))
        return taken

    monkeypatch.setattr(module, "_take", take_then_answer)
    courier(after(1), sms)

    assert sms.sent == []
    assert messages(subject).get().state == "cancelled"


class Hanging(Sms):
    """A gateway that takes messages and keeps silent until it is let go."""

    def __init__(self, name="sms"):
        super().__init__()
        self.name = name
        self.let_go = threading.Event()
        self.on_send = lambda: self.let_go.wait(10)


@pytest.fixture
def standing():
    """A courier that keeps what it has in hand, turn after turn."""
    made = []

    def start(*gateways):
        courier = Courier("one", {g.name: g for g in gateways})
        made.append((courier, gateways))
        return courier

    yield start
    for courier, gateways in made:
        for gateway in gateways:
            gateway.let_go.set()
        courier.finish(after(999))


def test_a_grave_message_goes_while_others_hang(order, standing):
    for _ in range(AT_ONCE + 2):
        order(grade=3)
    sms = Hanging()
    courier = standing(sms)
    assert courier.turn(after(90)) == AT_ONCE - KEPT
    assert courier.turn(after(90)) == 0, "the kept hands are not for a P3"

    subject = order(grade=1)
    assert courier.turn(after(91)) == 1
    until(lambda: sms.sent[-1].text.startswith("P1"))
    assert messages(subject).get().state == "sending"


def test_each_hand_is_filled_again_as_soon_as_it_is_free(order, standing):
    for _ in range(AT_ONCE + 1):
        order(grade=1)
    sms = Hanging()
    sms.on_send = lambda: len(sms.sent) == 1 or sms.let_go.wait(10)  # the first comes back at once
    courier = standing(sms)
    assert courier.turn(RUNG_TWO) == AT_ONCE

    courier.wait(5)
    assert courier.turn(after(1)) == 1
    until(lambda: len(sms.sent) == AT_ONCE + 1)
    assert len(entries("delivery.sent")) == 1


def test_a_channel_that_hangs_holds_up_no_other(order, standing):
    for _ in range(AT_ONCE):
        order(grade=1)
    Delivery.objects.filter(channel="sms").update(channel="email")
    email, sms = Hanging("email"), Hanging()
    sms.let_go.set()
    courier = standing(email, sms)
    assert courier.turn(RUNG_TWO) == AT_ONCE

    subject = order(grade=4)
    assert courier.turn(after(90)) == 1
    courier.wait(5)
    courier.turn(after(91))
    assert messages(subject).get().state == "sent"


def test_what_a_courier_has_in_hand_it_never_takes_for_lost(order, standing):
    order()
    sms = Hanging()
    courier = standing(sms)
    courier.turn(RUNG_TWO, rate=600)

    assert courier.turn(RUNG_TWO + LEASE * 2, rate=1) == 0, "the demo's speed was set back meanwhile"


def test_gateways_rest_in_real_time_however_fast_the_demo_runs(order):
    order()
    sms = Sms(ChannelFailed("refused", permanent=False))
    courier(RUNG_TWO, sms, rate=60)

    assert courier(after(BACKOFF_S[0] * 59), sms, rate=60) == 0
    assert courier(after(BACKOFF_S[0] * 60), sms, rate=60) == 1


def test_the_gravest_orders_go_first(order):
    order(grade=3)
    for _ in range(AT_ONCE):
        order(grade=1)
    sms = Sms()
    courier(after(90), sms)

    assert len(sms.sent) == AT_ONCE
    assert all(m.text.startswith("P1") for m in sms.sent)
    assert courier(after(90), sms) == 1


def test_several_couriers_send_each_message_once(order):
    for _ in range(AT_ONCE):
        order()
    sms, together = Sms(), threading.Barrier(4)

    def run(worker):
        try:
            together.wait()
            while courier(RUNG_TWO, sms, worker=worker):
                pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(f"courier-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(m.key for m in sms.sent) == sorted({m.key for m in sms.sent})
    assert len(sms.sent) == len(entries("delivery.sent")) == AT_ONCE


def test_sending_happens_outside_any_transaction(order):
    subject, seen = order(), []
    sms = Sms()

    def look():  # from another connection, as another process would
        seen.append(messages(subject).get().state)
        connections.close_all()

    sms.on_send = look
    courier(RUNG_TWO, sms)

    assert seen == ["sending"]


# ---- crashes ---------------------------------------------------------------


def crash(subject, at, **more):
    """A courier took the message at ``at`` and was never heard of again."""
    messages(subject).update(state="sending", state_since=at, worker="dead", tries=1, **more)


def test_a_message_in_hand_within_the_lease_is_left_alone(order):
    subject, sms = order(), Sms()
    crash(subject, RUNG_TWO)

    assert courier(RUNG_TWO + LEASE, sms) == 0
    assert sms.sent == []


def test_after_a_crash_the_message_is_sent_once_more_and_marked(order):
    subject, sms = order(), Sms()
    crash(subject, RUNG_TWO)

    courier(RUNG_TWO + LEASE + timedelta(seconds=1), sms)

    [message] = sms.sent
    assert message.repeat
    assert message.text == "(repeated) P1: order 1 waits to be signed for. Open OneRoom."
    assert entries("delivery.sent")[0]["repeat"] is True


def test_a_message_lost_twice_has_failed(order):
    subject, sms = order(), Sms()
    crash(subject, RUNG_TWO, repeat=True)

    courier(RUNG_TWO + LEASE + timedelta(seconds=1), sms)

    assert sms.sent == []
    assert messages(subject).get().state == "failed"
    assert entries("delivery.failed")[0]["cause"] == "lost_twice"


def test_an_order_answered_after_the_crash_is_not_repeated(order):
    subject, sms = order(), Sms()
    crash(subject, RUNG_TWO)
    stop(subject, cause="acknowledged", by=SYSTEM, at=after(5))

    courier(RUNG_TWO + LEASE + timedelta(seconds=1), sms)

    assert sms.sent == []
    assert messages(subject).get().state == "cancelled"


def test_the_lease_is_real_time_however_fast_the_demo_runs(order):
    subject, sms = order(), Sms()
    crash(subject, RUNG_TWO)

    assert courier(RUNG_TWO + LEASE * 59, sms, rate=60) == 0
    assert courier(RUNG_TWO + LEASE * 61, sms, rate=60) == 1


def test_a_slow_courier_that_was_given_up_records_nothing(order):
    subject = order()
    sms = Sms()
    sms.on_send = lambda: (messages(subject).update(worker="two", repeat=True), connections.close_all())

    courier(RUNG_TWO, sms)

    assert messages(subject).get().state == "sending"
    assert entries("delivery.sent") == []


# ---- gateways that fail --------------------------------------------------------


def test_a_refused_message_is_tried_again_later_and_later_and_then_has_failed(order):
    subject = order()
    sms = Sms(*[ChannelFailed("refused", permanent=False)] * 4)
    at = RUNG_TWO
    for pause_s in BACKOFF_S:
        assert courier(at, sms) == 1
        assert messages(subject).get().state == "queued"
        assert courier(at + timedelta(seconds=pause_s - 1), sms) == 0
        at += timedelta(seconds=pause_s)

    assert courier(at, sms) == 1

    assert len(sms.sent) == 4
    assert not any(m.repeat for m in sms.sent)
    assert messages(subject).get().state == "failed"
    assert [e["cause"] for e in entries("delivery.failed")] == ["refused"]


def test_a_message_that_may_have_arrived_is_repeated_once_and_marked(order):
    subject = order()
    unclear = ChannelFailed("no_answer", permanent=False, unclear=True)
    sms = Sms(unclear, unclear)
    courier(RUNG_TWO, sms)
    courier(after(60), sms)
    courier(after(600), sms)

    assert [m.repeat for m in sms.sent] == [False, True]
    assert messages(subject).get().state == "failed"


def test_a_wrong_gateway_fails_at_once(order):
    subject = order()
    courier(RUNG_TWO, Sms(ChannelFailed("bad_gateway_url", permanent=True)))

    assert messages(subject).get().state == "failed"


def test_no_gateway_is_skipped_with_the_reason(order):
    subject = order()
    courier(RUNG_TWO, Sms(Receipt("skipped", detail="no_gateway")))

    delivery = messages(subject).get()
    assert (delivery.state, delivery.detail) == ("skipped", "no_gateway")
    [entry] = Entry.objects.filter(kind="delivery.skipped")
    assert entry.facts == {"delivery": delivery.pk, "channel": "sms", "cause": "no_gateway"}
    assert entry.scopes == ["room"], "the open matter shows it at once"


def test_one_broken_channel_stops_no_other_message(order):
    first, second = order(), order()
    sms = Sms(RuntimeError("a fault of its code"))
    courier(RUNG_TWO, sms)

    assert sorted(messages(s).get().state for s in (first, second)) == ["failed", "sent"]


def test_a_channel_that_is_not_set_up_at_all_fails_the_message(order):
    subject = order()
    work(RUNG_TWO, worker="one", channels={})

    assert entries("delivery.failed")[0]["cause"] == "no_channel"
    assert messages(subject).get().state == "failed"
