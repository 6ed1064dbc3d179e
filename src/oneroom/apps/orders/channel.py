"""
What a channel to the outside is: one file in ``ports/channels``, one class, one line in ``settings.CHANNELS``.

``send`` runs outside any transaction, in a thread, and may take its time up to the courier's lease. It returns
a Receipt, or raises ChannelFailed. See docs/add-a-channel.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

# Which field of an account is the address of a channel; the app needs none.
ADDRESSES = {"sms": "mobile", "voice": "mobile", "email": "email"}


@dataclass(frozen=True, slots=True)
class Message:
    """
    One message to one person. It crosses networks we do not own, so it names no caller, no place in words and
    no person: grade and reference, the rest stands in OneRoom (scope §5.1-16).

    ``key`` is the same for each try of one delivery, for gateways that drop repeats.
    """

    to_account: int
    address: str
    title: str
    text: str
    repeat: bool
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel knows after sending. ``detail`` is a code, never a provider's free text."""

    state: str  # "sent", or "skipped" where this force has no such gateway
    detail: str = ""


class ChannelFailed(Exception):
    """
    The message did not go. ``permanent``: trying again is of no use. ``unclear``: it may have arrived all the
    same (the gateway took it and never answered), so at most one more try may follow, marked as a repeat.
    """

    def __init__(self, cause: str, *, permanent: bool, unclear: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.permanent = permanent
        self.unclear = unclear


class Channel(Protocol):
    """A way to reach somebody."""

    name: str

    def send(self, message: Message) -> Receipt: ...


def channels() -> dict[str, Channel]:
    """A channel of each kind in the settings, by name."""
    return {name: import_string(path)() for name, path in settings.CHANNELS.items()}
