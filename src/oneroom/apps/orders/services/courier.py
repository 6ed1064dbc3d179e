"""
The courier: takes messages to the outside, apart from the clock, so that a gateway that hangs stops no ladder.

Each step is a compare-and-swap, so several couriers may run: queued → sending (mine) → sent, failed, skipped or
cancelled. Sending happens between two transactions, never in one. Whoever finds a message in somebody's hand longer
than the lease sends it once more, marked as a repeat: a message may arrive twice, but never silently not at all.

Hands are counted by channel and filled again one by one, and some of them take only the gravest: messages that hang
hold up neither another channel nor the text message of a P1.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.channel import ADDRESSES, Channel, ChannelFailed, Message, Receipt
from oneroom.apps.orders.models import Delivery, Ladder
from oneroom.engine.values import SYSTEM

log = logging.getLogger(__name__)

AT_ONCE = 8  # for each channel
KEPT = 3  # of these, for the gravest alone
GRAVEST = 2  # P1 and P2
LEASE = timedelta(seconds=60)  # several times what a channel may take
BACKOFF_S = (5, 15, 45)
MAX_TRIES = len(BACKOFF_S) + 1

S = Delivery.State


class Courier:
    """
    One courier with what it has in hand. Not for several threads: only ``send`` of a channel runs beside it.

    Times are project time and ``rate`` its speed: gateways are patient in real time, so the lease and the pauses
    between tries grow with it.
    """

    def __init__(self, worker: str, channels: Mapping[str, Channel]):
        self.worker = worker
        self._channels = channels
        self._hands = ThreadPoolExecutor(AT_ONCE * max(len(channels), 1), thread_name_prefix="courier")
        self._sending: dict[Future[Receipt], Delivery] = {}

    @property
    def busy(self) -> bool:
        return bool(self._sending)

    def turn(self, at: datetime, *, rate: float = 1.0) -> int:
        """Settle what came back and fill the free hands, the gravest orders first; how many were taken. Never waits."""
        slow = max(rate, 1.0)
        self._settle_done(at, slow)
        lost_before = at - LEASE * slow
        in_hand = [delivery.pk for delivery in self._sending.values()]
        _give_up_the_lost(lost_before, at, in_hand)
        due = _due(at, lost_before).exclude(pk__in=in_hand)
        taken = 0
        for name, channel in self._channels.items():
            for delivery in _take(due.filter(channel=name), self._free(name), at, self.worker):
                taken += 1
                if _still_wanted(delivery, at):
                    self._sending[self._hands.submit(channel.send, _message(delivery))] = delivery
        for delivery in _take(due.exclude(channel__in=self._channels), AT_ONCE, at, self.worker):
            taken += 1
            _end(delivery, S.FAILED, detail="no_channel", at=at)
        return taken

    def wait(self, timeout_s: float | None = None) -> None:
        """Until something came back, at most so long."""
        wait(self._sending, timeout_s, FIRST_COMPLETED)

    def finish(self, at: datetime, *, rate: float = 1.0) -> None:
        """Take nothing more and settle what is in hand, which no channel may delay beyond its own limit."""
        while self._sending:
            self.wait()
            self._settle_done(at, max(rate, 1.0))
        self._hands.shutdown()

    def _free(self, channel: str) -> int:
        return AT_ONCE - sum(delivery.channel == channel for delivery in self._sending.values())

    def _settle_done(self, at: datetime, slow: float) -> None:
        for done in [future for future in self._sending if future.done()]:
            _settle(self._sending.pop(done), done, at, slow)


def work(at: datetime, *, worker: str, channels: Mapping[str, Channel], rate: float = 1.0) -> int:
    """One round of a courier that waits until all it took is settled; how many messages that were."""
    courier = Courier(worker, channels)
    try:
        return courier.turn(at, rate=rate)
    finally:
        courier.finish(at, rate=rate)


def _due(at: datetime, lost_before: datetime) -> QuerySet[Delivery]:
    """What waits to be sent and what a courier lost, by grade and age."""
    waiting = Q(state=S.QUEUED) & (Q(not_before=None) | Q(not_before__lte=at))
    lost = Q(state=S.SENDING, state_since__lt=lost_before, repeat=False)
    return (
        Delivery.objects.filter(waiting | lost)
        .exclude(channel="app")
        .select_related("rung__ladder", "account")
        .order_by("rung__ladder__grade", "pk")
    )


def _take(due: QuerySet[Delivery], free: int, at: datetime, worker: str) -> list[Delivery]:
    """Claim what is due, as far as hands are free. A row that another courier claimed in between is his."""
    taken: list[Delivery] = []
    for delivery in due[: max(free, 0)]:
        if delivery.rung.ladder.grade > GRAVEST and free - len(taken) <= KEPT:
            break  # by grade: all that follow are no graver
        was_lost = delivery.state == S.SENDING
        mine = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, state_since=delivery.state_since).update(
            state=S.SENDING,
            state_since=at,
            worker=worker,
            tries=delivery.tries + 1,
            repeat=delivery.repeat or was_lost,
        )
        if mine:
            delivery.state, delivery.state_since, delivery.worker = S.SENDING, at, worker
            delivery.tries += 1
            delivery.repeat = delivery.repeat or was_lost
            taken.append(delivery)
    return taken


def _still_wanted(delivery: Delivery, at: datetime) -> bool:
    """The last look before sending: an order that was just answered rings nobody."""
    if Ladder.objects.filter(pk=delivery.rung.ladder_id, stopped=None).exists():
        return True
    _mine(delivery, state=S.CANCELLED, state_since=at)
    return False


def _settle(delivery: Delivery, done: Future[Receipt], at: datetime, slow: float) -> None:
    try:
        receipt = done.result()
    except ChannelFailed as failed:
        again = delivery.tries < MAX_TRIES and not (failed.unclear and delivery.repeat)
        if failed.permanent or not again:
            _end(delivery, S.FAILED, detail=failed.cause, at=at)
        else:
            _mine(
                delivery,
                state=S.QUEUED,
                state_since=at,
                not_before=at + timedelta(seconds=BACKOFF_S[delivery.tries - 1]) * slow,
                repeat=delivery.repeat or failed.unclear,
                detail=failed.cause,
            )
    except Exception:
        # A fault of the channel's own code: it will not mend by itself.
        log.exception("channel %s broke", delivery.channel)
        _end(delivery, S.FAILED, detail="channel_broke", at=at)
    else:
        if receipt.state == S.SKIPPED:
            _end(delivery, S.SKIPPED, detail=receipt.detail or "no_gateway", at=at)
        else:
            _end(delivery, S.SENT, detail=receipt.detail, at=at)


@service
def _end(delivery: Delivery, state: Delivery.State, *, detail: str, at: datetime) -> None:
    """The message is sent, failed or skipped: its row and one entry, unless it is in another courier's hand by now."""
    if _mine(delivery, state=state, state_since=at, detail=detail):
        ladder = delivery.rung.ladder
        facts: dict[str, Any] = {"repeat": delivery.repeat} if state == S.SENT else {"cause": detail}
        note(
            f"delivery.{state.value}", ladder.subject, by=SYSTEM, at=at, to=("room",), matter=ladder.matter,
            delivery=delivery.pk, channel=delivery.channel, **facts,
        )  # fmt: skip


