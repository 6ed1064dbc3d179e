"""Text messages to duty phones, through the gateway in ``ONEROOM_SMS_URL``."""

from __future__ import annotations

from django.conf import settings

from oneroom.ports.channels.gateway import Gateway


class Sms(Gateway):
    """One message of at most one part: grade, reference, what to do."""

    def __init__(self) -> None:
        super().__init__("sms", settings.SMS_URL)
