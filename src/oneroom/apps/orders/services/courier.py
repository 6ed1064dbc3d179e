"""
The courier: takes messages to the outside, apart from the clock, so that a gateway that hangs stops no ladder.

Each step is a compare-and-swap, so several couriers may run: queued → sending (mine) → sent, failed, skipped or
cancelled. Sending happens between two transactions, never in one. Whoever finds a message in somebody's hand longer
than the lease sends it once more, marked as a repeat: a message may arrive twice, but never silently not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.channel import Channel, ChannelFailed, Message, Receipt
from oneroom.apps.orders.models import Delivery, Ladder
from oneroom.engine.values import SYSTEM

log = logging.getLogger(__name__)

AT_ONCE = 8
LEASE = timedelta(seconds=60)  # several times what a channel may take
BACKOFF_S = (5, 15, 45)
MAX_TRIES = len(BACKOFF_S) + 1

S = Delivery.State
_ADDRESS = {"sms": "mobile", "voice": "mobile", "email": "email"}


def work(at: datetime, *, worker: str, channels: Mapping[str, Channel], rate: float = 1.0) -> int:
    """
    Deliver up to eight messages side by side, the gravest orders first; how many were taken in hand.

    ``at`` is project time and ``rate`` its speed: gateways are patient in real time. Returns when all eight are
    settled, which no channel may delay beyond its own limit.
    """
    lease = LEASE * max(rate, 1.0)
    _give_up_the_lost(at - lease, at)
    taken = _take(at, at - lease, worker)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier") as hands:
        sending: dict[Future[Receipt], Delivery] = {}
        for delivery in taken:
            channel = channels.get(delivery.channel)
            if channel is None:
                _fail(delivery, cause="no_channel", at=at)
            elif _still_wanted(delivery, at):
                sending[hands.submit(channel.send, _message(delivery))] = delivery
        for done in as_completed(sending):
            _settle(sending[done], done, at)
    return len(taken)


def _take(at: datetime, lost_before: datetime, worker: str) -> list[Delivery]:
    """Claim what is due. A row that another courier claimed in between is his."""
    waiting = Q(state=S.QUEUED) & (Q(not_before=None) | Q(not_before__lte=at))
    lost = Q(state=S.SENDING, state_since__lt=lost_before, repeat=False)
    due = (
        Delivery.objects.filter(waiting | lost)
        .exclude(channel="app")
        .select_related("rung__ladder", "account")
        .order_by("rung__ladder__grade", "pk")
    )
    taken = []
    for delivery in due[:AT_ONCE]:
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


def _settle(delivery: Delivery, done: Future[Receipt], at: datetime) -> None:
    try:
        receipt = done.result()
    except ChannelFailed as failed:
        again = delivery.tries < MAX_TRIES and not (failed.unclear and delivery.repeat)
        if failed.permanent or not again:
            _fail(delivery, cause=failed.cause, at=at)
        else:
            _mine(
                delivery,
                state=S.QUEUED,
                state_since=at,
                not_before=at + timedelta(seconds=BACKOFF_S[delivery.tries - 1]),
                repeat=delivery.repeat or failed.unclear,
                detail=failed.cause,
            )
    except Exception:
        # A fault of the channel's own code: it will not mend by itself.
        log.exception("channel %s broke", delivery.channel)
        _fail(delivery, cause="channel_broke", at=at)
    else:
        if receipt.state == S.SKIPPED:
            _mine(delivery, state=S.SKIPPED, state_since=at, detail=receipt.detail)
        else:
            _sent(delivery, detail=receipt.detail, at=at)


@service
def _sent(delivery: Delivery, *, detail: str, at: datetime) -> None:
    if _mine(delivery, state=S.SENT, state_since=at, detail=detail):
        ladder = delivery.rung.ladder
        note(
            "delivery.sent", ladder.subject, by=SYSTEM, at=at, to=("room",), matter=ladder.matter,
            delivery=delivery.pk, channel=delivery.channel, repeat=delivery.repeat,
        )  # fmt: skip


@service
def _fail(delivery: Delivery, *, cause: str, at: datetime) -> None:
    if _mine(delivery, state=S.FAILED, state_since=at, detail=cause):
        ladder = delivery.rung.ladder
        note(
            "delivery.failed", ladder.subject, by=SYSTEM, at=at, to=("room",), matter=ladder.matter,
            delivery=delivery.pk, channel=delivery.channel, cause=cause,
        )  # fmt: skip


def _mine(delivery: Delivery, **to: object) -> bool:
    """Move a row that is still in this courier's hand."""
    return bool(
        Delivery.objects.filter(
            pk=delivery.pk, state=S.SENDING, worker=delivery.worker, state_since=delivery.state_since
        ).update(**to)
    )


def _give_up_the_lost(lost_before: datetime, at: datetime) -> None:
    """A message whose repeat was lost as well has failed: a third copy would only confuse."""
    for delivery in Delivery.objects.filter(state=S.SENDING, state_since__lt=lost_before, repeat=True).select_related(
        "rung__ladder"
    ):
        _fail(delivery, cause="lost_twice", at=at)


def _message(delivery: Delivery) -> Message:
    """Grade and references only: what left the house cannot be called back (scope §5.1-16)."""
    ladder, account = delivery.rung.ladder, delivery.account
    order = ladder.subject.partition(":")[2]
    with translation.override(account.language):
        if ladder.kind == Ladder.Kind.ANSWER:
            text = _("P%(grade)d: order %(order)s waits to be signed for. Open OneRoom.")
        else:
            text = _("P%(grade)d: a promised step of %(order)s is overdue. Open OneRoom.")
        text %= {"grade": ladder.grade, "order": order}
        if delivery.repeat:
            text = _("(repeated) %(text)s") % {"text": text}
    address = getattr(account, _ADDRESS.get(delivery.channel, ""), "")
    return Message(account.pk, address, "OneRoom", text, delivery.repeat, f"delivery-{delivery.pk}")