def _mine(delivery: Delivery, **to: object) -> bool:
    """Move a row that is still in this courier's hand."""
    return bool(
        Delivery.objects.filter(
            pk=delivery.pk, state=S.SENDING, worker=delivery.worker, state_since=delivery.state_since
        ).update(**to)
    )


def _give_up_the_lost(lost_before: datetime, at: datetime, in_hand: list[int]) -> None:
    """A message whose repeat was lost as well has failed: a third copy would only confuse."""
    lost = Delivery.objects.filter(state=S.SENDING, state_since__lt=lost_before, repeat=True).exclude(pk__in=in_hand)
    for delivery in lost.select_related("rung__ladder"):
        _end(delivery, S.FAILED, detail="lost_twice", at=at)


def _message(delivery: Delivery) -> Message:
    ladder, account = delivery.rung.ladder, delivery.account
    said = text_of(
        ladder.subject, answer=ladder.kind == Ladder.Kind.ANSWER, stage=ladder.stage, grade=ladder.grade,
        drill=ladder.drill, repeat=delivery.repeat, language=account.language,
    )  # fmt: skip
    address = getattr(account, ADDRESSES.get(delivery.channel, ""), "")
    return Message(account.pk, address, "OneRoom", said, delivery.repeat, f"delivery-{delivery.pk}")


def text_of(
    subject: str, *, answer: bool, stage: str, grade: int, drill: bool, repeat: bool, language: str
) -> str:  # fmt: skip
    """Grade and references only: what left the house cannot be called back (scope §5.1-16)."""
    with translation.override(language):
        if stage == "sos":
            text = _("SOS %(order)s: an officer calls for help. Open OneRoom. Do not call the officer.")
        elif stage == "look_review":
            text = _("Somebody opened a matter that is not his (opening %(order)s). Review it in OneRoom.")
        elif answer:
            text = _("P%(grade)d: order %(order)s waits to be signed for. Open OneRoom.")
        else:
            text = _("P%(grade)d: a promised step of %(order)s is overdue. Open OneRoom.")
        text %= {"grade": grade, "order": subject.partition(":")[2]}
        if drill:
            text = _("DRILL. %(text)s") % {"text": text}
        if repeat:
            text = _("(repeated) %(text)s") % {"text": text}
    return text
