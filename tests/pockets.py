"""The phones and mailboxes of the town: what a provider outside would have delivered."""

from __future__ import annotations

from dataclasses import dataclass

from oneroom.apps.orders.channel import Message, Receipt

POCKETS: list[tuple[str, Message]] = []


@dataclass
class SmsPocket:
    """A text message arrives."""

    name: str = "sms"

    def send(self, message: Message) -> Receipt:
        POCKETS.append((self.name, message))
        return Receipt("sent")


@dataclass
class EmailPocket(SmsPocket):
    """A mail arrives."""

    name: str = "email"
