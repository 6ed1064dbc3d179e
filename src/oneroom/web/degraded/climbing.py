"""Messages of rungs that leave while the database is away: straight to the gateways, without the courier."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from oneroom.apps.orders.channel import ADDRESSES, Channel, ChannelFailed, Message
from oneroom.apps.orders.services import text_of
from oneroom.engine.degraded import Board, Ladder, Told

AT_ONCE = 8

log = logging.getLogger(__name__)

# ladder, rung, account, channel -> how the message stands: "sending", or as a delivery's state
Key = tuple[int, int, int, str]


class Messages:
    """What is under way and what became of it. ``settled`` is called from a thread of its own when one is out."""

    def __init__(self, channels: dict[str, Channel], settled: Callable[[Key, str], object]) -> None:
        self._channels, self._settled = channels, settled
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="degraded-way")
        self.states: dict[Key, str] = {}

    def send(self, board: Board, ladder: Ladder, n: int, told: Told, *, repeat: bool = False) -> None:
        """Let one message leave; the app needs none, its ring is read from the board."""
        key = (ladder.id, n, told.account, told.channel)
        person = board.people.get(told.account)
        if told.channel == "app" or person is None:
            return
        address = getattr(person, ADDRESSES.get(told.channel, ""), "")
        said = text_of(
            ladder.subject, answer=ladder.kind == "answer", stage=ladder.stage, grade=ladder.grade,
            drill=ladder.drill, repeat=repeat, language=person.language,
        )  # fmt: skip
        message = Message(person.id, address, "OneRoom", said, repeat, f"rung-{ladder.id}-{n}-{person.id}")
        self.states[key] = "sending"
        self._hands.submit(self._send, key, message)

    def _send(self, key: Key, message: Message) -> None:
        channel = self._channels.get(key[3])
        try:
            state = "skipped" if channel is None or not message.address else channel.send(message).state
        except ChannelFailed as failed:
            log.warning("a message did not leave by %s (%s)", key[3], failed.cause)
            state = "sent" if failed.unclear else "failed"
        except Exception:
            log.exception("channel %s broke", key[3])
            state = "failed"
        self.states[key] = state
        self._settled(key, state)

    def close(self) -> None:
        """Take nothing more."""
        self._hands.shutdown(wait=False, cancel_futures=True)
