"""
A gateway reached by an Apprise URL: one library for the hundred providers' dialects.

The URL is a template from the settings with ``{address}`` where the receiver stands, e.g.
``mailtos://user:secret@mail.example?to={address}`` or ``jsons://sms.example/send?to={address}``.
"""

from __future__ import annotations

import logging
import time
from urllib.parse import quote, urlencode

import apprise

from oneroom.apps.orders.channel import ChannelFailed, Message, Receipt

# It writes addresses and server answers into its warnings; what went wrong stands in the delivery.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)

# A provider that answers "go elsewhere" is not followed: messages go to the host that was named, and to no other.
_ASSET = apprise.AppriseAsset(http_redirects=False)
CONNECT_S = 4.0
ANSWER_S = 6.0


class Gateway:
    """Sends by one URL template; an empty one means that this force has no such gateway."""

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self._template = template

    def send(self, message: Message) -> Receipt:
        if not self._template:
            return Receipt("skipped", detail="no_gateway")
        if not message.address:
            return Receipt("skipped", detail="no_address")
        gateway = apprise.Apprise(asset=_ASSET)
        if "{address}" not in self._template or not gateway.add(self._url(message)):
            raise ChannelFailed("bad_gateway_url", permanent=True)
        began = time.monotonic()
        sent = gateway.notify(title=message.title, body=message.text, body_format=apprise.NotifyFormat.TEXT)
        if not sent:
            # Apprise says only "no". A refusal comes at once; after the full wait for an answer the
            # gateway may well have taken the message.
            unclear = time.monotonic() - began >= ANSWER_S
            raise ChannelFailed("no_answer" if unclear else "refused", permanent=False, unclear=unclear)
        return Receipt("sent")

    def _url(self, message: Message) -> str:
        url = self._template.replace("{address}", quote(message.address, safe=""))
        url = url.replace("{key}", quote(message.key, safe=""))
        patience = urlencode({"cto": CONNECT_S, "rto": ANSWER_S})
        return f"{url}{'&' if '?' in url else '?'}{patience}"
